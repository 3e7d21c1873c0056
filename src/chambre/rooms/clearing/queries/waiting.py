"""What clearing asks of somebody: whether they owe what is said, and whether a round may be booked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor
from chambre.core.ui.waiting import Act, Waits, asked
from chambre.rooms.clearing.models import Answer, Loan, Obligation, Part, Round
from chambre.rooms.clearing.queries.people import spoken_for


def waiting(by: Actor) -> Iterator[QuerySet[Any, Any]]:
    """Debts that somebody says they have, and rounds that they have not answered."""
    if by.user is None or not by.may("clearing.use"):
        return
    mine = spoken_for(by).order_by().values("pk")
    debts = Obligation.objects.filter(state=Obligation.State.PROPOSED, debtor__in=mine)
    yield asked(debts, "clearing.accept", reference="pk", title="creditor__name", due="due")
    said = Answer.objects.filter(
        computation=OuterRef("computation"), agent=OuterRef("obligation__debtor")
    )
    now = {"computation__round": OuterRef("pk"), "computation__number": OuterRef("number")}
    # Whoever is in a ring owes somebody and is owed: one side is enough, but for those with a pot.
    parts = Part.objects.filter(~Exists(said), obligation__debtor__in=mine, **now)
    answered = Answer.objects.filter(computation=OuterRef("computation"))
    loans = Loan.objects.filter(
        ~Exists(answered.filter(agent=OuterRef("agent"))), agent__in=mine, **now
    )
    lent = Loan.objects.filter(
        ~Exists(answered.filter(agent=OuterRef("computation__round__lender"))),
        computation__round__lender__in=mine, **now,
    )  # fmt: skip
    rounds = Round.objects.filter(
        Exists(parts) | Exists(loans) | Exists(lent), state=Round.State.PROPOSED
    )
    yield asked(rounds, "clearing.answer", reference="pk", title="name", due="answer_by")


WAITS = Waits(
    "clearing",
    acts={
        "accept": Act(_("debt to accept"), lambda _pk: reverse("clearing:home")),
        "answer": Act(_("set-off to answer"), lambda pk: reverse("clearing:round", args=[pk])),
    },
    rows=waiting,
)
