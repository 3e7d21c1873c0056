"""The ledger at the command line: ``chambre ledger verify``, ``chambre ledger seal``."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.ledger import api
from chambre.lib.money import Money
from chambre.registry import api as registry
from chambre.registry.models import Agent

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
        _show_last_seals()
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
    if as_json:
        click.echo(json.dumps(asdict(report)))
    else:
        click.echo(
            _("%(records)d records sealed, %(entries)d of them journal entries.")
            % {"records": report.records, "entries": report.entries}
        )
        for kind in report.waiting:
            message = _("Somebody is writing: %(kind)s is left for the next time.")
            click.echo(message % {"kind": kind}, err=True)
        _show_last_seals()


def _show_last_seals() -> None:
    """The digests to publish or to keep elsewhere, chamber by chamber."""
    for chamber in Agent.objects.filter(kind=Agent.Kind.CHAMBER).order_by("name"):
        last = api.last_seal(chamber)
        if last is not None:
            words = _("Last seal of %(chamber)s: no. %(number)d, %(at)s, %(digest)s")
            click.echo(
                words
                % {
                    "chamber": chamber.name,
                    "number": last.number,
                    "at": f"{last.sealed_at:%Y-%m-%d %H:%M:%S} UTC",
                    "digest": bytes(last.digest).hex(),
                }
            )


@ledger.command("proof")
@click.argument("record")
@click.option("--kind", default="entry", show_default=True, help="Kind of record.")
@click.option("--key", "is_key", is_flag=True, help="RECORD is a key even if it is a number.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def proof(record: str, kind: str, is_key: bool, as_json: bool) -> None:
    """Prove that RECORD (its number or its idempotency key) is part of what was sealed."""
    found = api.prove(
        int(record) if record.isdecimal() and not is_key else record, by=BY, kind=kind
    )
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
        return
    first, last = found.seals[0], found.seals[-1]
    words = _("%(kind)s %(record)d is record %(place)d of %(count)d of seal %(number)d.")
    place = {"place": found.index + 1, "count": first.count, "number": first.number}
    click.echo(words % {"kind": found.kind, "record": found.record, **place})
    click.echo(f"{last.number}: {bytes(last.digest).hex()}")


@ledger.command("close")
@click.option("--structure", required=True, help="Short name of the structure.")
@click.option("--year", required=True, type=int, help="Year in which the financial year ends.")
@click.option("--preview", is_flag=True, help="Only say what closing would do.")
@click.option(
    "--accept-differences",
    is_flag=True,
    help="Close although the next year's own openings differ; the audit trail keeps it.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def close(
    structure: str, year: int, preview: bool, accept_differences: bool, as_json: bool
) -> None:
    """Close a financial year for ever, and carry its balances over."""
    found = api.year_of(registry.structure(structure), year)
    if preview:
        seen = api.preview_close(book=found.book, year=found, by=BY)
        if as_json:
            click.echo(json.dumps(seen.as_data(), ensure_ascii=False))
            return
        click.echo(f"{found}: {Money(seen.result).format(_language())}")
        for finding in seen.findings:
            mark = _("in the way") if finding.blocking else _("to look at")
            click.echo(f"  {mark}: {finding.message}")
        for each in seen.differences:
            words = _("  opening of %(account)s: %(found)d where %(expected)d is left")
            click.echo(words % each.as_data())
        return
    done = api.close_year(book=found.book, year=found, by=BY, accept_differences=accept_differences)
    if as_json:
        click.echo(json.dumps(done.as_data(), ensure_ascii=False))
        return
    words = _("%(year)s was closed before.") if done.already else _("%(year)s is closed.")
    click.echo(words % {"year": found})


def _language() -> str:
    return (get_language() or "fr")[:2]


commands = [ledger]
