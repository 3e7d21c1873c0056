"""What is read in the clearing room."""
