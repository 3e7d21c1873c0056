"""What exchanges and the market ask of somebody: to sign, to give, to attest, to answer, to decide.

Who answers for the Chamber's money is asked to confirm, as a second person, what a bank took back.

One question for all exchanges: a leg that comes after something else is asked for once that is there, as
``Leg.turn_on`` keeps it. What an inspector is to look at is shown from the day on which all have signed; the
page of the exchange, and its letters (:mod:`.asking`), know the order of conditions, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chambre.core.actors import Actor
from chambre.core.ui.waiting import Act, Waits, asked
from chambre.registry.api import today
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import (
    BarterRing,
    ChargeBack,
    ConditionTold,
    Exchange,
    ExchangeParty,
    Extension,
    ExtensionVoice,
    Leg,
    RingGift,
    RingVoice,
)
from chambre.rooms.exchange.queries.asking import ATTESTED_BY
from chambre.rooms.exchange.queries.exchanges import chambers_kept
from chambre.rooms.exchange.queries.people import agents_of

ELSEWHERE = tuple(kind for kind, who in ATTESTED_BY.items() if who != "giver")
"""Kinds of legs that are given outside the Chamber, and attested by another than the giver."""


def _exchange(slug: str) -> str:
    return reverse("exchange:exchange", args=[slug])


def _bounced(slug: str) -> str:
    return f"{_exchange(slug)}#bounced"


def _ring(number: str) -> str:
    return reverse("exchange:ring", args=[number])


def waiting(by: Actor) -> Iterator[QuerySet[Any, Any]]:
    """Exchanges and rings in which it is their turn."""
    if by.user is None or not by.may("exchange.list"):
        return
    mine = agents_of(by)
    state = Exchange.State
    turns = {
        "sign": Q(state=state.SIGNING)
        & Exists(_parties(mine, ExchangeParty.Role.PARTY).filter(signature__isnull=True)),
        "deposit": Q(state=state.OPEN) & _promised(Q(giver__in=mine) & ~Q(kind__in=ELSEWHERE)),
        "give": Q(state=state.OPEN) & _promised(Q(giver__in=mine, kind__in=ELSEWHERE)),
        "attest": Q(state=state.OPEN) & _promised(_attested(mine)),
        "inspect": Q(state=state.OPEN)
        & Exists(_parties(mine, ExchangeParty.Role.INSPECTOR).filter(~Exists(_found()))),
        "extend": Q(state=state.OPEN) & _unheard(mine),
        "decide": Q(state=state.DISPUTED) & Exists(_parties(mine, ExchangeParty.Role.MEDIATOR)),
    }  # fmt: skip
    for name, condition in turns.items():
        due = "decide_by" if name == "decide" else "deadline"
        rows = Exchange.objects.filter(condition)
        yield asked(rows, f"exchange.{name}", reference="slug", title="title", due=due)
    said = RingVoice.objects.filter(ring=OuterRef("ring"), person=OuterRef("giver"))
    gives = RingGift.objects.filter(~Exists(said), ring=OuterRef("pk"), giver__in=mine)
    rings = BarterRing.objects.filter(Exists(gives), state=BarterRing.State.PROPOSED)
    given = Subquery(gives.values("offer__title")[:1])
    yield asked(rings, "exchange.ring", reference="pk", title=given, due="until")
    if chambers := chambers_kept(by):
        rows = Exchange.objects.filter(Exists(_told(by, mine)), chamber__in=chambers)
        yield asked(rows, "exchange.bounced", reference="slug", title="title")


def _told(by: Actor, mine: QuerySet[Agent]) -> QuerySet[ChargeBack]:
    """What another one told of money of the exchange outside, which somebody neither gave nor gets."""
    rows = ChargeBack.objects.filter(leg__exchange=OuterRef("pk"), state=ChargeBack.State.ASKED)
    return rows.exclude(Q(asked_by=by.user) | Q(leg__giver__in=mine) | Q(leg__taker__in=mine))


def _promised(whose: Q) -> Q:
    """A leg of the exchange outside is not there yet, and it is these people's turn."""
    come = Q(turn_on__isnull=True) | Q(turn_on__lte=today())
    legs = Leg.objects.filter(whose, come, exchange=OuterRef("pk"), state=Leg.State.PROMISED)
    return Q(Exists(legs))


def _attested(mine: QuerySet[Agent]) -> Q:
    """Legs of which somebody else than the giver says that they are there."""
    found = Q(pk__in=[])
    for kind in ELSEWHERE:
        found |= Q(kind=kind, **{f"{ATTESTED_BY[kind]}__in": mine})
    return found


def _found() -> QuerySet[ConditionTold]:
    """What the inspector outside has told already."""
    return ConditionTold.objects.filter(
        exchange=OuterRef("version__exchange"), agent=OuterRef("agent"), holds=True
    )


def _parties(mine: QuerySet[Agent], role: str) -> QuerySet[ExchangeParty]:
    """Of the version that counts of the exchange outside: whom somebody binds, in a role."""
    return ExchangeParty.objects.filter(
        version__exchange=OuterRef("pk"), version__number=OuterRef("number"), role=role,
        agent__in=mine,
    )  # fmt: skip


def _unheard(mine: QuerySet[Agent]) -> Q:
    """A later deadline is proposed, and a party whom somebody binds has not said anything to it."""
    spoken = ExtensionVoice.objects.filter(
        extension__state=Extension.State.OPEN,
        extension__exchange=OuterRef("version__exchange"), agent=OuterRef("agent"),
    )  # fmt: skip
    proposed = Extension.objects.filter(exchange=OuterRef("pk"), state=Extension.State.OPEN)
    silent = _parties(mine, ExchangeParty.Role.PARTY).filter(~Exists(spoken))
    return Q(Exists(proposed)) & Q(Exists(silent))


WAITS = Waits(
    "exchange",
    acts={
        "sign": Act(_("to sign"), _exchange),
        "deposit": Act(_("to deposit"), _exchange),
        "give": Act(_("to give"), _exchange),
        "attest": Act(_("to attest"), _exchange),
        "inspect": Act(_("to inspect"), _exchange),
        "extend": Act(pgettext_lazy("a later deadline", "to answer"), _exchange),
        "decide": Act(_("to decide"), _exchange),
        "bounced": Act(_("money that a bank took back, to confirm"), _bounced),
        "ring": Act(_("barter ring to answer"), _ring),
    },
    rows=waiting,
)
