"""Forms of the deposit room's pages."""
