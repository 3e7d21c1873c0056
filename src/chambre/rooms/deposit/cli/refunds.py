"""How a refund is said at the command line: ``cash``, or in parts, ``cash:150,gift:50``."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from chambre.rooms.deposit.models import Part

MEANS = click.Choice(list(Part.Channel.values))
METAVAR = f"[{'|'.join(MEANS.choices)}][:CENTS][,…]"
LARGEST = 10**9
Refund = tuple[str, tuple[tuple[str, int], ...]]
"""How the rest is paid, and the parts: how and cents."""


def read_refund(ctx: click.Context, param: click.Parameter, value: str) -> Refund:
    """A way, or parts with their cents; the rest goes by the part without cents, else by the last.

    Raises:
        click.BadParameter: There is no such way, or a part makes no sense.
    """
    rest: str = ""
    parts: list[tuple[str, int]] = []
    for each in value.split(","):
        name, colon, cents = each.strip().partition(":")
        means = str(MEANS.convert(name, param, ctx))
        if colon:
            parts.append((means, _cents(cents)))
        elif rest:
            raise click.BadParameter(_("Only one part may be without cents: it gets the rest."))
        else:
            rest = means
    return rest or parts[-1][0], tuple(parts)


def _cents(text: str) -> int:
    # isdecimal alone takes digits of other scripts, which nobody means here.
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text[:11]) <= LARGEST:
        message = _("A part is a number of cents: %(example)s.") % {"example": "cash:150,gift:50"}
        raise click.BadParameter(message)
    return int(text)
