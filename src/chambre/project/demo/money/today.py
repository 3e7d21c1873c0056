"""What waits today for whoever looks at the demonstration: an agreement to give, a debtor to tell."""

from __future__ import annotations

import datetime as dt

from chambre.project.demo.money.load import Teller
from chambre.registry import api as registry
from chambre.treasury.models import PartyIban
from chambre.treasury.services import collecting, payouts
from chambre.treasury.services.parties import change_party

SOON = dt.timedelta(20)
"""Days until what is drawn: its debtor can still be told in time."""


def leave_open(teller: Teller) -> None:
    """Two payouts that people are still to agree to, and two collections, one of them announced.

    Args:
        teller: Of a structure with mandates (:mod:`chambre.project.demo.money.mandates`).
    """
    if teller.book.collections.filter(key="demo:today:1").exists():
        return
    _payouts(teller)
    day = registry.today() + SOON
    for number, mandate in enumerate(teller.book.mandates.order_by("id")[:2], 1):
        email = f"abonne{number}@valmere.test"
        change_party(party=mandate.party, by=teller.by, email=email)
        row = collecting.plan_collection(
            mandate=mandate, amount=2_400 * number, day=day, use="sale.product",
            reason=f"Abonnement {day:%m/%Y}", key=f"demo:today:{number}", by=teller.by,
        )  # fmt: skip
        if number == 1:
            collecting.announce_collection(collection=row, key="demo:today:told", by=teller.by)


def _payouts(teller: Teller) -> None:
    """One that nobody has agreed to, one that a single person has."""
    given = PartyIban.objects.filter(party__book=teller.book, confirmed=True, party__siren__gt="")
    known = given.select_related("party").order_by("id").first()
    if known is None:
        return
    for amount, reason, agreed in (
        (18_640, "Bouteilles consignées, livraison de la semaine", False),
        (7_250, "Étiquettes de la prochaine presse", True),
    ):
        row = payouts.ask_payout(
            book=teller.book, party=known.party, amount=amount, reason=reason, iban=known.iban,
            key=f"demo:today:{amount}", by=teller.by,
        )  # fmt: skip
        if agreed:
            payouts.approve_payout(payout=row, key="demo:today", by=teller.people[1])
