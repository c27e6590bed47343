"""Replays the movements of one month to see what the shelf looked like."""
