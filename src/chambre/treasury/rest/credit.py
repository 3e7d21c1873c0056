"""The chamber's credit units for machines: accounts, moves, paying with them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Forbidden, NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.registry import api as registry
from chambre.treasury.models import CreditAccount, Payment
from chambre.treasury.queries.credit import accounts_for, accounts_of, moves_of
from chambre.treasury.rest.payouts import CENTS, KEY, Closed
from chambre.treasury.services import credit as service
from chambre.treasury.services.credit_giving import give_by_hand, open_by_hand
from chambre.treasury.services.credit_paying import pay_with_units

router = Router()
UNITS = "Hundredths of a unit; a unit is worth one euro."


class CreditAccountOut(Schema):
    """An account in units."""

    code: str
    agent: str = Field(description="Short name of the holder.")
    held: int = Field(description=f"{UNITS} Below zero: owed to the others.")
    limit: int = Field(description=f"How far below zero it may go. {UNITS}")
    is_open: bool


class CreditAccountIn(Closed):
    """Open an account for somebody."""

    agent: str = Field(max_length=60, description="Short name in the register.")
    limit: int = Field(0, ge=0, le=99_999_999_999, description=UNITS)


class LimitIn(Closed):
    """Agree another limit."""

    limit: int = Field(ge=0, le=99_999_999_999, description=UNITS)
    reason: str = Field("", max_length=200)


class CreditMoveIn(Closed):
    """Give units to another account of the chamber."""

    to: str = Field(max_length=7, description="Code of the account.")
    amount: int = CENTS
    reason: str = Field(min_length=1, max_length=140)
    key: str = KEY


class CreditMoveOut(Schema):
    """A move of units."""

    id: int
    source: str
    target: str
    amount: int = Field(description=UNITS)
    reason: str
    day: dt.date


class UnitsIn(Closed):
    """Pay a payment, or a part of it, in units."""

    account: str = Field(max_length=7, description="Code of the payer’s account.")
    amount: int = CENTS
    key: str = KEY


class UnitsPaidOut(Schema):
    """What a payment has now."""

    payment: str
    state: str
    received: int = Field(description="Cents.")
    held: int = Field(description=f"What the payer’s account holds now. {UNITS}")


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _account(row: CreditAccount) -> dict[str, Any]:
    names = ("code", "held", "limit", "is_open")
    return {"agent": row.agent.slug, **{name: getattr(row, name) for name in names}}


def _move(row: Any) -> dict[str, Any]:
    names = ("id", "amount", "reason", "day")
    codes = {"source": row.source.code, "target": row.target.code}
    return {**codes, **{name: getattr(row, name) for name in names}}


def _found(slug: str, code: str) -> CreditAccount:
    number = code.strip().upper().removeprefix("U")
    rows = accounts_of(registry.structure(slug))
    row = rows.filter(number=int(number)).first() if number.isdecimal() else None
    if row is None:
        raise NotFound
    return row


def _readable(by: Actor, row: CreditAccount) -> CreditAccount:
    if not (by.may("treasury.read", row.chamber) or by.may("treasury.spend_units", row.agent)):
        raise Forbidden(permission="treasury.read")
    return row


@router.get(
    "/credit/{slug}/accounts", response={200: Page[CreditAccountOut], **problems(404)},
    auth=SIGNED_IN,
)  # fmt: skip
def list_credit_accounts(
    request: HttpRequest, slug: str, which: Query[PageQuery]
) -> dict[str, Any]:
    """Accounts in units of a chamber: all for who looks after them, one's own for others."""
    by, chamber = _by(request), registry.structure(slug)
    rows = accounts_of(chamber)
    if not by.may("treasury.read", chamber):
        rows = rows.filter(pk__in=[row.pk for row in accounts_for(by)])
    page = page_by_id(rows, which)
    return {**page, "items": [_account(row) for row in page["items"]]}


@router.post(
    "/credit/{slug}/accounts", response={201: CreditAccountOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def open_credit_account(
    request: HttpRequest, slug: str, payload: CreditAccountIn
) -> Status[dict[str, Any]]:
    """Open an account in units for somebody of the chamber; the one that is there, if there is one."""
    by, chamber = _by(request), registry.structure(slug)
    authorize(by, "treasury.manage", chamber)
    agent = registry.agents_visible_to(by).filter(slug=payload.agent).first()
    if agent is None or chamber.pk not in (agent.pk, agent.chamber_id):
        raise NotFound
    return Status(201, _account(open_by_hand(agent=agent, limit=payload.limit, by=by)))


@router.post(
    "/credit/{slug}/accounts/{code}/limit",
    response={200: CreditAccountOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def set_credit_limit(
    request: HttpRequest, slug: str, code: str, payload: LimitIn
) -> dict[str, Any]:
    """Agree another limit with a holder."""
    service.agree_limit(
        account=_found(slug, code), limit=payload.limit, reason=payload.reason, by=_by(request)
    )
    return _account(_found(slug, code))


@router.get(
    "/credit/{slug}/accounts/{code}/moves",
    response={200: Page[CreditMoveOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_credit_moves(
    request: HttpRequest, slug: str, code: str, which: Query[PageQuery]
) -> dict[str, Any]:
    """The moves of an account, the first ones first."""
    row = _readable(_by(request), _found(slug, code))
    page = page_by_id(moves_of([row]), which)
    return {**page, "items": [_move(each) for each in page["items"]]}


@router.post(
    "/credit/{slug}/accounts/{code}/moves",
    response={201: CreditMoveOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def give_units(
    request: HttpRequest, slug: str, code: str, payload: CreditMoveIn
) -> Status[dict[str, Any]]:
    """Give units from an account of one's own, never more than is held and the agreed limit."""
    by, source = _by(request), _found(slug, code)
    authorize(by, "treasury.spend_units", source.agent)
    made = give_by_hand(
        source=source,
        target=_found(slug, payload.to),
        amount=payload.amount,
        reason=payload.reason,
        day=registry.today(),
        key=f"rest:{payload.key}",
        by=by,
    )
    return Status(201, _move(made))


@router.post(
    "/payments/{payment_id}/units", response={200: UnitsPaidOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def pay_in_units(request: HttpRequest, payment_id: str, payload: UnitsIn) -> dict[str, Any]:
    """Pay a payment from an account of one's own; whoever knows its id may pay."""
    row = Payment.objects.select_related("book__structure").filter(public_id=payment_id).first()
    if row is None or row.book.chamber is None:
        raise NotFound
    source = _found(row.book.chamber.slug, payload.account)
    pay_with_units(
        payment=row, source=source, amount=payload.amount, day=registry.today(),
        key=f"rest:{payload.key}", by=_by(request),
    )  # fmt: skip
    row.refresh_from_db()
    source.refresh_from_db()
    return {"payment": row.public_id, "state": row.state, "received": row.received,
            "held": source.held}  # fmt: skip
