"""How a scheme does, and what a rotation costs, for machines; cents, and shares from 0 to 1."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chambre.core import clock
from chambre.core.rest import SIGNED_IN, problems
from chambre.lib.deposits import spread
from chambre.rooms.deposit.models import Place, Scheme
from chambre.rooms.deposit.queries import costing, measuring, timing
from chambre.rooms.deposit.queries.devices import availability
from chambre.rooms.deposit.queries.finding import type_of_scheme
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.queries.managing import scheme_for
from chambre.rooms.deposit.queries.refusing import not_done_by_reason
from chambre.rooms.deposit.queries.waiting import waiting
from chambre.rooms.deposit.rest.books import PLAIN
from chambre.rooms.deposit.rest.schemes import LARGEST, by_of
from chambre.rooms.deposit.services import costing as costs_services

router = Router()
YEAR = dt.timedelta(days=364)
OLDEST, NEWEST = dt.date(2000, 1, 1), dt.date(2999, 12, 31)


class FiguresQuery(Schema):
    """Which period; a year up to today when nothing is said."""

    first: dt.date | None = Field(None, ge=OLDEST, le=NEWEST, description="First day.")
    last: dt.date | None = Field(None, ge=OLDEST, le=NEWEST, description="Last day, within it.")

    def period(self) -> tuple[dt.date, dt.date]:
        """First and last day, in order."""
        last = self.last or clock.today()
        first = self.first or last - YEAR
        return min(first, last), max(first, last)


class CohortOut(Schema):
    """What was issued in one month, and what became of it until now; objects."""

    month: dt.date
    issued: int
    back: int
    out: int
    gone: int = Field(description="Their deposit ended without a return: sold, or lost.")
    rate: float | None = Field(description="Share that came back until now.")
    corrected: float | None = Field(
        description="The same, corrected for young ones (Kaplan-Meier)."
    )
    corrected_days: int | None = Field(description="Days from the issue for which it is known.")


class PeriodOut(Schema):
    """Issues and returns of the period."""

    issued: int
    returned: int
    rate: float | None = Field(description="Returns over issues of the period.")
    shifted: float | None = Field(description="Returns over issues one mean stay earlier.")
    mean_stay: float | None = Field(description="Days with people, of what came back.")
    median_stay: int | None
    tail_stay: int | None = Field(description="Nine in ten came back within so many days.")
    damaged: int
    breakage: float | None = Field(description="Damaged over returned.")
    sold: int = Field(description="Counted as sold: nobody claimed their deposit.")
    lost: int = Field(description="Written off as lost.")
    loss: float | None = Field(description="Sold or lost, over issued.")
    kept: int = Field(description="Cents kept of damaged or late objects.")


class RotationsOut(Schema):
    """How often objects went round."""

    objects: int
    used: int
    loops: int
    mean: float | None
    median: int
    most: int
    reuse_rate: float | None = Field(description="Rotations per object that was used.")
    counts: dict[str, int] = Field(description="Objects by the number of their rotations.")


class FleetOut(Schema):
    """The objects in four groups: each is in one of them."""

    active: int
    unused: int
    retired: int
    lost: int


class TimesOut(Schema):
    """How times are spread: in days for cycles, in hours for stays."""

    type: str = ""
    place: str = ""
    state: str = ""
    count: int
    mean: float
    quarter: int
    median: int
    three_quarters: int
    tail: int


class StandingOut(Schema):
    """Objects at a place (empty: nobody knows where) in a state."""

    place: str
    state: str
    objects: int


class CaseCountOut(Schema):
    """Cases of a kind that began in the period, and how many wait for a decision."""

    kind: str
    cases: int
    open: int


class ReuseOut(Schema):
    """What the yearly duty to report reuse asks for, of the year of the last day."""

    type: str
    material: str
    grams: int = Field(description="What one weighs; 0: nobody said, and masses are null.")
    uses: int
    first: int
    again: int
    proportion: float | None
    first_grams: int | None
    again_grams: int | None


class WaitingOut(Schema):
    """Deposits held for about as long; cents."""

    above: int = Field(description="Days after the issue, more than which it is.")
    up_to: int | None = Field(description="And at most so many; null: without end.")
    objects: int
    held: int


class AvailableOut(Schema):
    """Devices that are enrolled, and those that are in touch and in order now."""

    enrolled: int
    available: int


class SchemeFiguresOut(Schema):
    """The indicators of a scheme."""

    first: dt.date
    last: dt.date
    open_contracts: int
    held: int
    ledger_4196: int
    equal: bool
    cohorts: list[CohortOut]
    whole: CohortOut | None = Field(description="All months as one.")
    period: PeriodOut
    rotations: RotationsOut
    fleet: FleetOut
    stock: list[StandingOut]
    cycles: list[TimesOut] = Field(description="From the issue until ready again; days.")
    stays: list[TimesOut] = Field(description="At a place in a state; hours.")
    refunds: dict[str, int] = Field(description="Cents paid out by each way.")
    cases: list[CaseCountOut]
    not_done: dict[str, int] = Field(description="Acts that paid or issued nothing, by reason.")
    reuse: list[ReuseOut]
    devices: AvailableOut
    waiting: list[WaitingOut] = Field(description="What is held now, by age.")


class RotationCostsIn(Schema):
    """What one rotation costs from a day on; cents."""

    wash: int = Field(ge=0, le=LARGEST, description="Wash and way of one rotation.")
    instead: int = Field(ge=0, le=LARGEST, description="What one throwaway object costs.")
    reason: str = Field(min_length=1, max_length=254, pattern=PLAIN)
    type: str = Field("", max_length=50, description="Only for this type; empty: for all others.")
    since: dt.date | None = Field(None, description="First day; absent: today.")


class RotationCostsOut(Schema):
    """What was written down."""

    wash: int
    instead: int
    reason: str
    type: str
    since: dt.date


class BreakEvenOut(Schema):
    """What objects of a type cost beside throwaway ones; cents."""

    type: str
    unit_cost: int
    wash: int
    instead: int
    since: dt.date = Field(description="Since when these costs hold.")
    needed: int | None = Field(description="Uses after which one has cost no more; null: never.")
    mean: float | None = Field(description="Uses of one object until now.")
    objects: int
    uses: int
    washing: int = Field(description="All rotations until now.")
    saved: int = Field(description="Until now; below zero: still to be earned.")


def _cohort(month: measuring.MonthOfIssue) -> dict[str, Any]:
    cohort, corrected = month.cohort, month.corrected
    return {
        "month": month.month, "issued": cohort.issued, "back": cohort.returned,
        "out": sum(cohort.out.values()), "gone": cohort.gone, "rate": month.rate,
        "corrected": corrected.rate if corrected else None,
        "corrected_days": corrected.days if corrected else None,
    }  # fmt: skip


def _period(found: measuring.Measures) -> dict[str, Any]:
    flows = found.flows
    return {
        "issued": flows.went, "returned": flows.came, "rate": found.rate,
        "shifted": found.shifted, "mean_stay": found.mean, "median_stay": found.median,
        "tail_stay": found.tail, "damaged": flows.damaged, "breakage": found.breakage,
        "sold": flows.sold, "lost": found.lost, "loss": found.loss, "kept": flows.kept,
    }  # fmt: skip


def _returns(scheme: Scheme, first: dt.date, last: dt.date) -> dict[str, Any]:
    """What is held, and what comes back."""
    held = holding(scheme).as_json()
    known = measuring.history(scheme, first, last)
    months = measuring.cohorts(known, clock.today())
    whole = measuring.whole_cohort(months)
    return {
        **{name: held[name] for name in ("open_contracts", "held", "ledger_4196", "equal")},
        "cohorts": [_cohort(month) for month in months],
        "whole": _cohort(whole) if whole else None,
        "period": _period(measuring.measures(scheme, known)),
    }


def _objects(scheme: Scheme, first: dt.date, last: dt.date) -> dict[str, Any]:
    """How often objects went round, where they are, and how long things take."""
    stock = measuring.stock(scheme)
    places: dict[int | None, str] = dict(
        Place.objects.filter(scheme=scheme).values_list("pk", "slug")
    )
    types = dict(scheme.types.values_list("pk", "slug"))
    cycles = timing.cycles(scheme, first, last)
    dwells = timing.dwells(scheme, first, last)
    return {
        "rotations": {
            **asdict(stock.rotations),
            "counts": {str(times): many for times, many in sorted(stock.counts.items())},
        },
        "fleet": asdict(stock.groups),
        "stock": [
            {"place": places.get(place, ""), "state": state, "objects": many}
            for (place, state), many in stock.places.items()
        ],
        "cycles": [
            {"type": types[pk], **asdict(known)}
            for pk, times in cycles.items()
            if (known := spread(times)) is not None
        ],
        "stays": [
            {"place": places.get(place, ""), "state": state, **asdict(known)}
            for (place, state), times in dwells.items()
            if (known := spread(times)) is not None
        ],
    }


def _rest(scheme: Scheme, first: dt.date, last: dt.date) -> dict[str, Any]:
    """Refunds, cases, refusals, the yearly duty, and devices."""
    cases = measuring.cases_by_kind(scheme, first, last)
    enrolled, available = availability(scheme)
    return {
        "refunds": measuring.refunds_by_way(scheme, first, last),
        "cases": [
            {"kind": kind, "cases": many, "open": open_}
            for kind, (many, open_) in cases.items()
        ],
        "not_done": not_done_by_reason(scheme, first, last),
        "reuse": [
            {
                "type": type_.slug, "material": type_.material, "grams": type_.grams,
                **asdict(year),
                "first_grams": year.first * type_.grams if type_.grams else None,
                "again_grams": year.again * type_.grams if type_.grams else None,
            }
            for type_, year in measuring.reuse(scheme, last.year)
        ],
        "devices": {"enrolled": enrolled, "available": available},
        "waiting": [asdict(group) for group in waiting(scheme, clock.today())],
    }  # fmt: skip


@router.get(
    "/schemes/{slug}/figures", response={200: SchemeFiguresOut, **problems(404)}, auth=SIGNED_IN
)
def get_figures(request: HttpRequest, slug: str, which: Query[FiguresQuery]) -> dict[str, Any]:
    """How a scheme does in a period: returns, rotations, times, losses, refunds, cases."""
    scheme = scheme_for(slug, by_of(request))
    first, last = which.period()
    return {
        "first": first, "last": last, **_returns(scheme, first, last),
        **_objects(scheme, first, last), **_rest(scheme, first, last),
    }  # fmt: skip


@router.get(
    "/schemes/{slug}/costs", response={200: list[BreakEvenOut], **problems(404)}, auth=SIGNED_IN
)
def list_costs(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """After how many uses each type has paid for itself, at the costs that hold today."""
    rows = costing.worth(scheme_for(slug, by_of(request)), clock.today())
    names = ("needed", "mean", "objects", "uses", "washing", "saved")
    return [
        {
            "type": row.type_.slug, "unit_cost": row.type_.unit_cost, "wash": row.costs.wash,
            "instead": row.costs.instead, "since": row.costs.since,
            **{name: getattr(row, name) for name in names},
        }
        for row in rows
    ]  # fmt: skip


@router.post(
    "/schemes/{slug}/costs", response={201: RotationCostsOut, **problems(404)}, auth=SIGNED_IN
)
def post_costs(request: HttpRequest, slug: str, payload: RotationCostsIn) -> Status[dict[str, Any]]:
    """Write down what a rotation costs from a day on; what held before stays readable."""
    by = by_of(request)
    scheme = scheme_for(slug, by, "deposit.manage")
    row = costs_services.set_costs(
        scheme=scheme, wash=payload.wash, instead=payload.instead, reason=payload.reason,
        type_=type_of_scheme(scheme, payload.type) if payload.type else None,
        since=payload.since, by=by,
    )  # fmt: skip
    names = ("wash", "instead", "reason", "since")
    told = {name: getattr(row, name) for name in names}
    return Status(201, {**told, "type": row.type.slug if row.type else ""})
