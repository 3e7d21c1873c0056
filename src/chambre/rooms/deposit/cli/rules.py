"""What a scheme decides about itself, at the command line: ``chambre deposit rules``."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click
from django.utils.translation import gettext as _

from chambre.core import clock
from chambre.core.cli import administrator, json_option, show
from chambre.core.ui import figures
from chambre.rooms.deposit.models import Terms, UnclaimedDecision
from chambre.rooms.deposit.queries import finding
from chambre.rooms.deposit.queries.terms import terms_on
from chambre.rooms.deposit.services import costing, schemes

Outcome = UnclaimedDecision.Outcome


class _NumberOrNone(click.ParamType):  # type: ignore[type-arg]
    """A number, or ``none`` for a rule that says nothing."""

    name = "NUMBER|none"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; ``none`` stays a word, for an option that is absent is None too."""
        if value == "none":
            return value
        return click.IntRange(min=0, max=10**6).convert(value, param, ctx)


NUMBER_OR_NONE = _NumberOrNone()
NUMBER = click.IntRange(min=0, max=10**9)
since = click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day; absent: today.")


def _day(moment: dt.datetime | None) -> dt.date | None:
    return moment.date() if moment is not None else None


@click.group()
def rules() -> None:
    """Rules, tariff and decisions of a scheme; each holds from a day on, the former stay readable."""


def _facts(row: Terms) -> dict[str, Any]:
    names = ("number", "since", "reason", *schemes.TERMS)
    return {name: getattr(row, name) for name in names}


@rules.command("show")
@click.argument("slug")
@json_option
def show_rules(slug: str, as_json: bool) -> None:
    """The rules of the scheme SLUG that hold today."""
    facts = _facts(terms_on(finding.scheme_named(slug).pk, clock.today()))
    show(facts, as_json, [f"{name}: {value}" for name, value in facts.items()])


@rules.command("set")
@click.argument("slug")
@click.option("--reason", required=True, help="Where it was decided, and why.")
@since
@click.option("--liability", type=click.Choice(Terms.Liability.values), help="Who owes deposits.")
@click.option("--takes-back", type=click.Choice(Terms.TakesBack.values), help="Which places.")
@click.option("--condition", help="In which condition objects are taken back.")
@click.option("--damaged-kept", type=NUMBER_OR_NONE, help="Percent; none: people decide.")
@click.option("--late-after", type=NUMBER_OR_NONE, help="Days; none: never late.")
@click.option("--late-kept", type=NUMBER_OR_NONE, help="Percent.")
@click.option("--distance-limit", type=NUMBER, help="Cents that a code alone pays.")
@click.option("--burst-count", type=NUMBER, help="Returns in a short time: at most.")
@click.option("--burst-minutes", type=click.IntRange(1, 1440), help="In how many minutes.")
@click.option("--top-speed", type=click.IntRange(1, 100_000), help="In km/h.")
@click.option("--counted-more", type=NUMBER_OR_NONE, help="Counted objects beyond what went out.")
@click.option("--counted-days", type=NUMBER_OR_NONE, help="In how many days.")
@click.option("--unlink-after", type=click.IntRange(0, 3650), help="Days.")
@json_option
def set_rules(
    slug: str, reason: str, since: dt.datetime | None, as_json: bool, **said: Any
) -> None:
    """Decide the rules of the scheme SLUG; what is not said stays as it was."""
    changes = {
        name: None if value == "none" else value
        for name, value in said.items()
        if value is not None
    }
    row = schemes.set_terms(
        scheme=finding.scheme_named(slug), by=administrator(), reason=reason, since=_day(since),
        **changes,
    )  # fmt: skip
    show(_facts(row), as_json, _("It is decided, and the former rule stays readable."))


@rules.command()
@click.argument("slug")
@click.option("--amount", required=True, type=NUMBER, help="Deposit of one object, in cents.")
@click.option("--type", "type_", help="Only for this type; absent: for all others.")
@click.option("--vat", type=click.IntRange(0, 10_000), help="Hundredths of a percent.")
@click.option("--reason", default="", help="Where it was decided, and why.")
@since
@json_option
def tariff(
    slug: str,
    amount: int,
    type_: str | None,
    vat: int | None,
    reason: str,
    since: dt.datetime | None,
    as_json: bool,
) -> None:
    """Decide the deposit of the scheme SLUG; what was paid is paid back as it was."""
    scheme = finding.scheme_named(slug)
    row = schemes.set_tariff(
        scheme=scheme, amount=amount, vat=vat, reason=reason, since=_day(since),
        by=administrator(), type_=finding.type_of_scheme(scheme, type_) if type_ else None,
    )  # fmt: skip
    facts = {"amount": row.amount, "type": type_ or "", "since": row.since, "vat": row.vat}
    show(facts, as_json, f"{figures.day(row.since)}: {figures.money(row.amount)}")


@rules.command()
@click.argument("slug")
@click.option("--after-days", required=True, type=click.IntRange(30, 36_500), help="30 at least.")
@click.option("--outcome", required=True, type=click.Choice(Outcome.values), help="What becomes.")
@click.option("--reference", required=True, help="Where the commons decided it.")
@since
@json_option
def unclaimed(
    slug: str,
    after_days: int,
    outcome: str,
    reference: str,
    since: dt.datetime | None,
    as_json: bool,
) -> None:
    """Write down what the scheme SLUG decided about deposits that nobody claims."""
    row = schemes.decide_unclaimed(
        scheme=finding.scheme_named(slug), after_days=after_days, outcome=outcome,
        reference=reference, since=_day(since), by=administrator(),
    )  # fmt: skip
    names = ("after_days", "outcome", "reference", "since")
    words = _("Decided: after %(days)d days, %(outcome)s (%(where)s).") % {
        "days": row.after_days, "outcome": row.get_outcome_display(), "where": row.reference,
    }  # fmt: skip
    show({name: getattr(row, name) for name in names}, as_json, words)


@rules.command()
@click.argument("slug")
@click.option("--wash", required=True, type=NUMBER, help="Wash and way of a rotation, in cents.")
@click.option("--instead", required=True, type=NUMBER, help="One throwaway object, in cents.")
@click.option("--reason", required=True, help="Where the figures come from.")
@click.option("--type", "type_", help="Only for this type; absent: for all others.")
@since
@json_option
def costs(
    slug: str,
    wash: int,
    instead: int,
    reason: str,
    type_: str | None,
    since: dt.datetime | None,
    as_json: bool,
) -> None:
    """Write down what one rotation of the scheme SLUG costs."""
    scheme = finding.scheme_named(slug)
    row = costing.set_costs(
        scheme=scheme, wash=wash, instead=instead, reason=reason, since=_day(since),
        by=administrator(), type_=finding.type_of_scheme(scheme, type_) if type_ else None,
    )  # fmt: skip
    facts = {"wash": row.wash, "instead": row.instead, "type": type_ or "", "since": row.since}
    words = f"{figures.day(row.since)}: {figures.money(row.wash)} / {figures.money(row.instead)}"
    show(facts, as_json, words)


commands: list[click.Command] = [rules]
