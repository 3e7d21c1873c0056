"""Forms of the lens."""
