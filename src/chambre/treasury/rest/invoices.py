"""Invoices for machines: issue, read, take back; what suppliers send, read and decided."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from chambre.core.actors import Actor
from chambre.core.errors import Invalid, NotFound, TooLarge
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.ledger.models import Book
from chambre.lib import invoicing as lib
from chambre.registry import api as registry
from chambre.registry.models import Resource
from chambre.treasury.booklines import BookLine
from chambre.treasury.invoicedata import InvoiceIn, LineIn
from chambre.treasury.models import Party
from chambre.treasury.queries.invoices import invoices_of, state_of
from chambre.treasury.queries.purchases import purchases_of
from chambre.treasury.queries.structures import book_of
from chambre.treasury.services import purchases as purchase_services
from chambre.treasury.services.invoice_papers import facturx_of, xml_of
from chambre.treasury.services.invoicing import credit_invoice, issue_invoice

router = Router()
_PATH = "/structures/{slug}"
_PDF = {"responses": {200: {"content": {"application/pdf": {"schema": {"type": "string"}}}}}}
_XML = {"responses": {200: {"content": {"application/xml": {"schema": {"type": "string"}}}}}}


class InvoiceLineIn(Schema):
    """A line; numbers as text with a point, so that none is rounded on the way."""

    name: str = Field(min_length=1, max_length=254)
    price: str = Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$", max_length=20)
    quantity: str = Field("1", pattern=r"^-?[0-9]{1,9}(\.[0-9]{1,4})?$", max_length=20)
    vat: str = Field("2000", max_length=20, description="`2000` is 20 %; or `franchise`, `export`…")
    use: str = Field("sale.service", max_length=40)
    unit: str = Field("C62", max_length=3)
    description: str = Field("", max_length=1000)
    discount: int = Field(0, ge=0, le=10**11, description="Cents off the line.")
    resource: str = Field("", max_length=100, description="Short name of a resource.")


class IssueIn(Schema):
    """An invoice to be issued at once."""

    key: str = Field(min_length=1, max_length=60, description="Idempotency key.")
    party: str = Field(max_length=32, description="Code of the customer.")
    lines: list[InvoiceLineIn] = Field(min_length=1, max_length=500)
    issued: dt.date | None = None
    due: dt.date | None = None
    delivered: dt.date | None = None
    with_vat: bool = False
    language: str = Field("fr", pattern="^(fr|en)$")
    order: str = Field("", max_length=100)
    note: str = Field("", max_length=1000)


class CreditIn(Schema):
    """What is taken back: quantities by number of line; none: all that is left."""

    key: str = Field(min_length=1, max_length=60)
    lines: dict[int, str] = Field({}, max_length=500)
    note: str = Field("", max_length=254)


class InvoiceOut(Schema):
    """An invoice or a credit note; amounts in cents, a credit note's are positive."""

    number: str
    kind: str
    party: str
    customer: str
    issued: dt.date
    due: dt.date | None
    taxable: int
    vat: int
    payable: int
    open: int
    state: str
    reference: str
    credits: str | None = Field(None, description="Number of the invoice that it takes back.")


class PurchaseOut(Schema):
    """An invoice that came in; amounts in cents."""

    id: int
    state: str
    credit: bool
    supplier: str
    siren: str
    number: str
    issued: dt.date
    due: dt.date | None
    taxable: int
    vat: int
    payable: int
    open: int
    account: str
    problems: list[dict[str, Any]]


class AcceptPart(Schema):
    """A part that is booked on another account."""

    account: str = Field(max_length=32, pattern="^[0-9]{3}[0-9A-Za-z]*$")
    amount: int = Field(gt=0, le=99_999_999_999, description="Cents, without VAT.")


class AcceptIn(Schema):
    """Where it is booked; empty: by the rule of purchases."""

    account: str = Field("", max_length=32, pattern="^([0-9]{3}[0-9A-Za-z]*)?$")
    resource: str = Field("", max_length=100)
    parts: list[AcceptPart] = Field([], max_length=50, description="`account` gets the rest.")
    reverse_rate: int | None = Field(
        None, gt=0, le=10_000,
        description="VAT rate that the buyer owes (reverse charge), hundredths of a percent.",
    )  # fmt: skip


class RefuseIn(Schema):
    """Why."""

    reason: str = Field(min_length=1, max_length=254)


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _invoice(row: Any) -> dict[str, Any]:
    names = ("number", "issued", "due", "taxable", "vat", "payable", "open", "reference")
    return {
        **{name: getattr(row, name) for name in names},
        "kind": "credit" if row.is_credit else "invoice",
        "party": row.party.code,
        "customer": row.party.name,
        "state": state_of(row),
        "credits": row.credits.number if row.credits else None,
    }


def _found(request: HttpRequest, slug: str, number: str) -> tuple[Book, Any]:
    book = book_of(slug, _by(request))
    row = invoices_of(book).select_related("party", "credits").filter(number=number).first()
    if row is None:
        raise NotFound()
    return book, row


def _again(book: Book, pk: int) -> dict[str, Any]:
    return _invoice(invoices_of(book).select_related("party", "credits").get(pk=pk))


@router.get(f"{_PATH}/invoices", response={200: Page[InvoiceOut], **problems(404)}, auth=SIGNED_IN)
def list_invoices(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """A structure's invoices and credit notes, the first ones first."""
    rows = invoices_of(book_of(slug, _by(request))).select_related("party", "credits")
    page = page_by_id(rows, which)
    return {**page, "items": [_invoice(row) for row in page["items"]]}


@router.post(f"{_PATH}/invoices", response={201: InvoiceOut, **problems(404, 409)}, auth=SIGNED_IN)
def post_invoice(request: HttpRequest, slug: str, payload: IssueIn) -> Status[dict[str, Any]]:
    """Issue an invoice: it is numbered and booked at once. The same key again gives the same."""
    by = _by(request)
    book = book_of(slug, by, "treasury.manage", opening=True)
    party = Party.objects.filter(book=book, code=payload.party).first()
    if party is None:
        raise NotFound(party=payload.party)
    resources = _resources({line.resource for line in payload.lines})
    lines = tuple(
        LineIn(
            name=line.name,
            price=Decimal(line.price),
            quantity=Decimal(line.quantity),
            vat=line.vat,
            use=line.use,
            unit=line.unit,
            description=line.description,
            discount=line.discount,
            resource=resources.get(line.resource),
        )
        for line in payload.lines
    )
    asked = InvoiceIn(
        lines=lines,
        issued=payload.issued,
        due=payload.due,
        delivered=payload.delivered,
        with_vat=payload.with_vat,
        language=payload.language,
        order=payload.order,
        note=payload.note,
    )
    made = issue_invoice(book=book, party=party, asked=asked, key=payload.key, by=by)
    return Status(201, _again(book, made.pk))


def _resources(slugs: set[str]) -> dict[str, int]:
    wanted = slugs - {""}
    found = dict(Resource.objects.filter(slug__in=wanted).values_list("slug", "pk"))
    if missing := wanted - found.keys():
        registry.resource(min(missing))
    return found


@router.get(
    f"{_PATH}/invoices/{{number}}", response={200: InvoiceOut, **problems(404)}, auth=SIGNED_IN
)
def get_invoice(request: HttpRequest, slug: str, number: str) -> dict[str, Any]:
    """One invoice by its number."""
    return _invoice(_found(request, slug, number)[1])


@router.get(
    f"{_PATH}/invoices/{{number}}/facturx", response={200: None, **problems(404)},
    auth=SIGNED_IN, openapi_extra=_PDF,
)  # fmt: skip
def get_facturx(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """The Factur-X file of an invoice."""
    content = facturx_of(invoice=_found(request, slug, number)[1], by=_by(request))
    return HttpResponse(content, content_type="application/pdf")


@router.get(
    f"{_PATH}/invoices/{{number}}/xml", response={200: None, **problems(404)},
    auth=SIGNED_IN, openapi_extra=_XML,
)  # fmt: skip
def get_xml(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """The data of an invoice: CII XML, EN 16931."""
    content = xml_of(invoice=_found(request, slug, number)[1], by=_by(request))
    return HttpResponse(content, content_type="application/xml")


@router.post(
    f"{_PATH}/invoices/{{number}}/credit", response={201: InvoiceOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def post_credit(
    request: HttpRequest, slug: str, number: str, payload: CreditIn
) -> Status[dict[str, Any]]:
    """Take an invoice back, in whole or by line; never more than what is left of it."""
    book, row = _found(request, slug, number)
    lines = None
    if payload.lines:
        lines = {at: _quantity(text, at) for at, text in payload.lines.items()}
    made = credit_invoice(
        invoice=row, key=payload.key, by=_by(request), lines=lines, note=payload.note
    )
    return Status(201, _again(book, made.pk))


def _quantity(text: str, at: int) -> Decimal:
    """A quantity as text.

    Raises:
        Invalid: It is none.
    """
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,4})?", text):
        raise Invalid(fields={f"lines.{at}": [_("Type a number such as 12,5.")]})
    return Decimal(text)


def _purchase(row: Any) -> dict[str, Any]:
    names = ("state", "credit", "supplier", "siren", "number", "issued", "due", "taxable", "vat",
             "payable", "open", "account", "problems")  # fmt: skip
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}


def _purchase_found(request: HttpRequest, slug: str, purchase_id: int) -> tuple[Book, Any]:
    book = book_of(slug, _by(request))
    row = purchases_of(book).filter(pk=min(purchase_id, 2**63 - 1)).first()
    if row is None:
        raise NotFound()
    return book, row


@router.get(
    f"{_PATH}/purchases", response={200: Page[PurchaseOut], **problems(404)}, auth=SIGNED_IN
)
def list_purchases(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """Invoices that came in, the first ones first."""
    page = page_by_id(purchases_of(book_of(slug, _by(request))), which)
    return {**page, "items": [_purchase(row) for row in page["items"]]}


@router.post(
    f"{_PATH}/purchases", response={201: PurchaseOut, **problems(404, 413)}, auth=SIGNED_IN
)
def post_purchase(
    request: HttpRequest, slug: str, file: File[UploadedFile]
) -> Status[dict[str, Any]]:
    """Bring in an invoice: Factur-X, CII or UBL. The same file again is the one that is there."""
    book = book_of(slug, _by(request), "treasury.manage", opening=True)
    if (file.size or 0) > lib.MOST_BYTES:
        raise TooLarge(limit=lib.MOST_BYTES)
    row = purchase_services.receive_purchase(
        book=book, content=file.read(), name=file.name or "invoice", by=_by(request)
    )
    return Status(201, _purchase(purchases_of(book).get(pk=row.pk)))


@router.get(
    f"{_PATH}/purchases/{{purchase_id}}", response={200: PurchaseOut, **problems(404)},
    auth=SIGNED_IN,
)  # fmt: skip
def get_purchase(request: HttpRequest, slug: str, purchase_id: int) -> dict[str, Any]:
    """One invoice that came in."""
    return _purchase(_purchase_found(request, slug, purchase_id)[1])


@router.post(
    f"{_PATH}/purchases/{{purchase_id}}/accept",
    response={200: PurchaseOut, **problems(404, 409)}, auth=SIGNED_IN,
)  # fmt: skip
def post_accept(
    request: HttpRequest, slug: str, purchase_id: int, payload: AcceptIn
) -> dict[str, Any]:
    """Accept it: it is booked, and waits to be paid."""
    book, row = _purchase_found(request, slug, purchase_id)
    resource = registry.resource(payload.resource) if payload.resource else None
    purchase_services.accept_purchase(
        purchase=row, by=_by(request), account=payload.account, resource=resource,
        parts=[
            BookLine(each.amount, account=each.account, resource=resource.pk if resource else None)
            for each in payload.parts
        ],
        reverse_rate=payload.reverse_rate,
    )  # fmt: skip
    return _purchase(purchases_of(book).get(pk=row.pk))


@router.post(
    f"{_PATH}/purchases/{{purchase_id}}/refuse",
    response={200: PurchaseOut, **problems(404, 409)}, auth=SIGNED_IN,
)  # fmt: skip
def post_refuse(
    request: HttpRequest, slug: str, purchase_id: int, payload: RefuseIn
) -> dict[str, Any]:
    """Refuse it: nothing is booked."""
    book, row = _purchase_found(request, slug, purchase_id)
    purchase_services.refuse_purchase(purchase=row, reason=payload.reason, by=_by(request))
    return _purchase(purchases_of(book).get(pk=row.pk))
