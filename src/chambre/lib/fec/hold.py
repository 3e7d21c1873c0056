"""Holds back the lines of entries that are not next to each other until they are whole."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from types import TracebackType
from typing import Final

from .regroup import Regrouper
from .scratch import scratch
from .types import Entry, LineTuple

IN_MEMORY = 100_000
"""How many lines are held in memory before they go to a temporary file."""

_JOURNAL: Final = 1
_NUMBER: Final = 3
_DAY: Final = 4
_PIECE: Final = 9
_LABEL: Final = 11


class Holder:
    """Makes entries of runs, in order; a run that is only a part of its entry waits.

    Args:
        regrouper: Knows which runs are to wait, and for how many others.
        by_piece: Whether numbers tell nothing, so that entries have none.
    """

    def __init__(self, regrouper: Regrouper, *, by_piece: bool = False) -> None:
        self._by_piece = by_piece
        self._plan: Iterator[tuple[int, int, int, int | None]] = regrouper.held()
        self._next = next(self._plan, None)
        self._ordinal = 0
        self._groups: dict[int, list[LineTuple]] = {}
        self._left: dict[int, int] = {}
        self._held = 0
        self._base: sqlite3.Connection | None = None

    def __enter__(self) -> Holder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._base is not None:
            self._base.close()

    def take(self, run: list[LineTuple]) -> Entry | None:
        """Take the next run; give its entry when it is whole."""
        ordinal = self._ordinal
        self._ordinal += 1
        if self._next is None or self._next[0] != ordinal:
            first = run[0]
            number = "" if self._by_piece else first[_NUMBER]
            return Entry(
                first[_JOURNAL], number, first[_DAY], first[_PIECE], first[_LABEL], run, None
            )
        _, group, runs, regrouping = self._next
        self._next = next(self._plan, None)
        left = self._left.get(group, runs) - 1
        self._groups.setdefault(group, []).extend(run)
        self._held += len(run)
        if left:
            self._left[group] = left
            if self._held > IN_MEMORY:
                self._put_aside()
            return None
        self._left.pop(group, None)
        return self._entry(group, regrouping)

    def _entry(self, group: int, regrouping: int | None) -> Entry:
        recent = self._groups.pop(group)
        self._held -= len(recent)
        lines: list[LineTuple] = []
        if self._base is not None:
            for (blob,) in self._base.execute(
                "SELECT lines FROM aside WHERE grp = ? ORDER BY rowid", (group,)
            ):
                lines += pickle.loads(blob)  # noqa: S301 - our own temporary file
            self._base.execute("DELETE FROM aside WHERE grp = ?", (group,))
        lines += recent
        first = lines[0]
        one_number = not self._by_piece and all(line[_NUMBER] == first[_NUMBER] for line in lines)
        return Entry(
            first[_JOURNAL],
            first[_NUMBER] if one_number else "",
            max(line[_DAY] for line in lines),
            first[_PIECE],
            first[_LABEL],
            lines,
            regrouping,
        )

    def _put_aside(self) -> None:
        """Move what is held from memory to a temporary file."""
        if self._base is None:
            self._base = scratch()
            self._base.execute("CREATE TABLE aside (grp INTEGER, lines BLOB)")
            self._base.execute("CREATE INDEX aside_grp ON aside (grp)")
        self._base.execute("BEGIN")
        self._base.executemany(
            "INSERT INTO aside VALUES (?, ?)",
            ((group, pickle.dumps(lines, 5)) for group, lines in self._groups.items() if lines),
        )
        self._base.execute("COMMIT")
        self._groups = {}
        self._held = 0
