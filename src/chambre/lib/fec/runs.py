"""Runs: lines next to each other that belong to one entry.

An entry is what shares journal, number and day. Where the number is missing, or is the same on
every line, it tells nothing and the piece takes its place. Most files keep the lines of an entry
together, so a run is an entry; what is not so is sorted out from the few runs that do not balance
or come back (see :mod:`.regroup`).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import date
from itertools import accumulate, compress, count, islice, repeat
from operator import lt, ne
from typing import NamedTuple

from .block import Block

Key = tuple[str, str, date, str]
"""Journal, number, day, and the piece when there is no number."""


class Runs(NamedTuple):
    """Runs that came to their end, as columns."""

    keys: list[Key]
    first_lines: list[int]
    """Number of the first line of each."""
    counts: list[int]
    """How many typed lines each has."""
    balances: list[int]
    """Debit − credit of each, in cents."""
    pieces: list[str]
    """PieceRef of the first line of each."""
    weights: list[int]
    """Sum of the weights of the lines of each, when weights were given."""


class Segments(NamedTuple):
    """How a block falls into runs."""

    bounds: list[int]
    """Where they begin, and the length of the block."""
    continues: bool
    """Whether the first goes on with the last run of the block before."""


class RunFinder:
    """Finds the runs of a file, block after block.

    Args:
        by_piece: Whether numbers tell nothing, so that the piece takes their place.
    """

    def __init__(self, *, by_piece: bool = False) -> None:
        self.by_piece = by_piece
        self._open: tuple[Key, int, int, int, str, int] | None = None

    def keys(self, block: Block) -> list[Key]:
        """The key of each line."""
        if self.by_piece:
            return list(zip(block.journal, repeat(""), block.day, block.piece))
        if "" in block.number:
            return [
                (journal, number, day, "" if number else piece)
                for journal, number, day, piece in zip(
                    block.journal, block.number, block.day, block.piece, strict=True
                )
            ]
        return list(zip(block.journal, block.number, block.day, repeat("")))

    def feed(self, block: Block, weights: list[int] | None = None) -> tuple[Runs, Segments]:
        """Take the next block.

        Args:
            block: Some lines.
            weights: A number for each, to be summed by runs.

        Returns:
            The runs that end in it, and how it falls into runs.
        """
        keys = self.keys(block)
        cuts = list(compress(count(1), map(ne, keys, islice(keys, 1, None))))
        bounds = [0, *cuts, len(keys)]
        sums = [0, *accumulate(block.amount)]
        starts, stops = bounds[:-1], bounds[1:]
        heavy = [0, *accumulate(weights)] if weights else None
        runs = Runs(
            [keys[start] for start in starts],
            [block.line[start] for start in starts],
            [stop - start for start, stop in zip(starts, stops, strict=True)],
            [sums[stop] - sums[start] for start, stop in zip(starts, stops, strict=True)],
            [block.piece[start] for start in starts],
            [heavy[stop] - heavy[start] for start, stop in zip(starts, stops, strict=True)]
            if heavy
            else [0] * len(starts),
        )
        continues = self._open is not None and self._open[0] == keys[0]
        self._join(runs, continues=continues)
        return runs, Segments(bounds, continues)

    def _join(self, runs: Runs, *, continues: bool) -> None:
        """Join the run left open with the first of these, and leave the last of these open."""
        if self._open is not None:
            _, first_line, lines, balance, piece, weight = self._open
            if continues:
                runs.first_lines[0] = first_line
                runs.counts[0] += lines
                runs.balances[0] += balance
                runs.pieces[0] = piece
                runs.weights[0] += weight
            else:
                for column, value in zip(runs, self._open, strict=True):
                    column.insert(0, value)  # type: ignore[attr-defined]
        self._open = tuple(column.pop() for column in runs)  # type: ignore[assignment]

    def finish(self) -> Runs:
        """The run left open at the end of the file, if any."""
        if self._open is None:
            return Runs([], [], [], [], [], [])
        last = Runs(*([value] for value in self._open))  # type: ignore[arg-type]
        self._open = None
        return last


_PLACES = 1 << 24
_MASK = _PLACES - 1
_SHARE = 500_000


class Repeats:
    """Finds the values that come more than once among millions, in little memory.

    Each marks a place; a value whose place is marked already may have been seen, and is counted
    exactly at the end. Nothing is marked as long as the values are known to be new.
    """

    def __init__(self) -> None:
        self._marks: bytearray | None = None
        self._suspects: set[int] = set()
        self._all_suspect = False
        self.values = array("q")

    def add_new(self, values: list[int]) -> None:
        """Take the next values, each of 64 bits, none of which came before."""
        if self._marks is None:
            self.values.extend(values)
        else:
            self.add(values)

    def add(self, values: list[int]) -> None:
        """Take the next values, each of 64 bits."""
        if not self._all_suspect:
            self._suspect(values)
        self.values.extend(values)

    def _suspect(self, values: list[int]) -> None:
        if self._marks is None:
            self._marks = bytearray(_PLACES)
            for value in self.values:
                self._marks[value & _MASK] = 1
        marks = self._marks
        places = [value & _MASK for value in values]
        if len(set(places)) < len(places):  # two of these may be the same
            self._suspects.update(values)
        else:
            self._suspects.update(compress(values, map(marks.__getitem__, places)))
        for place in places:
            marks[place] = 1
        if len(self._suspects) > 2 * _SHARE:  # so many that they are no longer worth their memory
            self._all_suspect = True
            self._suspects, self._marks = set(), bytearray()

    def found(self) -> Iterator[tuple[int, int]]:
        """Every value that comes more than once, as (its place from 0, the value).

        Suspects are looked at a share at a time, so that millions of them take little memory.
        """
        suspects = self.values if self._all_suspect else self._suspects
        shares = -(-len(suspects) // _SHARE)
        for share in range(shares):
            counts = {value: 0 for value in suspects if value % shares == share}
            for value in self.values:
                if value in counts:
                    counts[value] += 1
            for place, value in enumerate(self.values):
                if counts.get(value, 0) > 1:
                    yield place, value


class Recurrences:
    """Finds the keys that come back after another run."""

    def __init__(self) -> None:
        self._keys = Repeats()
        self._pieces = array("q")
        self._first_lines = array("I")
        self._counts = array("I")
        self._highest: int | None = -1

    def __len__(self) -> int:
        return len(self._keys.values)

    def add(self, runs: Runs) -> list[int]:
        """Take the next runs; give the hashes of their keys."""
        hashes = list(map(hash, runs.keys))
        if self._rise(runs.keys):
            self._keys.add_new(hashes)
        else:
            self._keys.add(hashes)
        self._pieces.extend(map(hash, runs.pieces))
        self._first_lines.extend(runs.first_lines)
        self._counts.extend(runs.counts)
        return hashes

    def _rise(self, keys: list[Key]) -> bool:
        """Whether the entry numbers are numbers that only ever rise, so that no key comes back."""
        if self._highest is None or not keys:
            return not keys
        numbers = whole_numbers([key[1] for key in keys])
        rise = (
            numbers is not None
            and numbers[0] > self._highest
            and all(map(lt, numbers, islice(numbers, 1, None)))
        )
        self._highest = numbers[-1] if rise and numbers else None
        return rise

    def found(self) -> Iterator[tuple[int, int, int, int, int]]:
        """Every run whose key comes back.

        Yields:
            Ordinal of the run from 0, hash of its key, hash of its piece, number of its first
            line, and how many lines it has.
        """
        for place, key in self._keys.found():
            yield place, key, self._pieces[place], self._first_lines[place], self._counts[place]


def whole_numbers(texts: list[str]) -> list[int] | None:
    """The numbers that texts of figures are; None unless each is, of at most eighteen figures."""
    joined = "".join(texts)
    if not (joined.isascii() and joined.isdecimal()) or "" in texts:
        return None
    return list(map(int, texts)) if max(map(len, texts)) < 19 else None
