"""bad cell"""
