"""Template tags of the treasury."""
