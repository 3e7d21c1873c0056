"""Mutual credit for machines, under ``/api/credit/``; accounts and their moves are the treasury's."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Invalid, NotFound
from chambre.core.rest import SIGNED_IN, problems
from chambre.registry import api as registry
from chambre.rooms.credit.models import Community, Decision, Request, Ticket
from chambre.rooms.credit.queries.communities import account_named, community_of, rules_of
from chambre.rooms.credit.queries.pots import pot_of
from chambre.rooms.credit.queries.standing import figures_of
from chambre.rooms.credit.services import deciding, paying, tickets
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount

router = Router(tags=["credit"])

UNITS = "Hundredths of a unit; minutes of hours."
TEXT = r"^[^\x00]*$"
Code = Annotated[str, Field(min_length=1, max_length=8, pattern=TEXT, description="U000042.")]
Amount = Annotated[int, Field(gt=0, le=99_999_999_999, description=UNITS)]
Words = Annotated[str, Field(min_length=1, max_length=140, pattern=TEXT)]
Key = Annotated[
    str, Field(min_length=1, max_length=80, pattern=TEXT, description="Idempotency key.")
]


class Strict(Schema):
    """Refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class CommunityOut(Schema):
    """A community: its figures and the rules that hold."""

    chamber: str
    unit: str = Field(description="`CRD`, or `HUR` in minutes.")
    members: int
    owed: int = Field(description=f"What all below zero owe together. {UNITS}")
    moved: int = Field(description=f"In thirty days. {UNITS}")
    common: int = Field(description=f"In the common account, beside tickets. {UNITS}")
    ticket_key: str = Field(description="Ed25519 public key of its tickets, hexadecimal.")
    rules: dict[str, Any]


class CreditPaymentIn(Strict):
    """A payment in units. `price`: the whole price, when the rest is paid in euros (cents)."""

    source: Code
    target: Code
    amount: Amount
    reason: Words
    key: Key
    price: int | None = Field(None, gt=0, le=99_999_999_999)


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
    price: int | None = Field(None, gt=0, le=99_999_999_999)


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


class CreditVoiceIn(Strict):
    """A member's word on a decision."""

    account: Code
    yes: bool


class CreditDecisionOut(Schema):
    """A decision of members."""

    id: int
    kind: str
    words: str
    content: dict[str, Any]
    state: str
    hands: int
    yes: int
    no: int
    until: dt.date
    decided_on: dt.date | None


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _community(request: HttpRequest, slug: str, unit: str) -> Community:
    row = community_of(registry.structure(slug), unit)
    authorize(_by(request), "credit.read_group", row)
    return row


def _account(community: Community, code: str) -> CreditAccount:
    row = account_named(community.chamber, code)
    if row.unit != community.unit:
        raise NotFound
    return row


@router.get("/{slug}/{unit}", response={200: CommunityOut, **problems(404)}, auth=SIGNED_IN)
def show_community(request: HttpRequest, slug: str, unit: str) -> dict[str, Any]:
    """A community: how it stands, and its rules."""
    row = _community(request, slug, unit)
    found, rules = figures_of(row), rules_of(row)
    names = (
        "number", "floor", "ceiling", "mode", "growth_percent", "growth_most", "rate", "exempt",
        "ways", "hands", "days",
    )  # fmt: skip
    return {
        "chamber": slug, "unit": unit, "members": found.members, "owed": found.owed,
        "moved": found.moved, "common": pot_of(row),
        "ticket_key": tickets.public_key(row.chamber).hex(),
        "rules": {name: getattr(rules, name) for name in names},
    }  # fmt: skip


@router.post(
    "/{slug}/{unit}/payments", response={201: CreditPaymentOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def pay_in_credit(
    request: HttpRequest, slug: str, unit: str, payload: CreditPaymentIn
) -> Status[dict[str, Any]]:
    """Pay another member, once per key."""
    row = _community(request, slug, unit)
    source = _account(row, payload.source)
    paid = paying.pay(
        source=source, target=_account(row, payload.target), amount=payload.amount,
        reason=payload.reason, key=f"rest:{payload.key}", price=payload.price, by=_by(request),
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
    row = _community(request, slug, unit)
    codes = {code for each in payload.payments for code in (each.source, each.target)}
    accounts = {code: _account(row, code).pk for code in codes}
    if any(each.price is not None for each in payload.payments):
        raise Invalid(fields={"price": ["0"]})
    moves = [
        treasury.UnitsMove(
            accounts[each.source], accounts[each.target], each.amount, each.reason,
            f"rest:{each.key}",
        )
        for each in payload.payments
    ]  # fmt: skip
    done = paying.pay_many(community=row, moves=moves, by=_by(request))
    return {
        "payments": [
            {"key": each.key.removeprefix("rest:"), "move": each.move, "made": each.made,
             "refused": each.refusal.code if each.refusal else ""}
            for each in done
        ]
    }  # fmt: skip


def _request(row: Request) -> dict[str, Any]:
    return {
        "id": row.public_id, "account": row.account.code, "amount": row.amount,
        "reason": row.reason, "until": row.until, "move": row.move_id,
        "withdrawn": row.withdrawn_at is not None,
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
    row = _community(request, slug, unit)
    made = paying.ask(
        account=_account(row, payload.account), amount=payload.amount, reason=payload.reason,
        key=f"rest:{payload.key}"[:80], price=payload.price, by=_by(request),
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
    row = _community(request, slug, unit)
    asked = _asked(request_id)
    paying.pay_request(request=asked, source=_account(row, payload.source), by=_by(request))
    return _request(_asked(request_id))


def _ticket(row: Ticket, text: str) -> dict[str, Any]:
    return {"serial": row.serial, "amount": row.amount, "until": row.until, "ticket": text,
            "move": row.taken_id}  # fmt: skip


@router.post(
    "/{slug}/{unit}/tickets", response={201: CreditTicketOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def make_credit_ticket(
    request: HttpRequest, slug: str, unit: str, payload: CreditTicketIn
) -> Status[dict[str, Any]]:
    """Set units aside on a ticket."""
    row = _community(request, slug, unit)
    made = tickets.make_ticket(
        account=_account(row, payload.account), amount=payload.amount, until=payload.until,
        key=f"rest:{payload.key}"[:80], by=_by(request),
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
    row = _community(request, slug, unit)
    account = _account(row, payload.account)
    taken = tickets.take_ticket(text=payload.ticket, account=account, by=_by(request))
    return _ticket(taken, payload.ticket)


def _decision(row: Decision) -> dict[str, Any]:
    said = list(row.voices.values_list("yes", flat=True))
    names = ("id", "kind", "words", "content", "state", "hands", "until", "decided_on")
    return {**{name: getattr(row, name) for name in names}, "yes": said.count(True),
            "no": said.count(False)}  # fmt: skip


@router.get(
    "/{slug}/{unit}/decisions", response={200: list[CreditDecisionOut], **problems(404)},
    auth=SIGNED_IN,
)  # fmt: skip
def list_credit_decisions(request: HttpRequest, slug: str, unit: str) -> list[dict[str, Any]]:
    """The last hundred decisions, the newest first."""
    row = _community(request, slug, unit)
    return [_decision(each) for each in row.decisions.prefetch_related("voices")[:100]]


@router.post(
    "/{slug}/{unit}/decisions/{decision_id}/voice",
    response={200: CreditDecisionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def speak_on_credit_decision(
    request: HttpRequest, slug: str, unit: str, decision_id: int, payload: CreditVoiceIn
) -> dict[str, Any]:
    """Say yes or no, once."""
    row = _community(request, slug, unit)
    found = row.decisions.filter(pk=decision_id).first() if decision_id < 2**63 else None
    if found is None:
        raise NotFound
    done = deciding.speak(
        decision=found, speaker=_account(row, payload.account), yes=payload.yes, by=_by(request)
    )
    return _decision(done)
