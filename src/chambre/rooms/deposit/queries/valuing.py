"""What the objects of a scheme are worth in its books, and what wore off year by year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, F, Max, OuterRef, Sum
from django.utils import timezone

from chambre.ledger.models import JournalEntry
from chambre.rooms.deposit.models import Depreciation, Item, ItemType, Lot, Move, Scheme


@dataclass(frozen=True, slots=True)
class Standing:
    """A batch with its objects in the books, and the cents of depreciation booked of each.

    ``since`` is the day on which it was put in service: that of its entry, from which it wears.
    """

    lot: Lot
    in_books: int
    booked: int
    since: dt.date


@dataclass(slots=True)
class Worth:
    """What the objects of a type are worth in the books.

    Attributes:
        type: Which type.
        objects: How many are in the books: those that were never written off.
        cost: Cents that they cost.
        worn: Cents of it that are depreciated.
    """

    type: ItemType
    objects: int = 0
    cost: int = 0
    worn: int = 0

    @property
    def left(self) -> int:
        """Cents that they are still worth."""
        return self.cost - self.worn


@dataclass(frozen=True, slots=True)
class WornYear:
    """The last run of a year: in force, or the one that undid it.

    Attributes:
        year: Which year.
        in_force: Whether its depreciation stands.
        objects: How many objects.
        amount: Cents; what was undone when it is not in force.
        entry: Number of the journal entry.
        by: Who did it.
    """

    year: int
    in_force: bool
    objects: int
    amount: int
    entry: int
    by: str


def value_key(lot: int) -> str:
    """Key of the entry that brought a batch into the books."""
    return f"deposit:lot:{lot}"


def _days(scheme: Scheme, lots: list[Lot]) -> dict[str, dt.date]:
    """On which day batches came into the books, by key; those that cost nothing are in none."""
    keys = [value_key(lot.pk) for lot in lots]
    rows = JournalEntry.objects.filter(chamber=scheme.book.chamber_id, key__in=keys)
    return dict(rows.values_list("key", "day"))


def standings(scheme: Scheme) -> list[Standing]:
    """The batches of a scheme; objects that were never written off are in the books."""
    left = Move.objects.filter(item=OuterRef("pk"), kind__in=[Move.Kind.RETIRED, Move.Kind.LOST])
    items = Item.objects.filter(~Exists(left), scheme=scheme).order_by()
    in_books = dict(items.values_list("lot").annotate(many=Count("pk")))
    rows = Depreciation.objects.filter(lot__type__scheme=scheme).order_by()
    booked = dict(rows.values_list("lot").annotate(cents=Sum("each")))
    lots = list(Lot.objects.filter(type__scheme=scheme).select_related("type").order_by("pk"))
    days = _days(scheme, lots)
    return [
        Standing(
            lot, in_books.get(lot.pk, 0), booked.get(lot.pk, 0),
            days.get(value_key(lot.pk)) or timezone.localdate(lot.at),
        )
        for lot in lots
    ]  # fmt: skip


def worths(scheme: Scheme) -> list[Worth]:
    """What the objects of each type with codes are worth in the books, by name of the type."""
    types = ItemType.objects.filter(scheme=scheme, counting=ItemType.Counting.SERIAL)
    found = {row.pk: Worth(row) for row in types.order_by("name", "pk")}
    for batch in standings(scheme):
        worth = found[batch.lot.type_id]
        worth.objects += batch.in_books
        worth.cost += batch.in_books * worth.type.unit_cost
        worth.worn += batch.in_books * batch.booked
    return list(found.values())


def worn_years(scheme: Scheme) -> list[WornYear]:
    """The years for which depreciation was booked or undone, the newest first."""
    rows = Depreciation.objects.filter(lot__type__scheme=scheme).order_by()
    sums = (
        rows.values("year", "number")
        .annotate(objects=Sum("count"), amount=Sum(F("each") * F("count")), entry=Max("entry"),
                  who=Max("by"))
        .order_by("year", "number")
    )  # fmt: skip
    last: dict[int, WornYear] = {}
    for row in sums:
        last[row["year"]] = WornYear(
            row["year"], row["number"] % 2 == 1, row["objects"], row["amount"], row["entry"],
            row["who"],
        )  # fmt: skip
    return sorted(last.values(), key=lambda each: -each.year)
