"""Paying in a community: directly, many at once, by request, by ticket."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from chambre.core.errors import Invalid, NotFound
from chambre.core.rest import SIGNED_IN, problems
from chambre.rooms.credit.models import Request, Ticket
from chambre.rooms.credit.queries.communities import account_named
from chambre.rooms.credit.rest.frame import (
    TEXT,
    UNITS,
    Amount,
    Code,
    Key,
    Price,
    Strict,
    Words,
    account_at,
    by_of,
    community_at,
    key_of,
    part_of,
)
from chambre.rooms.credit.services import paying, tickets
from chambre.treasury import api as treasury

router = Router()


class CreditPaymentIn(Strict):
    """A payment in units. `price`: the whole price, when the rest is paid in euros (cents)."""

    source: Code
    target: Code
    amount: Amount
    reason: Words
    key: Key
    price: Price = None


class CreditPaymentOut(Schema):
    """A payment that was made."""

    move: int
    amount: int = Field(description=UNITS)
    held: int = Field(description=f"What the payer holds now. {UNITS}")
    warnings: list[str]


class CreditPaymentsIn(Strict):
    """Many payments, each wholly in units, in one commit."""

    payments: list[CreditPaymentIn] = Field(min_length=1, max_length=1_000)


class CreditPaymentsOut(Schema):
    """What became of each, in the same order; `refused` is empty for those that were made."""

    payments: list[dict[str, Any]]


class CreditRequestIn(Strict):
    """Ask for units."""

    account: Code
    amount: Amount
    reason: Words
    key: Key
    price: Price = None


class CreditRequestOut(Schema):
    """A request; `move` once it is paid."""

    id: str
    account: str
    amount: int = Field(description=UNITS)
    reason: str
    until: dt.datetime
    move: int | None
    withdrawn: bool


class PayRequestIn(Strict):
    """From which account a request is paid."""

    source: Code


class CreditTicketIn(Strict):
    """Units to be set aside on a ticket."""

    account: Code
    amount: Amount
    until: dt.date
    key: Key


class CreditTicketOut(Schema):
    """A ticket; `ticket` is its line, for its maker alone."""

    serial: str
    amount: int = Field(description=UNITS)
    until: dt.date
    ticket: str
    move: int | None = Field(description="Once it was taken.")


class TakeTicketIn(Strict):
    """A ticket that is brought."""

    account: Code
    ticket: str = Field(min_length=1, max_length=600, pattern=TEXT)


@router.post(
    "/{slug}/{unit}/payments", response={201: CreditPaymentOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def pay_in_credit(
    request: HttpRequest, slug: str, unit: str, payload: CreditPaymentIn
) -> Status[dict[str, Any]]:
    """Pay another member, once per key."""
    row = community_at(request, slug, unit)
    source = account_at(row, payload.source)
    paid = paying.pay(
        source=source, target=account_named(row.chamber, payload.target), amount=payload.amount,
        reason=payload.reason, key=f"rest:{payload.key}", price=payload.price, by=by_of(request),
    )  # fmt: skip
    source.refresh_from_db()
    data = {"move": paid.move.pk, "amount": paid.move.amount, "held": source.held,
            "warnings": paid.warnings}  # fmt: skip
    return Status(201, data)


@router.post(
    "/{slug}/{unit}/payments/many", response={200: CreditPaymentsOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def pay_many_in_credit(
    request: HttpRequest, slug: str, unit: str, payload: CreditPaymentsIn
) -> dict[str, Any]:
    """Make many payments in one commit, as a till does. What cannot be is left out and told."""
    row = community_at(request, slug, unit)
    codes = {code for each in payload.payments for code in (each.source, each.target)}
    accounts = {code: account_at(row, code).pk for code in codes}
    if any(each.price is not None for each in payload.payments):
        raise Invalid(fields={"price": ["0"]})
    moves = [
        treasury.UnitsMove(
            accounts[each.source], accounts[each.target], each.amount, each.reason,
            f"rest:{each.key}",
        )
        for each in payload.payments
    ]  # fmt: skip
    done = paying.pay_many(community=row, moves=moves, by=by_of(request))
    return {
        "payments": [
            {"key": each.key.removeprefix("rest:"), "move": each.move, "made": each.made,
             "refused": each.refusal.code if each.refusal else ""}
            for each in done
        ]
    }  # fmt: skip


def _request(row: Request) -> dict[str, Any]:
    return {
        "id": row.public_id, "account": row.account.code, "move": row.move_id,
        "withdrawn": row.withdrawn_at is not None, **part_of(row, "amount", "reason", "until"),
    }  # fmt: skip


def _asked(public_id: str) -> Request:
    rows = Request.objects.select_related("account__agent", "account__chamber")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


@router.post(
    "/{slug}/{unit}/requests", response={201: CreditRequestOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def ask_for_credit(
    request: HttpRequest, slug: str, unit: str, payload: CreditRequestIn
) -> Status[dict[str, Any]]:
    """Ask for units; whoever knows the id may pay."""
    row = community_at(request, slug, unit)
    made = paying.ask(
        account=account_at(row, payload.account), amount=payload.amount, reason=payload.reason,
        key=key_of(payload), price=payload.price, by=by_of(request),
    )  # fmt: skip
    return Status(201, _request(made))


@router.post(
    "/{slug}/{unit}/requests/{request_id}/pay",
    response={200: CreditRequestOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def pay_credit_request(
    request: HttpRequest, slug: str, unit: str, request_id: str, payload: PayRequestIn
) -> dict[str, Any]:
    """Pay a request, once."""
    row = community_at(request, slug, unit)
    asked = _asked(request_id)
    paying.pay_request(request=asked, source=account_at(row, payload.source), by=by_of(request))
    return _request(_asked(request_id))


def _ticket(row: Ticket, text: str) -> dict[str, Any]:
    return {"ticket": text, "move": row.taken_id, **part_of(row, "serial", "amount", "until")}


@router.post(
    "/{slug}/{unit}/tickets", response={201: CreditTicketOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def make_credit_ticket(
    request: HttpRequest, slug: str, unit: str, payload: CreditTicketIn
) -> Status[dict[str, Any]]:
    """Set units aside on a ticket."""
    row = community_at(request, slug, unit)
    made = tickets.make_ticket(
        account=account_at(row, payload.account), amount=payload.amount, until=payload.until,
        key=key_of(payload), by=by_of(request),
    )  # fmt: skip
    return Status(201, _ticket(made, tickets.text_of(made)))


@router.post(
    "/{slug}/{unit}/tickets/take", response={200: CreditTicketOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def take_credit_ticket(
    request: HttpRequest, slug: str, unit: str, payload: TakeTicketIn
) -> dict[str, Any]:
    """Take the units of a ticket, once; taken by somebody else before: 409 and the day."""
    row = community_at(request, slug, unit)
    account = account_at(row, payload.account)
    taken = tickets.take_ticket(text=payload.ticket, account=account, by=by_of(request))
    return _ticket(taken, payload.ticket)
