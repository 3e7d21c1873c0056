"""Payments for machines: ask, look, give back, cancel."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.registry.models import Resource
from chambre.treasury.models import Payment, Refund
from chambre.treasury.queries.payments import payments_of, refunds_of
from chambre.treasury.queries.structures import book_of
from chambre.treasury.services.payments import (
    AskedLine,
    cancel_payment,
    qr_payload,
    request_payment,
)
from chambre.treasury.services.refunds import refund as give_back

router = Router()
LARGEST = 99_999_999_999


class LineIn(Schema):
    """A part of what is asked for; ``amount`` in cents, VAT included."""

    amount: int = Field(ge=-LARGEST, le=LARGEST)
    label: str = Field("", max_length=140)
    use: str = Field("advance", max_length=40)
    vat: int | None = Field(None, ge=0, le=10_000, description="Hundredths of a percent.")
    resource: str = Field("", max_length=100, description="Short name of a resource.")
    piece: str = Field("", max_length=60)


class PaymentIn(Schema):
    """What is asked for; ``amount`` in cents."""

    amount: int = Field(ge=1, le=LARGEST)
    reason: str = Field(min_length=1, max_length=140)
    key: str = Field("", max_length=100, description="Idempotency key.")
    lines: list[LineIn] = Field([], max_length=500)
    payer_name: str = Field("", max_length=140)
    due: dt.date | None = None


class PaymentOut(Schema):
    """A payment; amounts in cents."""

    id: str
    reference: str
    state: str
    amount: int
    reason: str
    received: int
    refunding: int
    refunded: int
    held: int
    fees: int
    qr: str
    origin: str
    origin_key: str
    created_at: dt.datetime


class RefundIn(Schema):
    """How much goes back, in cents; ``lines``: by number of the line, instead of an amount."""

    key: str = Field(min_length=1, max_length=100)
    amount: int | None = Field(None, ge=1, le=LARGEST)
    lines: dict[int, int] = Field({}, max_length=500)
    means: str = Field("", max_length=12)
    reason: str = Field("", max_length=200)


class RefundOut(Schema):
    """A refund; ``stage`` is asked, sent, done or failed."""

    id: int
    amount: int
    means: str
    stage: str
    reason: str
    problem: str
    ours: bool


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _found(request: HttpRequest, slug: str, payment_id: str) -> tuple[Book, Payment]:
    book = book_of(slug, _by(request))
    row = payments_of(book, _by(request)).filter(public_id=payment_id).first()
    if row is None:
        raise NotFound()
    return book, row


def _payment(row: Payment) -> dict[str, Any]:
    names = ("reference", "state", "amount", "reason", "received", "refunding", "refunded", "held",
             "fees", "origin", "origin_key", "created_at")  # fmt: skip
    return {"id": row.public_id, "qr": qr_payload(row), **{n: getattr(row, n) for n in names}}


def _refund(row: Refund) -> dict[str, Any]:
    names = ("amount", "means", "stage", "reason", "problem", "ours")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}


@router.get(
    "/structures/{slug}/payments", response={200: Page[PaymentOut], **problems(404)}, auth=SIGNED_IN
)
def list_payments(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """A structure's payments, the first ones first."""
    book = book_of(slug, _by(request))
    page = page_by_id(payments_of(book, _by(request)), which)
    return {**page, "items": [_payment(row) for row in page["items"]]}


@router.post(
    "/structures/{slug}/payments",
    response={201: PaymentOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def ask_payment(request: HttpRequest, slug: str, payload: PaymentIn) -> Status[dict[str, Any]]:
    """Ask somebody for money; the same key again gives the same payment."""
    book = book_of(slug, _by(request), "treasury.manage", opening=True)
    slugs = {line.resource for line in payload.lines if line.resource}
    resources = dict(Resource.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    if missing := slugs - resources.keys():
        registry.resource(min(missing))
    row = request_payment(
        book=book,
        amount=payload.amount,
        reason=payload.reason,
        key=payload.key,
        lines=[
            AskedLine(
                line.amount,
                line.label,
                use=line.use,
                vat=line.vat,
                resource=resources.get(line.resource),
                piece=line.piece,
            )
            for line in payload.lines
        ],
        payer_name=payload.payer_name,
        due=payload.due,
        by=_by(request),
    )
    return Status(201, _payment(row))


@router.get(
    "/structures/{slug}/payments/{payment_id}",
    response={200: PaymentOut, **problems(404)},
    auth=SIGNED_IN,
)
def get_payment(request: HttpRequest, slug: str, payment_id: str) -> dict[str, Any]:
    """Where a payment stands."""
    return _payment(_found(request, slug, payment_id)[1])


@router.post(
    "/structures/{slug}/payments/{payment_id}/cancel",
    response={200: PaymentOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_cancel(request: HttpRequest, slug: str, payment_id: str) -> dict[str, Any]:
    """Ask no longer; a second time changes nothing."""
    _book, row = _found(request, slug, payment_id)
    return _payment(cancel_payment(payment=row, by=_by(request)))


@router.get(
    "/structures/{slug}/payments/{payment_id}/refunds",
    response={200: list[RefundOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_refunds(request: HttpRequest, slug: str, payment_id: str) -> list[dict[str, Any]]:
    """The refunds of a payment."""
    return [_refund(row) for row in refunds_of(_found(request, slug, payment_id)[1])]


@router.post(
    "/structures/{slug}/payments/{payment_id}/refunds",
    response={201: RefundOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_refund(
    request: HttpRequest, slug: str, payment_id: str, payload: RefundIn
) -> Status[dict[str, Any]]:
    """Give money back, once per key, never more than came in."""
    _book, row = _found(request, slug, payment_id)
    numbers = dict(row.lines.values_list("number", "pk"))
    if unknown := set(payload.lines) - set(numbers):
        raise NotFound(line=min(unknown))
    done = give_back(
        payment=row,
        amount=payload.amount,
        lines={numbers[number]: cents for number, cents in payload.lines.items()},
        means=payload.means,
        reason=payload.reason,
        key=payload.key,
        by=_by(request),
    )
    return Status(201, _refund(done))
