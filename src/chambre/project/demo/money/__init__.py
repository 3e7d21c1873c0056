"""Six months of money in Valmère: what was asked, billed, bought and sent, and the bank's rows.

A story is made of a seed alone and knows the truth about each row, so that the demonstration is also
what the matching is measured on, with other seeds.
"""

from chambre.project.demo.money import jus, vergers

STORIES = (vergers.tell, jus.tell)
"""The stories; each takes a seed."""

__all__ = ["STORIES"]
