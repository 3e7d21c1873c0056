"""What the two databases must both enforce, below the ORM."""
