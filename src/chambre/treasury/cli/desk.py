"""The desk at the command line: ``chambre drawer``, ``chambre cheque``, ``chambre voucher``."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import click
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import NotFound
from chambre.core.ui import figures
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury.models import BankAccount, Payment
from chambre.treasury.queries.desk import cheques_to_pay_in, drawer_of, drawers_of
from chambre.treasury.queries.structures import book_of
from chambre.treasury.queries.vouchers import vouchers_of
from chambre.treasury.services import cheques as cheque_service
from chambre.treasury.services import drawers as drawer_service
from chambre.treasury.services import vouchers as voucher_service

STRUCTURE = click.option("--structure", required=True, help="Short name of the structure.")
CENTS = click.option("--amount", required=True, type=int, help="Cents.")
REASON = click.option("--reason", required=True, help="What for.")
KEY = click.option("--key", default="", help="Idempotency key: the same again changes nothing.")


def _facts(key: str) -> dict[str, Any]:
    """Day, key and actor of an act."""
    by: Actor = administrator()
    return {"day": registry.today(), "key": f"cli:{key or uuid.uuid4().hex}"[:80], "by": by}


def _book(structure: str) -> Book:
    return book_of(structure, administrator(), "treasury.manage")


def _payment(book: Book, public_id: str) -> Payment | None:
    if not public_id:
        return None
    row: Payment | None = Payment.objects.filter(book=book, public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such payment."))
    return row


@click.group()
def drawer() -> None:
    """Drawers of cash: what they hold, counting them, what goes in and out."""


def _show_drawer(row: Any, as_json: bool) -> None:
    data = {"slug": row.slug, "name": row.name, "is_open": row.is_open, "held": row.held}
    state = _("open") if row.is_open else _("closed")
    show(data, as_json, f"{row.name} ({row.slug}): {figures.money(row.held)}, {state}")


@drawer.command("add")
@click.argument("name")
@STRUCTURE
@json_option
def add(name: str, structure: str, as_json: bool) -> None:
    """Add a drawer called NAME; it is closed until it is counted."""
    book = _book(structure)
    made = drawer_service.add_drawer(book=book, name=name, by=administrator())
    _show_drawer(drawer_of(book, made.slug), as_json)


@drawer.command("list")
@STRUCTURE
@json_option
def list_drawers(structure: str, as_json: bool) -> None:
    """List the drawers of a structure."""
    rows = drawers_of(_book(structure))
    data = [{"slug": r.slug, "name": r.name, "is_open": r.is_open, "held": r.held} for r in rows]
    lines = [f"{row.slug}: {figures.money(row.held)}" for row in rows]
    show({"drawers": data}, as_json, lines or _("There is no drawer yet."))


def _pieces(_context: Any, _option: Any, values: tuple[str, ...]) -> dict[int, int]:
    """``2000:3``: three notes of twenty euros."""
    pieces: dict[int, int] = {}
    for text in values:
        value, _colon, many = text.partition(":")
        if not (value.isdecimal() and many.isdecimal()):
            raise click.BadParameter(_("write VALUE:COUNT, for example 2000:3"))
        pieces[int(value)] = pieces.get(int(value), 0) + int(many)
    return pieces


@drawer.command("count")
@click.argument("slug")
@STRUCTURE
@click.option("--kind", type=click.Choice(["opening", "closing"]), required=True)
@click.option(
    "--pieces", multiple=True, callback=_pieces, metavar="VALUE:COUNT",
    help="Notes or coins: value in cents, how many; several times.",
)  # fmt: skip
@click.option("--note", default="", help="Why there is a difference, if there is one.")
@KEY
@json_option
def count(
    slug: str, structure: str, kind: str, pieces: dict[int, int], note: str, key: str, as_json: bool
) -> None:
    """Open or close the drawer SLUG by counting what is in it."""
    book = _book(structure)
    made = drawer_service.count_drawer(
        drawer=drawer_of(book, slug), kind=kind, pieces=pieces, note=note, **_facts(key)
    )
    data = {"counted": made.counted, "expected": made.expected, "difference": made.difference}
    words = _("Counted %(counted)s; difference %(difference)s.") % {
        "counted": figures.money(made.counted),
        "difference": figures.money(made.difference),
    }
    show(data, as_json, words)


@drawer.command("move")
@click.argument("slug")
@STRUCTURE
@click.option("--kind", type=click.Choice(["in", "out", "bank"]), required=True)
@CENTS
@REASON
@click.option("--use", default="", help="What the money is for; none for the bank.")
@KEY
@json_option
def move(
    slug: str, structure: str, kind: str, amount: int, reason: str, use: str, key: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Put cash into the drawer SLUG, take some out, or take it to the bank."""
    book = _book(structure)
    drawer_service.move_cash(
        drawer=drawer_of(book, slug), kind=kind, amount=amount, reason=reason, use=use,
        **_facts(key),
    )  # fmt: skip
    _show_drawer(drawer_of(book, slug), as_json)


@click.group()
def cheque() -> None:
    """Cheques: received, paid in with a slip."""


@cheque.command("receive")
@STRUCTURE
@click.option("--from", "drawn_by", required=True, help="Who drew it.")
@click.option("--bank", required=True, help="On which bank.")
@click.option("--number", required=True, help="Its number, as it is printed.")
@CENTS
@REASON
@click.option("--payment", "public_id", default="", help="Id of the payment that it pays.")
@click.option("--use", default="advance", help="Without a payment: what the money is.")
@KEY
@json_option
def receive(
    structure: str, amount: int, reason: str, public_id: str, use: str, key: str, as_json: bool,
    **face: Any,
) -> None:  # fmt: skip
    """Receive a cheque, as it stands on its face."""
    book = _book(structure)
    row = cheque_service.receive_cheque(
        book=book, amount=amount, reason=reason, payment=_payment(book, public_id), use=use,
        **face, **_facts(key),
    )  # fmt: skip
    show({"id": row.pk, "amount": row.amount}, as_json, f"{row}: {figures.money(row.amount)}")


@cheque.command("list")
@STRUCTURE
@json_option
def list_cheques(structure: str, as_json: bool) -> None:
    """List the cheques that wait to be paid in."""
    rows = cheques_to_pay_in(_book(structure))
    data = [
        {"id": r.pk, "drawn_by": r.drawn_by, "bank": r.bank, "number": r.number, "amount": r.amount}
        for r in rows
    ]
    lines = [f"{row.pk} {row.drawn_by}, {row}: {figures.money(row.amount)}" for row in rows]
    show({"cheques": data}, as_json, lines or _("No cheque waits to be paid in."))


@cheque.command("slip")
@STRUCTURE
@click.option("--account", required=True, help="Short name of the bank account.")
@KEY
@json_option
def slip(structure: str, account: str, key: str, as_json: bool) -> None:
    """Make the slip with which all cheques that wait are paid in."""
    book = _book(structure)
    found = BankAccount.objects.filter(book=book, slug=account).first()
    if found is None:
        raise NotFound(_("There is no such bank account."))
    row = cheque_service.make_slip(
        book=book, account=found, cheques=[each.pk for each in cheques_to_pay_in(book)],
        **_facts(key),
    )  # fmt: skip
    data = {"number": row.number, "count": row.count, "total": row.total}
    show(data, as_json, f"{row}: {row.count}, {figures.money(row.total)}")


@click.group()
def voucher() -> None:
    """Vouchers: issue one, pay with one, what is left."""


@voucher.command("issue")
@STRUCTURE
@CENTS
@REASON
@click.option("--use", required=True, help="What it costs us as, for example purchase.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Last day; absent: for ever.")
@KEY
@json_option
def issue(
    structure: str, amount: int, reason: str, use: str, expires: dt.datetime | None, key: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Give a voucher; its code is told this once."""
    row, code = voucher_service.issue_voucher(
        book=_book(structure), amount=amount, reason=reason, use=use,
        expires=expires.date() if expires else None, **_facts(key),
    )  # fmt: skip
    data = {"id": row.pk, "amount": row.amount, "code": code}
    show(data, as_json, code or _("This key was used before; its code is told once."))


@voucher.command("use")
@click.argument("code")
@STRUCTURE
@click.option("--payment", "public_id", required=True, help="Id of the payment that it pays.")
@CENTS
@KEY
@json_option
def use_one(
    code: str, structure: str, public_id: str, amount: int, key: str, as_json: bool
) -> None:
    """Pay with the voucher CODE."""
    book = _book(structure)
    payment = _payment(book, public_id)
    if payment is None:
        raise NotFound(_("There is no such payment."))
    row = voucher_service.use_voucher(
        book=book, code=code, payment=payment, amount=amount, **_facts(key)
    )
    left = vouchers_of(book).get(pk=row.voucher_id).left
    show({"left": left}, as_json, _("Left: %(left)s.") % {"left": figures.money(left)})


@voucher.command("list")
@STRUCTURE
@json_option
def list_vouchers(structure: str, as_json: bool) -> None:
    """List the vouchers of a structure with what is left of each."""
    rows = list(vouchers_of(_book(structure)))
    data = [{"id": r.pk, "hint": r.hint, "amount": r.amount, "left": r.left} for r in rows]
    lines = [f"{row} {row.reason}: {figures.money(row.left)}" for row in rows]
    show({"vouchers": data}, as_json, lines or _("There is no voucher."))
