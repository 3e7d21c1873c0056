"""A treasury with a payout and a collection in every state, made through the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from chambre.core.actors import Actor
from chambre.core.models import User
from chambre.ledger import api as ledger
from chambre.registry import api as registry
from chambre.treasury.queries.ownaccounts import OwnAccount
from chambre.treasury.services import collecting, mandates, payouts
from chambre.treasury.services.bank.accounts import create_account
from chambre.treasury.services.collectionfiles import export_collections
from chambre.treasury.services.parties import note_iban, note_party
from chambre.treasury.services.payoutfiles import export_payouts

OURS = OwnAccount("FR7630006000011234567890189", "Les Vergers de la Lysse", slug="courant")
PAYEES = (
    ("Maraîchage Dupré", "Salades et poireaux de février", 48_250),
    ("Imprimerie coopérative du Pont-Neuf", "Affiches de la fête des greffes", 12_600),
    ("Zoé Martin", "Frais de route, réunion de la chambre", 3_740),
    ("CUMA de la Lysse", "Location du broyeur, 12 heures à 18 €", 21_600),
    ("Café du Pont", "Repas des bénévoles", 8_900),
)


def filled(system: Actor) -> tuple[Any, User]:
    """The orchard's book, and its treasurer."""
    structure = registry.create_structure(
        slug="vergers", name="Les Vergers de la Lysse", by=system, legal_form="association"
    )
    book = ledger.open_book(structure=structure, chart="associatif", by=system)
    create_account(book=book, slug="courant", iban=OURS.iban, name="Compte courant", by=system)
    people = []
    for name, kind, scope in (
        ("Bruno", "treasurer", structure), ("Chloé", "administrator", registry.home_chamber()),
    ):  # fmt: skip
        email = f"{name.lower().replace('é', 'e')}@exemple.test"
        user = User.objects.create_user(email)
        person = registry.create_person(email=email, name=name, by=system)
        registry.grant_role(agent=person, kind=kind, scope=scope, by=system)
        people.append(Actor.of(user))
    _pay(book, people, system)
    _draw(book, people[0], system)
    assert people[0].user is not None
    return book, people[0].user


def _pay(book: Any, people: list[Actor], system: Actor) -> None:
    rows = []
    for number, (name, reason, amount) in enumerate(PAYEES):
        party = note_party(book=book, name=name, by=system)
        note_iban(party=party, iban="DE89370400440532013000", by=system, confirmed=True)
        row = payouts.ask_payout(
            book=book, party=party, amount=amount, reason=reason, key=f"p{number}", by=people[0]
        )
        for by in people[: (2, 2, 1, 0, 2)[number]]:
            payouts.approve_payout(payout=row, key=by.label, by=by)
        if number == 0:
            export_payouts(book=book, account=OURS, key="f", by=people[1])
        rows.append(row)
    payouts.withdraw_payout(payout=rows[-1], key="w", by=people[0], reason="Payé en espèces")


def _draw(book: Any, by: Actor, system: Actor) -> None:
    mandates.set_creditor_id(book=book, identifier="FR72ZZZ123456", by=by)
    today = registry.today()
    for number in range(4):
        party = note_party(book=book, name=f"Adhérente {number + 1}", by=system)
        mandate = mandates.note_mandate(
            book=book, party=party, iban="DE89370400440532013000", key=f"m{number}", by=by,
            signed_on=today - dt.timedelta(40), reference=f"ADH-{number + 1}",
        )  # fmt: skip
        row = collecting.plan_collection(
            mandate=mandate, amount=2_500, day=today + dt.timedelta(20), key=f"c{number}",
            reason="Adhésion annuelle", use="membership", by=by,
        )  # fmt: skip
        if number < 3:
            collecting.announce_collection(collection=row, key="a", by=by)
        if number == 0:
            export_collections(book=book, account=OURS, key="d", by=by)
    mandates.end_mandate(mandate=mandate, reason="A changé de banque", by=by)
