"""The ledger's triggers on SQLite.

There is one writer at a time, so a trigger sees all that there is. The message of ``RAISE`` is a
fixed text in SQLite before 3.47.
"""

from __future__ import annotations

from collections.abc import Sequence

_LINE = """
CREATE TRIGGER IF NOT EXISTS ledger_line_arrives BEFORE INSERT ON ledger_line
BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM ledger_journalentry WHERE id = NEW.entry_id)
      THEN RAISE(ABORT, 'ledger/late-line: the entry of this line is complete')
    WHEN NEW.id <> COALESCE((SELECT MAX(id) FROM ledger_line), 0) + 1
      THEN RAISE(ABORT, 'ledger/forged-id: ids of lines follow one another')
  END;
END
"""

# One pass over the lines of the entry; the cells are only grouped when there are several.
_ENTRY = """
CREATE TRIGGER IF NOT EXISTS ledger_journalentry_arrives BEFORE INSERT ON ledger_journalentry
BEGIN
  SELECT CASE
    WHEN NEW.id <> COALESCE((SELECT MAX(id) FROM ledger_journalentry), 0) + 1
      THEN RAISE(ABORT, 'ledger/forged-id: ids of entries follow one another')
    WHEN LENGTH(NEW.digest) <> 32 OR NEW.key = ''
      THEN RAISE(ABORT, 'ledger/incomplete: an entry has a key and a digest')
    WHEN NOT EXISTS (
      SELECT 1 FROM ledger_journal j JOIN ledger_book b ON b.id = j.book_id
      WHERE j.id = NEW.journal_id AND b.id = NEW.book_id AND b.chamber_id = NEW.chamber_id)
      THEN RAISE(ABORT, 'ledger/foreign: the journal belongs to another book')
    WHEN l.lines <> NEW.line_count OR l.lines = 0 OR l.lowest <> 1 OR l.highest <> l.lines
      THEN RAISE(ABORT, 'ledger/incomplete: lines are missing')
    WHEN l.foreigners > 0
      THEN RAISE(ABORT, 'ledger/foreign: a line belongs to another book, chamber or account')
    WHEN l.phases <> 1 OR l.phase <> CASE NEW.kind
        WHEN 'entry' THEN 0 WHEN 'opening' THEN 1 WHEN 'closing' THEN 2
        ELSE COALESCE((SELECT phase FROM ledger_line
          WHERE entry_id = COALESCE(NEW.about_id, NEW.reverses_id) AND number = 1), -1) END
      THEN RAISE(ABORT, 'ledger/foreign: the phase of the lines is not that of the entry')
    WHEN l.total <> 0 OR (l.several AND EXISTS (
        SELECT 1 FROM ledger_line WHERE entry_id = NEW.id
        GROUP BY resource_id, unit HAVING SUM(amount) <> 0))
      THEN RAISE(ABORT, 'ledger/unbalanced: a cell does not sum to zero')
    WHEN l.sources > 0 AND NEW.kind <> 'attribution'
      THEN RAISE(ABORT, 'ledger/about: only attributions have source lines')
  END
  FROM (
    SELECT COUNT(*) AS lines, MIN(number) AS lowest, MAX(number) AS highest,
      SUM(amount) AS total, MIN(phase) AS phase, MIN(phase) = MAX(phase) AS phases,
      COUNT(source_line) AS sources,
      COUNT(resource_id) > 0 OR MIN(unit) <> MAX(unit) AS several,
      SUM(book_id <> NEW.book_id OR chamber_id <> NEW.chamber_id
        OR NEW.book_id IS NOT (SELECT a.book_id FROM ledger_account a WHERE a.id = account_id)
        OR (auxiliary_id IS NOT NULL AND NEW.book_id IS NOT
          (SELECT x.book_id FROM ledger_auxiliary x WHERE x.id = auxiliary_id))) AS foreigners
    FROM ledger_line WHERE entry_id = NEW.id
  ) l;
  SELECT RAISE(ABORT, 'ledger/closed-year: the financial year is closed')
  FROM ledger_financialyear y
  WHERE NEW.kind <> 'attribution' AND y.book_id = NEW.book_id AND y.closed_at IS NOT NULL
    AND (NEW.day BETWEEN y.start AND y."end" OR EXISTS (
      SELECT 1 FROM ledger_line l
      WHERE l.entry_id = NEW.id AND l.day BETWEEN y.start AND y."end"));
END
"""

_ATTRIBUTION = """
CREATE TRIGGER IF NOT EXISTS ledger_journalentry_attributes BEFORE INSERT ON ledger_journalentry
WHEN NEW.kind = 'attribution'
BEGIN
  SELECT RAISE(ABORT, 'ledger/about: not about an entry of this book that has lines of its own')
  WHERE NOT EXISTS (
    SELECT 1 FROM ledger_journalentry e
    WHERE e.id = NEW.about_id AND e.book_id = NEW.book_id AND e.kind <> 'attribution');
  SELECT RAISE(ABORT, 'ledger/about: a line is not like the line that it attributes')
  FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
  LEFT JOIN ledger_line o ON o.id = l.source_line
  WHERE l.entry_id = NEW.id AND CASE WHEN l.source_line IS NULL THEN NOT a.is_link
    ELSE o.id IS NULL OR o.entry_id <> NEW.about_id OR o.account_id <> l.account_id
      OR o.unit <> l.unit OR o.side <> l.side OR o.day <> l.day
      OR o.auxiliary_id IS NOT l.auxiliary_id END;
  SELECT RAISE(ABORT, 'ledger/about: an attribution moves nothing in the accounts of a structure')
  FROM ledger_line l WHERE l.entry_id = NEW.id
  GROUP BY l.source_line, l.account_id, l.side, l.unit, l.day HAVING SUM(l.amount) <> 0;
END
"""

_REVERSAL = """
CREATE TRIGGER IF NOT EXISTS ledger_journalentry_reverses BEFORE INSERT ON ledger_journalentry
WHEN NEW.kind = 'reversal'
BEGIN
  SELECT RAISE(ABORT, 'ledger/reverses: attributions and reversals are not reversed')
  WHERE NOT EXISTS (
    SELECT 1 FROM ledger_journalentry e WHERE e.id = NEW.reverses_id AND e.book_id = NEW.book_id
      AND e.kind NOT IN ('attribution', 'reversal'));
  SELECT RAISE(ABORT, 'ledger/reverses: a reversal is exactly the opposite of what it reverses')
  FROM ledger_line l WHERE l.entry_id IN (NEW.id, NEW.reverses_id)
  GROUP BY l.account_id, l.resource_id, l.unit, l.side, l.auxiliary_id HAVING SUM(l.amount) <> 0;
END
"""

_SEAL = """
CREATE TRIGGER IF NOT EXISTS ledger_seal_follows BEFORE INSERT ON ledger_seal
BEGIN
  SELECT CASE
    WHEN NEW.number <> COALESCE(
        (SELECT MAX(number) FROM ledger_seal WHERE chamber_id = NEW.chamber_id), 0) + 1
      OR NEW.previous <> COALESCE((SELECT digest FROM ledger_seal
        WHERE chamber_id = NEW.chamber_id AND number = NEW.number - 1), ZEROBLOB(32))
      OR NEW.first > NEW.last OR NEW.first <= COALESCE(
        (SELECT MAX(last) FROM ledger_seal
          WHERE chamber_id = NEW.chamber_id AND kind = NEW.kind), 0)
      THEN RAISE(ABORT, 'ledger/chain: a seal follows the one before it')
  END;
END
"""

_YEAR = """
CREATE TRIGGER IF NOT EXISTS ledger_financialyear_{name} BEFORE {verb} ON ledger_financialyear
BEGIN
  SELECT CASE
    WHEN {closed} THEN RAISE(ABORT, 'ledger/frozen: a closed year stays as it is')
    WHEN EXISTS (SELECT 1 FROM ledger_financialyear y WHERE y.book_id = NEW.book_id
      AND y.id <> {self} AND y.start <= NEW."end" AND y."end" >= NEW.start)
      THEN RAISE(ABORT, 'ledger/overlap: two financial years share a day')
  END;
END
"""

_NO_DELETE = """
CREATE TRIGGER IF NOT EXISTS {table}_stays BEFORE DELETE ON {table} {when}
BEGIN SELECT RAISE(ABORT, 'ledger/frozen: lines refer to it'); END
"""

_NO_CHANGE = """
CREATE TRIGGER IF NOT EXISTS {table}_keeps BEFORE UPDATE OF {columns} ON {table} WHEN {changed}
BEGIN SELECT RAISE(ABORT, 'ledger/frozen: lines refer to it'); END
"""

# INSERT OR REPLACE deletes without firing delete triggers unless recursive_triggers is on.
_NO_REPLACE = """
CREATE TRIGGER IF NOT EXISTS {table}_once BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} t WHERE t.id = NEW.id OR ({same}))
BEGIN SELECT RAISE(ABORT, 'ledger/frozen: it is there already'); END
"""


def frozen(table: str, columns: Sequence[str], same: str) -> list[str]:
    """No deleting, no replacing, no change of the columns that make a row what it is."""
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
    return [
        _NO_DELETE.format(table=table, when=""),
        _NO_CHANGE.format(table=table, columns=", ".join(columns), changed=changed),
        _NO_REPLACE.format(table=table, same=same),
    ]


def name_of(statement: str) -> str:
    """The name of the trigger that a statement puts in place."""
    return statement.split("EXISTS", 1)[1].split(maxsplit=1)[0]


def guards(named: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Install statements, remove statements, trigger names."""
    install = [_LINE, _ENTRY, _ATTRIBUTION, _REVERSAL, _SEAL]
    install += [
        _YEAR.format(name="opens", verb="INSERT", closed="NEW.closed_at IS NOT NULL", self="-1"),
        _YEAR.format(
            name="changes",
            verb="UPDATE",
            closed="OLD.closed_at IS NOT NULL OR NEW.book_id <> OLD.book_id OR NEW.id <> OLD.id",
            self="OLD.id",
        ),
        _NO_DELETE.format(table="ledger_financialyear", when="WHEN OLD.closed_at IS NOT NULL"),
        _NO_REPLACE.format(
            table="ledger_financialyear",
            same='t.book_id = NEW.book_id AND (t.start = NEW.start OR t."end" = NEW."end")',
        ),
    ]
    install += frozen(
        "ledger_book",
        ("id", "chamber_id", "structure_id", "chart", "created_at"),
        "t.structure_id = NEW.structure_id",
    )
    for table in named:
        columns = [
            "id",
            "book_id",
            "code",
            "label",
            *(["is_link"] if table == "ledger_account" else []),
        ]
        install += frozen(table, columns, "t.book_id = NEW.book_id AND t.code = NEW.code")
    names = [name_of(text) for text in install]
    return install, [f"DROP TRIGGER IF EXISTS {name}" for name in names], names
