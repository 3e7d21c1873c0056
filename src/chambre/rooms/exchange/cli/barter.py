"""``chambre barter``: rings of offers and needs."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from chambre.core.cli import json_option, show, without_database
from chambre.core.errors import Invalid
from chambre.lib.barter import Aim, BarterRefusal, Found, read_wishes, rings


@click.group()
def barter() -> None:
    """Barter in rings, without money."""


@without_database
@barter.command("rings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--max", "longest", default=4, show_default=True, help="People in the longest ring.")
@click.option(
    "--most", type=click.Choice([aim.value for aim in Aim]), default="served", show_default=True,
    help="Most people served, or most value in cents.",
)  # fmt: skip
@click.option("--bound", "with_bound", is_flag=True, help="Say also what no rings can pass.")
@json_option
def find_rings(file: Path, longest: int, most: str, with_bound: bool, as_json: bool) -> None:
    """The best rings of the offers and needs in FILE: person,kind,category,value.

    ``kind`` is offer or need, ``value`` in cents or empty. Each person gives one thing and gets one
    thing, in one ring at most.
    """
    try:
        offers, needs = read_wishes(file.read_bytes())
        found = rings(offers, needs, longest=longest, aim=Aim(most))
    except BarterRefusal as error:
        raise Invalid(error.message(get_language() or "fr")) from error
    payload = {
        "served": found.served,
        "rings": [
            [
                {"from": gift.giver, "to": gift.taker, "category": gift.offer.category}
                for gift in ring
            ]
            for ring in found.rings
        ],
    }
    if with_bound:
        payload |= {"worth": found.worth, "bound": found.bound, "proved": found.proved}
    show(payload, as_json, _in_words(found))


def _in_words(found: Found) -> list[str]:
    if not found.rings:
        return [_("No ring was found.")]
    lines = [
        " → ".join([*(f"{gift.giver} ({gift.offer.category})" for gift in ring), ring[0].giver])
        for ring in found.rings
    ]
    text = ngettext("%(count)d person served.", "%(count)d people served.", found.served)
    proof = _("Nothing better exists.")
    if not found.proved:
        proof = _("No rings can be worth more than %(bound)d; these are worth %(worth)d.") % {
            "bound": found.bound, "worth": found.worth,
        }  # fmt: skip
    return [*lines, text % {"count": found.served}, proof]


commands = [barter]
