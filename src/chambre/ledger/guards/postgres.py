"""The ledger's triggers on PostgreSQL.

``@`` before a name stands for the schema in which they are installed: a temporary table, or a table
of the same name in another schema, is not looked at, nor a table that inherits (``ONLY``).

Statement triggers look at a whole insert as a set. Two traps, met and measured, shaped them:

* Transition tables have no statistics. Joined to, they invite nested loops over thousands of
  rows (35 s instead of 0.4 s). So they only give their ids, and tables are read by these ids.
* A plan that is made while the tables are small, or after an autoanalyze, may walk a whole index.
  So each function switches off every plan but those that start from the given ids
  (``enable_seqscan`` and hash and merge joins off, ``MATERIALIZED``), and plans once. What is looked
  up for each row is a subquery with ``OFFSET 0``, which can only be read by its key: of a table that
  was analyzed while it was empty (a refused import leaves one so) the planner thinks that walking
  the whole index costs as much as looking one row up (45 s instead of 0.6 s for 8,000 lines).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chambre.ledger.guards.postgres_writing import BY_INDEX, WRITING

_HERE = "SET search_path = pg_catalog, pg_temp"
"""For functions that prove something: no operator, function or type of anybody else is found."""

# What was closed, sealed or opened since the snapshot was taken would not be seen.
_SEES_ALL = """
  IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
    RAISE EXCEPTION 'ledger/isolation: write in a transaction that is READ COMMITTED'
      USING ERRCODE = '23514';
  END IF;"""

_PLANS = f"{BY_INDEX} SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off"

_LINES = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_lines() RETURNS trigger LANGUAGE plpgsql
{BY_INDEX} {_HERE} AS $$
DECLARE v_entries bigint[]; v_bad bigint; v_highest bigint; v_first bigint; v_at tid;
BEGIN
  SELECT array_agg(DISTINCT entry_id), MAX(id), COUNT(*) FILTER (WHERE number = 1)
    INTO v_entries, v_highest, v_first FROM arrived;
  IF v_entries IS NULL THEN RETURN NULL; END IF;
  SELECT e.id INTO v_bad FROM ONLY @ledger_journalentry e WHERE e.id = ANY (v_entries) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/late-line: entry % is complete', v_bad USING ERRCODE = '23514';
  END IF;
  IF v_first <> cardinality(v_entries) AND EXISTS (
    SELECT 1 FROM unnest(v_entries) AS u(id) WHERE NOT EXISTS (
      SELECT 1 FROM ONLY @ledger_line l WHERE l.entry_id = u.id AND l.number = 1)) THEN
    RAISE EXCEPTION 'ledger/incomplete: lines of an entry without its first line'
      USING ERRCODE = '23514';
  END IF;
  IF v_highest > (SELECT last_value FROM @ledger_line_ids) THEN
    RAISE EXCEPTION 'ledger/forged-id: line % was not drawn', v_highest USING ERRCODE = '23514';
  END IF;
  INSERT INTO @ledger_arrival (entries)
    SELECT range_agg(int8range(u.id, u.id, '[]')) FROM unnest(v_entries) AS u(id)
    RETURNING ctid INTO v_at;
  DELETE FROM ONLY @ledger_arrival WHERE ctid = v_at;
  RETURN NULL;
END $$
"""

# At commit: whose lines arrived has its entry. A trigger for each line would be called for each; so
# each insert of lines leaves one row that says which entries they name, and takes it away again:
# nobody reads it but its own deferred trigger, which keeps it until the commit. Sees what others have
# committed meanwhile, as a foreign key would, but locks nothing.
FORMER = "DROP TRIGGER IF EXISTS ledger_line_entry_stays ON @ledger_line"
"""What an earlier version had in its place."""
_ARRIVAL = "CREATE UNLOGGED TABLE IF NOT EXISTS @ledger_arrival (entries int8multirange NOT NULL)"
_LINE_STAYS = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_line_stays() RETURNS trigger LANGUAGE plpgsql
{BY_INDEX} {_HERE} AS $$
DECLARE v_from bigint; v_to bigint;
BEGIN
  SELECT lower(r), upper(r) - 1 INTO v_from, v_to FROM unnest(NEW.entries) AS r
    WHERE upper(r) - lower(r) <> (SELECT COUNT(*) FROM ONLY @ledger_journalentry e
      WHERE e.id >= lower(r) AND e.id < upper(r)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/no-entry: lines name entries from % to %, which are not all there',
      v_from, v_to USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$
"""

_ENTRIES = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_entries() RETURNS trigger LANGUAGE plpgsql
{_PLANS} {_HERE} AS $$
DECLARE
  v_ids bigint[]; v_lowest bigint; v_highest bigint; v_special boolean; v_short boolean;
  v_chambers bigint[]; v_books bigint[]; v_unbalanced bigint; v_unsound bigint; v_closed boolean;
BEGIN
  SELECT array_agg(id), MIN(id), MAX(id), array_agg(DISTINCT chamber_id),
      array_agg(DISTINCT book_id), bool_or(kind IN ('attribution', 'reversal')),
      bool_or(length(digest) <> 32 OR key = '')
    INTO v_ids, v_lowest, v_highest, v_chambers, v_books, v_special, v_short FROM arrived;
  IF v_ids IS NULL THEN RETURN NULL; END IF;{_SEES_ALL}
  IF v_short THEN
    RAISE EXCEPTION 'ledger/incomplete: an entry has a key and a digest' USING ERRCODE = '23514';
  END IF;
  IF v_highest > (SELECT last_value FROM @ledger_entry_ids)
    OR v_lowest <= (SELECT COALESCE(MAX(s.last), 0) FROM ONLY @ledger_seal s
      WHERE s.chamber_id = ANY (v_chambers) AND s.kind = 'entry') THEN
    RAISE EXCEPTION 'ledger/forged-id: ids from % to % were not drawn', v_lowest, v_highest
      USING ERRCODE = '23514';
  END IF;
  WITH l AS MATERIALIZED (
    SELECT e.id, e.line_count, l.number, l.resource_id, l.unit, l.amount,
      l.book_id = e.book_id AND l.chamber_id = e.chamber_id AND a.book_id = e.book_id
        AND (l.auxiliary_id IS NULL OR x.book_id = e.book_id)
        AND (l.source_line IS NULL OR e.kind = 'attribution')
        AND l.phase = CASE e.kind WHEN 'entry' THEN 0 WHEN 'opening' THEN 1 WHEN 'closing' THEN 2
          ELSE (SELECT t.phase FROM ONLY @ledger_line t
            WHERE t.entry_id = COALESCE(e.about_id, e.reverses_id) AND t.number = 1) END AS sound
    FROM ONLY @ledger_journalentry e
    LEFT JOIN LATERAL (SELECT l.* FROM ONLY @ledger_line l
      WHERE l.entry_id = e.id OFFSET 0) l ON TRUE
    LEFT JOIN LATERAL (SELECT a.book_id FROM ONLY @ledger_account a
      WHERE a.id = l.account_id OFFSET 0) a ON TRUE
    LEFT JOIN LATERAL (SELECT x.book_id FROM ONLY @ledger_auxiliary x
      WHERE x.id = l.auxiliary_id OFFSET 0) x ON TRUE
    WHERE e.id = ANY (v_ids)
  ), cells AS (
    SELECT id, line_count, SUM(amount) AS amount, COUNT(*) AS lines, MIN(number) AS lowest,
      MAX(number) AS highest, bool_and(sound IS TRUE) AS sound
    FROM l GROUP BY id, line_count, resource_id, unit
  ), entries AS (
    SELECT id, bool_or(amount <> 0) AS unbalanced, bool_and(sound) AND MIN(lowest) = 1
      AND MAX(highest) = line_count AND SUM(lines) = line_count AS sound
    FROM cells GROUP BY id, line_count
  ) SELECT MIN(id) FILTER (WHERE unbalanced), MIN(id) FILTER (WHERE sound IS NOT TRUE)
    INTO v_unbalanced, v_unsound FROM entries;
  IF v_unsound IS NOT NULL THEN PERFORM @chambre_ledger_explain(v_unsound); END IF;
  IF v_unbalanced IS NOT NULL THEN
    RAISE EXCEPTION 'ledger/unbalanced: a cell of entry % does not sum to zero', v_unbalanced
      USING ERRCODE = '23514';
  END IF;
  SELECT MIN(e.id) FILTER (WHERE (j.book_id = e.book_id AND b.chamber_id = e.chamber_id)
      IS NOT TRUE), EXISTS (SELECT 1 FROM ONLY @ledger_financialyear y
        WHERE y.book_id = ANY (v_books) AND y.closed_at IS NOT NULL)
    INTO v_unsound, v_closed FROM ONLY @ledger_journalentry e
    LEFT JOIN LATERAL (SELECT j.book_id FROM ONLY @ledger_journal j
      WHERE j.id = e.journal_id OFFSET 0) j ON TRUE
    LEFT JOIN LATERAL (SELECT b.chamber_id FROM ONLY @ledger_book b
      WHERE b.id = e.book_id OFFSET 0) b ON TRUE
    WHERE e.id = ANY (v_ids);
  IF v_unsound IS NOT NULL THEN
    RAISE EXCEPTION 'ledger/foreign: the journal of entry % is not of its book', v_unsound
      USING ERRCODE = '23514';
  END IF;
  IF v_closed THEN PERFORM @chambre_ledger_years(v_ids); END IF;
  IF v_special THEN PERFORM @chambre_ledger_special(v_ids); END IF;
  RETURN NULL;
END $$
"""

# Only called when something is wrong with an entry: says what.
_EXPLAIN = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_explain(p_id bigint) RETURNS void
LANGUAGE plpgsql {_PLANS} AS $$
BEGIN
  PERFORM 1 FROM ONLY @ledger_journalentry e LEFT JOIN ONLY @ledger_line l ON l.entry_id = e.id
    WHERE e.id = p_id GROUP BY e.line_count
    HAVING COUNT(l.id) = 0 OR COUNT(l.id) <> e.line_count OR MAX(l.number) <> e.line_count;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/incomplete: lines of entry % are missing', p_id
      USING ERRCODE = '23514';
  END IF;
  PERFORM 1 FROM ONLY @ledger_journalentry e JOIN ONLY @ledger_line l ON l.entry_id = e.id
    WHERE e.id = p_id AND l.source_line IS NOT NULL AND e.kind <> 'attribution';
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/about: entry % has source lines and is no attribution', p_id
      USING ERRCODE = '23514';
  END IF;
  RAISE EXCEPTION 'ledger/foreign: a line, account or phase is not of entry %', p_id
    USING ERRCODE = '23514';
END $$
"""

_YEARS = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_years(p_ids bigint[]) RETURNS void
LANGUAGE plpgsql {_PLANS} AS $$
DECLARE v_book bigint; v_day date;
BEGIN
  WITH days AS MATERIALIZED (
    SELECT e.book_id, e.day FROM ONLY @ledger_journalentry e
      WHERE e.id = ANY (p_ids) AND e.kind <> 'attribution'
    UNION
    SELECT l.book_id, l.day FROM ONLY @ledger_journalentry e
      CROSS JOIN LATERAL (SELECT l.* FROM ONLY @ledger_line l
        WHERE l.entry_id = e.id OFFSET 0) l
      WHERE e.id = ANY (p_ids) AND e.kind <> 'attribution'
  ) SELECT y.book_id, d.day INTO v_book, v_day FROM days d JOIN ONLY @ledger_financialyear y
      ON y.book_id = d.book_id AND d.day BETWEEN y.start AND y."end"
    WHERE y.closed_at IS NOT NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/closed-year: % lies in a closed year of book %', v_day, v_book
      USING ERRCODE = '23514';
  END IF;
END $$
"""

_SPECIAL = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_special(p_ids bigint[]) RETURNS void
LANGUAGE plpgsql {_PLANS} AS $$
DECLARE v_bad bigint;
BEGIN
  SELECT e.id INTO v_bad FROM ONLY @ledger_journalentry e
    CROSS JOIN LATERAL (SELECT t.book_id, t.kind FROM ONLY @ledger_journalentry t
      WHERE t.id = COALESCE(e.about_id, e.reverses_id) OFFSET 0) t
    WHERE e.id = ANY (p_ids) AND (t.book_id <> e.book_id OR t.kind = 'attribution'
      OR (e.kind = 'reversal' AND t.kind = 'reversal')) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/reverses: entry % names an entry that it cannot be about', v_bad
      USING ERRCODE = '23514';
  END IF;
  SELECT l.id INTO v_bad FROM ONLY @ledger_journalentry e
    CROSS JOIN LATERAL (SELECT l.* FROM ONLY @ledger_line l
      WHERE l.entry_id = e.id OFFSET 0) l
    CROSS JOIN LATERAL (SELECT a.is_link FROM ONLY @ledger_account a
      WHERE a.id = l.account_id OFFSET 0) a
    LEFT JOIN LATERAL (SELECT o.* FROM ONLY @ledger_line o
      WHERE o.id = l.source_line OFFSET 0) o ON TRUE
    WHERE e.id = ANY (p_ids) AND e.kind = 'attribution' AND CASE WHEN l.source_line IS NULL
      THEN NOT a.is_link ELSE o.id IS NULL OR o.entry_id <> e.about_id
        OR o.account_id <> l.account_id OR o.unit <> l.unit OR o.side <> l.side OR o.day <> l.day
        OR o.auxiliary_id IS DISTINCT FROM l.auxiliary_id END LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/about: line % is not like the line that it attributes', v_bad
      USING ERRCODE = '23514';
  END IF;
  WITH l AS MATERIALIZED (
    SELECT l.entry_id, l.source_line, l.account_id, l.side, l.unit, l.day, l.amount
    FROM ONLY @ledger_journalentry e
    CROSS JOIN LATERAL (SELECT l.* FROM ONLY @ledger_line l
      WHERE l.entry_id = e.id OFFSET 0) l
    WHERE e.id = ANY (p_ids) AND e.kind = 'attribution'
  ), moved AS MATERIALIZED (
    SELECT entry_id, SUM(amount) AS amount FROM l
    GROUP BY entry_id, source_line, account_id, side, unit, day
  ) SELECT entry_id INTO v_bad FROM moved WHERE amount <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/about: attribution % moves accounts of the structure', v_bad
      USING ERRCODE = '23514';
  END IF;
  WITH l AS MATERIALIZED (
    SELECT e.id AS reversal, l.account_id, l.resource_id, l.unit, l.side, l.auxiliary_id, l.amount
    FROM ONLY @ledger_journalentry e
    CROSS JOIN LATERAL (SELECT l.* FROM ONLY @ledger_line l
      WHERE l.entry_id IN (e.id, e.reverses_id) OFFSET 0) l
    WHERE e.id = ANY (p_ids) AND e.kind = 'reversal'
  ), left_over AS MATERIALIZED (
    SELECT reversal, SUM(amount) AS amount FROM l
    GROUP BY reversal, account_id, resource_id, unit, side, auxiliary_id
  ) SELECT reversal INTO v_bad FROM left_over WHERE amount <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/reverses: entry % is not the opposite of what it reverses', v_bad
      USING ERRCODE = '23514';
  END IF;
END $$
"""

_SEAL = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_seal() RETURNS trigger LANGUAGE plpgsql
{_PLANS} {_HERE} AS $$
BEGIN{_SEES_ALL}
  IF NEW.number <> COALESCE((SELECT MAX(s.number) FROM ONLY @ledger_seal s
        WHERE s.chamber_id = NEW.chamber_id), 0) + 1
    OR NEW.previous <> COALESCE((SELECT s.digest FROM ONLY @ledger_seal s
        WHERE s.chamber_id = NEW.chamber_id AND s.number = NEW.number - 1),
        decode(repeat('00', 32), 'hex'))
    OR NEW.first > NEW.last OR NEW.first <= COALESCE((SELECT MAX(s.last) FROM ONLY @ledger_seal s
        WHERE s.chamber_id = NEW.chamber_id AND s.kind = NEW.kind), 0) THEN
    RAISE EXCEPTION 'ledger/chain: seal % does not follow the one before it', NEW.number
      USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$
"""

# Closing waits until whoever is posting has finished, and lets nobody start meanwhile.
_YEAR = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_year() RETURNS trigger LANGUAGE plpgsql
{_PLANS} {_HERE} AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.closed_at IS NULL THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'ledger/frozen: a closed year stays as it is' USING ERRCODE = '23514';
  END IF;
  IF (TG_OP = 'INSERT' AND NEW.closed_at IS NOT NULL) OR (TG_OP = 'UPDATE' AND
      (OLD.closed_at IS NOT NULL OR NEW.book_id <> OLD.book_id OR NEW.id <> OLD.id)) THEN
    RAISE EXCEPTION 'ledger/frozen: a closed year stays as it is' USING ERRCODE = '23514';
  END IF;
{_SEES_ALL.lstrip(chr(10))}
  PERFORM 1 FROM ONLY @ledger_book b WHERE b.id = NEW.book_id FOR NO KEY UPDATE;
  IF NEW.closed_at IS NOT NULL THEN
    LOCK TABLE ONLY @ledger_journalentry IN SHARE ROW EXCLUSIVE MODE;
  END IF;
  IF EXISTS (SELECT 1 FROM ONLY @ledger_financialyear y WHERE y.book_id = NEW.book_id
      AND y.id <> NEW.id AND y.start <= NEW."end" AND y."end" >= NEW.start) THEN
    RAISE EXCEPTION 'ledger/overlap: two financial years share a day' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$
"""

_FROZEN = """
CREATE OR REPLACE FUNCTION @chambre_ledger_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger/frozen: lines refer to % (%)', TG_TABLE_NAME, TG_OP
    USING ERRCODE = '23514';
END $$
"""

FUNCTIONS = (
    _ARRIVAL, *WRITING, _LINES, _LINE_STAYS, _ENTRIES, _EXPLAIN, _YEARS, _SPECIAL, _SEAL, _YEAR,
    _FROZEN,
)  # fmt: skip


class Placed(NamedTuple):
    """A trigger, and the statements that put it in place and take it away."""

    name: str
    install: list[str]
    remove: str


def _trigger(
    name: str,
    table: str,
    when: str,
    function: str,
    each: str = "ROW",
    *,
    kind: str = "",
    more: str = "",
) -> Placed:
    """A trigger that is there for whatever role a session plays (``ENABLE ALWAYS``).

    ``CREATE OR REPLACE`` does not exist for constraint triggers, so each is dropped first.
    """
    remove = f"DROP TRIGGER IF EXISTS {name} ON @{table}"
    create = (
        f"CREATE {kind}TRIGGER {name} {when} ON @{table}{more}"
        f" FOR EACH {each} EXECUTE FUNCTION @{function}()"
    )
    enable = f"ALTER TABLE @{table} ENABLE ALWAYS TRIGGER {name}"
    return Placed(name, [remove, create, enable], remove)


def frozen(table: str, columns: Sequence[str]) -> list[Placed]:
    """No deleting, no emptying, no change of the columns that make a row what it is."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    function = "chambre_ledger_frozen"
    return [
        _trigger(f"{table}_stays", table, "BEFORE DELETE", function),
        _trigger(f"{table}_whole", table, "BEFORE TRUNCATE", function, "STATEMENT"),
        _trigger(f"{table}_keeps", table, "BEFORE UPDATE", function, f"ROW WHEN ({changed})"),
    ]


def guards(named: Sequence[str]) -> list[Placed]:
    """The triggers; their functions (:data:`FUNCTIONS`) come first."""
    year = "ledger_financialyear"
    triggers = [
        _arrives("ledger_line", "chambre_ledger_lines"),
        _arrives("ledger_journalentry", "chambre_ledger_entries"),
        _trigger(
            "ledger_arrival_stays",
            "ledger_arrival",
            "AFTER INSERT",
            "chambre_ledger_line_stays",
            kind="CONSTRAINT ",
            more=" DEFERRABLE INITIALLY DEFERRED",
        ),
        _trigger("ledger_seal_follows", "ledger_seal", "BEFORE INSERT", "chambre_ledger_seal"),
        _trigger(f"{year}_guard", year, "BEFORE INSERT OR DELETE OR UPDATE", "chambre_ledger_year"),
        _trigger(f"{year}_whole", year, "BEFORE TRUNCATE", "chambre_ledger_frozen", "STATEMENT"),
        *frozen("ledger_book", ("id", "chamber_id", "structure_id", "chart", "created_at")),
    ]
    for table in named:
        link = ("is_link",) if table == "ledger_account" else ()
        triggers += frozen(table, ("id", "book_id", "code", "label", *link))
    return triggers


def _arrives(table: str, function: str) -> Placed:
    """Looks at all rows that an insert put into a table."""
    return _trigger(
        f"{table}_arrives",
        table,
        "AFTER INSERT",
        function,
        "STATEMENT",
        more=" REFERENCING NEW TABLE AS arrived",
    )
