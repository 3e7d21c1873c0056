"""Mandates of the juice cooperative: two customers are drawn; one changes banks, one draw comes back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from chambre.lib.sepa import days
from chambre.project.demo.money.acts import Doing, Move, Person, Story
from chambre.project.demo.money.drawing import YEAR, Draw
from chambre.treasury.models import Collection
from chambre.treasury.queries.ownaccounts import own_account
from chambre.treasury.services import collecting, mandates
from chambre.treasury.services.collectionfiles import export_collections

if TYPE_CHECKING:
    from chambre.project.demo.money.load import Teller

CREDITOR = "FR72ZZZ123456"
"""The example of the rulebooks: nobody's."""


def drawn(story: Story, draw: Draw) -> None:
    """A subscription of two customers from February on."""
    people = [Person(each.name, each.iban, known=True) for each in draw.people(2)]
    signed = draw.day(1, 5, 20)

    def sign(teller: Teller) -> None:
        mandates.set_creditor_id(book=teller.book, identifier=CREDITOR, by=teller.by)
        for number, who in enumerate(people, 1):
            mandates.note_mandate(
                book=teller.book, party=teller.party(who), iban=who.iban, signed_on=signed,
                reference=f"JUS-{YEAR}-{number:03d}", key=f"demo:{number}", by=teller.by,
            )  # fmt: skip

    story.acts.append(Doing("mandats", signed, sign))
    moved = _moved(story, people[0])
    for month in (2, 3, 4, 5):
        for number, who in enumerate((moved if month == 5 else people[0], people[1]), 1):
            _draw(story, who, number, month, 2_400 if number == 1 else 4_800)
    _came_back(story, draw, people[1])


def _moved(story: Story, who: Person) -> Person:
    """At the end of April the first one changes banks: the mandate stays, with another account."""
    moved = Person(who.name, Draw(f"another bank:{who.iban}").iban(), known=True)
    day = dt.date(YEAR, 4, 28)

    def run(teller: Teller) -> None:
        mandates.amend_mandate(
            mandate=teller.book.mandates.get(reference=f"JUS-{YEAR}-001"), iban=moved.iban,
            told_on=day, key="demo:another-bank", by=teller.by,
        )  # fmt: skip

    story.acts.append(Doing("autre-banque", day, run))
    return moved


def _draw(story: Story, who: Person, number: int, month: int, amount: int) -> None:
    """Announced at the beginning of the month, drawn three weeks later."""
    told = days.next_open(dt.date(YEAR, month, 2))
    day = days.next_open(dt.date(YEAR, month, 20 + number))
    key = f"prelevement-{month}-{number}"

    def run(teller: Teller) -> None:
        mandate = teller.book.mandates.get(reference=f"JUS-{YEAR}-{number:03d}")
        row = collecting.plan_collection(
            mandate=mandate, amount=amount, day=day, use="sale.product",
            reason=f"Abonnement {month:02d}/{YEAR}", key=f"demo:{key}", by=teller.by,
        )  # fmt: skip
        collecting.announce_collection(collection=row, key=f"demo:{key}:told", by=teller.by)
        export_collections(
            book=teller.book, account=own_account(teller.book), key=f"demo:{key}:file",
            by=teller.by, batch=False,
        )  # fmt: skip
        teller.items[key], teller.orders[key] = ("collection", row.code), row.code

    story.acts.append(Doing(key, told, run))
    story.moves.append(
        Move(day, amount, who.name.upper(), who.iban, reference=key, settles=((key, amount),),
             case="collected")
    )  # fmt: skip


def _came_back(story: Story, draw: Draw, who: Person) -> None:
    """April's second one: no money on the account (AM04), the bank takes it back in May."""
    day = draw.day(5, 4, 12)

    def run(teller: Teller) -> None:
        code = teller.items["prelevement-4-2"][1]
        collecting.note_bank_answer(
            collection=Collection.objects.get(code=code), code="AM04", key="demo:am04",
            by=teller.by,
        )  # fmt: skip
        teller.items["rejet"], teller.orders["rejet"] = ("collection-return", code), code

    story.acts.append(Doing("rejet", day, run))
    story.moves.append(
        Move(day, -4_800, who.name.upper(), who.iban, "REJET PRELEVEMENT AM04", reference="rejet",
             settles=(("rejet", 4_800),), case="collection given back")
    )  # fmt: skip
