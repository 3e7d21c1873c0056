"""What does not balance by itself, put together into the smallest group that does.

Only runs that do not balance, or whose key comes back, are looked at; they go to a temporary SQLite
database, which stays in memory while it is small and on disk when a file has millions of them.
First come the groups of the law: journal, number and day; a number that serves several pieces,
each of which balances, is several entries. Those that do not balance are then put together at one
width after the other, and leave as soon as they do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from itertools import islice

from .findings import Cents, Findings
from .runs import Recurrences, Runs
from .scratch import scratch
from .types import Regrouping, Width

LISTED = 10_000
"""How many regroupings are listed; all are counted."""

_KEYS_SHOWN = 100

# What groups of each width share, from the narrowest.
_WIDTHS: tuple[tuple[Width, tuple[str, ...]], ...] = (
    (Width.PIECE, ("journal", "day", "piece")),
    (Width.NUMBER, ("journal", "number")),
    (Width.JOURNAL_DAY, ("journal", "day")),
    (Width.DAY, ("day",)),
    (Width.JOURNAL_MONTH, ("journal", "month")),
    (Width.MONTH, ("month",)),
    (Width.JOURNAL, ("journal",)),
    (Width.FILE, ("1",)),
)

_TABLES = """
CREATE TABLE run (
    ordinal INTEGER PRIMARY KEY, kh INTEGER, ph INTEGER, journal TEXT, number TEXT, day INTEGER,
    piece TEXT, first INTEGER, lines INTEGER, balance INTEGER
);
"""
_GROUPS = """
CREATE TABLE several AS
    SELECT kh FROM (SELECT kh, sum(balance) AS gap FROM run GROUP BY kh, ph)
    GROUP BY kh HAVING count(*) > 1 AND sum(gap <> 0) = 0;
CREATE UNIQUE INDEX several_key ON several (kh);
UPDATE run SET ph = 0 WHERE kh NOT IN (SELECT kh FROM several);
CREATE TABLE grp (
    id INTEGER PRIMARY KEY, kh INTEGER, ph INTEGER, journal TEXT, number TEXT, day INTEGER,
    month INTEGER, piece TEXT, first INTEGER, lines INTEGER, balance INTEGER, runs INTEGER,
    merged INTEGER, width INTEGER
);
INSERT INTO grp
    SELECT min(ordinal), kh, ph, max(journal), max(number), max(day), NULL, max(piece), min(first),
           sum(lines), sum(balance), count(*), NULL, NULL
    FROM run GROUP BY kh, ph;
CREATE UNIQUE INDEX grp_key ON grp (kh, ph);
"""
_FINAL = """
CREATE TABLE final AS
    SELECT coalesce(merged, id) AS id, max(width) AS width, sum(runs) AS runs, sum(lines) AS lines,
           min(first) AS first, count(*) AS groups, merged IS NOT NULL AS wide, 0 AS rank
    FROM grp GROUP BY coalesce(merged, id);
CREATE UNIQUE INDEX final_id ON final (id);
CREATE INDEX grp_merged ON grp (merged);
"""


_Row = tuple[int | str | None, ...]


class Regrouper:
    """Collects runs in the first pass, decides, and tells the second pass what to hold back."""

    def __init__(self) -> None:
        self.count = 0
        self._base: sqlite3.Connection | None = None
        self._decided = False

    def _database(self) -> sqlite3.Connection:
        if self._base is None:
            self._base = scratch()
            self._base.executescript(_TABLES)
        return self._base

    def add(self, first_ordinal: int, runs: Runs, hashes: list[int]) -> None:
        """Take those of the next runs that do not balance."""
        if not any(runs.balances):
            return
        rows: list[_Row] = [
            (
                first_ordinal + place, hashes[place], hash(runs.pieces[place]),
                runs.keys[place][0], runs.keys[place][1], runs.keys[place][2].toordinal(),
                runs.pieces[place], runs.first_lines[place], runs.counts[place], balance,
            )
            for place, balance in enumerate(runs.balances)
            if balance
        ]  # fmt: skip
        self._insert(rows)

    def _insert(self, rows: list[_Row]) -> None:
        base = self._database()
        base.execute("BEGIN")
        base.executemany("INSERT OR IGNORE INTO run VALUES (?,?,?,?,?,?,?,?,?,?)", rows)
        base.execute("COMMIT")

    def add_recurrences(self, recurrences: Recurrences) -> None:
        """Take the runs whose key comes back, balanced ones too."""
        rows: list[_Row] = []
        for ordinal, key, piece, first, lines in recurrences.found():
            rows.append((ordinal, key, piece, None, None, None, None, first, lines, 0))
            if len(rows) >= LISTED:
                self._insert(rows)
                rows.clear()
        if rows:
            self._insert(rows)
        if self._base is not None:
            self._base.executescript(_GROUPS)

    def note_recurrences(self, findings: Findings) -> None:
        """Find entries whose lines are apart, and numbers that start again."""
        if self._base is None:
            return
        if self._base.execute("SELECT 1 FROM grp WHERE runs > 1 LIMIT 1").fetchone():
            self._note_all(
                findings,
                "W_ENTRY_SCATTERED",
                "SELECT r.first, g.first FROM run r JOIN grp g ON g.kh = r.kh AND g.ph = r.ph"
                " WHERE g.runs > 1 AND r.first > g.first ORDER BY r.first",
            )
        self._note_all(
            findings,
            "W_NUMBERS_RESTART",
            "SELECT g.first, min(o.first) FROM grp g JOIN grp o ON o.kh = g.kh"
            " WHERE g.kh IN (SELECT kh FROM several) AND o.first < g.first"
            " GROUP BY g.id ORDER BY g.first",
        )

    def _note_all(self, findings: Findings, rule: str, query: str) -> None:
        rows = self._database().execute(query)
        for line, before in islice(rows, findings.room(rule)):
            findings.add(rule, line, "EcritureNum", before=before)
        findings.count_more(rule, sum(1 for _ in rows))

    def note_unbalanced(self, findings: Findings) -> None:
        """Find the entries that do not balance."""
        if self._base is None:
            return
        rows = self._base.execute(
            "SELECT min(first), max(journal), max(number), max(day), max(piece), sum(balance)"
            " FROM grp GROUP BY kh HAVING sum(balance) <> 0 AND max(day) > 1 ORDER BY min(first)"
        )
        kept = islice(rows, findings.room("W_UNBALANCED_ENTRY"))
        for first, journal, number, day, piece, balance in kept:
            findings.add(
                "W_UNBALANCED_ENTRY",
                first,
                "EcritureNum",
                number,
                entry=" ".join(part for part in (journal, number or piece) if part),
                day=date.fromordinal(day),
                gap=Cents(balance),
            )
        findings.count_more("W_UNBALANCED_ENTRY", sum(1 for _ in rows))

    def unbalanced_by(self, column: str) -> Iterator[tuple[str | int, int]]:
        """Journals (``"journal"``) or days (``"day"``, as ordinals) that do not balance."""
        if self._base is not None:
            yield from self._base.execute(
                f"SELECT {column}, sum(balance) FROM grp WHERE balance <> 0"  # noqa: S608
                f" GROUP BY {column} HAVING sum(balance) <> 0 ORDER BY min(first)"
            )

    def decide(self) -> None:
        """Put together what balances together. The file as a whole must balance."""
        if self._base is None:
            return
        base = self._base
        months = [
            (day.year * 12 + day.month, ordinal)
            for (ordinal,) in base.execute("SELECT DISTINCT day FROM grp WHERE balance <> 0")
            for day in (date.fromordinal(ordinal),)
        ]
        base.execute("BEGIN")
        base.execute("CREATE TABLE months (month INTEGER, day INTEGER PRIMARY KEY)")
        base.executemany("INSERT INTO months VALUES (?, ?)", months)
        base.execute(
            "UPDATE grp SET month = m.month FROM months m WHERE m.day = grp.day AND balance <> 0"
        )
        for rank, (width, shared) in enumerate(_WIDTHS):
            self._merge(rank, width, shared)
        base.execute("COMMIT")
        base.executescript(_FINAL)
        base.execute(
            "UPDATE final SET rank = o.rank FROM (SELECT id, row_number() OVER (ORDER BY first) - 1"
            " AS rank FROM final WHERE wide) o WHERE o.id = final.id"
        )
        self.count = base.execute("SELECT count(*) FROM final WHERE wide").fetchone()[0]
        self._decided = True

    def _merge(self, rank: int, width: Width, shared: tuple[str, ...]) -> None:
        base = self._database()
        columns = ", ".join(shared)
        numbered = " AND grp.number <> ''" if width is Width.NUMBER else ""
        base.execute("DROP TABLE IF EXISTS together")
        base.execute(
            f"CREATE TABLE together AS SELECT {columns} {'AS x' * (shared == ('1',))},"  # noqa: S608
            f" min(id) AS mid FROM grp WHERE balance <> 0 AND merged IS NULL{numbered}"
            f" GROUP BY {columns if shared != ('1',) else 'NULL'} HAVING sum(balance) = 0"
        )
        if shared == ("1",):
            joined = "1"
        else:
            base.execute(f"CREATE INDEX together_key ON together ({columns})")
            joined = " AND ".join(f"t.{name} = grp.{name}" for name in shared)
        base.execute(
            f"UPDATE grp SET merged = t.mid, width = {rank} FROM together t"  # noqa: S608
            f" WHERE grp.balance <> 0 AND grp.merged IS NULL{numbered} AND {joined}"
        )

    def regroupings(self) -> list[Regrouping]:
        """The groups put together, the first ten thousand of them, in the order of the file."""
        if not self._decided:
            return []
        base = self._database()
        rows = base.execute(
            "SELECT id, width, lines, first, groups FROM final WHERE wide ORDER BY rank LIMIT ?",
            (LISTED,),
        ).fetchall()
        return [self._regrouping(*row) for row in rows]

    def _regrouping(self, ident: int, rank: int, lines: int, first: int, groups: int) -> Regrouping:
        width, shared = _WIDTHS[rank]
        base = self._database()
        journal, journals, number, numbers, first_day, last_day = base.execute(
            "SELECT min(journal), max(journal), min(number), max(number), min(day), max(day)"
            " FROM grp WHERE merged = ?",
            (ident,),
        ).fetchone()
        members = base.execute(
            "SELECT journal, number, day, piece, balance FROM grp WHERE merged = ?"
            " ORDER BY first LIMIT ?",
            (ident, _KEYS_SHOWN),
        ).fetchall()
        return Regrouping(
            width=width,
            journal=journal if journal == journals else "",
            number=number if number == numbers else "",
            first_day=date.fromordinal(first_day),
            last_day=date.fromordinal(last_day),
            piece=members[0][3] if "piece" in shared else "",
            groups=groups,
            lines=lines,
            first_line=first,
            keys=tuple(
                (journal, number, date.fromordinal(day), piece, balance)
                for journal, number, day, piece, balance in members
            ),
        )

    def held(self) -> Iterator[tuple[int, int, int, int | None]]:
        """The runs to hold back until their entry is whole, by ordinal.

        Yields:
            Ordinal of the run, its group, how many runs the group has, and the index of the
            regrouping when it is one.
        """
        if self._decided:
            rows = self._database().execute(
                "SELECT r.ordinal, f.id, f.runs, CASE WHEN f.wide THEN f.rank END"
                " FROM run r JOIN grp g ON g.kh = r.kh AND g.ph = r.ph"
                " JOIN final f ON f.id = coalesce(g.merged, g.id)"
                " WHERE f.runs > 1 ORDER BY r.ordinal"
            )
            yield from rows

    def entries_saved(self) -> int:
        """By how much the entries are fewer than the runs."""
        if not self._decided:
            return 0
        total = self._database().execute("SELECT coalesce(sum(runs - 1), 0) FROM final").fetchone()
        return int(total[0])

    def lines_apart(self) -> int:
        """By how much the entries of the law are fewer than the runs, nothing put together."""
        if self._base is None:
            return 0
        total = self._base.execute("SELECT coalesce(sum(runs - 1), 0) FROM grp").fetchone()
        return int(total[0])

    def largest(self) -> tuple[int, int]:
        """How many lines the longest entry put together has, and the number of its first line."""
        if not self._decided:
            return 0, 0
        row = (
            self._database()
            .execute("SELECT lines, first FROM final ORDER BY lines DESC LIMIT 1")
            .fetchone()
        )
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def close(self) -> None:
        """Drop the temporary database."""
        if self._base is not None:
            self._base.close()
            self._base = None
