"""A library of characters: who they are, what they look like, and what was trained to draw them. Data only, no torch."""
