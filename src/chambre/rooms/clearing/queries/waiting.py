"""What clearing asks of somebody: whether they owe what is said, and whether a round may be booked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor
from chambre.core.ui.waiting import Act, Waits, asked
from chambre.rooms.clearing.models import Answer, Obligation, Part, Round
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
    # Whoever is in a ring owes somebody and is owed: one side is enough.
    parts = Part.objects.filter(
        ~Exists(said), computation__round=OuterRef("pk"), computation__number=OuterRef("number"),
        obligation__debtor__in=mine,
    )  # fmt: skip
    rounds = Round.objects.filter(Exists(parts), state=Round.State.PROPOSED)
    yield asked(rounds, "clearing.answer", reference="pk", title="name", due="answer_by")


WAITS = Waits(
    "clearing",
    acts={
        "accept": Act(_("debt to accept"), lambda _pk: reverse("clearing:home")),
        "answer": Act(_("set-off to answer"), lambda pk: reverse("clearing:round", args=[pk])),
    },
    rows=waiting,
)
