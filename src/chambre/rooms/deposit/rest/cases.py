"""Cases for machines: read them, end them without paying. What pays is decided by people, on pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.rooms.deposit.models import Case
from chambre.rooms.deposit.queries.managing import case_of, cases_of, scheme_for
from chambre.rooms.deposit.rest.schemes import by_of
from chambre.rooms.deposit.services import deciding

router = Router()


class CaseOut(Schema):
    """A case, with what was seen."""

    number: int
    kind: str
    code: str
    object: str
    place: str
    contract: str | None
    evidence: dict[str, Any]
    at: dt.datetime
    decision: str
    words: str


class CasesQuery(PageQuery):
    """Which cases."""

    state: str = Field("", pattern="^(open|decided|)$")


class CloseIn(Schema):
    """How a case ends without paying, and why."""

    outcome: str = Field(pattern="^(refused|closed)$")
    words: str = Field(min_length=1, max_length=500)


def _case(row: Case) -> dict[str, Any]:
    decision = getattr(row, "decision", None)
    return {
        "number": row.pk,
        "kind": row.kind,
        "code": row.code,
        "object": row.item.uri if row.item else "",
        "place": row.place.slug if row.place else "",
        "contract": str(row.contract.uid) if row.contract else None,
        "evidence": row.evidence,
        "at": row.at,
        "decision": decision.outcome if decision else "",
        "words": decision.words if decision else "",
    }


@router.get("/schemes/{slug}/cases", response={200: Page[CaseOut], **problems(404)}, auth=SIGNED_IN)
def list_cases(request: HttpRequest, slug: str, which: Query[CasesQuery]) -> dict[str, Any]:
    """The cases of a scheme, the first ones first."""
    rows = cases_of(scheme_for(slug, by_of(request)), which.state).select_related("decision")
    page = page_by_id(rows, which)
    return {**page, "items": [_case(row) for row in page["items"]]}


@router.get(
    "/schemes/{slug}/cases/{number}", response={200: CaseOut, **problems(404)}, auth=SIGNED_IN
)
def get_case(request: HttpRequest, slug: str, number: int) -> dict[str, Any]:
    """A case."""
    return _case(case_of(scheme_for(slug, by_of(request)), number))


@router.post(
    "/schemes/{slug}/cases/{number}/close",
    response={200: CaseOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_close(request: HttpRequest, slug: str, number: int, payload: CloseIn) -> dict[str, Any]:
    """End a case without paying."""
    scheme = scheme_for(slug, by_of(request), "deposit.decide")
    deciding.close_case(
        case=case_of(scheme, number), outcome=payload.outcome, words=payload.words,
        by=by_of(request),
    )  # fmt: skip
    return _case(case_of(scheme, number))
