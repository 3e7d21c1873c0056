"""Agreements with other chambers: what each side has said, and whether they have said the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from chambre.registry.models import Agent
from chambre.rooms.credit.models import Community, Partner

STATES = {
    "force": _("in force"),
    "waits": _("waits for the other side"),
    "asked": _("the other side waits for you"),
    "differs": _("the two sides have not agreed to the same"),
    "ended": _("ended"),
}
"""How an agreement stands, in words."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How trade with another chamber stands.

    Attributes:
        chamber: The other one.
        state: One of :data:`STATES`.
        mine: What this side agreed, if it did.
        theirs: What the other side agreed, if it did and has not ended it.
    """

    chamber: Agent
    state: str
    mine: Partner | None
    theirs: Partner | None

    @property
    def words(self) -> str:
        """How it stands, in words."""
        return str(STATES[self.state])

    @property
    def owes(self) -> int:
        """How far this side may owe the other: as it said, else as the other side asks."""
        if self.mine is not None:
            return self.mine.owes
        return self.theirs.owed if self.theirs is not None else 0

    @property
    def owed(self) -> int:
        """How far the other side may owe this one, likewise."""
        if self.mine is not None:
            return self.mine.owed
        return self.theirs.owes if self.theirs is not None else 0

    @property
    def held(self) -> int:
        """What this side owes the other now."""
        return self.mine.account.held if self.mine is not None else 0

    @property
    def owed_now(self) -> int:
        """What the other side owes this one now."""
        return -self.held


def standings_of(community: Community) -> list[Standing]:
    """How trade with every other chamber stands that agreed or asks, by name."""
    rows = Partner.objects.select_related("chamber", "account", "community__chamber")
    mine = {row.chamber_id: row for row in rows.filter(community=community)}
    others = rows.filter(chamber=community.chamber_id, community__unit=community.unit, is_open=True)
    theirs = {row.community.chamber_id: row for row in others}
    found = []
    for pk in {*mine, *theirs}:
        here, there = mine.get(pk), theirs.get(pk)
        chamber = here.chamber if here is not None else there.community.chamber if there else None
        if chamber is not None:
            found.append(Standing(chamber, _state(here, there), here, there))
    return sorted(found, key=lambda each: (each.chamber.name, each.chamber.pk))


def _state(mine: Partner | None, theirs: Partner | None) -> str:
    if mine is None:
        return "asked"
    if not mine.is_open:
        return "ended"
    if theirs is None:
        return "waits"
    return "force" if (mine.owes, mine.owed) == (theirs.owed, theirs.owes) else "differs"
