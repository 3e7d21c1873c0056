"""Cases over REST: read them, end them without paying, propose and confirm what becomes of a deposit.

What pays takes two people who are signed in: a key proposes and confirms nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.rooms.deposit.queries.casefacts import case_facts
from chambre.rooms.deposit.queries.managing import case_of, cases_of, scheme_for
from chambre.rooms.deposit.rest.acts import MEANS, AnswerOut
from chambre.rooms.deposit.rest.books import PLAIN
from chambre.rooms.deposit.rest.schemes import LARGEST, by_of
from chambre.rooms.deposit.services import deciding
from chambre.rooms.deposit.services.telling import tell_now

router = Router()


class CaseVoiceOut(Schema):
    """What somebody said of the deposit of a case; ``amount`` in cents, 0: all of it is kept."""

    number: int
    kind: str = Field(description="`proposed`, `confirmed` or `withdrawn`.")
    about: int | None = Field(description="The proposal that it confirms or withdraws.")
    by: str
    amount: int
    means: str
    words: str
    at: dt.datetime


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
    proposal: int | None = Field(description="The proposal that waits for a second person.")
    voices: list[CaseVoiceOut]


class CasesQuery(PageQuery):
    """Which cases."""

    state: str = Field("", pattern="^(open|decided|)$")


class CloseIn(Schema):
    """How a case ends without paying, and why."""

    outcome: str = Field(pattern="^(refused|closed)$")
    words: str = Field(min_length=1, max_length=500)


class ProposeIn(Schema):
    """What becomes of a deposit, if another person confirms it; ``amount`` in cents."""

    amount: int | None = Field(
        None, ge=0, le=LARGEST, description="Paid back; 0: all of it is kept; absent: all is paid."
    )
    means: str = Field("cash", pattern=MEANS)
    words: str = Field(min_length=1, max_length=500, pattern=PLAIN)
    instead_of: int | None = Field(
        None, ge=1, le=2**63 - 1, description="Number of the proposal that stands; absent: none."
    )


class ConfirmIn(Schema):
    """Why a second person confirms."""

    words: str = Field(min_length=1, max_length=500, pattern=PLAIN)


class WithdrawIn(Schema):
    """Why a proposal is withdrawn, if that is to be kept."""

    words: str = Field("", max_length=500, pattern=PLAIN)


@router.get("/schemes/{slug}/cases", response={200: Page[CaseOut], **problems(404)}, auth=SIGNED_IN)
def list_cases(request: HttpRequest, slug: str, which: Query[CasesQuery]) -> dict[str, Any]:
    """The cases of a scheme, the first ones first."""
    rows = cases_of(scheme_for(slug, by_of(request)), which.state).select_related("decision")
    rows = rows.prefetch_related("voices__user")
    page = page_by_id(rows, which)
    return {**page, "items": [case_facts(row) for row in page["items"]]}


@router.get(
    "/schemes/{slug}/cases/{number}", response={200: CaseOut, **problems(404)}, auth=SIGNED_IN
)
def get_case(request: HttpRequest, slug: str, number: int) -> dict[str, Any]:
    """A case."""
    return case_facts(case_of(scheme_for(slug, by_of(request)), number))


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
    return case_facts(case_of(scheme, number))


@router.post(
    "/schemes/{slug}/cases/{number}/proposals",
    response={201: CaseOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_proposal(
    request: HttpRequest, slug: str, number: int, payload: ProposeIn
) -> Status[dict[str, Any]]:
    """Propose what becomes of the deposit of a case, in place of the proposal that stands."""
    by = by_of(request)
    scheme = scheme_for(slug, by, "deposit.decide")
    said = payload.dict()
    seen = said.pop("instead_of")
    deciding.propose(case=case_of(scheme, number), by=by, seen=seen, **said)
    return Status(201, case_facts(case_of(scheme, number)))


@router.post(
    "/schemes/{slug}/cases/{number}/proposals/{proposal}/confirm",
    response={200: AnswerOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_confirm(
    request: HttpRequest, slug: str, number: int, proposal: int, payload: ConfirmIn
) -> dict[str, Any]:
    """Confirm, as a second person, exactly this proposal: it is paid and the case is decided."""
    by = by_of(request)
    case = case_of(scheme_for(slug, by, "deposit.decide"), number)
    answer = deciding.confirm(case=case, proposal=proposal, words=payload.words, by=by)
    tell_now()
    return answer.as_json()


@router.post(
    "/schemes/{slug}/cases/{number}/proposals/{proposal}/withdraw",
    response={200: CaseOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_withdraw(
    request: HttpRequest, slug: str, number: int, proposal: int, payload: WithdrawIn
) -> dict[str, Any]:
    """Withdraw one's own proposal."""
    by = by_of(request)
    scheme = scheme_for(slug, by, "deposit.decide")
    case = case_of(scheme, number)
    deciding.withdraw(case=case, proposal=proposal, words=payload.words, by=by)
    return case_facts(case_of(scheme, number))
