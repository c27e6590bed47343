"""Two counters, one on each bank of the river."""
