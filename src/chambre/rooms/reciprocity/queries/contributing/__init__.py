"""Reads about contributions and contributive budgets."""
