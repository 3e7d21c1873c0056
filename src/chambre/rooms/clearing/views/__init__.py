"""Pages of the clearing room."""
