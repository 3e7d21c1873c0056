"""Contracts as files: templates, check, run. None of these needs the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.cli import json_option, show, without_database
from chambre.core.errors import Invalid, NotFound
from chambre.core.ui.figures import money
from chambre.lib import reciprocity as words
from chambre.lib.reciprocity import templates as models
from chambre.lib.reciprocity.model import Contract
from chambre.lib.reciprocity.outcome import Outcome

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


def language() -> str:
    """``fr`` or ``en``."""
    return (get_language() or "fr")[:2]


@without_database
@click.command("templates")
@json_option
def list_templates(as_json: bool) -> None:
    """List the templates of contracts that come with the house."""
    rows = [
        {
            "slug": each.slug,
            "title": each.title.in_language(language()),
            "source": each.source.name if each.source else "Chambre",
        }
        for each in (models.contract(slug) for slug in models.slugs())
    ]
    show(rows, as_json, [f"{row['slug']:<28} {row['title']} ({row['source']})" for row in rows])


def _known(slug: str) -> str:
    if slug not in models.slugs():
        raise NotFound(_("There is no template “%(slug)s”.") % {"slug": slug})
    return slug


@without_database
@click.command("show")
@click.argument("slug")
def show_template(slug: str) -> None:
    """Print the template SLUG, to be written into a file and changed."""
    click.echo(models.text(_known(slug)), nl=False)


@without_database
@click.command("facts")
@click.argument("slug")
def show_facts(slug: str) -> None:
    """Print a table of facts on which the template SLUG can be run."""
    click.echo(models.facts(_known(slug)), nl=False)


@without_database
@click.command("check")
@click.argument("file", type=FILE)
@json_option
def check(file: Path, as_json: bool) -> None:
    """Check the contract FILE: every mistake with its line and column.

    Exit status 1 when it is not valid.
    """
    errors: list[dict[str, Any]] = []
    try:
        words.read(_text(file))
    except words.ContractError as error:
        errors = [
            {"line": each.line, "column": each.column, "message": each.text(language())}
            for each in error.problems
        ]
    human = [_("line %(line)d, column %(column)d: %(message)s") % each for each in errors] or _(
        "Valid."
    )
    show({"valid": not errors, "errors": errors}, as_json, human)
    if errors:
        click.get_current_context().exit(1)


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
@click.command("run")
@click.argument("file", type=FILE)
@click.option("--facts", required=True, type=FILE, help="Table of facts (CSV).")
@click.option("--from", "since", required=True, type=DAY, help="First day.")
@click.option("--to", "until", required=True, type=DAY, help="Last day.")
@json_option
def run(file: Path, facts: Path, since: dt.datetime, until: dt.datetime, as_json: bool) -> None:
    """Run the contract FILE on a table of facts: who gets what, by which clause, because of what.

    The table has the columns id, date, kind, resource, from, to, amount, unit, quantity, note.
    """
    try:
        contract = words.read(_text(file))
        with facts.open(encoding="utf-8-sig", newline="") as table:
            read = words.read_facts(table, unit=contract.unit)
        outcome = words.run(contract, read, since.date(), until.date())
    except (words.ContractError, words.FactsError) as error:
        problems = [each.message(language()) for each in error.problems]
        raise Invalid("\n".join(problems)) from error
    except words.ReciprocityRefusal as refusal:
        raise Invalid(refusal.message(language())) from refusal
    show(as_json_of(outcome), as_json, in_words(contract, outcome))


MOST_REASONS = 2_000_000
"""Ids of facts that a result lists in full; beyond it, each line lists at most :data:`SOME_REASONS`."""
SOME_REASONS = 1_000


def as_json_of(outcome: Outcome) -> dict[str, Any]:
    """A result for machines: amounts in the smallest part of the unit.

    Thousands of lines that all come from a million sales would list them thousands of times. Where all
    lists together are longer than :data:`MOST_REASONS`, each is cut, and ``because_of`` says how many
    facts it is of.
    """
    cut = sum(len(each.because) for each in outcome.lines) > MOST_REASONS

    def reasons(because: Sequence[str]) -> dict[str, Any]:
        if cut and len(because) > SOME_REASONS:
            return {"because": list(because[:SOME_REASONS]), "because_of": len(because)}
        return {"because": list(because)}

    return {
        "unit": outcome.unit,
        "income": outcome.income,
        "distributed": outcome.distributed,
        "kept": outcome.kept,
        "lines": [
            {"to": each.to, "clause": each.clause, "amount": each.amount, **reasons(each.because)}
            for each in outcome.lines
        ],
        "owed_in_kind": [
            {"from": each.giver, "clause": each.clause, "quantity": each.quantity,
             "unit": each.unit}
            for each in outcome.owed_in_kind
        ],
    }  # fmt: skip


def in_words(contract: Contract, outcome: Outcome) -> list[str]:
    """The same for people."""
    labels = {step.name: step.label.in_language(language()) or step.name for step in contract.steps}
    rows = [
        _("Brought in %(income)s, given out %(distributed)s, kept %(kept)s.")
        % {
            "income": money(outcome.income, outcome.unit),
            "distributed": money(outcome.distributed, outcome.unit),
            "kept": money(outcome.kept, outcome.unit),
        }
    ]
    rows += [
        f"{money(line.amount, outcome.unit):>16}  {line.to} – {labels[line.clause]}"
        for line in outcome.lines
    ]
    rows += [
        _("%(who)s owes %(quantity)s %(unit)s (%(clause)s)")
        % {"who": owed.giver, "quantity": owed.quantity, "unit": owed.unit, "clause": owed.clause}
        for owed in outcome.owed_in_kind
    ]
    return rows


commands = [list_templates, show_template, show_facts, check, run]
