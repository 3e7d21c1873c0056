"""The lens at the command line: ``chambre fec``, ``chambre attribute``, ``chambre statement``."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, to_json
from chambre.core.errors import Invalid
from chambre.core.ui.figures import money
from chambre.ledger import api as ledger
from chambre.lib import fec as fec_lib
from chambre.lib.attribution import RuleFileError, parse_rules
from chambre.registry import api as registry
from chambre.registry.models import Resource
from chambre.rooms.lens import queries, services


def _show(data: Any) -> None:
    """One JSON object on standard output."""
    click.echo(to_json(data))


def _language() -> str:
    return (get_language() or "fr")[:2]


@click.group()
def fec() -> None:
    """Accounting exports (FEC): check, import, export."""


FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


def _source(files: Sequence[Path]) -> Any:
    """One file, or the parts of one."""
    return list(files) if len(files) > 1 else files[0]


@fec.command("check")
@FILES
@click.option("--structure", help="Compare with this structure: SIREN, previous closing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def check(files: tuple[Path, ...], structure: str | None, as_json: bool) -> None:
    """Give the administration's verdict on FILES, and what it does not look at.

    FILES is one FEC or the parts of one. The command does its work, whatever the verdict is: its
    status is 1 only for what cannot be read at all.
    """
    context = queries.check_context(registry.structure(structure) if structure else None)
    language = _language()
    try:
        report = fec_lib.check(_source(files), **context)
    except fec_lib.FecRefusal as error:
        raise services.FecRefused(error.message(language), reason=error.code) from error
    if as_json:
        _show(report.as_json(language))
        return
    accepted = _("Accepted by the rules of the administration.")
    rejected = _("Rejected by the rules of the administration.")
    click.echo(accepted if report.verdict == "accepted" else rejected)
    debit, credit = (fec_lib.Cents(each).shown(language) for each in (report.debit, report.credit))
    click.echo(
        _("%(lines)d lines, debit %(debit)s, credit %(credit)s.")
        % {"lines": report.lines, "debit": debit, "credit": credit}
    )
    for kind, findings in ((_("error"), report.errors), (_("warning"), report.warnings)):
        for finding in findings:
            click.echo(f"{kind} [{finding.rule}] {finding.message(language)}")
            click.echo(f"  {finding.todo(language)}")


@fec.command("import")
@FILES
@click.option("--structure", required=True, help="Short name of the structure.")
@click.option("--replace", is_flag=True, help="Take over from a former export of the same year.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def import_(files: tuple[Path, ...], structure: str, replace: bool, as_json: bool) -> None:
    """Bring FILES into the book of a structure: one FEC, the parts of one, or several years."""
    agent = registry.structure(structure)
    groups = _each_fec(files)
    outcomes = services.import_several(
        given=[services.Given(_source(group)) for group in groups],
        structure=agent,
        by=administrator(),
        replace=replace,
    )
    for group, outcome in zip(groups, outcomes, strict=True):
        _note(outcome)
        if not outcome.already:
            services.keep_paths(outcome.record, group, administrator())
    if not all(outcome.already for outcome in outcomes):
        services.after_import(by=administrator(), structure=agent)
    records = [outcome.record for outcome in outcomes]
    if as_json:
        figures = ("entries", "lines", "debit", "credit")
        _show(
            {
                "structure": agent.slug,
                **{name: sum(getattr(each, name) for each in records) for name in figures},
                "already": all(outcome.already for outcome in outcomes),
            }
        )
        return
    for record in records:
        click.echo(
            _("%(name)s: %(entries)d entries, %(lines)d lines.")
            % {"name": record.name, "entries": record.entries, "lines": record.lines}
        )


def _each_fec(files: Sequence[Path]) -> list[list[Path]]:
    """The parts of each FEC, by the closing dates in the names; other names are parts of one."""
    names = [fec_lib.parse_name(path.name) for path in files]
    if not all(name.accepted for name in names):
        return [list(files)]
    groups = fec_lib.group_parts([str(path) for path in files])
    groups.sort(key=lambda group: fec_lib.parse_name(group[0]).closing or dt.date.min)
    return [[Path(path) for path in group] for group in groups]


def _note(outcome: services.ImportOutcome) -> None:
    """Say what a person should know about an import, beside the result."""
    record = outcome.record
    if outcome.already:
        message = _("Already imported on %(day)s as %(name)s: nothing was done.")
        click.echo(message % {"day": f"{record.at:%Y-%m-%d}", "name": record.name}, err=True)
        return
    counts = record.report["counts"]
    if any(counts.get(f"W_NUMBERS_{how}") for how in ("ALL_SAME", "MISSING", "RESTART")):
        click.echo(
            _("The entry numbers do not tell entries apart: grouped by journal, date and piece."),
            err=True,
        )
    for each in record.regroupings[:20]:
        click.echo(f"  {each['first_line']}: {each['why'].get(_language())}", err=True)
    if record.report["regrouped"] > 20:
        rest = record.report["regrouped"] - 20
        click.echo("  " + _("and %(n)d more") % {"n": rest}, err=True)


@fec.command("export")
@click.option("--structure", required=True, help="Short name of the structure.")
@click.option("--year", required=True, type=int, help="Year in which the financial year ends.")
@click.option("--out", type=click.Path(path_type=Path), help="File, or folder, to write to.")
def export(structure: str, year: int, out: Path | None) -> None:
    """Write the FEC of a book's financial year (default: standard output)."""
    agent = registry.structure(structure)
    by = administrator()
    if out is None:
        services.export_fec(structure=agent, year=year, out=sys.stdout.buffer, by=by)
        return
    name = fec_lib.file_name(agent.siren or "000000000", services.year_of(agent, year).end)
    if out.is_dir():
        out /= name
    partial = out.with_name(out.name + ".part")
    try:
        with partial.open("wb") as file:
            services.export_fec(structure=agent, year=year, out=file, by=by)
        partial.replace(out)
    except OSError as error:
        raise click.BadParameter(f"{out}: {error.strerror}", param_hint="--out") from error
    finally:
        partial.unlink(missing_ok=True)
    if not fec_lib.parse_name(out.name).accepted:
        click.echo(
            _("The administration takes this file only under the name %(name)s.") % {"name": name},
            err=True,
        )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Only say what the rules would take.")
@click.option("--note", default="", help="Why, for the history.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def attribute(file: Path, preview: bool, note: str, as_json: bool) -> None:
    """Attribute the lines of all books by the rules in FILE (TOML); first match wins."""
    chamber = registry.home_chamber()
    try:
        rules = parse_rules(
            file.read_text(encoding="utf-8"),
            resources=Resource.objects.values_list("slug", flat=True),
            structures=queries.structures_with_books(chamber).values_list("slug", flat=True),
        )
    except UnicodeDecodeError as error:
        raise Invalid(_("The rule file is not UTF-8 text.")) from error
    except RuleFileError as error:
        lines = [problem.message(_language()) for problem in error.problems]
        raise Invalid(_("The rule file cannot be used; nothing changed."), lines=lines) from error
    if preview:
        report = services.preview(rules=rules, chamber=chamber, by=administrator())
    else:
        report = services.apply_rules(
            rules=rules, chamber=chamber, by=administrator(), note=note or file.name
        )
        services.after_import(by=administrator())
    if as_json:
        data = report.as_data()
        _show({key: data[key] for key in ("rules", "attributed", "unattributed")})
        return
    for rule in report.rules:
        text = ngettext("%(name)s: %(n)d line", "%(name)s: %(n)d lines", rule.lines)
        click.echo(text % {"name": rule.name, "n": rule.lines})
    click.echo(
        _("Attributed lines: %(n)d of %(all)d.")
        % {"n": report.attributed, "all": report.attributed + report.unattributed}
    )


def _day(context: click.Context, parameter: click.Parameter, value: str) -> dt.date:
    """A date as ``YYYY-MM-DD``."""
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        text = _("“%(value)s” is not a day: YYYY-MM-DD.")
        raise click.BadParameter(text % {"value": value}) from error


def _day_or_none(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> dt.date | None:
    """A date that may be left out."""
    return None if value is None else _day(context, parameter, value)


@click.command()
@click.option("--by", "axis", required=True, type=click.Choice(["resource", "structure"]))
@click.option("--resource", "resources", multiple=True, help="Only this resource (repeat).")
@click.option("--structure", "structures", multiple=True, help="Only this structure (repeat).")
@click.option("--from", "first", required=True, callback=_day, help="First day, YYYY-MM-DD.")
@click.option("--to", "last", required=True, callback=_day, help="Last day, YYYY-MM-DD.")
@click.option(
    "--known-on", callback=_day_or_none, help="Only what was recorded by that day, YYYY-MM-DD."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def statement(
    axis: str,
    resources: tuple[str, ...],
    structures: tuple[str, ...],
    first: dt.date,
    last: dt.date,
    known_on: dt.date | None,
    as_json: bool,
) -> None:
    """Read the accounts by resource or by structure over a period."""
    if last < first:
        raise click.BadParameter(_("The end is before the beginning."), param_hint="--to")
    found = ledger.statement(
        by=axis,
        first=first,
        last=last,
        resources=[registry.resource(slug) for slug in resources],
        structures=[registry.structure(slug) for slug in structures],
        known_on=known_on,
    )
    if as_json:
        _show(found.as_json())
        return
    line = _("%(name)s: income %(income)s, expenses %(expenses)s, result %(result)s")
    for group in found.groups:
        figures = {
            name: money(getattr(group.totals, name)) for name in ("income", "expenses", "result")
        }
        click.echo(line % {"name": group.name, **figures})
    if found.provisional:
        why = _("Some of these days lie in a financial year that is not closed.")
        click.echo(f"[{_('provisional')}] {why}")


commands = [fec, attribute, statement]
