"""What is done with objects beside issues and returns, at the command line: care, hand-over, recall."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.ui import figures
from chambre.rooms.deposit.queries import finding, recalling
from chambre.rooms.deposit.services import caring, partners, telling


def _counted(
    _context: click.Context, _option: click.Parameter, said: tuple[str, ...]
) -> tuple[tuple[str, int], ...]:
    """Types and how many of each, as ``gobelet:40``."""
    found = []
    for each in said:
        slug, mark, many = each.rpartition(":")
        if not mark or not (many.isascii() and many.isdigit()) or not 0 < int(many) <= 10**6:
            raise click.BadParameter(_("Say type and number, as gobelet:40."))
        found.append((slug, int(many)))
    return tuple(found)


@click.command()
@click.argument("codes", nargs=-1, required=True)
@click.option("--scheme", "slug", required=True, help="Short name of the scheme.")
@click.option("--step", type=click.Choice(list(caring.STEPS)), required=True, help="What was done.")
@click.option("--place", help="Where; absent: where each is.")
@click.option("--method", default="", help="How it was washed.")
@click.option("--temperature", type=click.IntRange(-50, 300), help="In °C.")
@click.option("--minutes", type=click.IntRange(0, 100_000), help="How long.")
@click.option("--note", default="", help="In a few words.")
@json_option
def care(
    codes: tuple[str, ...],
    slug: str,
    step: str,
    place: str | None,
    method: str,
    temperature: int | None,
    minutes: int | None,
    note: str,
    as_json: bool,
) -> None:
    """Note what was done with the objects CODES: with all of them, or with none."""
    said = {"method": method, "temperature": temperature, "minutes": minutes}
    count = caring.care(
        codes=codes, step=step, by=administrator(), scheme=finding.scheme_named(slug), note=note,
        place=finding.place_named(place) if place else None,
        facts={name: value for name, value in said.items() if value not in (None, "")},
    )  # fmt: skip
    telling.tell_now()
    show({"count": count}, as_json, _("Objects noted: %(count)d.") % {"count": count})


@click.command("hand-over")
@click.argument("codes", nargs=-1)
@click.option("--from", "origin", required=True, help="Place where they were.")
@click.option("--to", "target", required=True, help="Place where they are now.")
@click.option(
    "--counted", callback=_counted, multiple=True, metavar="TYPE:NUMBER",
    help="Objects without codes, as gobelet:40; may be repeated.",
)  # fmt: skip
@click.option("--key", required=True, help="Idempotency key: the same one, the same hand-over.")
@json_option
def hand_over(
    codes: tuple[str, ...],
    origin: str,
    target: str,
    counted: tuple[tuple[str, int], ...],
    key: str,
    as_json: bool,
) -> None:
    """Note that the objects CODES went from one place to another, with deposits when rules say so."""
    rows = partners.hand_over(
        origin=finding.place_named(origin), target=finding.place_named(target), key=key,
        codes=codes, counted=counted, by=administrator(),
    )  # fmt: skip
    telling.tell_now()
    facts = [
        {"type": row.type.slug, "quantity": row.quantity, "amount": row.amount} for row in rows
    ]
    words = [f"{row.type.name}: {row.quantity}, {figures.money(row.amount)}" for row in rows]
    show({"handovers": facts}, as_json, words)


@click.command()
@click.argument("lot")
@click.option("--scheme", "slug", required=True, help="Short name of the scheme.")
@click.option("--reason", required=True, help="Why; it stays in the life of each object.")
@json_option
def recall(lot: str, slug: str, reason: str, as_json: bool) -> None:
    """Recall the batch LOT, its name or its number: what is out is paid back and set apart."""
    row = recalling.lot_called(finding.scheme_named(slug), lot)
    told = caring.recall(lot=row, reason=reason, by=administrator())
    telling.tell_now()
    words = _("%(here)d are here and set apart, %(out)d are with people.") % told
    show({"lot": row.pk, **told}, as_json, words)


commands: list[click.Command] = [care, hand_over, recall]
