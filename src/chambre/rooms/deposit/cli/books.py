"""What deposits do to the books of a year, at the command line: losses of those who took objects."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.ui import figures
from chambre.registry import api as registry
from chambre.rooms.deposit.services import losses as losing


@click.command()
@click.option("--structure", required=True, help="Short name of who took the objects.")
@json_option
def losses(structure: str, as_json: bool) -> None:
    """Write what a structure lost on deposits into its own book (6136, 60262 since 2025), once."""
    done = losing.book_losses(structure=registry.structure(structure), by=administrator())
    facts = {"entries": done.entries, "amount": done.amount, "undone": done.undone}
    words = _("%(entries)d losses booked, %(amount)s; %(undone)d taken back.") % {
        "entries": done.entries, "amount": figures.money(done.amount), "undone": done.undone,
    }  # fmt: skip
    show(facts, as_json, words)


commands: list[click.Command] = [losses]
