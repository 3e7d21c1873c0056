"""Deposits for whoever sells in containers: fills the treasury's slot (``chambre.treasury.containers``).

A structure may sell in the containers of its own schemes, and of those in which it runs a place. In its
own scheme the sale books the deposit on 4196, from where it goes to the place; as a partner it owes
the deposit to the scheme.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from chambre.core.actors import Actor
from chambre.ledger.models import Book
from chambre.rooms.deposit.models import Item, ItemType, Part, Place
from chambre.rooms.deposit.queries.finding import ids_of, place_named
from chambre.rooms.deposit.queries.terms import tariffs_on
from chambre.rooms.deposit.queries.wording import reason_words
from chambre.rooms.deposit.services import issuing, returning
from chambre.rooms.deposit.services.asking import Answer, Asked
from chambre.treasury import containers

OWED = ("467600", "Consignes encaissées pour un dispositif")
"""Where a partner books the deposits that it took with its sales and owes to the scheme."""


def _places(book: Book) -> QuerySet[Place]:
    rows: QuerySet[Place] = Place.objects.filter(
        Q(scheme__book=book, partner__isnull=True) | Q(partner=book.structure_id)
    ).filter(issues=True, closed_on__isnull=True)
    return rows


class DepositKeeper:
    """What the shop may ask of the deposit room."""

    def kinds(self, book: Book, day: dt.date) -> list[containers.Kind]:
        """Types of the schemes in which the structure may sell, that have a tariff on that day."""
        schemes = _places(book).values("scheme")
        types = list(
            ItemType.objects.filter(Q(scheme__in=schemes) | Q(scheme__book=book))
            .select_related("scheme")
            .order_by("slug")
        )
        tariffs = tariffs_on(types, day)
        return [_kind(each, tariffs[each.pk].amount, book) for each in types if each.pk in tariffs]

    def places(self, book: Book) -> list[containers.Place]:
        """Places at which the structure may let containers go out."""
        return [
            containers.Place(each.slug, each.name, f"{reverse('deposit:scan')}?lieu={each.slug}")
            for each in _places(book)
        ]

    def kind_of(self, code: str) -> str:
        """Short name of the type of the object that a code leads to; empty: unknown."""
        found = ids_of([code]).get(code)
        if found is None:
            return ""
        return str(Item.objects.values_list("type__slug", flat=True).get(pk=found))

    def go_out(self, went: containers.Went, by: Actor) -> list[containers.Told]:
        """Issue the containers of a sale, whose deposits were booked with it."""
        place = place_named(went.place)
        partner = place.scheme.book_id != went.book.pk
        means = Part.Channel.PARTNER if partner else Part.Channel.PAYMENT
        asked = Asked(
            key=went.key, codes=tuple(went.codes), counted=tuple(went.counted), place=went.place,
            means=means, payment=went.payment,
        )  # fmt: skip
        return _told(issuing.hand_out(asked, by=_on_behalf(by)), asked)

    def come_back(
        self, *, place: str, key: str, codes: Sequence[str], means: str, by: Actor, **more: Any
    ) -> list[containers.Told]:
        """Take containers back at a place and pay their deposits."""
        asked = Asked(key=key, codes=tuple(codes), place=place, means=means, **more)
        return _told(returning.take_back(asked, by=_on_behalf(by)), asked)


def _kind(type_: ItemType, amount: int, book: Book) -> containers.Kind:
    own = type_.scheme.book_id == book.pk
    number, label = OWED
    return containers.Kind(
        key=type_.slug,
        name=type_.name,
        amount=amount,
        coded=type_.counting == ItemType.Counting.SERIAL,
        use="deposit" if own else "",
        account="" if own else number,
        account_label="" if own else label,
        resource=type_.scheme.resource_id,
    )


def _on_behalf(by: Actor) -> Actor:
    """The caller has authorized its act; who it was stays written down."""
    return Actor.system(by.label)


def _told(answer: Answer, asked: Asked) -> list[containers.Told]:
    """An answer as the shop hears it: one for each code or counted kind."""
    if answer.lines:
        return [
            containers.Told(
                line["code"], line["outcome"] in ("issued", "refunded"),
                reason_words(line["reason"]), line["refund"],
            )
            for line in answer.lines
        ]  # fmt: skip
    code = asked.codes[0] if asked.codes else asked.counted[0][0]
    done = answer.outcome in ("issued", "refunded")
    return [containers.Told(code, done, answer.words, answer.refund)]


KEEPER = DepositKeeper()
