"""How far does a walker get in 200 steps? Seeded, so that everyone sees the same walk."""
