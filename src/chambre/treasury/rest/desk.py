"""The desk for machines: drawers, cheques and their slips, vouchers."""

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
from chambre.treasury.models import BankAccount, Cheque, ChequeSlip, Payment, PaymentLine
from chambre.treasury.queries.desk import drawer_of, drawers_of, slip_of
from chambre.treasury.queries.structures import book_of
from chambre.treasury.queries.vouchers import vouchers_of
from chambre.treasury.rest.payouts import CENTS, Closed
from chambre.treasury.services import cheques, drawers, vouchers

router = Router()
KEY_80 = Field(min_length=1, max_length=60, description="Idempotency key, unique for ever.")


class DrawerOut(Schema):
    """A drawer of cash."""

    slug: str
    name: str
    account: str = Field(description="Account of the book.")
    is_open: bool
    held: int = Field(description="What it should hold, in cents.")


class DrawerIn(Closed):
    """A new drawer."""

    name: str = Field(min_length=1, max_length=80)


class CountIn(Closed):
    """Open or close a drawer by counting what is in it."""

    kind: str = Field(pattern="^(opening|closing)$")
    pieces: dict[int, int] = Field(
        max_length=20, description="How many of each coin and note, by value in cents."
    )
    note: str = Field("", max_length=254, description="Why there is a difference, if there is.")
    key: str = KEY_80


class CountOut(Schema):
    """A count; amounts in cents."""

    number: int
    kind: str
    day: dt.date
    counted: int
    expected: int
    difference: int
    note: str


class CashIn(Closed):
    """Put cash in, take some out, or take it to the bank."""

    kind: str = Field(pattern="^(in|out|bank)$")
    amount: int = CENTS
    reason: str = Field(min_length=1, max_length=140)
    use: str = Field("", max_length=40, description="What the money is for; none for the bank.")
    resource: str = Field("", max_length=100, description="Short name of a resource.")
    key: str = KEY_80


class CashOut(Schema):
    """Cash that moved, and what the drawer holds now; cents."""

    kind: str
    amount: int
    reason: str
    day: dt.date
    held: int


class TakeIn(Closed):
    """Take cash for a payment."""

    payment: str = Field(max_length=32, description="Id of a payment of the structure.")
    amount: int = CENTS
    key: str = KEY_80


class TakenOut(Schema):
    """Where the payment stands now; cents."""

    payment: str
    state: str
    received: int


class ChequeIn(Closed):
    """A cheque as it stands on its face: for a payment, or for a use of money."""

    drawn_by: str = Field(min_length=1, max_length=140)
    bank: str = Field(min_length=1, max_length=80)
    number: str = Field(min_length=1, max_length=20)
    amount: int = CENTS
    reason: str = Field(min_length=1, max_length=140)
    payment: str = Field("", max_length=32, description="Id of the payment that it pays.")
    use: str = Field("advance", max_length=40, description="Without a payment: what it is.")
    resource: str = Field("", max_length=100, description="Short name of a resource.")
    key: str = KEY_80


class ChequeOut(Schema):
    """A cheque."""

    id: int
    drawn_by: str
    bank: str
    number: str
    amount: int = Field(description="Cents.")
    day: dt.date
    reason: str
    state: str = Field(description="`here`, `on-slip` or `bounced`.")
    slip: int | None = Field(description="Number of its slip.")


class SlipIn(Closed):
    """Pay cheques in."""

    account: str = Field(max_length=60, description="Short name of the bank account.")
    cheques: list[int] = Field(min_length=1, max_length=500)
    key: str = KEY_80


class SlipOut(Schema):
    """A paying-in slip."""

    number: int
    account: str
    day: dt.date
    count: int
    total: int = Field(description="Cents.")


class WhyIn(Closed):
    """Why."""

    reason: str = Field(min_length=1, max_length=254)


class VoucherIn(Closed):
    """Issue a voucher: one that is given (`amount`, `use`), or one that was bought (`payment`)."""

    reason: str = Field(min_length=1, max_length=140)
    amount: int = Field(0, ge=0, le=99_999_999_999, description="Cents, of one that is given.")
    use: str = Field("", max_length=40, description="What one that is given costs us as.")
    payment: str = Field("", max_length=32, description="Id of the paid payment that bought it.")
    line: int = Field(1, ge=1, le=500, description="Number of the line of that payment.")
    expires: dt.date | None = None
    key: str = KEY_80


class VoucherOut(Schema):
    """A voucher; amounts in cents."""

    id: int
    hint: str = Field(description="The last four signs of its code.")
    amount: int
    left: int
    reason: str
    day: dt.date
    expires: dt.date | None


class IssuedOut(VoucherOut):
    """A voucher that was just issued."""

    code: str = Field(description="Told once; empty when the key was used before.")


class UseIn(Closed):
    """Pay a payment, or a part of it, with a voucher."""

    code: str = Field(min_length=4, max_length=40)
    payment: str = Field(max_length=32)
    amount: int = CENTS
    key: str = KEY_80


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _book(request: HttpRequest, slug: str, permission: str = "treasury.read") -> Book:
    return book_of(slug, _by(request), permission)


def _payment(book: Book, public_id: str) -> Payment:
    row = Payment.objects.filter(book=book, public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def _resource(slug: str) -> int | None:
    return registry.resource(slug).pk if slug else None


def _facts(row: Any, *names: str, **more: Any) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in names}, **more}


def _drawer(row: Any) -> dict[str, Any]:
    return _facts(row, "slug", "name", "account", "is_open", "held")


@router.get(
    "/structures/{slug}/drawers", response={200: list[DrawerOut], **problems(404)}, auth=SIGNED_IN
)
def list_drawers(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """The drawers of a structure, and what each should hold."""
    return [_drawer(row) for row in drawers_of(_book(request, slug))]


@router.post(
    "/structures/{slug}/drawers", response={201: DrawerOut, **problems(404, 409)}, auth=SIGNED_IN
)
def add_drawer(request: HttpRequest, slug: str, payload: DrawerIn) -> Status[dict[str, Any]]:
    """Add a drawer; it is closed until somebody counts it."""
    book = _book(request, slug, "treasury.manage")
    made = drawers.add_drawer(book=book, name=payload.name, by=_by(request))
    return Status(201, _drawer(drawer_of(book, made.slug)))


@router.post(
    "/structures/{slug}/drawers/{drawer}/counts",
    response={201: CountOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def count_drawer(
    request: HttpRequest, slug: str, drawer: str, payload: CountIn
) -> Status[dict[str, Any]]:
    """Open or close a drawer by counting; a difference is booked and needs a word."""
    book = _book(request, slug, "treasury.manage")
    facts = payload.model_dump(exclude={"key"})
    made = drawers.count_drawer(
        drawer=drawer_of(book, drawer), day=registry.today(), key=f"rest:{payload.key}",
        by=_by(request), **facts,
    )  # fmt: skip
    names = ("number", "kind", "day", "counted", "expected", "difference", "note")
    return Status(201, _facts(made, *names))


@router.post(
    "/structures/{slug}/drawers/{drawer}/moves",
    response={201: CashOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def move_cash(
    request: HttpRequest, slug: str, drawer: str, payload: CashIn
) -> Status[dict[str, Any]]:
    """Put cash in, take some out, or take it to the bank; nothing while the drawer is closed."""
    book = _book(request, slug, "treasury.manage")
    facts = payload.model_dump(exclude={"key", "resource"})
    made = drawers.move_cash(
        drawer=drawer_of(book, drawer), day=registry.today(), key=f"rest:{payload.key}",
        by=_by(request), resource=_resource(payload.resource), **facts,
    )  # fmt: skip
    held = drawer_of(book, drawer).held
    return Status(201, _facts(made, "kind", "amount", "reason", "day", held=held))


@router.post(
    "/structures/{slug}/drawers/{drawer}/payments",
    response={200: TakenOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def take_cash(request: HttpRequest, slug: str, drawer: str, payload: TakeIn) -> dict[str, Any]:
    """Take cash for a payment into a drawer that is open."""
    book = _book(request, slug, "treasury.manage")
    row = _payment(book, payload.payment)
    drawers.take_cash(
        drawer=drawer_of(book, drawer), payment=row, amount=payload.amount, day=registry.today(),
        key=f"rest:{payload.key}", by=_by(request),
    )  # fmt: skip
    return _taken(row)


def _taken(row: Payment) -> dict[str, Any]:
    row.refresh_from_db()
    return _facts(row, "state", "received", payment=row.public_id)


def _cheque(row: Any) -> dict[str, Any]:
    slip = row.slip_line.slip.number if hasattr(row, "slip_line") else None
    state = "bounced" if hasattr(row, "bounced") else "here" if slip is None else "on-slip"
    names = ("id", "drawn_by", "bank", "number", "amount", "day", "reason")
    return _facts(row, *names, state=state, slip=slip)


def _cheques(book: Book) -> Any:
    return Cheque.objects.filter(book=book).select_related("slip_line__slip", "bounced", "book")


@router.get(
    "/structures/{slug}/cheques", response={200: Page[ChequeOut], **problems(404)}, auth=SIGNED_IN
)
def list_cheques(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """The cheques of a structure, the first ones first."""
    page = page_by_id(_cheques(_book(request, slug)), which)
    return {**page, "items": [_cheque(row) for row in page["items"]]}


@router.post(
    "/structures/{slug}/cheques", response={201: ChequeOut, **problems(404, 409)}, auth=SIGNED_IN
)
def receive_cheque(request: HttpRequest, slug: str, payload: ChequeIn) -> Status[dict[str, Any]]:
    """Receive a cheque; it is booked, and pays its payment at once."""
    book = _book(request, slug, "treasury.manage")
    facts = payload.model_dump(exclude={"key", "resource", "payment"})
    made = cheques.receive_cheque(
        book=book, day=registry.today(), key=f"rest:{book.pk}:{payload.key}", by=_by(request),
        payment=_payment(book, payload.payment) if payload.payment else None,
        resource=_resource(payload.resource), **facts,
    )  # fmt: skip
    return Status(201, _cheque(_cheques(book).get(pk=made.pk)))


@router.post(
    "/structures/{slug}/cheques/{cheque}/bounced",
    response={200: ChequeOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def note_bounced(request: HttpRequest, slug: str, cheque: int, payload: WhyIn) -> dict[str, Any]:
    """Note that the bank could not cash a cheque: what it paid is due again."""
    book = _book(request, slug, "treasury.manage")
    row = _cheques(book).filter(pk=cheque).first()
    if row is None:
        raise NotFound
    cheques.return_cheque(cheque=row, day=registry.today(), reason=payload.reason, by=_by(request))
    return _cheque(_cheques(book).get(pk=cheque))


def _slip(row: ChequeSlip) -> dict[str, Any]:
    return _facts(row, "number", "day", "count", "total", account=row.account.slug)


@router.get(
    "/structures/{slug}/slips", response={200: Page[SlipOut], **problems(404)}, auth=SIGNED_IN
)
def list_slips(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """The paying-in slips of a structure, the first ones first."""
    rows = ChequeSlip.objects.filter(book=_book(request, slug)).select_related("account")
    page = page_by_id(rows, which)
    return {**page, "items": [_slip(row) for row in page["items"]]}


@router.post(
    "/structures/{slug}/slips", response={201: SlipOut, **problems(404, 409)}, auth=SIGNED_IN
)
def make_slip(request: HttpRequest, slug: str, payload: SlipIn) -> Status[dict[str, Any]]:
    """Make the slip with which cheques are paid in; each is on one slip for ever."""
    book = _book(request, slug, "treasury.manage")
    account = BankAccount.objects.filter(book=book, slug=payload.account).first()
    if account is None:
        raise NotFound
    made = cheques.make_slip(
        book=book, account=account, day=registry.today(), by=_by(request),
        key=f"rest:{book.pk}:{payload.key}", cheques=payload.cheques,
    )  # fmt: skip
    return Status(201, _slip(slip_of(book, made.number)))


def _voucher(row: Any) -> dict[str, Any]:
    return _facts(row, "id", "hint", "amount", "left", "reason", "day", "expires")


@router.get(
    "/structures/{slug}/vouchers", response={200: Page[VoucherOut], **problems(404)}, auth=SIGNED_IN
)
def list_vouchers(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """The vouchers of a structure with what is left of each, the first ones first."""
    page = page_by_id(vouchers_of(_book(request, slug)), which)
    return {**page, "items": [_voucher(row) for row in page["items"]]}


@router.post(
    "/structures/{slug}/vouchers", response={201: IssuedOut, **problems(404, 409)}, auth=SIGNED_IN
)
def issue_voucher(request: HttpRequest, slug: str, payload: VoucherIn) -> Status[dict[str, Any]]:
    """Issue a voucher; its code is in this answer and nowhere else."""
    book = _book(request, slug, "treasury.manage")
    line = None
    if payload.payment:
        paid = PaymentLine.objects.filter(payment=_payment(book, payload.payment))
        line = paid.filter(number=payload.line).first()
        if line is None:
            raise NotFound
    row, code = vouchers.issue_voucher(
        book=book, line=line, day=registry.today(), key=f"rest:{payload.key}", by=_by(request),
        **payload.model_dump(include={"reason", "amount", "use", "expires"}),
    )  # fmt: skip
    return Status(201, {**_voucher(vouchers_of(book).get(pk=row.pk)), "code": code})


@router.post(
    "/structures/{slug}/voucher-uses",
    response={200: TakenOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def use_voucher(request: HttpRequest, slug: str, payload: UseIn) -> dict[str, Any]:
    """Pay a payment, or a part of it, with a voucher, never above what is left of it."""
    book = _book(request, slug, "treasury.manage")
    row = _payment(book, payload.payment)
    vouchers.use_voucher(
        book=book, code=payload.code, payment=row, amount=payload.amount, day=registry.today(),
        key=f"rest:{payload.key}", by=_by(request),
    )  # fmt: skip
    return _taken(row)
