"""What a circle agrees on: by which rule it recognises, and which rates it proposes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import KeyReused
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import RateGrid, RateLine, Terms
from chambre.rooms.reciprocity.services.contributing.common import (
    EARLIEST,
    cents,
    clean,
    key_for,
    once,
    wrong,
)

DAYS = 3_650


@transaction.atomic
def set_terms(
    *, place: Resource | Agent, needed: int, silence_days: int, by: Actor, reply_days: int = 7,
    roll: str = Terms.Roll.CHAMBER, reason: str = "",
) -> Terms:  # fmt: skip
    """From today on, recognise contributions by this rule; those recorded before keep theirs.

    Args:
        place: A resource, or a chamber for all resources without a rule of their own.
        needed: How many others must have seen a contribution; 0: what people say counts at once.
        silence_days: Days without an objection after which it counts; 0: never by silence.
        by: Who sets it.
        reply_days: Days to maintain an objection that was answered.
        roll: Who may look: ``resource`` or ``chamber``.
        reason: Why, or who decided it.

    Raises:
        Forbidden: ``by`` neither stewards the resource nor administers the chamber.
        Invalid: Numbers out of bounds, or no such roll.
    """
    authorize(by, "reciprocity.set_terms", place)
    for name, value in (("needed", needed), ("silence_days", silence_days),
                        ("reply_days", reply_days)):  # fmt: skip
        if not 0 <= value <= (50 if name == "needed" else DAYS):
            raise wrong(name, _("This number cannot be."))
    if roll not in Terms.Roll.values:
        raise wrong("roll", _("There is no such circle."))
    resource = place if isinstance(place, Resource) else None
    chamber = place.chamber if isinstance(place, Resource) else place
    row = Terms.objects.create(
        chamber=chamber, resource=resource, needed=needed, silence_days=silence_days,
        reply_days=reply_days, roll=roll, since=registry.today(), reason=clean(reason, 300),
        by=by.label[:254],
    )  # fmt: skip
    audit(by, "reciprocity.terms.set", row, needed=needed, silence_days=silence_days)
    return row


@transaction.atomic
def propose_grid(
    *, place: Resource | Agent, name: str, lines: Sequence[tuple[str, str, int]], key: str,
    by: Actor, since: dt.date | None = None, note: str = "",
) -> RateGrid:  # fmt: skip
    """Propose rates from a day on; they take the place of those before, and bind nobody. Once per key.

    Args:
        place: A resource, or a chamber.
        name: What it is called.
        lines: What the work takes, whose need it thinks of (may be empty), cents for an hour.
        key: Idempotency key, 1 to 80 characters.
        by: Who proposes it.
        since: First day; None: today.
        note: Where it comes from.

    Raises:
        Forbidden: ``by`` neither stewards the resource nor administers the chamber.
        Invalid: No name, no line, an amount that cannot be.
        KeyReused: The key was used for another grid.
    """
    authorize(by, "reciprocity.set_terms", place)
    rows = [
        (clean(skill, 120), clean(need, 120), cents(minor, "lines")) for skill, need, minor in lines
    ]
    if not clean(name, 140):
        raise wrong("name", _("Give it a name."))
    if not 0 < len(rows) <= 100 or not all(skill for skill, _need, _minor in rows):
        raise wrong("lines", _("A grid has lines, and each says what the work takes."))
    since = since or registry.today()
    if since < EARLIEST:
        raise wrong("since", _("This is too long ago."))
    resource = place if isinstance(place, Resource) else None
    chamber = place.chamber if isinstance(place, Resource) else place
    kept = key_for(chamber, key, by)

    def make() -> RateGrid:
        grid = RateGrid.objects.create(
            chamber=chamber, resource=resource, name=clean(name, 140), since=since,
            note=clean(note, 500), key=kept, by=by.label[:254],
        )  # fmt: skip
        RateLine.objects.bulk_create(
            RateLine(grid=grid, position=place, skill=skill, need=need, minor=minor)
            for place, (skill, need, minor) in enumerate(rows, 1)
        )
        return grid

    grid, made = once(RateGrid, kept, make)
    if made:
        audit(by, "reciprocity.grid.proposed", grid, lines=len(rows))
    elif [(line.skill, line.need, line.minor) for line in grid.lines.all()] != rows:
        raise KeyReused
    return grid
