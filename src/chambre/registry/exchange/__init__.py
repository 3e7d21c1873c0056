"""Taking the register out and bringing one in, as CSV and as JSON-LD.

Both forms hold every field of the record, so that what goes out comes back equal. An *entry* is a
record on its way: what it is about, where it stood in the file, and the values that were said.
"""
