"""Places at the command line: ``chambre deposit place``."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import Invalid
from chambre.lib.placemap import read_position, write_position
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Place
from chambre.rooms.deposit.queries import finding
from chambre.rooms.deposit.services import recounting, schemes

position = click.option(
    "--position", metavar="LATITUDE,LONGITUDE", help="Where it lies, as 50.6369,3.0635."
)


def _read(text: str) -> dict[str, Any]:
    """Both numbers as a place keeps them; empty: it is not known.

    Raises:
        Invalid: Not a position.
    """
    try:
        latitude, longitude = read_position(text) or (None, None)
    except ValueError:
        message = _("This is no position: write latitude and longitude, as 50.6369, 3.0635.")
        raise Invalid(message, fields={"position": [message]}) from None
    return {"latitude": latitude, "longitude": longitude}


def _facts(row: Place) -> dict[str, Any]:
    names = ("slug", "name", "address", "hours", "issues", "returns", "uri")
    closed = row.closed_on.isoformat() if row.closed_on else None
    where = write_position(row.latitude, row.longitude)
    facts = {name: getattr(row, name) for name in names}
    return {**facts, "scheme": row.scheme.slug, "position": where, "closed_on": closed}


@click.group()
def place() -> None:
    """Places where objects are issued and taken back."""


@place.command("create")
@click.argument("slug")
@click.option("--scheme", "scheme_", required=True, help="Short name of the scheme.")
@click.option("--name", required=True, help="What people call it.")
@click.option("--partner", default="", help="Short name of the structure that runs it.")
@click.option("--address", default="", help="Where the place is.")
@click.option("--hours", default="", help="When it is open.")
@position
@click.option("--no-issues", is_flag=True, help="Objects do not go out there.")
@click.option("--no-returns", is_flag=True, help="Objects are not taken back there.")
@json_option
def create_place(
    slug: str,
    scheme_: str,
    name: str,
    partner: str,
    address: str,
    hours: str,
    position: str | None,
    no_issues: bool,
    no_returns: bool,
    as_json: bool,
) -> None:
    """Add the place SLUG, with an open cash drawer unless a partner runs it."""
    row = schemes.create_place(
        slug=slug,
        scheme=finding.scheme_named(scheme_),
        name=name,
        partner=registry.structure(partner) if partner else None,
        address=address[:254],
        hours=hours[:254],
        issues=not no_issues,
        returns=not no_returns,
        by=administrator(),
        **_read(position or ""),
    )
    show(_facts(row), as_json, _("Made: %(name)s") % {"name": row.name})


@place.command("change")
@click.argument("slug")
@click.option("--name", help="What people call it.")
@click.option("--address", help="Where the place is.")
@click.option("--hours", help="When it is open.")
@position
@click.option("--issues/--no-issues", default=None, help="Whether objects go out there.")
@click.option("--returns/--no-returns", default=None, help="Whether they are taken back there.")
@click.option(
    "--closed-on", type=click.DateTime(["%Y-%m-%d"]), help="Closed for good from this day on."
)
@json_option
def change_place(
    slug: str,
    name: str | None,
    address: str | None,
    hours: str | None,
    position: str | None,
    issues: bool | None,
    returns: bool | None,
    closed_on: dt.datetime | None,
    as_json: bool,
) -> None:
    """Change what the place SLUG is and does; what is not said stays as it was."""
    said: dict[str, Any] = {
        "name": name, "address": address and address[:254], "hours": hours and hours[:254],
        "issues": issues, "returns": returns, "closed_on": closed_on and closed_on.date(),
    }  # fmt: skip
    changes = {name: value for name, value in said.items() if value is not None}
    if position is not None:
        changes |= _read(position)
    row = schemes.change_place(place=finding.place_named(slug), by=administrator(), **changes)
    show(_facts(row), as_json, _("Changed: %(name)s") % {"name": row.name})


@click.command()
@click.option("--place", "slug", required=True, help="Where they were taken back.")
@click.option("--type", "type_", required=True, help="Short name of the type.")
@click.option("--count", type=int, help="How many there were.")
@click.option("--grams", type=int, help="Or what they weigh together.")
@click.option("--each", type=int, help="And what one of them weighs, in grams.")
@click.option("--key", required=True, help="Idempotency key: the same one, the same recount.")
@json_option
def recount(
    slug: str,
    type_: str,
    count: int | None,
    grams: int | None,
    each: int | None,
    key: str,
    as_json: bool,
) -> None:
    """Write down what really came from a place since the last time; a difference is a case."""
    row = recounting.recount(
        place=finding.place_named(slug), type_=finding.type_named(type_), found=count,
        grams=grams, each=each, key=key, by=administrator(),
    )  # fmt: skip
    facts = {"told": row.told, "found": row.found, "case": row.case_id}
    words = _("%(found)d counted, %(told)d paid back: they agree.")
    if row.case_id is not None:
        words = _("%(found)d counted, %(told)d paid back: a case is open.")
    show(facts, as_json, words % facts)


commands: list[click.Command] = [place, recount]
