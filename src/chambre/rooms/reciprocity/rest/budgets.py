"""Contributive budgets for machines. Amounts in cents. An overrun is shared by people, on pages or here."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema, Status

from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.rooms.reciprocity.models import Budget, ClosingRule, OverrunAct, Rest, Retribution
from chambre.rooms.reciprocity.queries.contributing.budgets import (
    books_of,
    budget_named,
    budgets_visible_to,
    overrun_of,
    state_of,
)
from chambre.rooms.reciprocity.queries.contributing.finding import contribution_of
from chambre.rooms.reciprocity.rest.contributions import MOST, TEXT, Key, Number, Slug, by_of
from chambre.rooms.reciprocity.services.contributing import budgets as service
from chambre.rooms.reciprocity.services.contributing import overruns

router = Router()
SMALL = Path[Annotated[int, Field(ge=1, le=32_767)]]
ACT = "^(" + "|".join(OverrunAct.Kind.values) + ")$"
RULE = "^(|" + "|".join(ClosingRule.values) + ")$"
REST = "^(|" + "|".join(Rest.values) + ")$"


class BudgetOut(Schema):
    """A contributive budget."""

    slug: str
    name: str
    structure: str
    resource: str | None
    starts: dt.date
    ends: dt.date
    state: str


class EnvelopePartOut(Schema):
    """A part of the envelope; the common one has no name. `left` below 0: more is asked."""

    name: str
    amount: int
    asked: int
    paid: int
    left: int


class RetributionOut(Schema):
    """What somebody asks for."""

    id: int
    agent: str
    part: str
    minor: int
    paid: int
    what: str
    contribution: int | None
    day: dt.date


class BudgetWhole(BudgetOut):
    """A budget with what is asked from it; `warnings`: kinds, with the part."""

    total: int
    asked: int
    paid: int
    left: int
    parts: list[EnvelopePartOut]
    warnings: list[tuple[str, str]]
    rows: list[RetributionOut]


class RetributionIn(Schema):
    """What one asks for oneself."""

    minor: int = Field(ge=1, le=10**11)
    what: str = Field(min_length=1, max_length=300, pattern=TEXT)
    part: str = Field("", max_length=80, pattern=TEXT)
    why: str = Field("", max_length=4_000, pattern=TEXT)
    contribution: int | None = Field(None, ge=1, le=MOST)
    key: Key


class RetributionChangeIn(Schema):
    """Another amount; 0 takes it back."""

    minor: int = Field(ge=0, le=10**11)
    why: str = Field("", max_length=300, pattern=TEXT)
    key: Key


class OverrunOutcomeOut(Schema):
    """What a claim comes to: asked = paid + carried + given + waived."""

    agent: str
    asked: int
    paid: int
    carried: int
    given: int
    waived: int


class OverrunOut(Schema):
    """Where the procedure stands; `missing`: who has not spoken yet at this step."""

    number: int
    stage: str
    available: int
    asked: int
    fallback: str
    deadline: dt.date
    missing: list[str]
    proposals: int
    by_rule: bool
    outcomes: list[OverrunOutcomeOut]


class OverrunActIn(Schema):
    """An act of the procedure; `agent`: whom it excuses."""

    kind: str = Field(pattern=ACT)
    words: str = Field("", max_length=4_000, pattern=TEXT)
    keeps: int = Field(0, ge=0, le=10**11)
    rest: str = Field("", pattern=REST)
    rule: str = Field("", pattern=RULE)
    agent: str = Field("", max_length=60, pattern=TEXT)
    key: Key


def _budget(row: Budget) -> dict[str, Any]:
    return {
        "slug": row.slug, "name": row.name, "structure": row.structure.slug,
        "resource": row.resource.slug if row.resource else None, "starts": row.starts,
        "ends": row.ends, "state": row.state,
    }  # fmt: skip


def _whole(row: Budget) -> dict[str, Any]:
    books = books_of(row)
    standing = books.standing
    return {
        **_budget(row), "total": standing.total, "asked": standing.asked, "paid": standing.paid,
        "left": standing.left,
        "parts": [
            {
                "name": part.name, "amount": part.amount, "asked": part.asked, "paid": part.paid,
                "left": part.left,
            }
            for part in standing.parts
        ],
        "warnings": [(str(kind), part) for kind, part in standing.warnings],
        "rows": [_asked(each, books.paid.get(each.pk, 0)) for each in books.rows],
    }  # fmt: skip


def _asked(row: Retribution, paid: int) -> dict[str, Any]:
    return {
        "id": row.pk, "agent": row.agent.slug, "part": row.part, "minor": row.minor, "paid": paid,
        "what": row.words.what, "contribution": row.contribution_id, "day": row.day,
    }  # fmt: skip


def _overrun(request: HttpRequest, slug: str, number: int) -> dict[str, Any]:
    row = overrun_of(budget_named(slug, by_of(request)), number)
    state = state_of(row)
    slugs = {str(pk): name for pk, name in row.claims.values_list("agent_id", "agent__slug")}
    return {
        "number": row.number, "stage": str(state.stage), "available": state.available,
        "asked": state.asked, "fallback": row.fallback, "deadline": row.deadline,
        "missing": sorted(slugs[who] for who in state.missing()),
        "proposals": len(state.proposals), "by_rule": state.by_rule,
        "outcomes": [
            {
                "agent": slugs[each.who], "asked": each.asked, "paid": each.paid,
                "carried": each.carried, "given": each.given, "waived": each.waived,
            }
            for each in state.outcomes
        ],
    }  # fmt: skip


@router.get("/budgets", response={200: Page[BudgetOut]}, auth=SIGNED_IN)
def list_budgets(request: HttpRequest, which: Query[PageQuery]) -> dict[str, Any]:
    """The contributive budgets of one's circles."""
    page = page_by_id(budgets_visible_to(by_of(request)), which)
    return {**page, "items": [_budget(row) for row in page["items"]]}


@router.get("/budgets/{slug}", response={200: BudgetWhole, **problems(404)}, auth=SIGNED_IN)
def get_budget(request: HttpRequest, slug: Slug) -> dict[str, Any]:
    """A budget: who asked what, what is left, what to look at."""
    return _whole(budget_named(slug, by_of(request)))


@router.post(
    "/budgets/{slug}/asked", response={201: BudgetWhole, **problems(404, 409, 422)},
    auth=SIGNED_IN,
)  # fmt: skip
def ask(request: HttpRequest, slug: Slug, payload: RetributionIn) -> Status[dict[str, Any]]:
    """Set one's own retribution, once per key."""
    by = by_of(request)
    row = budget_named(slug, by)
    given = contribution_of(payload.contribution, by) if payload.contribution else None
    service.ask(
        budget=row, minor=payload.minor, what=payload.what, part=payload.part, why=payload.why,
        contribution=given, key=payload.key, by=by,
    )  # fmt: skip
    return Status(201, _whole(budget_named(slug, by)))


@router.post(
    "/budgets/{slug}/asked/{number}", response={201: BudgetWhole, **problems(404, 409, 422)},
    auth=SIGNED_IN,
)  # fmt: skip
def change_ask(
    request: HttpRequest, slug: Slug, number: Number, payload: RetributionChangeIn
) -> Status[dict[str, Any]]:
    """Ask for another amount, or for nothing any more; once per key."""
    by = by_of(request)
    row = budget_named(slug, by)
    found = row.retributions.filter(pk=number).first()
    if found is None:
        raise NotFound
    service.change_ask(
        retribution=found, minor=payload.minor, why=payload.why, key=payload.key, by=by
    )
    return Status(201, _whole(budget_named(slug, by)))


@router.get(
    "/budgets/{slug}/overruns/{number}", response={200: OverrunOut, **problems(404)},
    auth=SIGNED_IN,
)  # fmt: skip
def get_overrun(request: HttpRequest, slug: Slug, number: SMALL) -> dict[str, Any]:
    """Where the sharing of a budget stands."""
    return _overrun(request, slug, number)


@router.post(
    "/budgets/{slug}/overruns/{number}/acts",
    response={201: OverrunOut, **problems(404, 409, 422)}, auth=SIGNED_IN,
)  # fmt: skip
def act(
    request: HttpRequest, slug: Slug, number: SMALL, payload: OverrunActIn
) -> Status[dict[str, Any]]:
    """Speak in the sharing of a budget, or lead it on; once per key."""
    by = by_of(request)
    row = overrun_of(budget_named(slug, by), number)
    claim = row.claims.filter(agent__slug=payload.agent).select_related("agent").first()
    overruns.act(
        row=row, kind=payload.kind, key=payload.key, by=by, words=payload.words,
        keeps=payload.keeps, rest=payload.rest, rule=payload.rule,
        agent=claim.agent if claim is not None else None,
    )  # fmt: skip
    return Status(201, _overrun(request, slug, number))
