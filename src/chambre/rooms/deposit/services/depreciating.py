"""Depreciation of objects that are fixed assets: straight-line, once a year, and it can be undone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.ledger.models import JournalEntry
from chambre.lib.deposits import worn
from chambre.rooms.deposit.models import Depreciation, ItemType, Scheme
from chambre.rooms.deposit.queries.valuing import Standing, standings
from chambre.rooms.deposit.services import accounts
from chambre.rooms.deposit.services.accounts import line_on
from chambre.rooms.deposit.services.stock import wear_account
from chambre.treasury import api as treasury

LONGEST = 50
"""Years of use; nothing that people bring back is used longer."""


@dataclass(frozen=True, slots=True)
class Year:
    """What a run did: objects, and their depreciation in cents; negative when it was undone."""

    objects: int = 0
    amount: int = 0


@transaction.atomic
def set_life(*, type_: ItemType, years: int, by: Actor) -> ItemType:
    """Say how many years objects of a type are used; the next yearly run counts by it.

    Args:
        type_: Which type; a fixed asset.
        years: 1 to 50; 0: they are not depreciated (any more).
        by: Who says so.

    Raises:
        Forbidden: ``by`` does not keep the scheme's money.
        Invalid: Another number, or the type is stock, which is not depreciated.
    """
    authorize(by, "deposit.account", type_.scheme)
    if not 0 <= years <= LONGEST:
        message = _("A number of years between 0 and 50.")
        raise Invalid(message, fields={"years": [message]})
    if years and not type_.identifiable:
        message = _("Objects that cannot be told apart are stock: they are not depreciated.")
        raise Invalid(message, fields={"type": [message]})
    ItemType.objects.filter(pk=type_.pk).update(life=years)
    type_.life = years
    audit(by, "deposit.type.life", type_, years=years)
    return type_


@transaction.atomic
def depreciate(*, scheme: Scheme, year: int, by: Actor) -> Year:
    """Book what the objects of a scheme lost of their cost until the end of a year, once.

    Objects count that are in the books when it runs, each from the day on which its batch came
    there; what earlier years left out is caught up. Asked again it does nothing.

    Args:
        scheme: Whose objects.
        year: A year that is over.
        by: Who does it.

    Raises:
        Forbidden: ``by`` does not keep the scheme's money.
        Invalid: The year is not over.
        MonthClosed, ClosedYear: Its last day lies in what is closed.
    """
    authorize(by, "deposit.account", scheme)
    if not 2000 <= year < clock.today().year:
        message = _("This year is not over yet.")
        raise Invalid(message, fields={"year": [message]})
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    number = _last(scheme, year)
    if number % 2:
        return Year()
    day = dt.date(year, 12, 31)
    rows = [row for lot in _lots(scheme) if (row := _row(lot, year, day)) is not None]
    if not rows:
        return Year()
    entry = _book(scheme, rows, day, f"deposit:depreciation:{scheme.pk}:{year}:{number + 1}")
    for row in rows:
        row.number, row.entry, row.by = number + 1, entry.pk, by.label[:254]
    Depreciation.objects.bulk_create(rows)
    done = Year(sum(row.count for row in rows), sum(row.each * row.count for row in rows))
    audit(by, "deposit.depreciation.booked", scheme, year=year, amount=done.amount)
    return done


@transaction.atomic
def undo(*, scheme: Scheme, year: int, by: Actor) -> Year:
    """Take the depreciation of a year back by the exact opposite of its entry.

    Raises:
        Forbidden: ``by`` does not keep the scheme's money.
        Conflict: A later year is booked, or objects left the books since: they were taken out at
            what this depreciation had left of them.
        MonthClosed, ClosedYear: Its day lies in what is closed.
    """
    authorize(by, "deposit.account", scheme)
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    number = _last(scheme, year)
    if not number % 2:
        return Year()
    of_scheme = Depreciation.objects.filter(lot__type__scheme=scheme)
    rows = list(of_scheme.filter(year=year, number=number).order_by("pk"))
    later = set(of_scheme.filter(year__gt=year).values_list("year", flat=True))
    if any(_last(scheme, each) % 2 for each in later):
        raise Conflict(_("Undo the later years first."))
    left = {each.lot.pk: each.in_books for each in _lots(scheme)}
    if any(left.get(row.lot_id) != row.count for row in rows):
        raise Conflict(_("Objects have left the books since: this year stays as it is."))
    entry = treasury.unbook(
        entry=JournalEntry.objects.get(pk=rows[0].entry),
        key=f"deposit:depreciation:{scheme.pk}:{year}:{number + 1}",
    )
    Depreciation.objects.bulk_create(
        Depreciation(
            lot_id=row.lot_id, year=year, number=number + 1, each=-row.each, count=row.count,
            entry=entry.pk, by=by.label[:254],
        )
        for row in rows
    )  # fmt: skip
    done = Year(sum(row.count for row in rows), -sum(row.each * row.count for row in rows))
    audit(by, "deposit.depreciation.undone", scheme, year=year, amount=done.amount)
    return done


def _last(scheme: Scheme, year: int) -> int:
    """Number of the last run of a year; odd: it is in force, even: there is none, or it was undone."""
    rows = Depreciation.objects.filter(lot__type__scheme=scheme, year=year)
    return rows.aggregate(last=Max("number"))["last"] or 0


def _lots(scheme: Scheme) -> list[Standing]:
    """Batches that wear: of objects that can be told apart."""
    return [each for each in standings(scheme) if each.lot.type.identifiable]


def _row(batch: Standing, year: int, day: dt.date) -> Depreciation | None:
    lot, type_ = batch.lot, batch.lot.type
    until = worn(type_.unit_cost, type_.life, batch.since, day)
    each = until - batch.booked
    if each <= 0 or not batch.in_books:
        return None
    return Depreciation(lot=lot, year=year, each=each, count=batch.in_books)


def _book(scheme: Scheme, rows: list[Depreciation], day: dt.date, key: str) -> JournalEntry:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        sums[wear_account(row.lot.type)] += row.each * row.count
    return treasury.book_entry(
        book=scheme.book, journal="OD", day=day, key=key, source="deposit.depreciation",
        label=f"Amortissement {day.year} – {scheme.name}",
        lines=[
            line_on(accounts.WEAR, sum(sums.values()), scheme),
            *(line_on(account, -amount, scheme) for account, amount in sums.items()),
        ],
    )  # fmt: skip
