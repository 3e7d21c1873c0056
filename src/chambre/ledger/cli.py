"""The ledger at the command line: ``chambre ledger verify``, ``chambre ledger seal``."""

from __future__ import annotations

import json

import click
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.ledger import api

BY = Actor.system()


@click.group()
def ledger() -> None:
    """What was recorded: verify it, seal it."""


@ledger.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Recompute every digest, balance and seal; exit status 1 when something is broken."""
    report = api.verify(by=BY)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        words = _("%(entries)d entries, %(lines)d lines and %(seals)d seals verified.")
        counts = {"entries": report.entries, "lines": report.lines, "seals": report.seals}
        click.echo(words % counts)
        for problem in report.problems:
            place = f"{problem.entry} {problem.key}".strip()
            click.echo(f"{place}: {problem.message} [{problem.kind}]", err=True)
    if not report.ok:
        context.exit(1)


@ledger.command("seal")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def seal(as_json: bool) -> None:
    """Seal what is not sealed yet, and say the digest of the last seal."""
    report = api.seal(by=BY)
    data = {"seals": report.seals, "entries": report.entries, "head": report.head}
    if as_json:
        click.echo(json.dumps(data))
    else:
        click.echo(
            _("%(entries)d entries sealed. Last seal: %(head)s")
            % {"entries": report.entries, "head": report.head or "–"}
        )


commands = [ledger]
