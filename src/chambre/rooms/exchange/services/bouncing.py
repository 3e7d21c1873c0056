"""Money that a bank took back, told by hand: from paper, by telephone; two people of the Chamber each time.

What a payment service tells by itself is no matter of this: its money counts as disputed, and nothing
settles with it.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit, trail_row
from chambre.core.db.rows import insert, insert_all, update
from chambre.core.errors import Forbidden, Invalid
from chambre.core.models import StoredFile, User
from chambre.registry import api as registry
from chambre.rooms.exchange.models import ChargeBack, ExchangeTurn, Leg, LegMove
from chambre.rooms.exchange.queries.errors import NotNow
from chambre.rooms.exchange.queries.people import speaks_for
from chambre.rooms.exchange.services import depositing, holding
from chambre.rooms.exchange.services.locking import Alone, alone
from chambre.rooms.exchange.services.offering import SYSTEM, note_turn
from chambre.treasury import api as treasury
from chambre.treasury.models import Payment

MAX_TEXT = 4000


@transaction.atomic
def tell(
    *, leg: Leg, day: dt.date, text: str, by: Actor, file: StoredFile | None = None
) -> ChargeBack:
    """Tell that a bank took the money of a leg back. Nothing moves before a second person confirms it.

    Args:
        leg: In euros, deposited or gone already.
        day: When the bank took it.
        text: How it is known.
        by: Who answers for the Chamber's money; no machine.
        file: The bank's paper.

    Raises:
        Forbidden: ``by`` does not answer for the Chamber's money.
        Invalid: No words, or a day that is not there yet.
        NotNow: The leg is not paid in, or this was told already.
        Conflict: A payment service tells it by itself, or the money came in several parts.
    """
    user = _keeper(leg, by)
    text = text.replace("\0", "").strip()[:MAX_TEXT]
    if not text:
        raise Invalid(_("Say how it is known."), fields={"text": [_("Say how it is known.")]})
    if day > registry.today():
        raise Invalid(_("This day is not there yet."), fields={"day": [_("Choose a day.")]})
    here = alone(leg.exchange)
    row = here.legs[leg.name]
    _check(row)
    if row.chargebacks.filter(state=ChargeBack.State.ASKED).exists():
        raise NotNow(_("This was told already and waits for a second person."))
    told = insert(ChargeBack(leg=row, day=day, text=text, file=file, asked_by=user))
    audit(by, "exchange.chargeback.asked", here.exchange, leg=row.name, amount=row.amount)
    return told


@transaction.atomic
def confirm(*, told: ChargeBack, by: Actor) -> ChargeBack:
    """Confirm it as a second person: the money leaves the books, and the leg is promised again.

    What had gone already stays where it is, and its giver owes it. The parties are told. Again, nothing
    more happens.

    Raises:
        Forbidden: ``by`` does not answer for the Chamber's money, is who told it, or gives or gets it.
        NotNow: It was refused, or the money is not there any more.
        Conflict: See :func:`tell`.
    """
    here, row, user = _locked(told, by)
    if row.state not in (ChargeBack.State.ASKED, ChargeBack.State.REFUSED):
        return row
    if row.state == ChargeBack.State.REFUSED:
        raise NotNow(_("This was decided already."))
    if row.asked_by_id == user.pk:
        raise Forbidden(_("A second person confirms this."))
    _not_theirs(row.leg, by)
    leg = here.legs[row.leg.name]
    payment = _check(leg)
    row.entry = treasury.take_away(payment=payment, day=row.day, by=SYSTEM)
    if leg.state == Leg.State.DEPOSITED:
        row.state = ChargeBack.State.BACK
        _promise_again(here, leg, row, by)
    else:
        row.state = ChargeBack.State.CLAIMED
        row.claim = holding.claim(leg, f"exchange:{leg.pk}:bounced:{row.pk}")
    _decide(row, user)
    audit(by, "exchange.chargeback.confirmed", here.exchange, leg=leg.name, state=row.state)
    note_turn(
        here.exchange, ExchangeTurn.Kind.MONEY_GONE, by, reason=row.text, about=leg.giver
    )  # fmt: skip
    return row


@transaction.atomic
def refuse(*, told: ChargeBack, by: Actor) -> ChargeBack:
    """Say that it is not so; who told it may take it back. Nothing moved.

    Raises:
        Forbidden: ``by`` does not answer for the Chamber's money, or gives or gets it.
        NotNow: It was confirmed.
    """
    here, row, user = _locked(told, by)
    if row.state == ChargeBack.State.ASKED:
        if row.asked_by_id != user.pk:
            _not_theirs(row.leg, by)
        row.state = ChargeBack.State.REFUSED
        _decide(row, user)
        audit(by, "exchange.chargeback.refused", here.exchange, leg=row.leg.name)
    elif row.state != ChargeBack.State.REFUSED:
        raise NotNow(_("This was decided already."))
    return row


def _keeper(leg: Leg, by: Actor) -> User:
    """The person who answers for the money of the Chamber that holds a leg."""
    authorize(by, "treasury.manage", leg.exchange.chamber)
    if by.kind != "person" or by.user is None:
        raise Forbidden
    return by.user


def _not_theirs(leg: Leg, by: Actor) -> None:
    """Nobody decides about money that they gave, or that they get, whatever their office."""
    if speaks_for(by, leg.giver) or speaks_for(by, leg.taker):
        raise Forbidden(_("You give or get this money: somebody else decides about it."))


def _locked(told: ChargeBack, by: Actor) -> tuple[Alone, ChargeBack, User]:
    user = _keeper(told.leg, by)
    here = alone(told.leg.exchange)
    row = (
        ChargeBack.objects.select_for_update(of=("self",))
        .select_related("leg__giver", "leg__taker")
        .get(pk=told.pk)
    )
    return here, row, user


def _check(leg: Leg) -> Payment:
    """The payment of a locked leg, which a bank can take back."""
    if leg.kind != Leg.Kind.EUROS or leg.state == Leg.State.PROMISED:
        raise NotNow(_("Only euros that were paid in can be taken back by a bank."))
    payment = holding.payment_of(leg, lock=True)
    if payment is None:
        raise NotNow
    treasury.only_receipt(payment)
    return payment


def _promise_again(here: Alone, leg: Leg, row: ChargeBack, by: Actor) -> None:
    move = LegMove(
        leg=leg, kind=LegMove.Kind.BOUNCED, round=leg.bounced, entry=row.entry,
        by=by.label[:254], at=timezone.now(),
    )  # fmt: skip
    leg.state, leg.bounced = Leg.State.PROMISED, leg.bounced + 1
    update(leg, "state", "bounced")
    insert_all(move, trail_row(by, "exchange.leg.bounced", here.exchange, leg=leg.name))
    depositing.renew_turns(here)


def _decide(row: ChargeBack, user: User) -> None:
    row.decided_by, row.decided_at = user, timezone.now()
    update(row, "state", "decided_by", "decided_at", "entry", "claim")
