"""Checkpoints on disk: which files hold which part of a video model, whether they are whole, and how they become modules.

    locate (files, no tensors) -> inspect (headers: which model is it) -> load (modules in memory)
"""
