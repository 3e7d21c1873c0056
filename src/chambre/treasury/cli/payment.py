"""Payments at the command line: ``chambre payment``."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import NotFound
from chambre.treasury.models import Payment
from chambre.treasury.queries.structures import book_of
from chambre.treasury.services.payments import AskedLine, qr_payload, request_payment
from chambre.treasury.tasks import look_at_payments


@click.group()
def payment() -> None:
    """Payments: ask for one, see what became of it."""


@payment.command("request")
@click.option("--structure", required=True, help="Short name of the structure that is paid.")
@click.option("--amount", required=True, type=int, help="Cents.")
@click.option("--reason", required=True, help="What for; the payer reads it.")
@click.option("--use", default="advance", help="Use that it is booked as, for example donation.")
@click.option("--key", default="", help="Idempotency key: the same again asks once.")
@json_option
def request(structure: str, amount: int, reason: str, use: str, key: str, as_json: bool) -> None:
    """Ask somebody for AMOUNT cents; gives the reference and the text of the payment QR code."""
    by = administrator()
    book = book_of(structure, by, "treasury.manage", opening=True)
    made = request_payment(
        book=book, amount=amount, reason=reason, lines=[AskedLine(amount, use=use)], key=key, by=by
    )
    qr = qr_payload(made)
    show(
        {"id": made.public_id, "reference": made.reference, "qr": qr},
        as_json,
        [
            f"{made.public_id} {made.reference}",
            qr or _("No bank account to transfer to yet: add one, or a payment service."),
        ],
    )


@payment.command("show")
@click.argument("public_id", metavar="ID")
@json_option
def show_payment(public_id: str, as_json: bool) -> None:
    """Say where a payment stands."""
    row = Payment.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such payment."))
    sums = ("amount", "received", "refunding", "refunded", "held", "fees")
    data = {"id": row.public_id, "reference": row.reference, "state": row.state}
    show(
        {**data, **{name: getattr(row, name) for name in sums}},
        as_json,
        f"{row.reference} {row.get_state_display()} {row.received}/{row.amount}",
    )


@payment.command("look")
@json_option
def look(as_json: bool) -> None:
    """Ask the payment services now about what nobody told us of (the worker does it every 5 minutes)."""
    look_at_payments()
    show({"done": True}, as_json, _("Done."))
