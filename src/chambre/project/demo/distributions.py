"""Two years of distributions of the demonstration's contracts, from the books that were brought in."""

from __future__ import annotations

import datetime as dt

from chambre.core.actors import Actor
from chambre.rooms.reciprocity.models import Contract, Distribution
from chambre.rooms.reciprocity.services.distributing import booking, deciding
from chambre.rooms.reciprocity.services.distributing.names import NothingToShare
from chambre.rooms.reciprocity.services.distributing.proposing import propose

YEARS = (2024, 2025)
"""Years that are shared out, decided and booked."""
OPEN = (dt.date(2026, 1, 1), dt.date(2026, 6, 30))
"""A half-year that is proposed, so that visitors can read it and object."""


def load_distributions(by: Actor) -> int:
    """Share out what the resources brought in, by every contract in force; what is there stays.

    Args:
        by: The machine's administrator.

    Returns:
        How many distributions were made by this call.
    """
    before = Distribution.objects.count()
    contracts = Contract.objects.filter(
        state=Contract.State.IN_FORCE, resource__isnull=False, holder__isnull=False
    ).order_by("id")
    for contract in contracts.select_related("resource", "holder", "chamber"):
        for year in YEARS:
            made = _proposed(contract, dt.date(year, 1, 1), dt.date(year, 12, 31), by, 0)
            if made is not None:
                deciding.decide(distribution=made, by=by)
                booking.book(distribution=made, by=by)
        _proposed(contract, *OPEN, by, 14)
    return Distribution.objects.count() - before


def _proposed(
    contract: Contract, since: dt.date, until: dt.date, by: Actor, days: int
) -> Distribution | None:
    """A distribution of some days, the one that is there, or none when nothing came in."""
    try:
        return propose(contract=contract, since=since, until=until, by=by, objection_days=days)
    except NothingToShare:
        return None
