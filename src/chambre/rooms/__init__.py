"""One folder per business area; a room never imports another."""
