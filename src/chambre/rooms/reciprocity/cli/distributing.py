"""``chambre distribute``: what a contract gives out of what the books say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.rooms.reciprocity.cli.contracts import DAY, as_json_of, in_words
from chambre.rooms.reciprocity.models import Distribution
from chambre.rooms.reciprocity.queries.contracts import contract_named
from chambre.rooms.reciprocity.services.distributing.booking import book
from chambre.rooms.reciprocity.services.distributing.computing import (
    Computed,
    compute,
    difference,
)
from chambre.rooms.reciprocity.services.distributing.deciding import decide
from chambre.rooms.reciprocity.services.distributing.proposing import propose


@click.command("distribute")
@click.argument("contract")
@click.option("--from", "since", required=True, type=DAY, help="First day.")
@click.option("--to", "until", required=True, type=DAY, help="Last day.")
@click.option("--commit", is_flag=True, help="Propose it, decide it and book it, at once.")
@json_option
def distribute(
    contract: str, since: dt.datetime, until: dt.datetime, commit: bool, as_json: bool
) -> None:
    """Compute what the contract CONTRACT (its short name) gives out of what the books say.

    Without --commit nothing is written. With it the result is proposed, decided without days for
    objections, and booked; it is recorded that the machine's administrator did so. The same days
    again change nothing.
    """
    row = contract_named(contract, administrator())
    if not commit:
        computed = compute(row, since.date(), until.date())
        human = in_words(computed.words, computed.outcome)
        show({**as_json_of(computed.outcome), **_more(computed)}, as_json, human)
        return
    by = administrator()
    made = propose(contract=row, since=since.date(), until=until.date(), by=by, objection_days=0)
    decide(distribution=made, by=by, reason=_("At the command line"))
    made = book(distribution=made, by=by)
    show(_kept(made), as_json, _("Distribution %(number)d is booked.") % {"number": made.number})


def _more(computed: Computed) -> dict[str, Any]:
    return {
        "distribution": None,
        "state": "dry-run",
        "late": sorted(computed.late),
        "difference": difference(computed),
    }


def _kept(made: Distribution) -> dict[str, Any]:
    """A distribution that is kept, in the same shape as a dry run."""
    income = list(
        made.facts.filter(kind__in=("sale", "fee", "royalty"))
        .order_by("ref")
        .values_list("ref", flat=True)
    )
    return {
        "unit": made.unit,
        "income": made.income,
        "distributed": made.distributed,
        "kept": made.kept,
        "lines": [
            {"to": line.name, "clause": line.step, "amount": line.amount,
             "because": income if line.because is None else line.because}
            for line in made.lines.order_by("number")
        ],
        "owed_in_kind": [
            {name: row[name] for name in ("from", "clause", "quantity", "unit")}
            for row in made.owed
        ],
        "distribution": made.number,
        "state": made.state,
        "late": list(made.facts.filter(late=True).order_by("ref").values_list("ref", flat=True)),
    }  # fmt: skip


commands = [distribute]
