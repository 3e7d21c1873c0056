"""The ledger's triggers on PostgreSQL.

Statement triggers look at a whole insert as a set. Two traps, met and measured, shaped them:

* Transition tables have no statistics. Joined to, they invite nested loops over thousands of
  rows (35 s instead of 0.4 s). So they only give their ids, and tables are read by these ids.
* A plan that is made while the tables are small, or after an autoanalyze, may walk a whole index.
  So each function switches off every plan but those that start from the given ids
  (``enable_seqscan`` and hash and merge joins off, ``MATERIALIZED``).
"""

from __future__ import annotations

from collections.abc import Sequence

_PLANS = (
    "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off"
)

_BEGIN = f"""
CREATE OR REPLACE FUNCTION chambre_ledger_begin(
  p_chamber bigint, p_keys text[], p_entries bigint, p_lines bigint
) RETURNS TABLE (key varchar, id bigint, digest bytea, line bigint)
LANGUAGE plpgsql VOLATILE {_PLANS} AS $$
#variable_conflict use_column
DECLARE v_entry bigint; v_line bigint;
BEGIN
  LOCK TABLE ledger_journalentry IN ROW EXCLUSIVE MODE;
  v_entry := chambre_ledger_draw('ledger_entry_ids', p_entries,
    (SELECT MAX(e.id) FROM ledger_journalentry e));
  v_line := chambre_ledger_draw('ledger_line_ids', p_lines,
    (SELECT MAX(l.id) FROM ledger_line l));
  RETURN QUERY SELECT NULL::varchar, v_entry, NULL::bytea, v_line;
  RETURN QUERY SELECT e.key, e.id, e.digest, NULL::bigint FROM ledger_journalentry e
    WHERE e.chamber_id = p_chamber AND e.key = ANY (p_keys);
END $$
"""

# A row of ids without a gap. The advisory lock is held for microseconds, never until commit.
# A sequence that is behind its table (restored from a copy) catches up.
_DRAW = """
CREATE OR REPLACE FUNCTION chambre_ledger_draw(p_sequence regclass, p_count bigint, p_last bigint)
RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE v_first bigint;
BEGIN
  IF p_count <= 0 THEN RETURN 0; END IF;
  PERFORM pg_advisory_lock(p_sequence::oid::bigint);
  BEGIN
    v_first := GREATEST(nextval(p_sequence), COALESCE(p_last, 0) + 1);
    PERFORM setval(p_sequence, v_first + p_count - 1);
  EXCEPTION WHEN query_canceled OR OTHERS THEN
    PERFORM pg_advisory_unlock(p_sequence::oid::bigint);
    RAISE;
  END;
  PERFORM pg_advisory_unlock(p_sequence::oid::bigint);
  RETURN v_first;
END $$
"""

_LINES = f"""
CREATE OR REPLACE FUNCTION chambre_ledger_lines() RETURNS trigger LANGUAGE plpgsql {_PLANS} AS $$
DECLARE v_entries bigint[]; v_bad bigint; v_highest bigint;
BEGIN
  SELECT array_agg(DISTINCT entry_id), MAX(id) INTO v_entries, v_highest FROM arrived;
  SELECT e.id INTO v_bad FROM ledger_journalentry e WHERE e.id = ANY (v_entries) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/late-line: entry % is complete', v_bad USING ERRCODE = '23514';
  END IF;
  IF v_highest > (SELECT last_value FROM ledger_line_ids) THEN
    RAISE EXCEPTION 'ledger/forged-id: line % was not drawn', v_highest USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$
"""

# At commit. Sees what others have committed meanwhile, as a foreign key would, but locks nothing;
# numbers are unique in an entry, so a line too many has a number past the end.
_LINE_STAYS = f"""
CREATE OR REPLACE FUNCTION chambre_ledger_line_stays() RETURNS trigger LANGUAGE plpgsql {_PLANS}
AS $$
DECLARE v_count integer;
BEGIN
  SELECT line_count INTO v_count FROM ledger_journalentry WHERE id = NEW.entry_id;
  IF v_count IS NULL OR NEW.number > v_count THEN
    RAISE EXCEPTION 'ledger/no-entry: line % has no place in entry %', NEW.id, NEW.entry_id
      USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$
"""

_ENTRIES = f"""
CREATE OR REPLACE FUNCTION chambre_ledger_entries() RETURNS trigger LANGUAGE plpgsql {_PLANS} AS $$
DECLARE
  v_ids bigint[]; v_lowest bigint; v_highest bigint; v_special boolean; v_short boolean;
  v_chambers bigint[]; v_bad bigint; v_sound bigint;
BEGIN
  SELECT array_agg(id), MIN(id), MAX(id), array_agg(DISTINCT chamber_id),
      bool_or(kind IN ('attribution', 'reversal')), bool_or(length(digest) <> 32 OR key = '')
    INTO v_ids, v_lowest, v_highest, v_chambers, v_special, v_short FROM arrived;
  IF v_ids IS NULL THEN RETURN NULL; END IF;
  IF v_short THEN
    RAISE EXCEPTION 'ledger/incomplete: an entry has a key and a digest' USING ERRCODE = '23514';
  END IF;
  IF v_highest > (SELECT last_value FROM ledger_entry_ids) OR v_lowest <= COALESCE((SELECT MAX(s.last)
      FROM ledger_seal s WHERE s.chamber_id = ANY (v_chambers) AND s.kind = 'entry'), 0) THEN
    RAISE EXCEPTION 'ledger/forged-id: ids from % to % were not drawn', v_lowest, v_highest
      USING ERRCODE = '23514';
  END IF;
  WITH l AS MATERIALIZED (
    SELECT l.entry_id, l.number, l.chamber_id, l.book_id, l.resource_id, l.unit, l.amount, l.phase,
      l.source_line, a.book_id AS account_book, COALESCE(x.book_id, l.auxiliary_id * 0) AS auxiliary_book
    FROM ledger_line l
    LEFT JOIN ledger_account a ON a.id = l.account_id
    LEFT JOIN ledger_auxiliary x ON x.id = l.auxiliary_id
    WHERE l.entry_id = ANY (v_ids)
  ), cells AS (
    SELECT entry_id, SUM(amount) AS amount FROM l GROUP BY entry_id, resource_id, unit
  ), unbalanced AS (
    SELECT MIN(entry_id) AS bad FROM cells WHERE amount <> 0
  ), entries AS MATERIALIZED (
    SELECT entry_id, COUNT(*) AS lines, MIN(number) AS lowest, MAX(number) AS highest,
      MIN(chamber_id) AS chamber_low, MAX(chamber_id) AS chamber_high,
      MIN(book_id) AS book_low, MAX(book_id) AS book_high,
      MIN(COALESCE(account_book, 0)) AS account_low, MAX(account_book) AS account_high,
      MIN(auxiliary_book) AS auxiliary_low, MAX(auxiliary_book) AS auxiliary_high,
      MIN(phase) AS phase_low, MAX(phase) AS phase_high, COUNT(source_line) AS sources
    FROM l GROUP BY entry_id
  ), sound AS (
    SELECT COUNT(*) AS sound FROM entries s
    JOIN ledger_journalentry e ON e.id = s.entry_id
    JOIN ledger_journal j ON j.id = e.journal_id AND j.book_id = e.book_id
    JOIN ledger_book b ON b.id = e.book_id AND b.chamber_id = e.chamber_id
    WHERE s.lines = e.line_count AND s.lowest = 1 AND s.highest = s.lines
      AND s.chamber_low = e.chamber_id AND s.chamber_high = e.chamber_id
      AND s.book_low = e.book_id AND s.book_high = e.book_id
      AND s.account_low = e.book_id AND s.account_high = e.book_id
      AND COALESCE(s.auxiliary_low, e.book_id) = e.book_id
      AND COALESCE(s.auxiliary_high, e.book_id) = e.book_id
      AND (s.sources = 0 OR e.kind = 'attribution')
      AND s.phase_low = s.phase_high AND s.phase_low = CASE e.kind
        WHEN 'entry' THEN 0 WHEN 'opening' THEN 1 WHEN 'closing' THEN 2
        ELSE (SELECT t.phase FROM ledger_line t
          WHERE t.entry_id = COALESCE(e.about_id, e.reverses_id) AND t.number = 1) END
  ) SELECT bad, sound INTO v_bad, v_sound FROM unbalanced, sound;
  IF v_bad IS NOT NULL THEN
    RAISE EXCEPTION 'ledger/unbalanced: a cell of entry % does not sum to zero', v_bad
      USING ERRCODE = '23514';
  END IF;
  IF v_sound <> cardinality(v_ids) THEN PERFORM chambre_ledger_explain(v_ids); END IF;
  IF EXISTS (SELECT 1 FROM ledger_financialyear y JOIN ledger_book b ON b.id = y.book_id
      WHERE y.closed_at IS NOT NULL AND b.chamber_id = ANY (v_chambers)) THEN
    PERFORM chambre_ledger_years(v_ids);
  END IF;
  IF v_special THEN PERFORM chambre_ledger_special(v_ids); END IF;
  RETURN NULL;
END $$
"""

# Only called when something is wrong: finds the first entry that is, and says what.
_EXPLAIN = f"""
CREATE OR REPLACE FUNCTION chambre_ledger_explain(p_ids bigint[]) RETURNS void
LANGUAGE plpgsql {_PLANS} AS $$
DECLARE v_bad bigint;
BEGIN
  SELECT e.id INTO v_bad FROM ledger_journalentry e
    LEFT JOIN LATERAL (SELECT COUNT(*) AS lines, MIN(l.number) AS lowest, MAX(l.number) AS highest
      FROM ledger_line l WHERE l.entry_id = e.id) s ON true
    WHERE e.id = ANY (p_ids) AND (s.lines = 0 OR s.lines <> e.line_count OR s.lowest <> 1
      OR s.highest <> s.lines) ORDER BY e.id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/incomplete: lines of entry % are missing', v_bad
      USING ERRCODE = '23514';
  END IF;
  SELECT e.id INTO v_bad FROM ledger_journalentry e JOIN ledger_line l ON l.entry_id = e.id
    WHERE e.id = ANY (p_ids) AND l.source_line IS NOT NULL AND e.kind <> 'attribution' LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/about: entry % has source lines and is no attribution', v_bad
      USING ERRCODE = '23514';
  END IF;
  RAISE EXCEPTION 'ledger/foreign: a line, account, journal or phase is not of its entry'
    USING ERRCODE = '23514';
END $$
"""

_YEARS = f"""
CREATE OR REPLACE FUNCTION chambre_ledger_years(p_ids bigint[]) RETURNS void
LANGUAGE plpgsql {_PLANS} AS $$
DECLARE v_book bigint; v_day date;
BEGIN
  WITH days AS MATERIALIZED (
    SELECT e.book_id, e.day FROM ledger_journalentry e
      WHERE e.id = ANY (p_ids) AND e.kind <> 'attribution'
    UNION
    SELECT l.book_id, l.day FROM ledger_line l JOIN ledger_journalentry e ON e.id = l.entry_id
      WHERE l.entry_id = ANY (p_ids) AND e.kind <> 'attribution'
  ) SELECT y.book_id, d.day INTO v_book, v_day FROM days d JOIN ledger_financialyear y
      ON y.book_id = d.book_id AND d.day BETWEEN y.start AND y."end"
    WHERE y.closed_at IS NOT NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/closed-year: % lies in a closed year of book %', v_day, v_book
      USING ERRCODE = '23514';
  END IF;
END $$
"""

_SPECIAL = f"""
CREATE OR REPLACE FUNCTION chambre_ledger_special(p_ids bigint[]) RETURNS void
LANGUAGE plpgsql {_PLANS} AS $$
DECLARE v_bad bigint;
BEGIN
  SELECT e.id INTO v_bad FROM ledger_journalentry e
    JOIN ledger_journalentry t ON t.id = COALESCE(e.about_id, e.reverses_id)
    WHERE e.id = ANY (p_ids) AND (t.book_id <> e.book_id OR t.kind = 'attribution'
      OR (e.kind = 'reversal' AND t.kind = 'reversal')) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger/reverses: entry % names an entry that it cannot be about', v_bad
      USING ERRCODE = '23514';
  END IF;
  SELECT l.id INTO v_bad FROM ledger_journalentry e
    JOIN ledger_line l ON l.entry_id = e.id
    JOIN ledger_account a ON a.id = l.account_id
    LEFT JOIN ledger_line o ON o.id = l.source_line
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
    FROM ledger_line l JOIN ledger_journalentry e ON e.id = l.entry_id
    WHERE l.entry_id = ANY (p_ids) AND e.kind = 'attribution'
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
    FROM ledger_journalentry e JOIN ledger_line l ON l.entry_id IN (e.id, e.reverses_id)
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
CREATE OR REPLACE FUNCTION chambre_ledger_seal() RETURNS trigger LANGUAGE plpgsql {_PLANS} AS $$
BEGIN
  IF NEW.number <> COALESCE((SELECT MAX(s.number) FROM ledger_seal s
        WHERE s.chamber_id = NEW.chamber_id), 0) + 1
    OR NEW.previous <> COALESCE((SELECT s.digest FROM ledger_seal s
        WHERE s.chamber_id = NEW.chamber_id AND s.number = NEW.number - 1),
        decode(repeat('00', 32), 'hex'))
    OR NEW.first > NEW.last OR NEW.first <= COALESCE((SELECT MAX(s.last) FROM ledger_seal s
        WHERE s.chamber_id = NEW.chamber_id AND s.kind = NEW.kind), 0) THEN
    RAISE EXCEPTION 'ledger/chain: seal % does not follow the one before it', NEW.number
      USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$
"""

# Closing waits until whoever is posting has finished, and lets nobody start meanwhile.
_YEAR = f"""
CREATE OR REPLACE FUNCTION chambre_ledger_year() RETURNS trigger LANGUAGE plpgsql {_PLANS} AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.closed_at IS NULL THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'ledger/frozen: a closed year stays as it is' USING ERRCODE = '23514';
  END IF;
  IF (TG_OP = 'INSERT' AND NEW.closed_at IS NOT NULL) OR (TG_OP = 'UPDATE' AND
      (OLD.closed_at IS NOT NULL OR NEW.book_id <> OLD.book_id OR NEW.id <> OLD.id)) THEN
    RAISE EXCEPTION 'ledger/frozen: a closed year stays as it is' USING ERRCODE = '23514';
  END IF;
  PERFORM 1 FROM ledger_book b WHERE b.id = NEW.book_id FOR NO KEY UPDATE;
  IF NEW.closed_at IS NOT NULL THEN
    LOCK TABLE ledger_journalentry IN SHARE ROW EXCLUSIVE MODE;
  END IF;
  IF EXISTS (SELECT 1 FROM ledger_financialyear y WHERE y.book_id = NEW.book_id
      AND y.id <> NEW.id AND y.start <= NEW."end" AND y."end" >= NEW.start) THEN
    RAISE EXCEPTION 'ledger/overlap: two financial years share a day' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$
"""

_FROZEN = """
CREATE OR REPLACE FUNCTION chambre_ledger_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger/frozen: lines refer to % (%)', TG_TABLE_NAME, TG_OP
    USING ERRCODE = '23514';
END $$
"""

FUNCTIONS = (
    _DRAW, _BEGIN, _LINES, _LINE_STAYS, _ENTRIES, _EXPLAIN, _YEARS, _SPECIAL, _SEAL, _YEAR, _FROZEN,
)  # fmt: skip


def _trigger(name: str, table: str, when: str, function: str, each: str = "ROW") -> list[str]:
    """Statements that put a trigger in place, and its name at the end."""
    return [
        f"CREATE OR REPLACE TRIGGER {name} {when} ON {table}"
        f" FOR EACH {each} EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        name,
    ]


def _frozen(table: str, columns: Sequence[str]) -> list[list[str]]:
    """No deleting, no emptying, no change of the columns that make a row what it is."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    function = "chambre_ledger_frozen"
    update = [
        f"CREATE OR REPLACE TRIGGER {table}_keeps BEFORE UPDATE ON {table} FOR EACH ROW"
        f" WHEN ({changed}) EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER IF EXISTS {table}_keeps ON {table}",
        f"{table}_keeps",
    ]
    return [
        _trigger(f"{table}_stays", table, "BEFORE DELETE", function),
        _trigger(f"{table}_whole", table, "BEFORE TRUNCATE", function, "STATEMENT"),
        update,
    ]


def guards(named: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Install statements, remove statements, trigger names."""
    arrived = "AFTER INSERT ON {0} REFERENCING NEW TABLE AS arrived"
    triggers = []
    for name, table, function in (
        ("ledger_line_arrives", "ledger_line", "chambre_ledger_lines"),
        ("ledger_journalentry_arrives", "ledger_journalentry", "chambre_ledger_entries"),
    ):
        triggers.append([
            f"CREATE OR REPLACE TRIGGER {name} {arrived.format(table)}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            name,
        ])
    stays = "ledger_line_entry_stays"
    triggers.append([
        f"CREATE CONSTRAINT TRIGGER {stays} AFTER INSERT ON ledger_line DEFERRABLE INITIALLY"
        " DEFERRED FOR EACH ROW EXECUTE FUNCTION chambre_ledger_line_stays()",
        f"DROP TRIGGER IF EXISTS {stays} ON ledger_line",
        stays,
    ])
    triggers.append(_trigger("ledger_seal_follows", "ledger_seal", "BEFORE INSERT", "chambre_ledger_seal"))
    year = "ledger_financialyear"
    triggers.append(
        _trigger(f"{year}_guard", year, "BEFORE INSERT OR UPDATE OR DELETE", "chambre_ledger_year")
    )
    triggers.append(
        _trigger(f"{year}_whole", year, "BEFORE TRUNCATE", "chambre_ledger_frozen", "STATEMENT")
    )
    triggers += _frozen("ledger_book", ("id", "chamber_id", "structure_id"))
    for table in named:
        triggers += _frozen(
            table, ("id", "book_id", "code", *(("is_link",) if table == "ledger_account" else ()))
        )
    # CREATE OR REPLACE does not exist for constraint triggers, so all are dropped first.
    install = [*FUNCTIONS]
    for create, drop, _name in triggers:
        install += [drop, create]
    remove = [drop for _create, drop, _name in triggers]
    return install, remove, [name for *_statements, name in triggers]
