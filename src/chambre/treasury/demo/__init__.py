"""Demonstration data of the treasury, made through its services."""
