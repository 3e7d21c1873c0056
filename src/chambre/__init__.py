"""Chambre: the working system of a Chamber of the Commons.

Every euro, hour, object and promise is recorded once, in one append-only ledger, and can be
read by resource and not only by organisation.
"""

__version__ = "0.1.0"
