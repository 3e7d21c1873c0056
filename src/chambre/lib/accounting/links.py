"""Link accounts (*comptes de liaison*): what cells of one book owe to each other.

Every journal entry balances in every cell (book, resource, unit). What crosses from one resource
to another inside an entry goes through a link account, which cancels in the whole book.

The account is a sub-account of **181 « Comptes de liaison des établissements »**, the place that
the plan comptable gives to reciprocal accounts between parts of one legal person. Its suffix is
made of letters, ``RES``: the tax administration asks that the first three characters of an account
be digits of the plan comptable and allows letters after them, while the charts, and the real
sub-accounts of 181, 186, 187 and 188 in the books of structures, are made of digits. So a
structure that has real establishments keeps its own 181…, 186… and 187…, and never meets ours.

Contributions in kind (classes 86 and 87) balance among themselves, apart from the balance sheet;
they must do so in each cell too. What crosses there goes through a second account in class 87.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, TypeVar

from .codes import bare
from .natures import Nature, nature
from .texts import Text

Cell = TypeVar("Cell", bound=Hashable)

LINK_ACCOUNT = "181RES"
"""Account of the links between cells of one book, for classes 1 to 7."""

MEMO_LINK_ACCOUNT = "879RES"
"""Account of the links between cells of one book, for class 8 (contributions in kind)."""

LINK_LABEL = Text(
    fr="Liaison entre la ressource, les structures et les autres ressources",
    en="Link between the resource, the structures and the other resources",
)
"""Its name as an account."""

LINK_DUE_TO_IT = Text(
    fr="Ce que les structures et les autres ressources doivent à la ressource",
    en="What the structures and the other resources owe to the resource",
)
"""How a link account in debit is presented: on the side of what is owned."""

LINK_IT_OWES = Text(
    fr="Ce que la ressource doit aux structures et aux autres ressources",
    en="What the resource owes to the structures and the other resources",
)
"""How a link account in credit is presented: on the side of what is owed."""

MEMO_LINK_LABEL = Text(
    fr="Liaison des contributions en nature entre ressources",
    en="Link of contributions in kind between resources",
)


def is_link(account: str) -> bool:
    """Whether an account is one of the two link accounts of the house (or a sub-account)."""
    return bare(account).startswith((LINK_ACCOUNT, MEMO_LINK_ACCOUNT))


def link_account(account: str) -> str:
    """Return the link account through which a line on ``account`` goes to another cell."""
    apart = nature(account) in (Nature.MEMO, Nature.OUTSIDE)
    return MEMO_LINK_ACCOUNT if apart else LINK_ACCOUNT


def link_lines(lines: Iterable[tuple[Cell, str, int]]) -> list[tuple[Cell, str, int]]:
    """Return the lines that make one balanced entry balance in each of its cells.

    Classes 1 to 7 and classes 8 and 9 are linked apart, so that each resource's contributions in
    kind balance among themselves, except in an entry that mixes the two: there one link account
    carries all of it. The returned lines sum to zero for each link account.

    Args:
        lines: The lines of one entry of one book and unit: cell, account, debit − credit.

    Returns:
        Cell, link account, amount, in the order in which cells first appear; empty when each
        cell balances already.

    Raises:
        ValueError: The lines as a whole do not sum to zero.
    """
    by_link: dict[str, dict[Cell, int]] = defaultdict(lambda: defaultdict(int))
    for cell, account, amount in lines:
        by_link[link_account(account)][cell] += amount
    if sum(sum(cells.values()) for cells in by_link.values()):
        raise ValueError("the entry does not balance as a whole")
    if any(sum(cells.values()) for cells in by_link.values()):
        merged: dict[Cell, int] = defaultdict(int)
        for cells in by_link.values():
            for cell, amount in cells.items():
                merged[cell] += amount
        by_link = {LINK_ACCOUNT: merged}
    return [
        (cell, account, -amount)
        for account, cells in sorted(by_link.items())
        for cell, amount in cells.items()
        if amount
    ]


def pair_links(balances: Mapping[Cell, int]) -> dict[tuple[Cell, Cell], int]:
    """Say what each cell of one entry owes to each other, from what stands on its link account.

    Cells that are owed something (in debit) are served in their order by those that owe it, in
    theirs, each up to what is left; so the parts of a cell always sum to its own balance.

    Args:
        balances: Cell → debit − credit on the link account in one entry, in the order in which
            cells come.

    Returns:
        ``(owed, owing) → amount``, positive, in minor units.

    Raises:
        ValueError: The amounts do not sum to zero.
    """
    if sum(balances.values()):
        raise ValueError("the links of an entry do not cancel")
    owed: list[Any] = [[cell, amount] for cell, amount in balances.items() if amount > 0]
    owing: list[Any] = [[cell, -amount] for cell, amount in balances.items() if amount < 0]
    pairs: dict[tuple[Cell, Cell], int] = {}
    while owed and owing:
        part = min(owed[0][1], owing[0][1])
        pairs[owed[0][0], owing[0][0]] = part
        for side in (owed, owing):
            side[0][1] -= part
            if not side[0][1]:
                side.pop(0)
    return pairs
