"""Issues, returns, transfers, care and receipts for machines. ``key`` is the idempotency key."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from chambre.core.actors import authorize
from chambre.core.rest import SIGNED_IN, problems
from chambre.lib.deposits import Condition, Presence
from chambre.rooms.deposit.queries.finding import place_named, scheme_named
from chambre.rooms.deposit.rest.schemes import LARGEST, by_of
from chambre.rooms.deposit.services import caring, issuing, partners, receipts, returning
from chambre.rooms.deposit.services.accountcards import holder_of
from chambre.rooms.deposit.services.asking import Answer, Asked, Split
from chambre.rooms.deposit.services.telling import tell_now

router = Router()
MEANS = "^(cash|voucher|gift|sepa|card|suspended|receipt|partner|payment)$"


class CountedIn(Schema):
    """Objects without codes."""

    type: str = Field(max_length=50)
    quantity: int = Field(ge=1, le=100_000)


class SplitIn(Schema):
    """A part that goes another way; ``amount`` in cents."""

    means: str = Field(pattern=MEANS)
    amount: int = Field(ge=1, le=LARGEST)
    resource: str = Field("", max_length=60)
    iban: str = Field("", max_length=42)
    name: str = Field("", max_length=140)


class WhatIn(Schema):
    """Objects at a place, and how their deposit is paid."""

    key: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    place: str = Field(max_length=50)
    codes: list[str] = Field([], max_length=1000)
    counted: list[CountedIn] = Field([], max_length=50)
    means: str = Field("cash", pattern=MEANS)
    payment: str = Field("", max_length=40, description="Public number of a payment.")


class HandOutIn(WhatIn):
    """What goes out, and how its deposit is paid."""

    account: str = Field(
        "", max_length=254, pattern=r"^[^\x00]*$", description="Card or e-mail address of a person."
    )


class ReturnIn(WhatIn):
    """What came back, and how its deposit is paid back."""

    splits: list[SplitIn] = Field([], max_length=10)
    condition: Condition = Condition.GOOD
    presence: Presence = Presence.COUNTER
    resource: str = Field("", max_length=60, description="Short name of the commons of a gift.")
    iban: str = Field("", max_length=42)
    name: str = Field("", max_length=140)
    happened_at: dt.datetime | None = None


class ActLineOut(Schema):
    """One code of an act; cents."""

    code: str
    outcome: str
    reason: str
    refund: int
    contract: str | None


class ReceiptSlipOut(Schema):
    """A slip that the bearer gets: told again with the same key."""

    kind: str
    amount: int
    code: str


class AnswerOut(Schema):
    """How an act ended; cents. The same for ever for the same key."""

    outcome: str = Field(description="`issued`, `refunded`, `already`, `case` or `refused`.")
    refund: int
    contract: str | None
    reason: str
    kept: int
    case: int | None
    words: str
    lines: list[ActLineOut]
    slip: ReceiptSlipOut | None = None


class CareIn(Schema):
    """What was done with objects of a scheme."""

    scheme: str = Field(max_length=50)
    codes: list[str] = Field(min_length=1, max_length=1000)
    step: str = Field(max_length=12, description="wash, pass, fail, repair, to-repair, retire…")
    place: str = Field("", max_length=50)
    method: str = Field("", max_length=60)
    temperature: int | None = Field(None, ge=-50, le=300, description="°C.")
    minutes: int | None = Field(None, ge=0, le=100_000)
    note: str = Field("", max_length=254)


class TransferredOut(Schema):
    """How many objects."""

    count: int


class TransferIn(Schema):
    """Objects that go from one place to another."""

    key: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    origin: str = Field(max_length=50)
    target: str = Field(max_length=50)
    codes: list[str] = Field([], max_length=1000)
    counted: list[CountedIn] = Field([], max_length=50)


class TransferOut(Schema):
    """What went; ``amount``: cents of deposits that went with it."""

    type: str
    quantity: int
    amount: int


class ReceiptIn(Schema):
    """Which receipt is paid, where and how."""

    key: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    code: str = Field(min_length=1, max_length=60)
    place: str = Field(max_length=50)
    means: str = Field("cash", pattern=MEANS)
    iban: str = Field("", max_length=42)
    name: str = Field("", max_length=140)


def _counted(rows: list[CountedIn]) -> tuple[tuple[str, int], ...]:
    return tuple((row.type, row.quantity) for row in rows)


def _told(answer: Answer) -> dict[str, Any]:
    tell_now()
    return answer.as_json()


@router.post("/issues", response={200: AnswerOut, **problems(404, 409)}, auth=SIGNED_IN)
def post_issue(request: HttpRequest, payload: HandOutIn) -> dict[str, Any]:
    """Issue objects and take their deposit, once for the key."""
    by = by_of(request)
    authorize(by, "deposit.operate", place_named(payload.place))
    asked = Asked(
        key=payload.key, codes=tuple(payload.codes), place=payload.place, means=payload.means,
        counted=_counted(payload.counted), payment=payload.payment,
        holder=holder_of(payload.account).pk if payload.account else None,
    )  # fmt: skip
    return _told(issuing.hand_out(asked, by=by))


@router.post("/returns", response={200: AnswerOut, **problems(404, 409)}, auth=SIGNED_IN)
def post_return(request: HttpRequest, payload: ReturnIn) -> dict[str, Any]:
    """Take objects back and pay their deposit back, once for the key."""
    at = payload.happened_at
    asked = Asked(
        key=payload.key, codes=tuple(payload.codes), place=payload.place, means=payload.means,
        counted=_counted(payload.counted), condition=payload.condition,
        presence=payload.presence, resource=payload.resource, iban=payload.iban,
        name=payload.name, splits=tuple(Split(**each.dict()) for each in payload.splits),
        happened_at=at if at is None or at.tzinfo else at.replace(tzinfo=dt.UTC),
    )  # fmt: skip
    return _told(returning.take_back(asked, by=by_of(request)))


@router.post("/care", response={200: TransferredOut, **problems(404, 409)}, auth=SIGNED_IN)
def post_care(request: HttpRequest, payload: CareIn) -> dict[str, int]:
    """Note a wash, an inspection, a repair…, of all the objects or of none."""
    facts = {
        name: value
        for name in ("method", "temperature", "minutes")
        if (value := getattr(payload, name)) not in (None, "")
    }
    count = caring.care(
        codes=payload.codes, step=payload.step, by=by_of(request),
        scheme=scheme_named(payload.scheme), facts=facts, note=payload.note,
        place=place_named(payload.place) if payload.place else None,
    )  # fmt: skip
    tell_now()
    return {"count": count}


@router.post("/transfers", response={200: list[TransferOut], **problems(404, 409)}, auth=SIGNED_IN)
def post_transfer(request: HttpRequest, payload: TransferIn) -> list[dict[str, Any]]:
    """Note that objects went from one place to another, once for the key."""
    rows = partners.hand_over(
        origin=place_named(payload.origin), target=place_named(payload.target), key=payload.key,
        codes=payload.codes, counted=_counted(payload.counted), by=by_of(request),
    )  # fmt: skip
    tell_now()
    return [{"type": row.type.slug, "quantity": row.quantity, "amount": row.amount} for row in rows]


@router.post("/receipts", response={200: AnswerOut, **problems(404, 409)}, auth=SIGNED_IN)
def post_receipt(request: HttpRequest, payload: ReceiptIn) -> dict[str, Any]:
    """Pay a receipt out, once."""
    answer = receipts.pay_receipt(
        code=payload.code, place=place_named(payload.place), means=payload.means,
        key=payload.key, iban=payload.iban, name=payload.name, by=by_of(request),
    )  # fmt: skip
    return answer.as_json()
