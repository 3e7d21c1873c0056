"""Pages of the deposit room."""
