"""Barter in rings, without a database: Ada gives to Bruno, Bruno to Chloé, Chloé to Ada.

* :class:`Wish`, :func:`suits`: what somebody offers or needs, and whether an offer is what is needed;
* :func:`rings`: the rings in which most people are served, or most value is given, each person once;
* :func:`read_wishes`: offers and needs from a CSV file.

Up to a few hundred people who can all reach each other, the search goes on until there is a proof
(:mod:`~chambre.lib.barter.exact`); beyond, rings are good and the bound says how good at least
(:mod:`~chambre.lib.barter.many`). Nobody need believe either: :mod:`~chambre.lib.barter.bounds` proves the
bound in whole numbers.
"""

from chambre.lib.barter.meeting import Wish, suits
from chambre.lib.barter.reading import read_wishes
from chambre.lib.barter.refusing import BarterRefusal
from chambre.lib.barter.solving import EXACT, LONGEST, Aim, Found, Gift, rings

__all__ = [
    "EXACT",
    "LONGEST",
    "Aim",
    "BarterRefusal",
    "Found",
    "Gift",
    "Wish",
    "read_wishes",
    "rings",
    "suits",
]
