"""Pages of contracts."""

from __future__ import annotations

from chambre.rooms.reciprocity.views.contracts.acting import ACTING
from chambre.rooms.reciprocity.views.contracts.asking import ASKING
from chambre.rooms.reciprocity.views.contracts.editing import EDITING
from chambre.rooms.reciprocity.views.contracts.listing import LISTING
from chambre.rooms.reciprocity.views.contracts.offering import OFFERING
from chambre.rooms.reciprocity.views.contracts.papers import PAPERS
from chambre.rooms.reciprocity.views.contracts.showing import SHOWING
from chambre.rooms.reciprocity.views.contracts.signing import SIGNING

CONTRACTS = [
    # Words that are no short name of a contract come first.
    *LISTING, *OFFERING, *ASKING, *SHOWING, *EDITING, *SIGNING, *ACTING, *PAPERS,
]  # fmt: skip
"""Addresses of the pages."""
