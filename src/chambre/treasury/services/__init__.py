"""What the treasury writes."""
