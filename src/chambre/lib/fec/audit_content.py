"""Checks of coherence: pieces, lettering, doubles, accounts, opening against the last closing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from itertools import compress, count, islice, pairwise
from operator import eq, mul

from .block import Block
from .columns import NO_DAY
from .findings import Cents, Findings
from .runs import Runs, Segments

FAR = 366
"""Days between a piece and its entry from which on it is said."""

OPEN_LETTERINGS = 500_000
"""Letterings that may be open at a time; beyond, they are no longer followed."""

REMEMBERED = 250_000
"""Entries among which, at least, a repeated one is recognised: those just before it."""

_KNOWN_DAYS = 100_000

KnownAccounts = Collection[str] | Callable[[str], bool]
"""The accounts of a chart, or a function that knows them."""


class Pieces:
    """Is the date of each piece near its entry and not after its validation?"""

    def __init__(self) -> None:
        self._fine: set[tuple[date, date | None, date | None]] = set()

    def add(self, block: Block, findings: Findings, opens: Callable[[str], bool]) -> None:
        """Take the next block; pieces of opening entries may be old."""
        triples = set(zip(block.day, block.piece_day, block.valid_day, strict=True))
        new = triples - self._fine
        odd = {triple for triple in new if _is_odd(*triple)}
        if len(self._fine) < _KNOWN_DAYS:
            self._fine |= new - odd
        if odd:
            rows = zip(block.day, block.piece_day, block.valid_day, strict=True)
            for place, triple in enumerate(rows):
                if triple in odd:
                    opening = opens(block.journal[place])
                    self._note(findings, block.line[place], *triple, opening=opening)

    def _note(
        self,
        findings: Findings,
        line: int,
        day: date,
        piece: date | None,
        valid: date | None,
        *,
        opening: bool,
    ) -> None:
        if piece is not None and abs((piece - day).days) > FAR and not opening:
            findings.add(
                "W_PIECE_FAR",
                line,
                "PieceDate",
                piece.isoformat(),
                day=piece,
                found=abs((piece - day).days),
            )
        if piece is not None and valid is not None and piece > valid:
            findings.add(
                "W_PIECE_AFTER_VALIDATION",
                line,
                "PieceDate",
                piece.isoformat(),
                day=piece,
                before=valid,
            )
        if valid is not None and valid < day:
            findings.add(
                "W_VALIDATED_BEFORE_ENTRY",
                line,
                "ValidDate",
                valid.isoformat(),
                day=valid,
                before=day,
            )


def _is_odd(day: date, piece: date | None, valid: date | None) -> bool:
    if day == NO_DAY:
        return False
    if piece is not None and (abs((piece - day).days) > FAR or (valid and piece > valid)):
        return True
    return valid is not None and valid < day


class Lettering:
    """Do the lines that are matched with each other cancel out?"""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str, str], tuple[int, int]] = {}
        self._followed = True

    def add(self, block: Block, findings: Findings) -> None:
        """Take the next block."""
        if block.letter.count("") == len(block):
            return
        sums = self._open
        rows = zip(
            block.letter,
            block.letter_day,
            block.account,
            block.auxiliary,
            block.amount,
            block.line,
            strict=True,
        )
        for letter, day, account, auxiliary, amount, line in compress(rows, block.letter):
            if day is None:
                findings.add("W_LETTERING_WITHOUT_DATE", line, "DateLet", letter)
            key = account, auxiliary, letter
            total, first = sums.get(key, (0, line))
            if total + amount:
                sums[key] = total + amount, first
            else:
                sums.pop(key, None)
        if len(sums) > OPEN_LETTERINGS:
            self._followed = False
            sums.clear()

    def finish(self, findings: Findings) -> None:
        """Find the letterings left open."""
        if not self._followed:
            findings.add("W_LETTERING_NOT_FOLLOWED", limit=OPEN_LETTERINGS)
            return
        for (account, auxiliary, letter), (total, line) in self._open.items():
            findings.add(
                "W_LETTERING_UNBALANCED",
                line,
                "EcritureLet",
                letter,
                account=" ".join(part for part in (account, auxiliary) if part),
                gap=Cents(total),
            )


class Doubles:
    """Is a line repeated, or a whole entry?"""

    def __init__(self) -> None:
        self._recent: dict[int, int] = {}
        self._before: dict[int, int] = {}

    @staticmethod
    def weights(block: Block) -> list[int]:
        """A number for each line that says what it says, but for numbers and dates.

        Squares, because hashes of tuples are nearly linear: without, what one line of an entry
        has more and the other less would cancel out in their sum.
        """
        columns = (block.account, block.auxiliary, block.label, block.amount)
        hashes = list(map(hash, zip(*columns, strict=True)))
        return list(map(mul, hashes, hashes))

    def add(self, block: Block, weights: list[int], findings: Findings) -> None:
        """Take the next block: a line like the one before is found."""
        for place in compress(count(1), map(eq, weights, islice(weights, 1, None))):
            if block.amount[place] and _same(block, place - 1, place):
                findings.add(
                    "W_DUPLICATE_LINE", block.line[place], "", before=block.line[place - 1]
                )

    def add_runs(self, runs: Runs, findings: Findings) -> None:
        """Take runs that ended: one that says the same as one before is found."""
        recent, before = self._recent, self._before
        rows = zip(runs.keys, runs.pieces, runs.weights, runs.first_lines, strict=True)
        for (journal, _, day, _), piece, weight, line in rows:
            content = hash((journal, day, piece, weight))
            first = recent.get(content) or before.get(content)
            if first is None:
                recent[content] = line
            else:
                findings.add("W_DUPLICATE_ENTRY", line, "", before=first)
        if len(recent) > REMEMBERED:
            self._before, self._recent = recent, {}


def _same(block: Block, one: int, other: int) -> bool:
    columns = block.columns()[1:]
    return all(column[one] == column[other] for column in columns)


class Accounts:
    """Are the accounts known, and does each keep its label?"""

    def __init__(self, known: KnownAccounts | None) -> None:
        self._known = known
        self._labels: dict[str, str] = {}
        self._changed: set[str] = set()

    def add(self, block: Block, findings: Findings) -> None:
        """Take the next block."""
        labels = self._labels
        for account, label in set(zip(block.account, block.account_label, strict=True)):
            first = labels.get(account)
            if first is None:
                place = block.account.index(account)
                first = labels[account] = block.account_label[place]
                if account and self._known is not None and not is_known(account, self._known):
                    findings.add("W_ACCOUNT_UNKNOWN", block.line[place], "CompteNum", account)
            if label != first and account not in self._changed:
                self._changed.add(account)
                self._note_label(block, account, first, findings)

    def _note_label(self, block: Block, account: str, first: str, findings: Findings) -> None:
        for place, (own, label) in enumerate(zip(block.account, block.account_label, strict=True)):
            if own == account and label != first:
                findings.add(
                    "W_ACCOUNT_LABELS",
                    block.line[place],
                    "CompteLib",
                    account,
                    before=first,
                    found=label,
                )
                return


def is_known(account: str, known: KnownAccounts) -> bool:
    """Whether a chart has an account, or one of three digits or more that it begins with."""
    if callable(known):
        return known(account)
    return any(account[:length] in known for length in range(len(account), 2, -1))


class Opening:
    """Do the opening entries take over the last closing, account by account?"""

    def __init__(self, closing: Mapping[str, int] | None) -> None:
        self._closing = closing
        self._sums: dict[str, int] = {}

    def add(self, block: Block, segments: Segments, opens: Callable[[str], bool]) -> None:
        """Take the next block."""
        if self._closing is None:
            return
        bounds = segments.bounds
        for start, stop in pairwise(bounds):
            if opens(block.journal[start]):
                for place in range(start, stop):
                    account = block.account[place]
                    self._sums[account] = self._sums.get(account, 0) + block.amount[place]

    def finish(self, findings: Findings) -> None:
        """Find the accounts that do not open as they closed.

        The result of the last year may still be in classes 6 and 7 of the closing; it opens in 12.
        """
        if self._closing is None:
            return
        opening, closing = _with_result(self._sums), _with_result(self._closing)
        for account in sorted({*opening, *closing}):
            found, expected = opening.get(account, 0), closing.get(account, 0)
            if found != expected:
                findings.add(
                    "W_OPENING_DIFFERS",
                    0,
                    "CompteNum",
                    account,
                    found=Cents(found),
                    expected=Cents(expected),
                )


def _with_result(balances: Mapping[str, int]) -> dict[str, int]:
    """Balances of classes 1 to 5, the result of the year (classes 6, 7 and 12) as one account."""
    kept: dict[str, int] = {}
    for account, balance in balances.items():
        if account[:1] in "1234567":
            key = "12" if account[:1] in "67" or account[:2] == "12" else account
            kept[key] = kept.get(key, 0) + balance
    return kept
