"""Exchanges as files: check one, without the database."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.cli import json_option, show, without_database
from chambre.core.errors import Invalid
from chambre.lib import exchange as lib

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


commands = [check]
