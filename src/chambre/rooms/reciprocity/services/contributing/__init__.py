"""Writes about contributions and contributive budgets."""
