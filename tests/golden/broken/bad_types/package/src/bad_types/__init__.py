"""bad types"""
