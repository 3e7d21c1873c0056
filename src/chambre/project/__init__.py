"""The composition root: settings, addresses, command line and demonstration data."""
