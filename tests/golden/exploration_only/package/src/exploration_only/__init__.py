"""exploration only"""
