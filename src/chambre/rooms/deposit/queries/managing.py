"""What stewards, treasurers and partners see: only what each may read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.rooms.deposit.models import (
    Case,
    Contract,
    Item,
    Move,
    Part,
    PartnerStatement,
    Place,
    Scheme,
)
from chambre.rooms.deposit.queries.errors import NoPlace
from chambre.rooms.deposit.queries.finding import scheme_named


def schemes_of(by: Actor) -> list[Scheme]:
    """The schemes that somebody may read, by name."""
    rows = Scheme.objects.select_related("book__structure", "resource").order_by("name")
    return [row for row in rows if by.may("deposit.read", row)]


def scheme_for(slug: str, by: Actor, permission: str = "deposit.read") -> Scheme:
    """A scheme by its short name, for somebody who may do something with it.

    Raises:
        NoScheme: There is none.
        Forbidden: They may not.
    """
    scheme = scheme_named(slug)
    authorize(by, permission, scheme)
    return scheme


def cases_of(scheme: Scheme, state: str = "") -> QuerySet[Case]:
    """The cases of a scheme, the newest first; ``state`` is ``open``, ``decided`` or empty."""
    rows = Case.objects.filter(scheme=scheme).select_related("item", "place", "contract")
    if state:
        rows = rows.filter(decision__isnull=state == "open")
    return rows.order_by("-pk")


def case_of(scheme: Scheme, number: int) -> Case:
    """A case of a scheme.

    Raises:
        NotFound: There is none of this number.
    """
    row: Case | None = (
        cases_of(scheme)
        .filter(pk=min(number, 2**63 - 1))
        .select_related("scheme__book__structure")
        .first()
    )
    if row is None:
        raise NotFound
    return row


def statement_of(scheme: Scheme, number: int) -> PartnerStatement:
    """A partner's statement of a scheme, whoever asks: what may be read of it is decided later.

    Raises:
        NotFound: There is none of this number.
    """
    rows = PartnerStatement.objects.select_related(
        "scheme__book__structure", "scheme__resource", "partner"
    )
    row: PartnerStatement | None = rows.filter(scheme=scheme, pk=min(number, 2**63 - 1)).first()
    if row is None:
        raise NotFound
    return row


def items_of(scheme: Scheme, state: str = "", place: str = "", words: str = "") -> QuerySet[Item]:
    """The objects of a scheme: in a state, at a place, with these signs in their serial."""
    rows = Item.objects.filter(scheme=scheme).select_related("type", "place", "lot")
    if state:
        rows = rows.filter(state=state)
    if place:
        rows = rows.filter(place__slug=place)
    if words:
        rows = rows.filter(serial__startswith=words.strip().upper()[:30])
    return rows.order_by("-moved_at", "-pk")


def contracts_of(scheme: Scheme, state: str = "", place: str = "") -> QuerySet[Contract]:
    """The contracts of a scheme, the newest first."""
    rows = Contract.objects.filter(scheme=scheme).select_related("item", "type", "place")
    if state:
        rows = rows.filter(state=state)
    if place:
        rows = rows.filter(place__slug=place)
    return rows.order_by("-pk")


def moves_of(item: Item) -> QuerySet[Move]:
    """What happened to an object, the newest first."""
    rows = Move.objects.filter(item=item).select_related("place", "contract", "act")
    return rows.order_by("-number")


def moves_in(scheme: Scheme) -> QuerySet[Move]:
    """What happened to objects of a scheme, the newest first."""
    rows = Move.objects.filter(item__scheme=scheme).select_related("item__type", "place")
    return rows.order_by("-pk")


def places_of_scheme(scheme: Scheme) -> QuerySet[Place]:
    """The places of a scheme, by name."""
    rows = Place.objects.filter(scheme=scheme).select_related("partner", "drawer")
    return rows.order_by("name")


def place_of(scheme: Scheme, slug: str) -> Place:
    """A place of a scheme.

    Raises:
        NoPlace: There is none of this short name.
    """
    rows = places_of_scheme(scheme).select_related("scheme__book__structure", "partner", "drawer")
    row: Place | None = rows.filter(slug=slug[:50]).first()
    if row is None:
        raise NoPlace(_("There is no place “%(slug)s”.") % {"slug": slug[:50]})
    return row


def parts_of_contract(contract: Contract) -> list[Any]:
    """How the deposit of a contract came and went."""
    acts = [contract.act_id, *contract.refunds.values_list("act", flat=True)]
    return list(Part.objects.filter(act__in=acts).select_related("act").order_by("pk"))
