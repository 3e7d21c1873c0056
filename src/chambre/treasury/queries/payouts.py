"""What the pages of payouts say beside the payouts themselves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from chambre.ledger.models import Book
from chambre.lib.orderstates import State
from chambre.registry import api as registry
from chambre.registry.models import Agent, Role
from chambre.treasury.models import Payout, PayoutEvent
from chambre.treasury.queries.orders import payouts_of

ALIKE = dt.timedelta(days=45)
"""Two payouts of the same amount to the same account within this time may be one by mistake."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """What people should look at before they agree.

    Attributes:
        is_new: No payout to this account is done yet.
        alike: Others of the same amount to the same account, asked for shortly before.
    """

    is_new: bool
    alike: list[Any]


def doubts(payout: Payout) -> Doubts:
    """What speaks for a second look at a payout."""
    same = payouts_of(payout.book).filter(iban=payout.iban).exclude(pk=payout.pk)
    paid = (State.PAID, State.PAID_BESIDE)
    near = same.filter(
        amount=payout.amount,
        asked_at__gte=payout.asked_at - ALIKE,
        asked_at__lte=payout.asked_at,
    ).exclude(state__in=(State.WITHDRAWN, State.REFUSED, State.REJECTED, State.RETURNED))
    return Doubts(not same.filter(state__in=paid).exists(), list(near[:5]))


def people_who_may_agree(book: Book) -> list[Agent]:
    """Who answers for a structure's money today: its treasurers, its chamber's administrators."""
    structure = book.structure
    where = Q(kind=Role.Kind.TREASURER, in_agent=structure)
    chamber = structure.chamber_id or (
        structure.pk if structure.kind == Agent.Kind.CHAMBER else registry.home_chamber().pk
    )
    where |= Q(kind=Role.Kind.ADMINISTRATOR, in_agent=chamber)
    roles = registry.roles_on(registry.today()).filter(where, agent__user__is_active=True)
    people = {role.agent_id: role.agent for role in roles.select_related("agent__user")}
    return sorted(people.values(), key=lambda agent: agent.name)


def still_to_agree(payout: Payout, people: list[Agent]) -> list[Agent]:
    """Of those who answer for the money, who may still agree: not who has, not whom it pays."""
    agreed = set(
        PayoutEvent.objects.filter(payout=payout, kind="approved").values_list("user", flat=True)
    )
    party = payout.party
    return [
        each
        for each in people
        if each.user_id not in agreed
        and each.pk != party.agent_id
        and not (party.email and each.user and each.user.email.casefold() == party.email.casefold())
    ]
