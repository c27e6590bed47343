"""Before asking for GPU time I wanted to be sure that I understand the training loop."""
