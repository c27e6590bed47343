"""For the Monday meeting."""
