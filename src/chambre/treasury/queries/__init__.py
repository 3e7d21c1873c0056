"""What the treasury reads."""
