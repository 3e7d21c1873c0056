"""Reads of economic models: which there are, and what the books say to begin one with."""
