"""Rules of a scheme, depreciation and losses for machines; cents."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from chambre.core import clock
from chambre.core.actors import authorize
from chambre.core.rest import SIGNED_IN, problems
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Terms
from chambre.rooms.deposit.queries import valuing
from chambre.rooms.deposit.queries.finding import type_named
from chambre.rooms.deposit.queries.managing import scheme_for
from chambre.rooms.deposit.queries.terms import terms_on
from chambre.rooms.deposit.rest.schemes import LARGEST, by_of
from chambre.rooms.deposit.services import depreciating, losses, schemes, taking

router = Router()
PLAIN = r"^[^\x00]*$"
MAY_BE_NOTHING = frozenset(
    {"damaged_kept", "late_after", "late_kept", "counted_more", "counted_days"}
)
"""Rules for which null says something; of the others it says: as before."""


class SchemeRulesIn(Schema):
    """The rules from a day on; what is left out stays as it was."""

    reason: str = Field(min_length=1, max_length=254, pattern=PLAIN)
    since: dt.date | None = Field(None, description="First day; absent: today.")
    liability: str | None = Field(None, pattern="^(scheme|product)$")
    takes_back: str | None = Field(None, pattern="^(any|same)$")
    condition: str | None = Field(None, max_length=500, pattern=PLAIN)
    damaged_kept: int | None = Field(None, ge=0, le=100, description="Percent; null: people.")
    late_after: int | None = Field(None, ge=1, le=36_500, description="Days; null: never.")
    late_kept: int | None = Field(None, ge=0, le=100, description="Percent.")
    distance_limit: int | None = Field(None, ge=0, le=LARGEST, description="Cents.")
    burst_count: int | None = Field(None, ge=0, le=10**6)
    burst_minutes: int | None = Field(None, ge=1, le=1440)
    top_speed: int | None = Field(None, ge=1, le=100_000, description="km/h.")
    counted_more: int | None = Field(
        None, ge=0, le=10**6,
        description="Counted objects that may come back at a place beyond what went out near it; "
        "null: any number.",
    )  # fmt: skip
    counted_days: int | None = Field(None, ge=1, le=366, description="Days; null: 30.")
    unlink_after: int | None = Field(None, ge=0, le=3650, description="Days.")


class SchemeRulesOut(Schema):
    """The rules of a scheme on a day."""

    number: int
    since: dt.date
    reason: str
    liability: str
    takes_back: str
    condition: str
    damaged_kept: int | None
    late_after: int | None
    late_kept: int | None
    distance_limit: int
    burst_count: int
    burst_minutes: int
    top_speed: int
    counted_more: int | None
    counted_days: int | None
    unlink_after: int


class LifeIn(Schema):
    """For how many years objects of a type are used; 0: they are not depreciated."""

    years: int = Field(ge=0, le=50)


class LifeOut(Schema):
    """The same of the type."""

    slug: str
    life: int


class WorthOut(Schema):
    """What the objects of a type are worth in the books."""

    type: str
    objects: int
    life: int
    cost: int
    worn: int
    left: int


class WornYearOut(Schema):
    """A year whose depreciation was booked; ``in_force`` is false when it was taken back."""

    year: int
    in_force: bool
    objects: int
    amount: int


class ValueOut(Schema):
    """What the objects of a scheme are worth, and its years."""

    types: list[WorthOut]
    years: list[WornYearOut]


class DepreciationIn(Schema):
    """A year that is over; ``undo`` takes what was booked for it back."""

    year: int = Field(ge=2000, le=9998)
    undo: bool = False


class DepreciationOut(Schema):
    """What the call did; nothing when it was done already."""

    objects: int
    amount: int


class TakenDepositOut(Schema):
    """A deposit of a structure: paid (more than 0), got back (less), or lost."""

    key: str
    day: dt.date
    what: str
    amount: int
    lost: bool


class TakenBookedOut(Schema):
    """What the call wrote: entries and cents of deposits paid, got back, lost, and found again."""

    entries: int
    paid: int
    back: int
    lost: int
    undone: int


def _rules(row: Terms) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("number", "since", "reason", *schemes.TERMS)}


@router.get(
    "/schemes/{slug}/rules", response={200: SchemeRulesOut, **problems(404)}, auth=SIGNED_IN
)
def get_rules(request: HttpRequest, slug: str) -> dict[str, Any]:
    """The rules that hold today."""
    return _rules(terms_on(scheme_for(slug, by_of(request)).pk, clock.today()))


@router.post(
    "/schemes/{slug}/rules", response={201: SchemeRulesOut, **problems(404, 409)}, auth=SIGNED_IN
)
def post_rules(request: HttpRequest, slug: str, payload: SchemeRulesIn) -> Status[dict[str, Any]]:
    """Decide rules from a day on, by what is said; the former ones stay readable."""
    by = by_of(request)
    said = payload.dict(exclude_unset=True)
    values = {n: value for n, value in said.items() if value is not None or n in MAY_BE_NOTHING}
    row = schemes.set_terms(scheme=scheme_for(slug, by, "deposit.manage"), by=by, **values)
    return Status(201, _rules(row))


@router.put("/types/{slug}/life", response={200: LifeOut, **problems(404)}, auth=SIGNED_IN)
def put_life(request: HttpRequest, slug: str, payload: LifeIn) -> dict[str, Any]:
    """Say for how many years objects of a type are used."""
    row = depreciating.set_life(type_=type_named(slug), years=payload.years, by=by_of(request))
    return {"slug": row.slug, "life": row.life}


@router.get("/schemes/{slug}/value", response={200: ValueOut, **problems(404)}, auth=SIGNED_IN)
def get_value(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What the objects of a scheme cost and are still worth in the books."""
    scheme = scheme_for(slug, by_of(request))
    types = [
        {
            "type": row.type.slug, "objects": row.objects, "life": row.type.life,
            "cost": row.cost, "worn": row.worn, "left": row.left,
        }
        for row in valuing.worths(scheme)
    ]  # fmt: skip
    names = ("year", "in_force", "objects", "amount")
    years = [{n: getattr(row, n) for n in names} for row in valuing.worn_years(scheme)]
    return {"types": types, "years": years}


@router.post(
    "/schemes/{slug}/depreciation",
    response={200: DepreciationOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_depreciation(request: HttpRequest, slug: str, payload: DepreciationIn) -> dict[str, int]:
    """Book the depreciation of a year, once, or take it back."""
    by = by_of(request)
    act = depreciating.undo if payload.undo else depreciating.depreciate
    done = act(scheme=scheme_for(slug, by, "deposit.account"), year=payload.year, by=by)
    return {"objects": done.objects, "amount": done.amount}


@router.get(
    "/structures/{slug}/deposits",
    response={200: list[TakenDepositOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_taken(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """What a structure paid, got back and lost on deposits, as things stand."""
    structure = registry.structure(slug)
    authorize(by_of(request), "treasury.manage", structure)
    names = ("key", "day", "what", "amount")
    found = [
        *((each, False) for each in taking.claims_of(structure)),
        *((each, True) for each in losses.losses_of(structure)),
    ]
    return [{**{n: getattr(row, n) for n in names}, "lost": lost} for row, lost in found]


@router.post(
    "/structures/{slug}/deposits",
    response={200: TakenBookedOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_taken(request: HttpRequest, slug: str) -> dict[str, int]:
    """Write what a structure paid, got back and lost into its own book, each once."""
    by = by_of(request)
    structure = registry.structure(slug)
    authorize(by, "treasury.manage", structure)
    paid = taking.book_taken(structure=structure, by=by)
    lost = losses.book_losses(structure=structure, by=by)
    return {
        "entries": paid.entries + lost.entries, "paid": paid.paid, "back": paid.back,
        "lost": lost.amount, "undone": lost.undone,
    }  # fmt: skip
