"""lone surrogate"""
