"""Bank rows and what they are, for machines: look, match, undo, run the matching."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.registry import api as registry
from chambre.treasury.models import BankRow, Match
from chambre.treasury.queries import matching as queries
from chambre.treasury.queries.bank import account_named
from chambre.treasury.services import matching as services

router = Router()
LARGEST = 99_999_999_999


class ReconciliationOut(Schema):
    """How a bank account stands; balances in cents, on the last day of its last statement."""

    matched: int
    proposed: int
    unmatched: int
    ledger_balance: int
    statement_balance: int
    equal: bool


class ProposedPartOut(Schema):
    """An open item and how many cents of the row are for it, without sign."""

    kind: str
    key: str
    amount: int
    label: str


class ProposalOut(Schema):
    """What a row may be; `rest` are cents left over, `reverses` the row that it takes back."""

    id: int
    score: int = Field(description="0 to 100.")
    parts: list[ProposedPartOut]
    rest: int
    use: str
    account: str
    reverses: int | None
    reasons: list[str]


class WaitingRowOut(Schema):
    """A booked row without a match; `amount` in cents, positive when money came."""

    id: int
    day: dt.date
    amount: int
    party_name: str
    texts: str
    why: str = Field(description="Why it was left to a person.")
    proposals: list[ProposalOut]


class PartIn(Schema):
    """A part of a row: `kind` and `item`, or `use`, or `account`; cents with the row's sign."""

    amount: int = Field(ge=-LARGEST, le=LARGEST)
    kind: str = Field("", max_length=24)
    item: str = Field("", max_length=120)
    use: str = Field("", max_length=40)
    account: str = Field("", max_length=32)
    resource: str = Field("", max_length=60, description="Short name of a resource.")
    label: str = Field("", max_length=140)


class MatchIn(Schema):
    """What a row is: a proposal by its id, or parts that make it up."""

    key: str = Field(min_length=1, max_length=100, description="Idempotency key.")
    proposal: int | None = None
    parts: list[PartIn] = Field([], max_length=100)


class UndoIn(Schema):
    """Why a match is taken back."""

    key: str = Field(min_length=1, max_length=100, description="Idempotency key.")
    reason: str = Field("", max_length=254)


class MatchOut(Schema):
    """A match of a row."""

    id: int
    row: int
    how: str
    day: dt.date
    cancels: int | None
    undone: bool


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _match(match: Match) -> dict[str, Any]:
    return {
        "id": match.pk, "row": match.row_id, "how": match.how, "day": match.day,
        "cancels": match.cancels_id, "undone": hasattr(match, "undo"),
    }  # fmt: skip


def _proposal(each: Any) -> dict[str, Any]:
    return {
        "id": each.pk,
        "score": each.score,
        "parts": [
            {"kind": kind, "key": key, "amount": amount, "label": label}
            for kind, key, amount, label in each.parts
        ],
        "rest": each.rest,
        "use": each.habit.use if each.habit else each.use,
        "account": each.habit.account if each.habit else "",
        "reverses": each.reverses_id,
        "reasons": queries.said(each.reasons),
    }


def _waiting(row: BankRow) -> dict[str, Any]:
    names = ("day", "amount", "party_name", "texts")
    proposals = [_proposal(each) for each in row.proposals.all()]
    return {"id": row.pk, "why": queries.why_of(row), "proposals": proposals,
            **{name: getattr(row, name) for name in names}}  # fmt: skip


@router.get(
    "/bank-accounts/{slug}/reconciliation",
    response={200: ReconciliationOut, **problems(404)},
    auth=SIGNED_IN,
    operation_id="treasury_reconciliation",
)
def get_reconciliation(request: HttpRequest, slug: str) -> dict[str, Any]:
    """How a bank account stands: its rows, and what the ledger and the bank say."""
    return services.standing(account_named(slug, _by(request))).as_json()


@router.post(
    "/bank-accounts/{slug}/reconciliation",
    response={200: ReconciliationOut, **problems(404, 409)},
    auth=SIGNED_IN,
    operation_id="treasury_reconcile",
)
def post_reconciliation(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Match what is certain (in the background when there is very much), and say how it stands."""
    by = _by(request)
    account = account_named(slug, by, "treasury.manage")
    services.match_imported(account, by)
    return services.standing(account).as_json()


@router.get(
    "/bank-accounts/{slug}/waiting",
    response={200: Page[WaitingRowOut], **problems(404)},
    auth=SIGNED_IN,
    operation_id="treasury_waiting_rows",
)
def list_waiting(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """The rows of a bank account that wait for a person, with proposals."""
    account = account_named(slug, _by(request))
    page = page_by_id(queries.with_proposals(queries.waiting_rows(account)), which)
    return {**page, "items": [_waiting(row) for row in page["items"]]}


@router.post(
    "/bank-rows/{row}/match",
    response={200: MatchOut, **problems(404, 409)},
    auth=SIGNED_IN,
    operation_id="treasury_match_row",
)
def post_match(request: HttpRequest, row: int, payload: MatchIn) -> dict[str, Any]:
    """Say what a row is. The same key again gives the same match."""
    by = _by(request)
    found = queries.row_named(row, by, "treasury.manage")
    if payload.proposal is not None:
        match = services.accept_proposal(
            row=found, proposal=payload.proposal, key=payload.key, by=by
        )
    else:
        parts = [_part(each, by) for each in payload.parts]
        match = services.match_row(row=found, parts=parts, key=payload.key, by=by)
    return _match(match)


def _part(part: PartIn, by: Actor) -> services.PartDraft:
    if part.kind:
        return services.ItemPart(part.kind, part.item, part.amount)
    resource = None
    if part.resource:
        resource = registry.resources_visible_to(by).filter(slug=part.resource).first()
        if resource is None:
            raise NotFound
    return services.BookedPart(
        part.amount, use=part.use, account=part.account, resource=resource, label=part.label
    )


@router.post(
    "/bank-rows/{row}/undo",
    response={200: MatchOut, **problems(404, 409)},
    auth=SIGNED_IN,
    operation_id="treasury_undo_match",
)
def post_undo(request: HttpRequest, row: int, payload: UndoIn) -> dict[str, Any]:
    """Take a row's match back: what it settled is open again."""
    by = _by(request)
    match = queries.match_of(queries.row_named(row, by, "treasury.manage"))
    if match is None:
        last = Match.objects.filter(row=row, undo__key=payload.key).first()
        if last is None:
            raise NotFound
        return _match(last)
    services.undo_match(match=match, key=payload.key, by=by, reason=payload.reason)
    return _match(Match.objects.get(pk=match.pk))
