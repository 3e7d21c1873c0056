"""Pages of the lens."""
