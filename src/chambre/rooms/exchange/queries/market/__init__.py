"""What is on the market, for whom."""
