"""What is decided about a scheme beside its rules, for machines: tariff, unclaimed deposits, recalls."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from chambre.core.rest import SIGNED_IN, problems
from chambre.rooms.deposit.models import Tariff
from chambre.rooms.deposit.queries.finding import type_of_scheme
from chambre.rooms.deposit.queries.managing import scheme_for
from chambre.rooms.deposit.queries.recalling import lot_of
from chambre.rooms.deposit.rest.books import PLAIN
from chambre.rooms.deposit.rest.schemes import LARGEST, by_of
from chambre.rooms.deposit.services import caring, schemes
from chambre.rooms.deposit.services.telling import tell_now

router = Router()


class TariffIn(Schema):
    """The deposit from a day on; cents."""

    amount: int = Field(ge=0, le=LARGEST)
    type: str = Field("", max_length=50, description="Only for this type; empty: for all others.")
    since: dt.date | None = Field(None, description="First day; absent: today.")
    vat: int | None = Field(None, ge=0, le=10_000, description="Hundredths of a percent.")
    reason: str = Field("", max_length=254, pattern=PLAIN)


class TariffOut(Schema):
    """A deposit that was decided."""

    amount: int
    type: str
    since: dt.date
    vat: int
    reason: str


class UnclaimedIn(Schema):
    """What becomes of deposits that nobody claims, and where it was decided."""

    after_days: int = Field(ge=30, le=36_500)
    outcome: str = Field(max_length=10, pattern=PLAIN)
    reference: str = Field(min_length=1, max_length=254, pattern=PLAIN)
    since: dt.date | None = Field(None, description="First day; absent: today.")


class UnclaimedOut(Schema):
    """The decision as it was written down."""

    after_days: int
    outcome: str
    reference: str
    since: dt.date


class LotRecallIn(Schema):
    """Why a batch is recalled."""

    reason: str = Field(min_length=1, max_length=254, pattern=PLAIN)


class LotRecallOut(Schema):
    """How many of its objects were here, and how many are with people."""

    here: int
    out: int


def _tariff(row: Tariff) -> dict[str, Any]:
    names = ("amount", "since", "vat", "reason")
    return {**{n: getattr(row, n) for n in names}, "type": row.type.slug if row.type else ""}


@router.get(
    "/schemes/{slug}/tariffs", response={200: list[TariffOut], **problems(404)}, auth=SIGNED_IN
)
def list_tariffs(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """Every deposit that was decided, the newest first."""
    scheme = scheme_for(slug, by_of(request))
    rows = Tariff.objects.filter(scheme=scheme).select_related("type")
    return [_tariff(row) for row in rows.order_by("-since", "-pk")]


@router.post(
    "/schemes/{slug}/tariffs", response={201: TariffOut, **problems(404, 409)}, auth=SIGNED_IN
)
def post_tariff(request: HttpRequest, slug: str, payload: TariffIn) -> Status[dict[str, Any]]:
    """Decide what a deposit is from a day on; what was paid is paid back as it was."""
    by = by_of(request)
    scheme = scheme_for(slug, by, "deposit.manage")
    type_ = type_of_scheme(scheme, payload.type) if payload.type else None
    row = schemes.set_tariff(
        scheme=scheme, amount=payload.amount, type_=type_, since=payload.since, vat=payload.vat,
        reason=payload.reason, by=by,
    )  # fmt: skip
    return Status(201, _tariff(row))


@router.post(
    "/schemes/{slug}/unclaimed", response={201: UnclaimedOut, **problems(404, 409)}, auth=SIGNED_IN
)
def post_unclaimed(request: HttpRequest, slug: str, payload: UnclaimedIn) -> Status[dict[str, Any]]:
    """Write down what the commons decided about deposits that nobody claims."""
    by = by_of(request)
    row = schemes.decide_unclaimed(
        scheme=scheme_for(slug, by, "deposit.manage"), by=by, **payload.dict()
    )
    names = ("after_days", "outcome", "reference", "since")
    return Status(201, {n: getattr(row, n) for n in names})


@router.post(
    "/schemes/{slug}/lots/{number}/recall",
    response={200: LotRecallOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_recall(
    request: HttpRequest, slug: str, number: int, payload: LotRecallIn
) -> dict[str, int]:
    """Recall a batch: what is here is set apart, what is out is paid back and set apart."""
    by = by_of(request)
    row = lot_of(scheme_for(slug, by, "deposit.manage"), number)
    told = caring.recall(lot=row, reason=payload.reason, by=by)
    tell_now()
    return told
