"""Template tags that every template of the house may use."""
