"""Completing an entry so that it balances in every (resource, unit) cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chambre.ledger.applets.books import accounts
from chambre.ledger.applets.drafts import LineDraft
from chambre.ledger.models import Account, Book
from chambre.lib import accounting


def balance_cells(book: Book, lines: Sequence[LineDraft | tuple[Any, ...]]) -> list[LineDraft]:
    """Add the lines on link accounts that make each (resource, unit) cell of an entry balance.

    All link lines stand on the debit side with their own sign, so that within a book both
    turnovers of a link account stay zero: a structure's own accounts do not see them.

    Args:
        book: The entry's book.
        lines: The lines of one entry; in each unit they sum to zero.

    Returns:
        The given lines followed by link lines, if any are needed.

    Raises:
        ValueError: The lines of a unit do not sum to zero as a whole.
    """
    drafts = [LineDraft._make(line) for line in lines]
    codes = dict(
        Account.objects.filter(pk__in={draft.account for draft in drafts}).values_list("pk", "code")
    )
    return [*drafts, *LinkMaker(book).links(drafts, codes)]


class LinkMaker:
    """Makes link lines in one book; knows the ids of its link accounts once it used them."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._ids: dict[str, int] = {}

    def links(self, drafts: Sequence[LineDraft], codes: dict[int, str]) -> list[LineDraft]:
        """The link lines that an entry needs, dated like its first line."""
        added: list[LineDraft] = []
        for unit in sorted({draft.unit for draft in drafts}):
            own = [draft for draft in drafts if draft.unit == unit]
            found = accounting.link_lines(
                [(draft.resource, codes[draft.account], draft.amount) for draft in own]
            )
            added += [
                LineDraft(self._account(code), resource, unit, amount, "D", own[0].day)
                for resource, code, amount in found
            ]
        return added

    def _account(self, code: str) -> int:
        if code not in self._ids:
            memo = code == accounting.MEMO_LINK_ACCOUNT
            label = accounting.MEMO_LINK_LABEL if memo else accounting.LINK_LABEL
            self._ids |= accounts(self.book, {code: label.fr})
        return self._ids[code]
