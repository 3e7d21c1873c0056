"""Pages of bank accounts: what is on them, files brought in, how to read a table."""
