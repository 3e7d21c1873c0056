"""Settlement and every other end: all legs at once, or nothing, each in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.db.rows import update
from chambre.core.errors import ChambreError
from chambre.ledger import api as ledger
from chambre.ledger.models import Event
from chambre.lib.exchange import ExchangeRefusal, states
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Exchange, ExchangeTurn, Leg, LegMove
from chambre.rooms.exchange.queries.balances import held_for
from chambre.rooms.exchange.queries.errors import NotNow, refused
from chambre.rooms.exchange.services import depositing, holding
from chambre.rooms.exchange.services.holding import Written
from chambre.rooms.exchange.services.locking import (
    Alone,
    alone,
    must_be_party,
    must_concern,
    write_move,
)
from chambre.rooms.exchange.services.offering import SYSTEM, note_turn
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount, Payment

log = structlog.get_logger("chambre.exchange")
AT_ONCE = 200
"""Exchanges that one round of the clock looks at."""


class MoneyNotThere(NotNow):
    """Money that was deposited is in dispute at the bank, or was taken back."""

    code = "exchange.money-not-there"
    default_message = gettext_lazy(
        "Money that was paid in is not there any more: nothing moves before it is."
    )


@transaction.atomic
def settle(*, exchange: Exchange, by: Actor) -> Exchange:
    """Release every leg to its taker, or nothing; again, nothing more happens.

    Anybody whom the exchange concerns may ask for it, and the clock does: whether it is done depends on what
    was signed and on nobody's office.

    Raises:
        NoExchange: It does not concern ``by``.
        NotNow: Something is missing; the message names what. Nothing moved.
        MoneyNotThere: A bank took money back meanwhile.
    """
    must_concern(exchange, by)
    here = alone(exchange)
    if here.stand.state is states.State.SETTLED:
        return here.exchange
    _end(here, lambda: states.settle(here.said, here.stand, registry.today()), by)
    return here.exchange


@transaction.atomic
def withdraw(*, exchange: Exchange, agent: Agent, by: Actor, reason: str = "") -> Exchange:
    """A party steps back before everything is deposited: everybody gets back what they gave.

    Raises:
        NotForParty: ``by`` cannot bind the party.
        NotNow: It is not open, or all is deposited.
    """
    must_be_party(exchange, agent, by)
    here = alone(exchange)

    def act() -> tuple[states.Stand, states.Moves]:
        return states.withdraw(here.said, here.stand)

    _end(here, act, by, ExchangeTurn.Kind.WITHDRAWN, reason=reason, about=agent)
    return here.exchange


def _end(
    here: Alone, act: Callable[[], tuple[states.Stand, states.Moves]], by: Actor, turn: str = "",
    *, reason: str = "", about: Agent | None = None,
) -> None:  # fmt: skip
    """Ask the machine of states, then move what it says, in this transaction."""
    try:
        stand, moves = act()
    except ExchangeRefusal as refusal:
        raise refused(refusal) from refusal
    apply(here, stand, moves, by)
    if turn:
        note_turn(here.exchange, turn, by, reason=reason, about=about)
    if not turn or turn == ExchangeTurn.Kind.EXPIRED:
        note_turn(here.exchange, str(stand.state.value), by, reason=reason)
    audit(
        by, "exchange.ended", here.exchange, state=stand.state.value,
        released=list(moves.released), returned=list(moves.returned),
    )  # fmt: skip


def apply(here: Alone, stand: states.Stand, moves: states.Moves, by: Actor) -> None:
    """Move legs as the machine of states said, and write where the exchange is, in the caller's transaction.

    Money first, then units with all their accounts locked at once, then things: the same order everywhere,
    so that two settlements never wait for each other.
    """
    money = {leg.name: leg for leg in here.legs.values() if leg.kind == Leg.Kind.EUROS}
    for name in moves.released:
        if name in money:
            _check_money(here.legs[name])
    order = {kind: at for at, kind in enumerate((Leg.Kind.EUROS, Leg.Kind.CREDIT))}
    going = [(here.legs[name], Leg.State.RELEASED) for name in moves.released]
    going += [(here.legs[name], Leg.State.RETURNED) for name in moves.returned]
    going.sort(key=lambda each: (order.get(Leg.Kind(each[0].kind), 9), each[0].pk))
    accounts = _lock_units(here, [leg for leg, _to in going])
    for leg, to in going:
        to_agent = leg.taker if to == Leg.State.RELEASED else leg.giver
        write_move(leg, to, by, _move(leg, to, to_agent, accounts))
    if stand.state in states.ENDED:
        for leg in money.values():
            if leg.state == Leg.State.PROMISED:
                _close_payment(leg)
        _end_agreement(here.exchange, stand.state)
    here.exchange.state = stand.state.value
    here.exchange.deadline = stand.deadline
    update(here.exchange, "state", "deadline")


def _check_money(leg: Leg) -> None:
    """What was paid in is still there: not refunded, not in dispute, not taken back by a bank."""
    if not _money_is_there(leg):
        raise MoneyNotThere(leg=leg.name)


def _money_is_there(leg: Leg) -> bool:
    payment = holding.payment_of(leg, lock=True)
    paid = payment is not None and payment.state == Payment.State.PAID
    return paid and held_for(leg) == leg.amount


@dataclass(frozen=True, slots=True)
class _Accounts:
    """Locked accounts in units: what the Chamber holds them under, and those of agents by their ids."""

    escrow: CreditAccount | None = None
    of: Mapping[int, CreditAccount] = field(default_factory=dict)


def _lock_units(here: Alone, legs: list[Leg]) -> _Accounts:
    units = [leg for leg in legs if leg.kind == Leg.Kind.CREDIT]
    if not units:
        return _Accounts()
    people = {agent.pk: agent for leg in units for agent in (leg.giver, leg.taker)}
    escrow = holding.escrow(here.exchange.chamber)
    of = {pk: holding.account_in_units(agent) for pk, agent in people.items()}
    treasury.lock_accounts(escrow, *of.values())
    return _Accounts(escrow, of)


def _move(leg: Leg, to: str, agent: Agent, accounts: _Accounts) -> Written:
    """Release or return one leg: what is written elsewhere for it."""
    released = to == Leg.State.RELEASED
    word = "out" if released else "back"
    if leg.kind == Leg.Kind.EUROS:
        if not released and not _money_is_there(leg):
            return Written()  # what a bank took back is not given back a second time
        return Written(entry=holding.owe(leg, agent, leg.amount, f"exchange:{leg.pk}:{word}"))
    if leg.kind == Leg.Kind.CREDIT:
        use = "advance" if released else "advance.paid"
        assert accounts.escrow is not None
        move = holding.give_units(leg, accounts.escrow, accounts.of[agent.pk], word, ("", use))
        return Written(units=move)
    if leg.kind in (Leg.Kind.GOODS, Leg.Kind.CUSTODY):
        if released and leg.kind == Leg.Kind.GOODS:
            holding.record(
                leg, "transferAllRights", "rights", provider=leg.giver, receiver=leg.taker,
                resource=leg.item, quantity=1, unit="PCE", custodian=leg.keeper,
            )  # fmt: skip
        return Written(event=holding.hand_out(leg, agent, word))
    if not released:
        return Written()
    return Written(event=_given(leg))


def _given(leg: Leg) -> Event | None:
    """Work that was done, and rights that begin, as events of the ledger."""
    ends = {"provider": leg.giver, "receiver": leg.taker, "concerns": leg.resource}
    if leg.kind == Leg.Kind.RIGHT:
        ledger.commit(
            action="use", provider=leg.giver, receiver=leg.taker, quantity=leg.amount,
            unit=leg.unit or "PCE", key=f"exchange:{leg.pk}:right", by=SYSTEM,
            agreement=leg.exchange.agreement, clause=leg.name,
        )  # fmt: skip
        return None
    quantity, unit = (leg.amount, "MIN") if leg.kind == Leg.Kind.HOURS else (leg.amount, leg.unit)
    return holding.record(
        leg, "deliverService", "out", quantity=quantity, unit=unit or "PCE", **ends
    )


def _close_payment(leg: Leg) -> None:
    """What was asked for and is not settled any more: what came goes back, the rest is not asked for."""
    depositing.return_late(leg)
    payment = holding.payment_of(leg)
    if payment is not None and payment.received == 0:
        try:
            with transaction.atomic():
                treasury.cancel_payment(payment=payment, by=SYSTEM, reason="exchange ended")
        except ChambreError:  # money is on its way: it goes back when it comes
            log.info("exchange.payment-on-its-way", leg=leg.pk)


def _end_agreement(exchange: Exchange, state: states.State) -> None:
    done = state in (states.State.SETTLED, states.State.PART_SETTLED)
    if exchange.agreement is not None:
        ledger.set_status(
            exchange.agreement, "fulfilled" if done else "ended", by=SYSTEM,
            since=registry.today(),
        )  # fmt: skip


# By the clock


def follow(exchange: Exchange, by: Actor = SYSTEM) -> str:
    """Settle an exchange that is ready, or do what was agreed once its deadline has passed; its state."""
    with transaction.atomic():
        here = alone(exchange)
        today = registry.today()
        if here.stand.state is states.State.DISPUTED:
            decide_by = here.exchange.decide_by
            if decide_by is not None and today > decide_by:
                _end(here, lambda: states.give_back(here.said, here.stand), by,
                     reason=_("The mediator did not decide in time."))  # fmt: skip
        elif here.stand.state is states.State.OPEN and today > here.stand.deadline:
            _expire(here, by, today)
        elif here.stand.state is states.State.OPEN and not states.withheld(
            here.said, here.stand, today
        ):
            _end(here, lambda: states.settle(here.said, here.stand, today), by)
        return str(here.exchange.state)


def _expire(here: Alone, by: Actor, today: dt.date) -> None:
    _end(
        here, lambda: states.expire(here.said, here.stand, today), by, ExchangeTurn.Kind.EXPIRED
    )  # fmt: skip
    if here.exchange.state == Exchange.State.DISPUTED and here.said.mediator is not None:
        here.exchange.decide_by = today + dt.timedelta(days=here.said.mediator.days)
        update(here.exchange, "decide_by")


def follow_all() -> int:
    """Look at every exchange that may be ready or due; how many changed. One that fails keeps no other."""
    changed = 0
    rows = Exchange.objects.filter(state__in=(Exchange.State.OPEN, Exchange.State.DISPUTED))
    for exchange in rows.order_by("deadline", "id")[: AT_ONCE * 10]:
        try:
            changed += follow(exchange) != exchange.state
        except ChambreError as refusal:
            log.warning("exchange.not-followed", exchange=exchange.pk, code=refusal.code)
    return changed


def pay_owed() -> int:
    """Ask for the transfers that could not be asked for before, because no account was known; how many."""
    done = 0
    gone = LegMove.objects.filter(
        leg__kind=Leg.Kind.EUROS,
        leg__payout="",
        kind__in=("released", "returned"),
        entry__isnull=False,
    )
    for move in gone.select_related("leg__exchange__chamber", "leg__giver", "leg__taker")[:AT_ONCE]:
        leg = move.leg
        to = leg.taker if move.kind == "released" else leg.giver
        word = "out" if move.kind == "released" else "back"
        with transaction.atomic():
            done += holding.pay_out(leg, to, leg.amount, f"exchange:{leg.pk}:{word}")
    return done
