"""``chambre payouts`` and ``chambre collections``: files for the bank."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import NotFound
from chambre.core.files import open_file
from chambre.core.ui import figures
from chambre.treasury.models import Mandate, OrderFile
from chambre.treasury.queries.orders import payouts_of
from chambre.treasury.queries.ownaccounts import own_account
from chambre.treasury.queries.structures import book_of
from chambre.treasury.services.collectionfiles import export_collections
from chambre.treasury.services.payoutfiles import export_payouts, left_out, plan_file
from chambre.treasury.services.prenotices import LANGUAGES, prepare_all, send

OUT = click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Where to write the file; it must not be there yet.",
)
STRUCTURE = click.option("--structure", required=True, help="Short name of the structure.")
ACCOUNT = click.option("--account", default="", help="Bank account, when there are several.")
EACH = click.option("--each", is_flag=True, help="One movement on the statement for each.")
KEY = click.option("--key", default="", help="Idempotency key: the same gives the same file again.")


@click.group()
def payouts() -> None:
    """Money that goes out: what waits, and files for the bank."""


@payouts.command("list")
@STRUCTURE
@json_option
def list_(structure: str, as_json: bool) -> None:
    """List the payouts of a structure and where each stands."""
    rows = payouts_of(book_of(structure, administrator())).order_by("id")
    found = [
        {
            "code": row.code,
            "to": row.party.name,
            "amount": row.amount,
            "reason": row.reason,
            "state": row.state,
        }
        for row in rows
    ]
    human = [
        f"{one['code']}  {figures.money(one['amount'])}  {one['to']}  {one['state']}"
        for one in found
    ]
    show({"payouts": found}, as_json, human or _("Nothing is going out."))


@payouts.command("export")
@STRUCTURE
@OUT
@ACCOUNT
@EACH
@KEY
@json_option
def export(structure: str, out: Path, account: str, each: bool, key: str, as_json: bool) -> None:
    """Make the file of all payouts that two people agreed to (pain.001.001.09), once."""
    by = administrator()
    book = book_of(structure, by)
    plan = plan_file(book)
    with _opened(out) as target:
        row = export_payouts(
            book=book,
            account=own_account(book, account),
            key=f"cli:{key or uuid.uuid4().hex}",
            by=by,
            batch=not each,
        )
        _copy(row, target)
    _tell(row, left_out(plan), as_json)


@payouts.command("file")
@click.argument("message")
@OUT
@json_option
def file(message: str, out: Path, as_json: bool) -> None:
    """Write the file MESSAGE that was made before again."""
    row = OrderFile.objects.select_related("file").filter(message=message).first()
    if row is None:
        raise NotFound
    with _opened(out) as target:
        _copy(row, target)
    _tell(row, [], as_json)


@click.group()
def collections() -> None:
    """Money that is drawn with mandates: telling debtors, files for the bank."""


@collections.command("notify")
@STRUCTURE
@KEY
@click.option("--language", type=click.Choice(LANGUAGES), default="fr", help="Of the e-mails.")
@json_option
def notify(structure: str, key: str, language: str, as_json: bool) -> None:
    """Tell all debtors by e-mail of whom collections are planned, and note that they were told."""
    by = administrator()
    key = f"cli:{key or uuid.uuid4().hex}"
    made, left = prepare_all(book=book_of(structure, by), key=key, by=by, language=language)
    sent = sum(send(each) for each in made)
    stay = [f"{row.code}, {row.mandate.party.name}: {why}" for row, why in left]
    human = ngettext("%(n)d debtor was told.", "%(n)d debtors were told.", sent) % {"n": sent}
    show({"written": len(made), "sent": sent, "left": stay}, as_json, [human, *stay])


@collections.command("export")
@STRUCTURE
@OUT
@ACCOUNT
@EACH
@KEY
@click.option("--scheme", type=click.Choice(Mandate.Scheme.values), default="CORE")
@json_option
def export_drawn(
    structure: str, out: Path, account: str, each: bool, key: str, scheme: str, as_json: bool
) -> None:
    """Make the file of all announced collections of a scheme (pain.008.001.08), once."""
    by = administrator()
    book = book_of(structure, by)
    with _opened(out) as target:
        row = export_collections(
            book=book,
            account=own_account(book, account),
            key=f"cli:{key or uuid.uuid4().hex}",
            by=by,
            scheme=scheme,
            batch=not each,
        )
        _copy(row, target)
    _tell(row, [], as_json)


class _opened:
    """A new file that is gone again when nothing was made: never an empty one for the bank."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Any:
        try:
            self.file = self.path.open("xb")
        except FileExistsError:
            message = _("%(path)s is there already: choose another name.") % {"path": self.path}
            raise click.UsageError(message) from None
        except OSError as error:
            raise click.UsageError(f"{self.path}: {error.strerror}") from None
        return self.file

    def __exit__(self, kind: Any, *_rest: Any) -> None:
        self.file.close()
        if kind is not None:
            self.path.unlink(missing_ok=True)


def _copy(row: OrderFile, target: Any) -> None:
    with open_file(row.file) as content:
        target.write(content.read())


def _tell(row: OrderFile, left: list[str], as_json: bool) -> None:
    facts = {
        "file": row.message,
        "count": row.count,
        "total": row.total,
        "sha256": row.sha256,
        "left": left,
    }
    human = ngettext(
        "%(file)s: %(count)d payment, %(total)s.",
        "%(file)s: %(count)d payments, %(total)s.",
        row.count,
    ) % {"file": row.message, "count": row.count, "total": figures.money(row.total)}
    show(facts, as_json, [human, *left])
