"""What listens to the broker of connected objects: processes that share the messages among them."""
