"""Reads of the access room."""
