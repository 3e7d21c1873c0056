"""Depositing legs with the Chamber, and telling about conditions.

Each kind has its own way, and its own person who may say so: who gives money or units gives them; who
receives work says that it was done; who keeps the place says that a thing is there.
"""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit, trail_row
from chambre.core.db.rows import insert, update
from chambre.core.errors import Invalid
from chambre.core.models import StoredFile
from chambre.lib import exchange as lib
from chambre.lib.exchange import ExchangeRefusal, states
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import ChargeBack, ConditionTold, Exchange, Leg
from chambre.rooms.exchange.queries.asking import ATTESTED_BY, attester, tellers
from chambre.rooms.exchange.queries.balances import held_for
from chambre.rooms.exchange.queries.errors import NotForParty, refused
from chambre.rooms.exchange.queries.exchanges import agents_named, stand_of
from chambre.rooms.exchange.queries.people import speaks_for
from chambre.rooms.exchange.services import holding, letters
from chambre.rooms.exchange.services.holding import Written
from chambre.rooms.exchange.services.locking import Alone, alone, write_move
from chambre.rooms.exchange.services.turns import has_order, note_turns
from chambre.treasury.models import Payment


def _check(here: Alone, leg: Leg) -> None:
    try:
        states.check_deposit(here.said, here.stand, leg.name, registry.today())
    except ExchangeRefusal as refusal:
        raise refused(refusal) from refusal


def _locked(leg: Leg) -> tuple[Alone, Leg]:
    here = alone(leg.exchange)
    return here, here.legs[leg.name]


def _deposited(here: Alone, leg: Leg, by: Actor, written: Written, note: str = "") -> None:
    trail = trail_row(by, "exchange.leg.deposited", here.exchange, leg=leg.name)
    write_move(leg, Leg.State.DEPOSITED, by, written, note, trail)
    renew_turns(here)
    letters.tell_next(here.exchange, here.said, leg.name, by)


def renew_turns(here: Alone) -> None:
    """Keep whose turn it is, after a leg or a word came, or a word was taken back."""
    if has_order(here.said):
        stand = stand_of(here.exchange, here.said, here.legs.values())
        note_turns(here.said, here.legs, stand, registry.today())


@transaction.atomic
def ask_for_money(*, leg: Leg, by: Actor) -> Payment:
    """Ask the giver of euros to pay them in; again, the same payment.

    The leg is deposited once the treasury says that the money is there.

    Raises:
        NotForParty: ``by`` cannot act for who gives.
        Invalid: The leg is not in euros.
        NotNow: What comes before it is not there, or it is too late.
    """
    here, row = _locked(leg)
    if not speaks_for(by, row.giver):
        raise NotForParty
    if row.kind != Leg.Kind.EUROS:
        raise Invalid(_("Only euros are paid in."), fields={"leg": [row.name]})
    payment = holding.payment_of(row)
    if payment is not None:
        return payment
    _check(here, row)
    payment = holding.ask_payment(row, reverse("exchange:exchange", args=[here.exchange.slug]))
    row.payment = payment.public_id
    update(row, "payment")
    audit(by, "exchange.leg.asked", here.exchange, leg=row.name, amount=row.amount)
    return payment


@transaction.atomic
def deposit_units(*, leg: Leg, by: Actor) -> Leg:
    """Deposit units of the Chamber; again, nothing more happens.

    Raises:
        Forbidden: ``by`` may not give the giver's units.
        NotEnoughUnits: The giver has not so many.
        NotNow: What comes before it is not there, or it is too late.
    """
    here, row = _locked(leg)
    authorize(by, "treasury.spend_units", row.giver)
    if row.kind != Leg.Kind.CREDIT:
        raise Invalid(_("Only units are given like this."), fields={"leg": [row.name]})
    if row.state != Leg.State.PROMISED:
        return row
    _check(here, row)
    move = holding.give_units(
        row, holding.account_in_units(row.giver), holding.escrow(here.exchange.chamber), "in",
        ("advance.paid", ""),
    )  # fmt: skip
    _deposited(here, row, by, Written(units=move))
    return row


@transaction.atomic
def attest(*, leg: Leg, by: Actor, note: str = "") -> Leg:
    """Say that a thing is at its place, that work was done, that a right is granted; again, nothing more.

    Raises:
        NotForParty: ``by`` is not who says so: the taker of work, the keeper of
            a place, the giver of a right.
        Invalid: It is money or units, which show by themselves.
        NotNow: What comes before it is not there, or it is too late.
    """
    here, row = _locked(leg)
    if row.kind not in ATTESTED_BY:
        raise Invalid(
            _("Money and units are deposited by giving them."), fields={"leg": [row.name]}
        )
    if by.is_system or not speaks_for(by, attester(row)):
        raise NotForParty
    if row.state != Leg.State.PROMISED:
        return row
    _check(here, row)
    thing = row.kind in (Leg.Kind.GOODS, Leg.Kind.CUSTODY)
    written = Written(event=holding.take_in(row)) if thing else Written()
    _deposited(here, row, by, written, note)
    return row


@transaction.atomic
def hear_payment(*, leg: Leg, by: Actor) -> Leg:
    """Bring a leg in euros to where its payment stands; news may come twice and in any order.

    Money that comes once the exchange has ended goes back at once.
    """
    here, row = _locked(leg)
    payment = holding.payment_of(row, lock=True)
    if row.state in (Leg.State.RELEASED, Leg.State.RETURNED):
        end_claim(row, payment)
        return row
    if payment is None or row.state != Leg.State.PROMISED:
        return row
    if here.stand.state in states.ENDED:
        return_late(row)
        return row
    if payment.state != Payment.State.PAID or here.stand.state is not states.State.OPEN:
        return row
    if held_for(row) == row.amount:
        _deposited(here, row, by, Written())
    return row


def end_claim(leg: Leg, payment: Payment | None) -> None:
    """End what the giver of a locked leg owes since a bank took it back, once they have paid it again."""
    paid = payment is not None and payment.state == Payment.State.PAID
    if not paid or held_for(leg) != leg.amount:
        return
    row = leg.chargebacks.filter(state=ChargeBack.State.CLAIMED).order_by("pk").first()
    if row is not None:
        holding.end_claim(leg, f"exchange:{leg.pk}:bounced:{row.pk}:paid")
        row.state = ChargeBack.State.PAID
        update(row, "state")


def return_late(leg: Leg) -> int:
    """Give back what came for a locked leg that is not settled any more; cents."""
    held = held_for(leg)
    if held > 0:
        payment = holding.payment_of(leg)
        received = payment.received if payment is not None else 0
        holding.owe(leg, leg.giver, held, f"exchange:{leg.pk}:late:{received}")
    return held


@transaction.atomic
def tell(
    *, exchange: Exchange, condition: str, by: Actor, agent: Agent | None = None, holds: bool = True,
    note: str = "", file: StoredFile | None = None,
) -> ConditionTold:  # fmt: skip
    """Tell that a document was received, that a party confirms, what an inspector found; or take it back.

    Args:
        exchange: Which.
        condition: Its name.
        by: The person.
        agent: For whom they speak; absent: the only one of those asked for whom they may.
        holds: False takes an earlier word back, as long as nothing was settled.
        note: A remark.
        file: The document.

    Raises:
        NotForParty: ``by`` is not who was asked: for a document the one that is not said to bring it.
        Invalid: There is no such condition that somebody tells.
        NotNow: The exchange is not open, it is too late, or what comes before is not there.
    """
    here = alone(exchange)
    found = here.said.condition(condition)
    if found is None or found.kind not in ("document", "confirm", "inspector"):
        raise Invalid(_("Nobody tells this condition."), fields={"condition": [condition]})
    who = _teller(here, condition, agent, by)
    if here.stand.state is not states.State.OPEN:
        raise refused(ExchangeRefusal("not-now", state=here.exchange.get_state_display()))
    today = registry.today()
    if holds:
        if found.by is not None and today > found.by:
            raise refused(ExchangeRefusal("too-late", day=found.by))
        before = [name for name in found.after if not _holds(here, name)]
        if before:
            missing = ", ".join(before)
            raise refused(ExchangeRefusal("waits", leg=condition, missing=missing))
    row = insert(
        ConditionTold(
            exchange=here.exchange, condition=condition, agent=who, holds=holds,
            note=note.replace("\0", "").strip()[:500], file=file, by=by.label[:254],
        )
    )  # fmt: skip
    audit(by, "exchange.condition.told", here.exchange, condition=condition, holds=holds)
    renew_turns(here)
    if holds:
        letters.tell_next(here.exchange, here.said, condition, by)
    return row


def _holds(here: Alone, name: str) -> bool:
    return lib.holds(here.said, name, registry.today(), here.stand.facts)


def _teller(here: Alone, condition: str, agent: Agent | None, by: Actor) -> Agent:
    known = agents_named(tellers(here.said, condition))
    mine = [each for each in known.values() if not by.is_system and speaks_for(by, each)]
    if agent is not None:
        mine = [each for each in mine if each.pk == agent.pk]
    if not mine:
        raise NotForParty(_("You were not asked about this."))
    return mine[0]
