"""Invoices at the command line: ``chambre invoice``."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.lib.money import Money
from chambre.registry import api as registry
from chambre.treasury.models import Invoice
from chambre.treasury.queries.invoices import invoice_by_number, invoices_of, state_of
from chambre.treasury.queries.structures import book_of
from chambre.treasury.services.invoice_papers import facturx_of, xml_of


@click.group()
def invoice() -> None:
    """Invoices: list them, write their Factur-X files."""


@invoice.command("export")
@click.argument("number")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="File to write; its name ends with .pdf, or .xml for the data alone.")  # fmt: skip
@click.option("--structure", default="", help="Whose, when two structures have that number.")
def export(number: str, out: Path, structure: str) -> None:
    """Write the invoice NUMBER as Factur-X (PDF/A-3 with its XML inside)."""
    by = administrator()
    row = invoice_by_number(number, by, structure)
    wants_xml = out.suffix.lower() == ".xml"
    content = xml_of(invoice=row, by=by) if wants_xml else facturx_of(invoice=row, by=by)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    click.echo(_("%(number)s written to %(out)s.") % {"number": row.number, "out": out}, err=True)


@invoice.command("list")
@click.option("--structure", required=True, help="Short name of the structure.")
@click.option("--open", "only_open", is_flag=True, help="Only what is not wholly paid.")
@json_option
def list_(structure: str, only_open: bool, as_json: bool) -> None:
    """List a structure's invoices and credit notes, the first ones first."""
    book = book_of(structure, administrator())
    rows = invoices_of(book).order_by("id")
    if only_open:
        rows = rows.filter(open__gt=0)
    today = registry.today()
    found = [
        {
            "number": row.number,
            "kind": "credit" if row.kind == Invoice.Kind.CREDIT else "invoice",
            "customer": row.party.name,
            "issued": row.issued.isoformat(),
            "due": row.due.isoformat() if row.due else None,
            "payable": row.payable,
            "open": row.open,
            "state": state_of(row, today),
        }
        for row in rows
    ]
    lines = [
        f"{each['number']}  {each['issued']}  {Money(each['payable']).format()}  "
        f"{each['state']}  {each['customer']}"
        for each in found
    ]
    show({"invoices": found}, as_json, lines or [_("No invoice yet")])
