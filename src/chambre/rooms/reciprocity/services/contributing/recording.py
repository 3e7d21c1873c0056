"""Recording what people contribute; corrections are new rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import KeyReused
from chambre.lib.contributing.rates import value_of
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import Contribution, RateLine
from chambre.rooms.reciprocity.queries.contributing.errors import BookedAlready, Replaced
from chambre.rooms.reciprocity.queries.contributing.finding import terms_on
from chambre.rooms.reciprocity.services.contributing.common import (
    cents,
    clean,
    day_within,
    key_for,
    once,
    same,
    words_of,
    wrong,
)
from chambre.rooms.reciprocity.services.contributing.voicing import settle

LONGEST = 60 * 24 * 366
"""Most minutes of one contribution."""

FINEST = Decimal("0.000001")
Kind = Contribution.Kind


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gave: exactly one measure.

    Attributes:
        kind: A :class:`~chambre.rooms.reciprocity.models.Contribution.Kind` value.
        what: In a few words, at most 300 characters.
        minutes: Time.
        cents: Money.
        quantity: How much of something else, in ``unit``.
        unit: In words: ``kg``, ``arbres``, ``repas``.
        day: First day; None: the last day.
        until: Last day; None: today.
        why: What for, at most 4,000 characters.
        asked: Cents that are asked for it; None: what the rate makes of the time, or nothing.
        rate: The line of the grid that it is asked by.
        hourly: Cents for an hour, when one's own rate is asked.
    """

    kind: str
    what: str
    minutes: int | None = None
    cents: int | None = None
    quantity: Decimal | None = None
    unit: str = ""
    day: dt.date | None = None
    until: dt.date | None = None
    why: str = ""
    asked: int | None = None
    rate: RateLine | None = None
    hourly: int | None = None

    def values(self) -> dict[str, Any]:
        """The columns of a contribution, checked.

        Raises:
            Invalid: Something is missing, or does not go together.
        """
        if self.kind not in Kind.values:
            raise wrong("kind", _("There is no such kind of contribution."))
        if not clean(self.what, 300):
            raise wrong("what", _("Say in a few words what you did."))
        until = day_within(self.until or registry.today(), "until")
        day = day_within(self.day or until, "day")
        if day > until:
            raise wrong("until", _("The last day is not before the first."))
        return {
            "kind": self.kind, "day": day, "until": until, **self._measure(), **self._asked(),
        }  # fmt: skip

    def _measure(self) -> dict[str, Any]:
        found = [each for each in (self.minutes, self.cents, self.quantity) if each is not None]
        if len(found) != 1 or found[0] <= 0:
            raise wrong("minutes", _("Say how much: a time, an amount or a quantity."))
        if (self.cents is not None) != (self.kind == Kind.MONEY):
            raise wrong("cents", _("An amount goes with money, and money with an amount."))
        if self.minutes is not None and self.minutes > LONGEST:
            raise wrong("minutes", _("This is longer than a year."))
        if self.cents is not None:
            cents(self.cents, "cents")
        unit = " ".join(self.unit.replace("\0", "").split()) if self.quantity is not None else ""
        if self.quantity is not None:
            if not unit or len(unit) > 24:
                raise wrong("unit", _("Say in what it is counted, in at most 24 characters."))
            if self.quantity != self.quantity.quantize(FINEST) or self.quantity >= 10**12:
                raise wrong("quantity", _("At most six decimals."))
        return {
            "minutes": self.minutes, "cents": self.cents, "quantity": self.quantity, "unit": unit,
        }  # fmt: skip

    def _asked(self) -> dict[str, Any]:
        hourly = self.rate.minor if self.rate is not None else self.hourly
        if hourly is not None:
            cents(hourly, "hourly")
        asked = self.asked
        if asked is None:
            asked = value_of(self.minutes, hourly) if self.minutes and hourly else 0
        return {"asked": cents(asked, "asked"), "rate": self.rate, "hourly": hourly}


@transaction.atomic
def record(
    *, resource: Resource, given: Given, key: str, by: Actor, agent: Agent | None = None
) -> Contribution:
    """Record what somebody gave to a resource; once per key.

    Args:
        resource: What it was given to.
        given: What.
        key: Idempotency key, 1 to 80 characters, unique among those of who records it.
        by: Who records it.
        agent: Who gave it; None: whoever records it.

    Raises:
        Forbidden: ``by`` is no member of its chamber, or may not record for others.
        Invalid: Something is missing or does not go together.
        KeyReused: The key was used for something else.
    """
    own = registry.person_of(by.user) if by.user is not None else None
    who = agent or own
    if who is None:
        raise wrong("agent", _("Say who contributed."))
    permission = "contribute" if who == own else "contribute_for"
    authorize(by, f"reciprocity.{permission}", resource)
    row, made = once(
        Contribution, key_for(None, key, by),
        lambda: _write(resource, who, given, key_for(None, key, by), by),
    )  # fmt: skip
    if made:
        audit(by, "reciprocity.contribution.recorded", row, kind=row.kind, asked=row.asked)
        return settle(row)
    if not same(row, resource=resource, agent=who, **_identity(given.values())):
        raise KeyReused
    return row


def _identity(values: dict[str, Any]) -> dict[str, Any]:
    """What must be the same for a key that comes again; days may have been left to the clock."""
    return {name: values[name] for name in ("kind", "minutes", "cents", "quantity", "unit")}


def _write(
    resource: Resource, who: Agent, given: Given, key: str, by: Actor, **more: Any
) -> Contribution:
    values = given.values()
    terms = terms_on(resource, registry.today())
    row: Contribution = Contribution.objects.create(
        resource=resource, agent=who, words=words_of(who, given.what, given.why), key=key,
        recorded_on=registry.today(), by=by.label[:254], needed=terms.needed,
        silence_days=terms.silence_days, reply_days=terms.reply_days, roll=terms.roll,
        **values, **more,
    )  # fmt: skip
    return row


def _locked(contribution: Contribution, by: Actor) -> Contribution:
    """A contribution, locked, for somebody who may change it.

    Raises:
        Forbidden: Not by this actor.
    """
    authorize(by, "reciprocity.change_contribution", contribution)
    rows = Contribution.objects.select_for_update(of=("self",))
    row: Contribution = rows.select_related("resource", "agent", "words").get(pk=contribution.pk)
    return row


def _replaced(row: Contribution, key: str) -> Contribution | None:
    """What this key put in its place already; None: nothing has.

    Raises:
        Replaced: It was corrected or taken back by something else.
        BookedAlready: It stands in the books.
    """
    found: Contribution | None = Contribution.objects.filter(corrects=row).first()
    if found is not None and found.key == key:
        return found
    if found is not None or row.withdrawn:
        raise Replaced
    if row.booked.filter(reverses=None, reversal=None).exists():
        raise BookedAlready
    return None


@transaction.atomic
def correct(*, contribution: Contribution, given: Given, key: str, by: Actor) -> Contribution:
    """Replace a contribution by another record of it; others look at it anew. Once per key.

    Raises:
        Forbidden: ``by`` neither gave it nor stewards the resource.
        Replaced: It was corrected or taken back already.
        BookedAlready: It is booked in kind: the booking is taken back first.
        Invalid: See :func:`record`.
    """
    row, kept = _locked(contribution, by), key_for(contribution.agent, key, by)
    if found := _replaced(row, kept):
        return found
    new = _write(row.resource, row.agent, given, kept, by, corrects=row)
    audit(by, "reciprocity.contribution.corrected", new, corrects=row.pk)
    return settle(new)


@transaction.atomic
def withdraw(*, contribution: Contribution, key: str, by: Actor, why: str = "") -> Contribution:
    """Take a contribution back: it counts no more, and its history stays. Once per key.

    Raises:
        Forbidden, Replaced, BookedAlready: See :func:`correct`.
    """
    row, kept = _locked(contribution, by), key_for(contribution.agent, key, by)
    if found := _replaced(row, kept):
        return found
    names = (
        "resource", "agent", "kind", "minutes", "cents", "quantity", "unit", "day", "until",
        "asked", "rate", "hourly", "needed", "silence_days", "reply_days", "roll",
    )  # fmt: skip
    new: Contribution = Contribution.objects.create(
        **{name: getattr(row, name) for name in names}, corrects=row, withdrawn=True, key=kept,
        words=words_of(row.agent, row.words.what, why), recorded_on=registry.today(),
        by=by.label[:254],
    )  # fmt: skip
    audit(by, "reciprocity.contribution.withdrawn", new, corrects=row.pk)
    return new
