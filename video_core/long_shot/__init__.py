"""A shot that is longer than a model's clip."""
