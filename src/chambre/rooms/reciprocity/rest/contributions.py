"""Contributions for machines. Amounts in cents, times in minutes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema, Status

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Forbidden, NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import Contribution, Voice
from chambre.rooms.reciprocity.queries.contributing.finding import (
    contribution_of,
    current,
    grid_on,
    line_of,
    standing_of,
    visible_to,
)
from chambre.rooms.reciprocity.queries.contributing.statement import statement_of
from chambre.rooms.reciprocity.services.contributing import recording, voicing

router = Router()
TEXT = r"^[^\x00]*$"
MOST = 2**63 - 1
Number = Path[Annotated[int, Field(ge=1, le=MOST)]]
Key = Annotated[str, Field(min_length=1, max_length=80, pattern=TEXT)]
Slug = Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT)]
KIND = "^(" + "|".join(Contribution.Kind.values) + ")$"
VOICE = "^(" + "|".join(Voice.Kind.values) + ")$"


def by_of(request: HttpRequest) -> Actor:
    """Who calls."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


class ContributionOut(Schema):
    """A contribution: exactly one of `minutes`, `cents` and `quantity` is there.

    `counts`: whether it was recognised; null while it waits.
    """

    id: int
    resource: str
    agent: str
    kind: str
    minutes: int | None
    cents: int | None
    quantity: str | None
    unit: str
    day: dt.date
    until: dt.date
    what: str
    why: str
    asked: int
    counts: bool | None
    recognised_on: dt.date | None
    corrects: int | None
    withdrawn: bool


class VoiceOut(Schema):
    """What somebody said of a contribution."""

    agent: str
    kind: str
    about: str | None
    words: str
    day: dt.date


class ContributionWhole(ContributionOut):
    """A contribution with what was said of it; `due`: when it counts if nobody objects."""

    state: str
    due: dt.date | None
    voices: list[VoiceOut]


class ContributionsQuery(PageQuery):
    """Which contributions."""

    resource: str = Field("", max_length=60, pattern=TEXT)
    waiting: bool = False


class ContributionGivenIn(Schema):
    """What was given: exactly one of `minutes`, `cents` and `quantity` (with `unit`)."""

    kind: str = Field(pattern=KIND)
    what: str = Field(min_length=1, max_length=300, pattern=TEXT)
    minutes: int | None = Field(None, ge=1, le=527_040)
    cents: int | None = Field(None, ge=1, le=10**11)
    quantity: Decimal | None = Field(None, gt=0, lt=10**12, max_digits=18, decimal_places=6)
    unit: str = Field("", max_length=24, pattern=TEXT)
    day: dt.date | None = None
    until: dt.date | None = None
    why: str = Field("", max_length=4_000, pattern=TEXT)
    asked: int | None = Field(None, ge=0, le=10**11)
    rate: int | None = Field(None, ge=1, le=MOST)
    hourly: int | None = Field(None, ge=0, le=10**11)
    key: Key


class ContributionIn(ContributionGivenIn):
    """A contribution to a resource; by default of whoever calls."""

    resource: Slug
    agent: str = Field("", max_length=60, pattern=TEXT)


class VoiceIn(Schema):
    """What is said; `about`: whose objection is answered."""

    kind: str = Field(pattern=VOICE)
    words: str = Field("", max_length=4_000, pattern=TEXT)
    about: str = Field("", max_length=60, pattern=TEXT)
    key: Key


class ContributionWithdrawIn(Schema):
    """Why a contribution is taken back."""

    why: str = Field("", max_length=4_000, pattern=TEXT)
    key: Key


class HourRateOut(Schema):
    """A line of a grid, in cents for an hour."""

    id: int
    skill: str
    need: str
    minor: int


class RateGridOut(Schema):
    """The rates that are proposed; nobody is held to them."""

    name: str
    since: dt.date
    note: str
    lines: list[HourRateOut]


class ContributionMonthOut(Schema):
    """Minutes given, minutes for which something is asked, cents paid."""

    month: int
    given: int
    asked: int
    paid: int


class ContributionStatementOut(Schema):
    """A year of whoever calls."""

    year: int
    minutes: int
    given: int
    received: int
    money: int
    months: list[ContributionMonthOut]
    contributions: list[ContributionOut]


def data_of(row: Contribution) -> dict[str, Any]:
    """A contribution as it is told."""
    recognition = getattr(row, "recognition", None)
    return {
        "id": row.pk, "resource": row.resource.slug, "agent": row.agent.slug, "kind": row.kind,
        "minutes": row.minutes, "cents": row.cents,
        "quantity": None if row.quantity is None else f"{row.quantity.normalize():f}",
        "unit": row.unit, "day": row.day, "until": row.until, "what": row.words.what,
        "why": row.words.why, "asked": row.asked,
        "counts": recognition.counts if recognition else None,
        "recognised_on": recognition.day if recognition else None, "corrects": row.corrects_id,
        "withdrawn": row.withdrawn,
    }  # fmt: skip


def whole_of(row: Contribution) -> dict[str, Any]:
    """A contribution with its voices."""
    standing = standing_of(row)
    voices = row.voices.select_related("agent", "about", "words")
    return {
        **data_of(row), "state": str(standing.state), "due": standing.due,
        "voices": [
            {
                "agent": voice.agent.slug, "kind": voice.kind,
                "about": voice.about.slug if voice.about else None,
                "words": voice.words.why if voice.words else "", "day": voice.day,
            }
            for voice in voices
        ],
    }  # fmt: skip


def _given(payload: ContributionGivenIn, resource: Resource) -> recording.Given:
    names = (
        "kind", "what", "minutes", "cents", "quantity", "unit", "day", "until", "why", "asked",
        "hourly",
    )  # fmt: skip
    rate = line_of(payload.rate, resource, registry.today()) if payload.rate is not None else None
    return recording.Given(**{name: getattr(payload, name) for name in names}, rate=rate)


def _agent(slug: str, by: Actor) -> Agent | None:
    """Somebody by their short name, among those whom the caller may see; None: nobody is named.

    Raises:
        NotFound: There is nobody.
    """
    if not slug:
        return None
    found = registry.agents_visible_to(by).filter(slug=slug).first()
    if found is None:
        raise NotFound(slug=slug)
    return found


def _read(number: int, by: Actor) -> dict[str, Any]:
    return whole_of(contribution_of(number, by))


@router.get(
    "/contributions", response={200: Page[ContributionOut], **problems(404)}, auth=SIGNED_IN
)
def list_contributions(request: HttpRequest, which: Query[ContributionsQuery]) -> dict[str, Any]:
    """The contributions of one's circles that stand, the first recorded first."""
    rows = current(visible_to(by_of(request)))
    if which.resource:
        rows = rows.filter(resource=registry.resource(which.resource))
    if which.waiting:
        rows = rows.filter(recognition__isnull=True)
    page = page_by_id(rows, which)
    return {**page, "items": [data_of(row) for row in page["items"]]}


@router.post(
    "/contributions", response={201: ContributionWhole, **problems(404, 409, 422)}, auth=SIGNED_IN
)
def record_contribution(request: HttpRequest, payload: ContributionIn) -> Status[dict[str, Any]]:
    """Record a contribution, once per key."""
    by, resource = by_of(request), registry.resource(payload.resource)
    row = recording.record(
        resource=resource, given=_given(payload, resource), key=payload.key, by=by,
        agent=_agent(payload.agent, by),
    )  # fmt: skip
    return Status(201, _read(row.pk, by))


@router.get(
    "/contributions/{number}", response={200: ContributionWhole, **problems(404)}, auth=SIGNED_IN
)
def get_contribution(request: HttpRequest, number: Number) -> dict[str, Any]:
    """A contribution with all that was said of it."""
    return _read(number, by_of(request))


@router.post(
    "/contributions/{number}/voices", response={201: ContributionWhole, **problems(404, 409, 422)},
    auth=SIGNED_IN,
)  # fmt: skip
def say(request: HttpRequest, number: Number, payload: VoiceIn) -> Status[dict[str, Any]]:
    """Say that one has seen it, object, answer, take back, or decide; once per key."""
    by = by_of(request)
    row = contribution_of(number, by)
    about = None
    if payload.about:
        voice = row.voices.filter(agent__slug=payload.about).select_related("agent").first()
        about = voice.agent if voice is not None else None
    voicing.say(
        contribution=row, kind=payload.kind, key=payload.key, by=by, words=payload.words,
        about=about,
    )  # fmt: skip
    return Status(201, _read(number, by))


@router.post(
    "/contributions/{number}/correction",
    response={201: ContributionWhole, **problems(404, 409, 422)}, auth=SIGNED_IN,
)  # fmt: skip
def correct(
    request: HttpRequest, number: Number, payload: ContributionGivenIn
) -> Status[dict[str, Any]]:
    """Replace a contribution by another record of it, once per key."""
    by = by_of(request)
    row = contribution_of(number, by)
    new = recording.correct(
        contribution=row, given=_given(payload, row.resource), key=payload.key, by=by
    )
    return Status(201, _read(new.pk, by))


@router.post(
    "/contributions/{number}/withdrawal",
    response={201: ContributionWhole, **problems(404, 409, 422)}, auth=SIGNED_IN,
)  # fmt: skip
def withdraw(
    request: HttpRequest, number: Number, payload: ContributionWithdrawIn
) -> Status[dict[str, Any]]:
    """Take a contribution back, once per key."""
    by = by_of(request)
    row = contribution_of(number, by)
    new = recording.withdraw(contribution=row, key=payload.key, by=by, why=payload.why)
    return Status(201, _read(new.pk, by))


@router.get("/resources/{slug}/rates", response={200: RateGridOut, **problems(404)}, auth=SIGNED_IN)
def get_rates(request: HttpRequest, slug: Slug) -> dict[str, Any]:
    """The rates that are proposed today for contributions to a resource."""
    resource = registry.resource(slug)
    authorize(by_of(request), "reciprocity.contribute", resource)
    grid = grid_on(resource, resource.chamber_id, registry.today())
    if grid is None:
        raise NotFound
    lines = [
        {"id": line.pk, "skill": line.skill, "need": line.need, "minor": line.minor}
        for line in grid.lines.all()
    ]
    return {"name": grid.name, "since": grid.since, "note": grid.note, "lines": lines}


@router.get(
    "/statement/{year}", response={200: ContributionStatementOut, **problems(403)}, auth=SIGNED_IN
)
def get_statement(
    request: HttpRequest, year: Path[Annotated[int, Field(ge=1900, le=2200)]]
) -> dict[str, Any]:
    """What the caller gave, asked for and was paid in a year."""
    by = by_of(request)
    if by.user is None or not by.may("reciprocity.contribute"):
        raise Forbidden(permission="reciprocity.contribute")
    found = statement_of(registry.person_of(by.user), year)
    months = [
        {"month": each.month, "given": each.given, "asked": each.asked, "paid": each.paid}
        for each in found.months
    ]
    return {
        "year": year, "minutes": found.minutes, "given": found.given, "received": found.received,
        "money": found.money, "months": months,
        "contributions": [data_of(row) for row in found.contributions],
    }  # fmt: skip
