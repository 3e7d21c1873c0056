"""What commands share: ``--json``, results, and who acts at the command line.

An app's ``cli.py`` has ``commands``, a list of click commands or groups. A command raises business
errors; the root prints them and exits with 1. Example::

    @click.command()
    @click.argument("slug")
    @json_option
    def create(slug: str, as_json: bool) -> None:
        agent = services.create_structure(slug=slug, by=administrator())
        show({"slug": agent.slug}, as_json, _("Made: %(name)s") % {"name": agent.name})

    commands = [create]
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor

Function = TypeVar("Function", bound=Callable[..., Any])
json_option = click.option(
    "--json", "as_json", is_flag=True, help=str(_("One JSON object on the output, nothing else."))
)
"""Adds ``--json`` as the argument ``as_json``."""


def administrator() -> Actor:
    """The machine's administrator at the command line."""
    return Actor.system("command line")


def without_database(command: click.Command) -> click.Command:
    """Mark a command that needs no database: none is made or migrated for it."""
    command.no_database = True  # type: ignore[attr-defined]
    return command


def _plain(value: Any) -> Any:
    """What JSON does not know, as text; never a float for an amount."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Promise | uuid.UUID):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def to_json(payload: Any) -> str:
    """One line of JSON with readable accents."""
    return json.dumps(payload, ensure_ascii=False, default=_plain)


def show(payload: Any, as_json: bool, human: str | Iterable[str] = "") -> None:
    """Print a result: one JSON object for machines, or words for a person."""
    if as_json:
        click.echo(to_json(payload))
        return
    for line in [human] if isinstance(human, str) else human:
        if line:
            click.echo(line)
