"""Exchanges: check one that is a file, without the database; settle one that is kept here."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.cli import json_option, show, without_database
from chambre.core.errors import Invalid
from chambre.lib import exchange as lib
from chambre.rooms.exchange.models import Exchange
from chambre.rooms.exchange.queries.errors import NoExchange
from chambre.rooms.exchange.services import settling

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _language() -> str:
    return (get_language() or "fr")[:2]


def _text(file: Path) -> str:
    """What a file says.

    Raises:
        Invalid: It is no text.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(_("%(file)s is not UTF-8 text.") % {"file": file.name}) from error


@without_database
@click.command("check")
@click.argument("file", type=FILE)
@json_option
def check(file: Path, as_json: bool) -> None:
    """Check the exchange FILE: every mistake at its line, and what could never be settled.

    Exit status 1 when it is not valid, or can never be settled.
    """
    report = lib.examine(_text(file))
    problems = [problem.message(_language()) for problem in report.problems]
    verdict = (
        _("Valid, and can be settled.")
        if report.can_settle
        else _("Valid, but can never be settled.")
        if report.valid
        else _("Not valid.")
    )
    said = {"valid": report.valid, "can_settle": report.can_settle, "problems": problems}
    show(said, as_json, [*problems, verdict])
    if not report.can_settle:
        click.get_current_context().exit(1)


@click.command("settle")
@click.argument("exchange", metavar="ID")
@json_option
def settle(exchange: str, as_json: bool) -> None:
    """Settle the exchange ID (its number or its short name): every leg at once, or nothing.

    Refused, with what is missing, unless every leg is deposited and every condition holds.
    """
    by = Actor.system("command line")
    key = {"pk": int(exchange)} if exchange.isdigit() else {"slug": exchange}
    row = Exchange.objects.filter(**key).first()
    if row is None:
        raise NoExchange(exchange=exchange)
    row = settling.settle(exchange=row, by=by)
    legs = [
        {"name": leg.name, "state": leg.state, "kind": leg.kind, "amount": leg.amount}
        for leg in row.legs.order_by("number")
    ]
    said = {"id": row.pk, "exchange": row.slug, "state": row.state, "legs": legs}
    show(said, as_json, [_("Settled: everything has gone to whom it was promised.")])


commands = [check, settle]
