"""Commute times of two weeks, in minutes."""
