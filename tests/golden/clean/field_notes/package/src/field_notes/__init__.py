"""Counts of one morning, three visits."""
