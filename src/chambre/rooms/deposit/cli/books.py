"""What deposits do to the books of a year, at the command line: losses of those who took objects."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.ui import figures
from chambre.registry import api as registry
from chambre.rooms.deposit.queries import finding
from chambre.rooms.deposit.services import depreciating, taking
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


@click.command()
@click.option("--structure", required=True, help="Short name of who took the objects.")
@json_option
def taken(structure: str, as_json: bool) -> None:
    """Write the deposits that a structure paid and got back into its own book (4096), once."""
    done = taking.book_taken(structure=registry.structure(structure), by=administrator())
    facts = {"entries": done.entries, "paid": done.paid, "back": done.back}
    words = _("%(entries)d entries: deposits of %(paid)s paid, of %(back)s got back.") % {
        "entries": done.entries, "paid": figures.money(done.paid), "back": figures.money(done.back),
    }  # fmt: skip
    show(facts, as_json, words)


@click.command()
@click.option("--scheme", "slug", required=True, help="Short name of the scheme.")
@click.option("--year", required=True, type=int, help="A year that is over.")
@click.option("--undo", is_flag=True, help="Take what was booked for this year back.")
@json_option
def depreciate(slug: str, year: int, undo: bool, as_json: bool) -> None:
    """Book what objects that are fixed assets lost of their cost in a year, once."""
    act = depreciating.undo if undo else depreciating.depreciate
    done = act(scheme=finding.scheme_named(slug), year=year, by=administrator())
    words = _("%(objects)d objects, %(amount)s.") % {
        "objects": done.objects, "amount": figures.money(done.amount),
    }  # fmt: skip
    show({"objects": done.objects, "amount": done.amount}, as_json, words)


@click.command("life")
@click.argument("slug")
@click.option("--years", required=True, type=int, help="Years of use; 0: not depreciated.")
@json_option
def life(slug: str, years: int, as_json: bool) -> None:
    """Say how many years objects of the type SLUG are used."""
    row = depreciating.set_life(type_=finding.type_named(slug), years=years, by=administrator())
    show({"slug": row.slug, "life": row.life}, as_json, f"{row.name}: {row.life}")


commands: list[click.Command] = [taken, losses, depreciate]
