"""Cases at the command line: ``chambre deposit case``. What pays is decided by people, on pages."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.ui import figures
from chambre.rooms.deposit.queries.casefacts import case_facts
from chambre.rooms.deposit.queries.finding import scheme_named
from chambre.rooms.deposit.queries.managing import case_of, cases_of
from chambre.rooms.deposit.queries.wording import evidence_words
from chambre.rooms.deposit.services import deciding

scheme = click.option("--scheme", "slug", required=True, help="Short name of the scheme.")


@click.group()
def case() -> None:
    """Cases: what no rule decides."""


@case.command("list")
@scheme
@click.option("--state", type=click.Choice(["open", "decided", "all"]), default="open")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, help="At most so many.")
@json_option
def list_cases(slug: str, state: str, limit: int, as_json: bool) -> None:
    """The cases of a scheme, the newest first; those that wait, when nothing else is said."""
    rows = cases_of(scheme_named(slug), "" if state == "all" else state)
    found = list(rows.select_related("decision").prefetch_related("voices__user")[:limit])
    human = [
        f"{row.pk}  {figures.moment(row.at)}  {row.get_kind_display()}  {row.code}" for row in found
    ]
    empty = [_("Nothing waits for people here.")]
    show({"cases": [case_facts(row) for row in found]}, as_json, human or empty)


@case.command("show")
@click.argument("number", type=int)
@scheme
@json_option
def show_case(number: int, slug: str, as_json: bool) -> None:
    """What was seen of the case NUMBER, who said what, and how it was decided."""
    row = case_of(scheme_named(slug), number)
    facts = case_facts(row)
    human = [f"{row.pk}  {row.get_kind_display()}  {row.code}"]
    human += [f"{name}: {value}" for name, value in evidence_words(row)]
    human += [
        f"{each['by']}: {each['kind']} {figures.money(each['amount'])} {each['words']}"
        for each in facts["voices"]
    ]
    if facts["decision"]:
        human.append(f"{row.decision.get_outcome_display()}: {facts['words']}")
    show(facts, as_json, human)


@case.command("close")
@click.argument("number", type=int)
@scheme
@click.option("--outcome", type=click.Choice(["refused", "closed"]), required=True)
@click.option("--words", required=True, help="Why: it is kept with the case.")
@json_option
def close_case(number: int, slug: str, outcome: str, words: str, as_json: bool) -> None:
    """End the case NUMBER without paying: nothing is paid (refused), or nothing is to do (closed)."""
    row = case_of(scheme_named(slug), number)
    deciding.close_case(case=row, outcome=outcome, words=words, by=administrator())
    told = case_facts(case_of(scheme_named(slug), number))
    show(told, as_json, _("The case is closed."))


commands: list[click.Command] = [case]
