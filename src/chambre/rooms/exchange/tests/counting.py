"""After a storm (:mod:`.chaos`): the clock ends what is open, then every leg, unit and cent is counted."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from dataclasses import dataclass

DAY = dt.date(2026, 3, 2)
"""The day on which the storm is."""
AFTER = 150
"""So many days later every deadline has passed, extended or not."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was there in the end.

    Attributes:
        exchanges: How many, by state.
        legs: How many, by state.
        kills: How often a process was killed by the clock.
        inside: How often one was killed between two statements, most of them inside a transaction.
        wrong: What should not be; empty.
        seconds: How long the storm took.
        counting: How long the end and the counting took.
    """

    exchanges: dict[str, int]
    legs: dict[str, int]
    kills: int
    inside: int
    wrong: tuple[str, ...]
    seconds: float
    counting: float


def bring_to_an_end() -> None:
    """What the clock does when the deadline has passed, with nobody killed."""
    from chambre.core import clock
    from chambre.rooms.exchange.models import Exchange, Leg
    from chambre.rooms.exchange.services import depositing, settling
    from chambre.rooms.exchange.services.offering import SYSTEM

    with clock.pretend(DAY + dt.timedelta(days=AFTER)):
        for exchange in Exchange.objects.filter(state__in=("open", "disputed")):
            settling.follow(exchange)
        for leg in Leg.objects.filter(kind="euros", state="promised").select_related("exchange"):
            depositing.hear_payment(leg=leg, by=SYSTEM)


def counted(
    *, kills: int, inside: int, failed: list[str], seconds: float, started: float
) -> Counted:
    """Count what there is after a storm that began its end at ``started``."""
    from chambre.ledger import api as ledger
    from chambre.rooms.exchange.models import Exchange, Leg

    exchanges = Counter(Exchange.objects.values_list("state", flat=True).order_by())
    legs = Counter(Leg.objects.values_list("state", flat=True).order_by())
    report = ledger.verify()
    problems = [f"{each.kind}: {each.message}" for each in report.problems]
    found = (*failed, *_half_settled(), *_paid_wrongly(), *_paid_out(), *_books(), *problems)
    counting = time.monotonic() - started
    return Counted(dict(exchanges), dict(legs), kills, inside, found, seconds, counting)


def _half_settled() -> list[str]:
    """Exchanges of which some legs went and others did not."""
    from chambre.rooms.exchange.models import Exchange

    found = []
    for exchange in Exchange.objects.prefetch_related("legs"):
        states = {leg.state for leg in exchange.legs.all()}
        if exchange.state == "settled" and states != {"released"}:
            found.append(f"{exchange.slug} is settled, and its legs are {sorted(states)}")
        if exchange.state == "returned" and states - {"returned", "promised"}:
            found.append(f"{exchange.slug} is returned, and its legs are {sorted(states)}")
        if exchange.state in ("open", "disputed"):
            found.append(f"{exchange.slug} is {exchange.state} after its deadline")
    return found


def _paid_wrongly() -> list[str]:
    """Legs that moved twice, or whose moves are not what they say, or whose money is not where it went."""
    from django.db.models import Sum

    from chambre.ledger.models import Line
    from chambre.rooms.exchange.models import Leg
    from chambre.rooms.exchange.queries.balances import HELD, piece_of
    from chambre.treasury.models import CreditMove, Payment

    found = []
    out: dict[str, int] = dict(
        Line.objects.filter(account__code=HELD, amount__gt=0)
        .values_list("piece")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    received = dict(Payment.objects.filter(origin="exchange").values_list("origin_key", "received"))
    units = Counter(
        key.rsplit(":", 1)[0]
        for key in CreditMove.objects.filter(origin="exchange").values_list("key", flat=True)
        if not key.endswith(":in")
    )
    for leg in Leg.objects.prefetch_related("moves"):
        kinds = sorted(move.kind for move in leg.moves.all())
        wanted = {
            "promised": [], "deposited": ["deposited"], "released": ["deposited", "released"],
            "returned": ["deposited", "returned"],
        }[leg.state]  # fmt: skip
        if kinds != wanted:
            found.append(f"leg {leg.pk} is {leg.state} and moved {kinds}")
        if leg.kind == "euros" and out.get(piece_of(leg), 0) != received.get(str(leg.pk), 0):
            found.append(f"leg {leg.pk}: what came is not what went")
        if leg.kind == "credit" and units[f"exchange:{leg.pk}"] != (leg.state != "promised"):
            found.append(f"leg {leg.pk}: units went {units[f'exchange:{leg.pk}']} times")
    return found


def _paid_out() -> list[str]:
    """Each leg in euros that went is paid out once, to whom it went, if they have given an account."""
    from chambre.rooms.exchange.models import Leg
    from chambre.treasury.models import PartyIban, Payout

    found = []
    reached = set(
        PartyIban.objects.filter(confirmed=True).values_list("party__agent_id", flat=True)
    )
    asked: dict[str, list[tuple[int | None, int]]] = {}
    rows = Payout.objects.filter(origin="exchange").order_by()
    for key, agent, amount in rows.values_list("origin_key", "party__agent_id", "amount"):
        asked.setdefault(key, []).append((agent, amount))
    for leg in Leg.objects.filter(kind="euros"):
        to = {"released": leg.taker_id, "returned": leg.giver_id}.get(leg.state)
        wanted = [(to, leg.amount)] if to in reached else []
        there = asked.pop(str(leg.pk), [])
        # What came and was never a deposit goes back too, part by part.
        late = leg.state == "promised" and all(agent == leg.giver_id for agent, _cents in there)
        if there != wanted and not late:
            found.append(f"leg {leg.pk} is {leg.state} and was paid out {there}, not {wanted}")
    return found + [f"paid out for {key}, which is no leg" for key in asked]


def _books() -> list[str]:
    """The held accounts are empty, all accounts in units are zero together."""
    from django.db.models import Sum

    from chambre.ledger.models import Line
    from chambre.rooms.exchange.queries.balances import HELD, differences
    from chambre.treasury.models import CreditAccount

    found = list(differences())
    held = Line.objects.filter(account__code=HELD).aggregate(total=Sum("amount"))["total"] or 0
    if held:
        found.append(f"{held} cents are still held")
    units = CreditAccount.objects.aggregate(total=Sum("held"))["total"] or 0
    if units:
        found.append(f"all accounts in units come to {units}")
    return found
