"""Shots rendered on many machines."""
