"""Obligations for machines. Amounts in cents."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema, Status

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Obligation
from chambre.rooms.clearing.queries.obligations import obligation_of, obligations_visible_to
from chambre.rooms.clearing.queries.people import others, spoken_for
from chambre.rooms.clearing.services import obligations

router = Router()
TEXT = r"^[^\x00]*$"
Number = Path[Annotated[int, Field(ge=1, le=2**63 - 1)]]
Key = Annotated[str, Field(min_length=1, max_length=80, pattern=TEXT)]
SlugText = Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT)]
ACTS = {
    "accept": obligations.accept,
    "decline": obligations.decline,
    "withdraw": obligations.withdraw,
}


class ObligationOut(Schema):
    """What one owes another; `left` is what no round has set off."""

    id: int
    debtor: str
    creditor: str
    amount: int
    left: int
    reference: str
    day: dt.date
    due: dt.date | None
    source: str
    state: str


class ObligationIn(Schema):
    """What one says: the caller speaks for one of the two."""

    debtor: SlugText
    creditor: SlugText
    amount: int = Field(ge=1, le=10**13)
    reference: str = Field(min_length=1, max_length=60, pattern=TEXT)
    due: dt.date | None = None
    key: Key


class DecisionIn(Schema):
    """What becomes of it."""

    act: Literal["accept", "decline", "withdraw"]


def by_of(request: HttpRequest) -> Actor:
    """Who calls, a member.

    Raises:
        Forbidden: They are nobody's member, or their key is not for this.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    authorize(by, "clearing.use")
    return by


def agent_of(slug: str, by: Actor) -> Agent:
    """Somebody whom the caller may name.

    Raises:
        NotFound: There is nobody of that short name whom they may know.
    """
    found = others(by).filter(slug=slug).first() or spoken_for(by).filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def _out(row: Obligation) -> dict[str, Any]:
    return {
        "id": row.pk, "debtor": row.debtor.slug, "creditor": row.creditor.slug,
        "amount": row.amount, "left": row.left, "reference": row.reference, "day": row.day,
        "due": row.due, "source": row.source, "state": row.state,
    }  # fmt: skip


@router.get("/obligations", response={200: Page[ObligationOut], **problems(403)}, auth=SIGNED_IN)
def list_obligations(request: HttpRequest, which: Query[PageQuery]) -> dict[str, Any]:
    """The obligations of which one speaks for an end."""
    page = page_by_id(obligations_visible_to(by_of(request)), which)
    return {**page, "items": [_out(row) for row in page["items"]]}


@router.post(
    "/obligations", response={201: ObligationOut, **problems(403, 404, 409, 422)}, auth=SIGNED_IN
)
def propose(request: HttpRequest, payload: ObligationIn) -> Status[dict[str, Any]]:
    """Write one down, once per key."""
    by = by_of(request)
    row = obligations.propose(
        debtor=agent_of(payload.debtor, by), creditor=agent_of(payload.creditor, by),
        amount=payload.amount, reference=payload.reference, due=payload.due, key=payload.key, by=by,
    )  # fmt: skip
    return Status(201, _out(row))


@router.post(
    "/obligations/{number}/decision",
    response={200: ObligationOut, **problems(403, 404, 409, 422)},
    auth=SIGNED_IN,
)
def decide(request: HttpRequest, number: Number, payload: DecisionIn) -> dict[str, Any]:
    """Accept, decline or take back."""
    by = by_of(request)
    return _out(ACTS[payload.act](obligation=obligation_of(number, by), by=by))
