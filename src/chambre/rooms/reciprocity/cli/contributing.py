"""``chambre contribution``: record what people gave, list it, let peers recognise it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import Invalid
from chambre.lib.contributing.measures import Measure, parse_measure, write_measure
from chambre.lib.contributing.wording import ContributingRefusal
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Contribution
from chambre.rooms.reciprocity.queries.contributing.finding import (
    contribution_of,
    current,
    standing_of,
    visible_to,
)
from chambre.rooms.reciprocity.services.contributing import recording, voicing

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def contribution() -> None:
    """Contributions to shared resources: record, list, recognise."""


def facts_of(row: Contribution) -> dict[str, Any]:
    """A contribution for machines."""
    recognition = getattr(row, "recognition", None)
    return {
        "id": row.pk, "resource": row.resource.slug, "agent": row.agent.slug, "kind": row.kind,
        "minutes": row.minutes, "cents": row.cents,
        "quantity": None if row.quantity is None else f"{row.quantity.normalize():f}",
        "unit": row.unit, "until": row.until.isoformat(), "what": row.words.what,
        "asked": row.asked, "state": str(standing_of(row).state),
        "counts": recognition.counts if recognition else None,
    }  # fmt: skip


def in_words(row: Contribution) -> str:
    """A contribution on one line."""
    measure = write_measure(Measure(row.minutes, row.cents, row.quantity, row.unit), "fr")
    state = standing_of(row).state
    return f"{row.pk}  {row.until}  {row.agent}  {measure}  {row.words.what}  ({state})"


@contribution.command("record")
@click.argument("resource")
@click.option("--by", "email", required=True, help="E-mail address of who gave it.")
@click.option("--what", required=True, help="In a few words.")
@click.option("--much", required=True, help="How much: “2 h 30”, “25 €”, “12 kg”.")
@click.option(
    "--kind", type=click.Choice(Contribution.Kind.values), default="time", show_default=True,
    help="What was given.",
)  # fmt: skip
@click.option("--on", type=DAY, default=None, help="Last day; today by default.")
@click.option("--asked", type=int, default=None, help="Cents that are asked for it.")
@click.option("--key", default="", help="Idempotency key; the same key records once.")
@json_option
def record_contribution(
    resource: str, email: str, what: str, much: str, kind: str, on: dt.datetime | None,
    asked: int | None, key: str, as_json: bool,
) -> None:  # fmt: skip
    """Record a contribution to the resource RESOURCE (its short name)."""
    try:
        measure = parse_measure(much)
    except ContributingRefusal as refusal:
        raise Invalid(refusal.fr, fields={"much": [refusal.fr]}) from None
    given = recording.Given(
        kind=kind, what=what, minutes=measure.minutes, cents=measure.cents,
        quantity=measure.quantity, unit=measure.unit, until=on.date() if on else None, asked=asked,
    )  # fmt: skip
    row = recording.record(
        resource=registry.resource(resource), given=given, key=key or uuid.uuid4().hex,
        by=administrator(), agent=registry.person(email),
    )  # fmt: skip
    row = contribution_of(row.pk, administrator())
    show(facts_of(row), as_json, in_words(row))


@contribution.command("list")
@click.option("--resource", default="", help="Only to this resource.")
@click.option("--waiting", is_flag=True, help="Only those that are not recognised yet.")
@json_option
def list_contributions(resource: str, waiting: bool, as_json: bool) -> None:
    """List the contributions that stand, the latest first."""
    rows = current(visible_to(administrator())).prefetch_related("voices")
    if resource:
        rows = rows.filter(resource=registry.resource(resource))
    if waiting:
        rows = rows.filter(recognition__isnull=True)
    found = list(rows)
    show({"contributions": [facts_of(row) for row in found]}, as_json, map(in_words, found))


@contribution.command("recognise")
@click.argument("number", type=int)
@click.option("--by", "email", required=True, help="E-mail address of who has seen it.")
@click.option("--object", "reason", default="", help="Object instead, for this reason.")
@json_option
def recognise(number: int, email: str, reason: str, as_json: bool) -> None:
    """Say for somebody of the circle that they have seen the contribution NUMBER, or object."""
    person, by = registry.person(email), administrator()
    kind = "objection" if reason else "seen"
    row = contribution_of(number, by)
    voicing.say(
        contribution=row, kind=kind, words=reason, by=by, agent=person,
        key=f"cli:{number}:{person.pk}:{row.voices.count()}",
    )  # fmt: skip
    row = contribution_of(number, by)
    done = _("It counts.") if getattr(row, "recognition", None) else _("Noted.")
    show(facts_of(row), as_json, [in_words(row), done])


commands = [contribution]
