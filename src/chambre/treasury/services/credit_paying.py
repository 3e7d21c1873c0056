"""Paying with the chamber's credit units, and giving them back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import Conflict
from chambre.treasury.models import CreditAccount, CreditMove, Payment, PaymentEvent, Refund
from chambre.treasury.queries.credit import taken_by
from chambre.treasury.services.credit import authorize_spending, lock_accounts, write_move
from chambre.treasury.services.receiving import take


@transaction.atomic
def pay_with_units(
    *, payment: Payment, source: CreditAccount, amount: int, day: dt.date, key: str, by: Actor
) -> PaymentEvent:
    """Pay a payment, or a part of it, with units: one for each euro.

    The structure that is paid books ``means.credit / lines``; the payer's own book, if there is one
    here, has ``supplier / means.credit``.

    Args:
        payment: What is paid.
        source: The payer's account.
        amount: Hundredths of a unit, which are cents of the payment.
        day: When.
        key: Idempotency key, 1 to 100 characters.
        by: Who pays: the holder, who answers for the structure that is, or a room that authorized it.

    Returns:
        The receipt; the one that is there when the key was used for the same.

    Raises:
        Forbidden: ``by`` may not give this account's units.
        NotEnoughUnits: More than is held and the agreed limit.
        Conflict: The structure takes no units, or takes less; or an account is closed.
        KeyReused: The key was used for another account or amount.
    """
    authorize_spending(by, source)
    target = taken_by(payment)
    if target is None or target.chamber_id != source.chamber_id:
        raise Conflict(_("This structure takes no units of your chamber."))
    lock_accounts(source, target)
    _check_share(payment, target, amount, f"payment:{payment.public_id}:{key}")
    move, _made = write_move(
        source=source, target=target, amount=amount, reason=payment.reason, day=day, by=by,
        key=f"payment:{payment.public_id}:{key}", uses=("supplier", ""), payment=payment,
    )  # fmt: skip
    return take(payment=payment, amount=amount, means="credit", day=day, key=str(move.pk), by=by)


def _check_share(payment: Payment, target: CreditAccount, amount: int, key: str) -> None:
    """No more of a price than its structure takes in units; whoever pays again with a key may."""
    if target.accepts == 100 or CreditMove.objects.filter(key=key, payment=payment).exists():
        return
    most = payment.amount * target.accepts // 100 - left_in_units(payment)
    if amount > most:
        message = _("Of this, %(share)d %% at most can be paid in units.")
        raise Conflict(message % {"share": target.accepts}, most=max(most, 0))


def left_in_units(payment: Payment) -> int:
    """What came in units and did not go back, in cents."""
    return sum(_left(move) for move in _came(payment))


def _came(payment: Payment) -> list[CreditMove]:
    """The moves that paid it, the newest first, each with ``back``: what went back of it."""
    rows = CreditMove.objects.filter(payment=payment, undoes__isnull=True)
    found = rows.select_related("source__agent", "source__chamber", "target__agent")
    return list(found.annotate(back=Sum("undone_by__amount", default=0)).order_by("-id"))


def _left(move: CreditMove) -> int:
    back: int = move.back  # type: ignore[attr-defined]
    return move.amount - back


def lock_for_return(payment: Payment) -> list[CreditAccount]:
    """Have the accounts of a payment's moves alone, before the payment is locked."""
    accounts = {each.pk: each for move in _came(payment) for each in (move.source, move.target)}
    lock_accounts(*accounts.values())
    return list(accounts.values())


def give_units_back(refund: Refund, accounts: list[CreditAccount], day: dt.date, by: Actor) -> None:
    """Units of a refund go back to the accounts that they came from, the newest receipt first.

    Args:
        refund: What goes back; its payment is locked, and it was checked that so much came in units.
        accounts: Those that were locked before.
        day: When.
        by: Who gives back.

    Raises:
        NotEnoughUnits: The structure has given the units away meanwhile, beyond its limit.
        Conflict: An account is closed.
    """
    locked = {account.pk: account for account in accounts}
    rest = refund.amount
    for move in _came(refund.payment):
        part = min(_left(move), rest)
        if not part or not {move.source_id, move.target_id} <= locked.keys():
            continue  # nothing left of it, or it came after the accounts were locked
        write_move(
            source=locked[move.target_id], target=locked[move.source_id], amount=part, day=day,
            reason=refund.reason or refund.payment.reason, key=f"refund:{refund.key}:{move.pk}",
            by=by, uses=("", "supplier"), payment=refund.payment, undoes=move,
        )  # fmt: skip
        rest -= part
    if rest:
        raise Conflict(_("So much was not paid in units."))
