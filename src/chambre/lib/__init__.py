"""Pure Python: typed values in, typed values out. No Django, no database, no network."""
