"""Leaving a community, and paying in another chamber, for machines."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from chambre.core.actors import authorize
from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, problems
from chambre.registry import api as registry
from chambre.rooms.credit.models import Community, Crossing, Leaving, Partner
from chambre.rooms.credit.queries.partners import Standing, standings_of
from chambre.rooms.credit.rest.frame import (
    MOST,
    TEXT,
    UNITS,
    Amount,
    Code,
    Key,
    Strict,
    Words,
    account_at,
    by_of,
    community_at,
    key_of,
    part_of,
)
from chambre.rooms.credit.services import crossing, leaving
from chambre.treasury.models import CreditAccount

router = Router()
Limit = Annotated[int, Field(ge=0, le=MOST, description=UNITS)]


class CreditLeavingIn(Strict):
    """Leave, by a way that the rules know."""

    way: Literal["spend", "euros", "fund", "shared"]
    until: dt.date


class CreditStepIn(Strict):
    """Go the next step."""

    iban: str = Field(
        "", max_length=42, pattern=TEXT,
        description="Where euros go, when some are paid out: an account of who leaves.",
    )  # fmt: skip


class CreditLeavingOut(Schema):
    """A leaving, as it stands."""

    account: str
    way: str
    state: str = Field(description="`open`, `done` or `stayed`.")
    held: int = Field(description=f"What the account holds now. {UNITS}")
    until: dt.date
    payment: str = Field(description="Euros that are on their way: a payment, or a payout.")
    done_on: dt.date | None


class CreditPartnerOut(Schema):
    """What was agreed with another chamber."""

    chamber: str
    owes: int = Field(description=f"How far this side may owe the other. {UNITS}")
    owed: int = Field(description=f"How far the other may owe this side. {UNITS}")
    held: int = Field(description=f"What this side owes the other now. {UNITS}")
    in_force: bool = Field(description="Both sides have agreed to the same.")
    state: str = Field(
        description="`force`; `waits` for the other side; `asked`: only the other side has agreed, to "
        "this; `differs`: not to the same; `ended` by this side."
    )


class CreditPartnerIn(Strict):
    """How far each side may owe the other."""

    owes: Limit
    owed: Limit
    is_open: bool = Field(True, description="False ends it for what is not under way.")


class CreditCrossingIn(Strict):
    """Pay a member of another chamber."""

    account: Code
    chamber: str = Field(
        max_length=60, pattern=TEXT, description="Short name of the other chamber."
    )
    target: Code
    amount: Amount
    reason: Words
    key: Key


class CreditCrossingOut(Schema):
    """Units on their way to another chamber, or what became of them."""

    id: str
    account: str
    chamber: str
    target: str
    amount: int = Field(description=UNITS)
    reason: str
    state: str = Field(description="`sent`, `done`, or `back`.")
    why: str = Field(description="Why they came back.")


def _leaving(row: Leaving) -> dict[str, Any]:
    account = CreditAccount.objects.get(pk=row.membership.account_id)
    shown = part_of(row, "way", "state", "until", "payment", "done_on")
    return {"account": account.code, "held": account.held, **shown}


def _latest(request: HttpRequest, account: CreditAccount) -> Leaving:
    """The last leaving of an account, for its holder and who looks after the credit."""
    if not by_of(request).may("credit.use_account", account):
        authorize(by_of(request), "credit.manage", account)
    rows = Leaving.objects.filter(membership__account=account)
    found = rows.select_related("membership__community", "membership__account__agent")
    row = found.order_by("-id").first()
    if row is None:
        raise NotFound
    return row


@router.get(
    "/{slug}/{unit}/accounts/{code}/leaving",
    response={200: CreditLeavingOut, **problems(404)},
    auth=SIGNED_IN,
)
def show_credit_leaving(request: HttpRequest, slug: str, unit: str, code: str) -> dict[str, Any]:
    """How somebody's leaving stands."""
    row = community_at(request, slug, unit)
    return _leaving(_latest(request, account_at(row, code)))


@router.post(
    "/{slug}/{unit}/accounts/{code}/leaving",
    response={201: CreditLeavingOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def begin_credit_leaving(
    request: HttpRequest, slug: str, unit: str, code: str, payload: CreditLeavingIn
) -> Status[dict[str, Any]]:
    """Begin to leave; the leaving that is open, if there is one."""
    row = community_at(request, slug, unit)
    made = leaving.begin(
        account=account_at(row, code), way=payload.way, until=payload.until, by=by_of(request)
    )
    return Status(201, _leaving(made))


@router.post(
    "/{slug}/{unit}/accounts/{code}/leaving/step",
    response={200: CreditLeavingOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def step_credit_leaving(
    request: HttpRequest, slug: str, unit: str, code: str, payload: CreditStepIn
) -> dict[str, Any]:
    """Ask for the euros, take what the common account can, or close what is at zero."""
    row = community_at(request, slug, unit)
    found = _latest(request, account_at(row, code))
    return _leaving(leaving.settle(leaving=found, by=by_of(request), iban=payload.iban))


@router.post(
    "/{slug}/{unit}/accounts/{code}/leaving/stay",
    response={200: CreditLeavingOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def stay_in_credit(request: HttpRequest, slug: str, unit: str, code: str) -> dict[str, Any]:
    """Stay after all."""
    row = community_at(request, slug, unit)
    found = _latest(request, account_at(row, code))
    return _leaving(leaving.stay(leaving=found, by=by_of(request)))


@router.get(
    "/{slug}/{unit}/partners",
    response={200: list[CreditPartnerOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_credit_partners(request: HttpRequest, slug: str, unit: str) -> list[dict[str, Any]]:
    """The chambers with which trade was agreed, and those that ask for it."""
    row = community_at(request, slug, unit)
    return [_standing(each) for each in standings_of(row)]


def _standing(row: Standing) -> dict[str, Any]:
    return {
        "chamber": row.chamber.slug, "owes": row.owes, "owed": row.owed, "held": row.held,
        "in_force": row.state == "force", "state": row.state,
    }  # fmt: skip


@router.put(
    "/{slug}/{unit}/partners/{chamber}",
    response={200: CreditPartnerOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def agree_credit_partner(
    request: HttpRequest, slug: str, unit: str, chamber: str, payload: CreditPartnerIn
) -> dict[str, Any]:
    """Agree with another chamber how far each side may owe the other; again changes nothing."""
    row, other = community_at(request, slug, unit), registry.structure(chamber)
    crossing.agree(community=row, partner=other, by=by_of(request), **payload.dict())
    found = {each.chamber.pk: each for each in standings_of(row)}
    return _standing(found[other.pk])


def _crossing(row: Crossing) -> dict[str, Any]:
    shown = part_of(row, "target", "amount", "reason", "state", "why")
    chamber = row.partner.chamber.slug
    return {"id": row.public_id, "account": row.account.code, "chamber": chamber, **shown}


@router.post(
    "/{slug}/{unit}/crossings",
    response={201: CreditCrossingOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def cross_credit(
    request: HttpRequest, slug: str, unit: str, payload: CreditCrossingIn
) -> Status[dict[str, Any]]:
    """Pay a member of another chamber, once per key; what became of it comes a moment later."""
    row = community_at(request, slug, unit)
    sent = crossing.send(
        source=account_at(row, payload.account), partner=_partner(row, payload.chamber),
        target=payload.target, amount=payload.amount, reason=payload.reason,
        key=key_of(payload), by=by_of(request),
    )  # fmt: skip
    return Status(201, _crossing(sent))


def _partner(row: Community, slug: str) -> Partner:
    rows = row.partners.filter(chamber__slug=slug)
    found: Partner | None = rows.select_related("chamber", "account", "community").first()
    if found is None:
        raise NotFound
    return found


@router.get(
    "/{slug}/{unit}/crossings/{crossing_id}",
    response={200: CreditCrossingOut, **problems(404)},
    auth=SIGNED_IN,
)
def show_credit_crossing(
    request: HttpRequest, slug: str, unit: str, crossing_id: str
) -> dict[str, Any]:
    """What became of units that were sent to another chamber, for who sent them."""
    row = community_at(request, slug, unit)
    rows = Crossing.objects.filter(public_id=crossing_id, partner__community=row)
    found = rows.select_related("partner__chamber", "account__agent", "account__chamber").first()
    if found is None:
        raise NotFound
    if not by_of(request).may("credit.use_account", found.account):
        authorize(by_of(request), "credit.manage", row)
    return _crossing(found)
