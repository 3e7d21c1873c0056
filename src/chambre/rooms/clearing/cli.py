"""The clearing room at the command line: ``chambre clearing``."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.cli import json_option, show, without_database
from chambre.core.errors import Invalid
from chambre.lib.clearing import (
    ClearingRefusal,
    CsvError,
    MemberRing,
    Obligation,
    PotSize,
    Result,
    pot_table,
    read_csv,
    solve,
)
from chambre.lib.money import Money

SHOWN = 20


def _language() -> str:
    return get_language() or "fr"


def _obligations(path: Path) -> list[Obligation]:
    try:
        return read_csv(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid(_("%(name)s is not UTF-8 text.") % {"name": path.name}) from error
    except CsvError as error:
        raise Invalid(
            _("These obligations cannot be read."), lines=error.messages(_language())
        ) from error


def _euros(cents: int) -> str:
    return Money(cents).format(_language())


def _ring(ring: MemberRing) -> str:
    return _("%(amount)s: %(ring)s") % {
        "amount": _euros(ring.amount),
        "ring": " → ".join((*ring.members, ring.members[0])),
    }


def _pot(size: PotSize) -> str:
    return _("A pot of %(size)s would lend %(lent)s and free %(more)s more.") % {
        "size": _euros(size.liquidity),
        "lent": _euros(size.lent),
        "more": _euros(size.more),
    }


def _words(result: Result) -> list[str]:
    """A clearing for a person: how much, how sure, the largest rings."""
    share = result.cleared * 1000 // result.total if result.total else 0
    mark = "," if _language().startswith("fr") else "."
    lines = [
        _("%(cleared)s of %(total)s are set off (%(share)s %%). Rings: %(rings)s.")
        % {
            "cleared": _euros(result.cleared),
            "total": _euros(result.total),
            "share": f"{share // 10}{mark}{share % 10}",
            "rings": len(result.rings),
        },
        _("This is proved to be the most that is possible.")
        if result.exact
        else _("More than %(bound)s is not possible.") % {"bound": _euros(result.bound)},
    ]
    if result.pot is not None:
        lent = sum(loan.amount for loan in result.pot.lent)
        text = _("The pot lends %(lent)s, has them back, and frees %(more)s more.")
        lines.append(text % {"lent": _euros(lent), "more": _euros(result.pot.more)})
    lines += [_ring(ring) for ring in result.rings[:SHOWN]]
    if len(result.rings) > SHOWN:
        lines.append(_("… and %(count)s more rings") % {"count": len(result.rings) - SHOWN})
    return lines


@click.group()
def clearing() -> None:
    """Debts set off around rings, without money."""


@without_database
@clearing.command("solve")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--max-ring", type=int, help="At most so many members per ring (2 or more).")
@click.option(
    "--liquidity", type=int, default=0, help="Cents of a pot that lends and has them back."
)
@click.option(
    "--pot",
    "pots",
    type=click.IntRange(min=1),
    multiple=True,
    help="Say what a pot of so many cents would free too; several times for several sizes.",
)
@click.option("--fair", is_flag=True, help="Among equally large set-offs, the most even one.")
@json_option
def solve_file(
    file: Path, max_ring: int | None, liquidity: int, pots: tuple[int, ...], fair: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Set off as much as can be of the obligations in FILE.

    FILE is a table (CSV) with the columns id,debtor,creditor,amount; amounts in cents. Nobody's net
    position changes.
    """
    try:
        owed = _obligations(file)
        result = solve(owed, max_ring=max_ring, liquidity=liquidity, fair=fair)
        table = pot_table(owed, pots, max_ring=max_ring) if pots else []
    except ClearingRefusal as error:
        raise Invalid(error.message(_language())) from error
    data = result.as_data()
    if pots:
        data["pots"] = [dataclasses.asdict(size) for size in table]
    show(data, as_json, _words(result) + [_pot(size) for size in table])


commands = [clearing]
