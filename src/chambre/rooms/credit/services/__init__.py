"""What the room does: each act authorizes, locks, decides, writes."""
