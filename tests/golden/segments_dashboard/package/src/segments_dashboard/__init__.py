"""Four segments from recency, frequency and spend."""
