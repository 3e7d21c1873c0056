"""The reciprocity room (S9, S19, S22): contracts that are computed on what really happened.

What a resource brings in is shared by a contract that people can read, copy and adapt; what people
contribute is recorded and recognised by their peers; every cent of a distribution can be opened down to
the facts.
"""
