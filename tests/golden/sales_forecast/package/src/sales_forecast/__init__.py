"""sales forecast"""
