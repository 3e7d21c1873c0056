"""What is done on the market."""
