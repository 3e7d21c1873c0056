"""What is written in the clearing room."""
