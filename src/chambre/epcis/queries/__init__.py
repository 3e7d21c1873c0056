"""Reads: the life of an object, how it stands, the simple event query."""
