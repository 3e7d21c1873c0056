"""What is held: the open contracts, and what the books say of it, place by place, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.lib.money import Money
from chambre.rooms.deposit.models import Contract, Item, Place, Scheme

SUSPENDED = "467200"


@dataclass(slots=True)
class Held:
    """How contracts and books stand.

    Attributes:
        open_contracts: Contracts that are open.
        held: Their deposits in cents, less what was paid back or kept of counted ones.
        ledger_4196: What account 4196 says, in cents.
        objects: How many objects are in each state.
        places: By place: what contracts say and what the books say, in cents.
    """

    open_contracts: int = 0
    held: int = 0
    ledger_4196: int = 0
    objects: dict[str, int] = field(default_factory=dict)
    places: list[tuple[Place, int, int]] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether they agree at every place."""
        return all(contracts == books for _place, contracts, books in self.places)

    def as_json(self) -> dict[str, Any]:
        """``{"open_contracts", "held", "ledger_4196", "equal", "objects"}``."""
        return {
            "open_contracts": self.open_contracts,
            "held": self.held,
            "ledger_4196": self.ledger_4196,
            "equal": self.equal,
            "objects": self.objects,
        }


def holding(scheme: Scheme | None = None) -> Held:
    """What is held, of a scheme or of all."""
    schemes = [scheme] if scheme is not None else list(Scheme.objects.select_related("book"))
    whole = Held(objects=dict.fromkeys(Item.State.values, 0))
    for each in schemes:
        _add(whole, each)
    rows = Item.objects.filter(scheme__in=schemes).order_by()
    whole.objects |= dict(rows.values_list("state").annotate(count=Count("pk")))
    return whole


def outline(schemes: list[Scheme]) -> dict[int, tuple[int, int]]:
    """Cents held and objects in circulation of schemes, by id, in two questions for all."""
    open_ = Contract.objects.filter(scheme__in=schemes, state=Contract.State.OPEN).order_by()
    held = dict(
        open_.values_list("scheme").annotate(amount=Sum(F("amount") - F("refunded") - F("kept")))
    )
    out = Item.objects.filter(scheme__in=schemes, state=Item.State.OUT).order_by()
    counts = dict(out.values_list("scheme").annotate(count=Count("pk")))
    return {each.pk: (held.get(each.pk, 0), counts.get(each.pk, 0)) for each in schemes}


def _add(whole: Held, scheme: Scheme) -> None:
    open_ = Contract.objects.filter(scheme=scheme, state=Contract.State.OPEN).order_by()
    sums = {
        place: (count, amount)
        for place, count, amount in open_.values_list("place").annotate(
            count=Count("pk"), amount=Sum(F("amount") - F("refunded") - F("kept"))
        )
    }
    books = booked(scheme)
    for place in Place.objects.filter(scheme=scheme).order_by("pk"):
        count, amount = sums.get(place.pk, (0, 0))
        whole.open_contracts += count
        whole.held += amount
        whole.ledger_4196 += books.get(place.auxiliary, 0)
        whole.places.append((place, amount, books.get(place.auxiliary, 0)))


def _lines(scheme: Scheme) -> QuerySet[Line]:
    """Lines of the scheme in its structure's book, without openings that only repeat balances."""
    rows = Line.objects.filter(
        book=scheme.book_id, resource=scheme.resource_id, phase__lt=2, unit="EUR"
    )
    for first, end in ledger.repeated_openings([scheme.book_id]).get(scheme.book_id, []):
        rows = rows.exclude(Q(phase=1) & Q(day__range=(first, end)))
    return rows.order_by()


def booked(scheme: Scheme) -> dict[str, int]:
    """What the books say is held, in cents, by auxiliary account of a place."""
    rows = _lines(scheme).filter(
        account__code__startswith="4196", auxiliary__code__startswith="CONS-"
    )
    sums = rows.values_list("auxiliary__code").annotate(total=Sum("amount"))
    return {code: -total for code, total in sums}


def suspended(scheme: Scheme) -> int:
    """Cents that people left so that somebody else need not pay a deposit."""
    rows = _lines(scheme).filter(account__code=SUSPENDED)
    total: int = rows.aggregate(total=Sum("amount", default=0))["total"]
    return -total


def differences() -> Iterator[str]:
    """One message for each place where contracts and books differ: what ``verify`` asks."""
    for scheme in Scheme.objects.select_related("book").order_by("pk"):
        whole = Held()
        _add(whole, scheme)
        for place, contracts, books in whole.places:
            if contracts != books:
                yield _(
                    "%(scheme)s, %(place)s: contracts hold %(contracts)s, account 4196 %(books)s."
                ) % {
                    "scheme": scheme.name,
                    "place": place.name,
                    "contracts": Money(contracts).format(),
                    "books": Money(books).format(),
                }
