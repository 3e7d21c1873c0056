"""Where the objects of a batch are now, and who is asked for them; never who has one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from chambre.core.errors import Conflict, NotFound
from chambre.rooms.deposit.models import Contract, Item, Lot, LotRecall, Place, Scheme

GONE = (Item.State.RETIRED, Item.State.LOST)


@dataclass(frozen=True, slots=True)
class Where:
    """One object of a batch.

    Attributes:
        item: The object, with its type and the place where it is or was seen last.
        contract: Its open contract; None: nobody has it.
        ask: Who runs the place that issued it, or where it is.
    """

    item: Item
    contract: Contract | None
    ask: str

    @property
    def is_known(self) -> bool:
        """Somebody has it who gave an account: the scheme can write to them."""
        return self.contract is not None and self.contract.holder_id is not None


def _open() -> Exists:
    return Exists(Contract.objects.filter(item=OuterRef("pk"), state=Contract.State.OPEN))


def lots_of(scheme: Scheme) -> QuerySet[Lot]:
    """The batches of a scheme, the newest first, with whether each was recalled."""
    recalls = LotRecall.objects.filter(lot=OuterRef("pk"))
    rows: QuerySet[Lot] = Lot.objects.filter(type__scheme=scheme).select_related("type")
    return rows.annotate(is_recalled=Exists(recalls)).order_by("-pk")


def lot_of(scheme: Scheme, number: int) -> Lot:
    """A batch of a scheme.

    Raises:
        NotFound: There is none of this number.
    """
    rows = Lot.objects.select_related("type__scheme__book__structure", "type__scheme__resource")
    row: Lot | None = rows.filter(type__scheme=scheme, pk=min(number, 2**63 - 1)).first()
    if row is None:
        raise NotFound
    return row


def lot_called(scheme: Scheme, told: str) -> Lot:
    """A batch of a scheme by its name, or by its number.

    Raises:
        NotFound: There is none called so.
        Conflict: Several are: the message gives their numbers.
    """
    named = list(Lot.objects.filter(type__scheme=scheme, name=told).order_by("pk")[:20])
    if len(named) > 1:
        numbers = ", ".join(str(row.pk) for row in named)
        message = _("Several batches are called so: give one of the numbers %(numbers)s.")
        raise Conflict(message % {"numbers": numbers}, numbers=[row.pk for row in named])
    if named:
        return lot_of(scheme, named[0].pk)
    if told.isascii() and told.isdigit() and len(told) < 19:
        return lot_of(scheme, int(told))
    raise NotFound(_("There is no batch “%(name)s” here.") % {"name": told[:60]})


def counts(lot: Lot) -> dict[str, int]:
    """How many objects of a batch are ``here``, with ``people`` and ``gone`` (retired, lost)."""
    rows = Item.objects.filter(lot=lot).annotate(has=_open())
    return rows.aggregate(
        here=Count("pk", filter=Q(has=False) & ~Q(state__in=GONE)),
        people=Count("pk", filter=Q(has=True)),
        gone=Count("pk", filter=Q(has=False, state__in=GONE)),
    )


def items_in(lot: Lot) -> QuerySet[Item]:
    """The objects of a batch, those with people first."""
    rows = Item.objects.filter(lot=lot).select_related("type", "place__partner")
    return rows.annotate(has=_open()).order_by("-has", "place", "pk")


def where(scheme: Scheme, items: list[Item]) -> Iterator[Where]:
    """Where objects are, in two questions for all of them."""
    rows = Contract.objects.filter(
        item__in=[item.pk for item in items], state=Contract.State.OPEN
    ).select_related("place__partner")
    open_ = {row.item_id: row for row in rows}
    keeper = str(scheme.structure)
    for item in items:
        contract = open_.get(item.pk)
        place: Place | None = contract.place if contract is not None else item.place
        yield Where(item, contract, _runs(place, keeper))


def _runs(place: Place | None, keeper: str) -> str:
    if place is None or place.partner is None:
        return keeper
    return str(place.partner.name)
