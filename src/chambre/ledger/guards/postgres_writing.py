"""Functions by which the ledger writes on PostgreSQL: they draw ids, look keys up and insert.

They prove nothing: the triggers do (:mod:`chambre.ledger.guards.postgres`). ``@`` before a name
stands for the schema of the ledger.
"""

from __future__ import annotations

from chambre.core.locks import lock_number

BY_INDEX = "SET enable_seqscan = off SET plan_cache_mode = force_generic_plan"
"""For functions on the posting path that look single tables up by ids: every setting costs."""

LOCK = lock_number("ledger-ids")
"""Advisory lock under which ids are drawn."""

_BEGIN = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_begin(
  p_chamber bigint, p_keys text[], p_entries bigint, p_lines bigint
) RETURNS TABLE (key varchar, id bigint, digest bytea, line bigint)
LANGUAGE plpgsql VOLATILE {BY_INDEX} AS $$
#variable_conflict use_column
DECLARE v_entry bigint; v_line bigint;
BEGIN
  LOCK TABLE ONLY @ledger_journalentry IN ROW EXCLUSIVE MODE;
  SELECT d.entry, d.line INTO v_entry, v_line FROM @chambre_ledger_draw(p_entries, p_lines) d;
  RETURN QUERY SELECT NULL::varchar, v_entry, NULL::bytea, v_line;
  RETURN QUERY SELECT e.key, e.id, e.digest, NULL::bigint FROM ONLY @ledger_journalentry e
    WHERE e.chamber_id = p_chamber AND e.key = ANY (p_keys);
END $$
"""

# A handful of entries in one call. Ids in the rows count from 0 and are added to those drawn. When
# a key is there already nothing is written, and the caller looks.
_POST = """
CREATE OR REPLACE FUNCTION @chambre_ledger_post(
  p_chamber bigint, p_keys text[], p_lines json, p_entries json
) RETURNS TABLE (key varchar, id bigint, digest bytea, line bigint)
LANGUAGE plpgsql VOLATILE {plans} AS $$
#variable_conflict use_column
DECLARE v_entry bigint; v_line bigint;
BEGIN
  LOCK TABLE ONLY @ledger_journalentry IN ROW EXCLUSIVE MODE;
  RETURN QUERY SELECT e.key, e.id, e.digest, NULL::bigint FROM ONLY @ledger_journalentry e
    WHERE e.chamber_id = p_chamber AND e.key = ANY (p_keys);
  IF FOUND THEN RETURN; END IF;
  SELECT d.entry, d.line INTO v_entry, v_line
    FROM @chambre_ledger_draw(json_array_length(p_entries), json_array_length(p_lines)) d;
  INSERT INTO @ledger_line ({line_columns})
    SELECT id + v_line, entry_id + v_entry, {line_values}
    FROM json_to_recordset(p_lines) AS x({line_types});
  INSERT INTO @ledger_journalentry ({entry_columns})
    SELECT id + v_entry, {entry_values}
    FROM json_to_recordset(p_entries) AS x({entry_types});
  RETURN QUERY SELECT NULL::varchar, v_entry, NULL::bytea, v_line;
END $$
"""
_LINE_TYPES = {
    "id": "bigint", "entry_id": "bigint", "number": "integer", "chamber_id": "bigint",
    "book_id": "bigint", "account_id": "bigint", "resource_id": "bigint", "unit": "text",
    "amount": "bigint", "side": "text", "day": "date", "phase": "smallint", "label": "text",
    "auxiliary_id": "bigint", "piece": "text", "piece_day": "date", "lettering": "text",
    "lettered_on": "date", "currency": "text", "currency_amount": "text", "source_line": "bigint",
    "extra": "text",
}  # fmt: skip
_ENTRY_TYPES = {
    "id": "bigint", "chamber_id": "bigint", "book_id": "bigint", "journal_id": "bigint",
    "kind": "text", "number": "text", "day": "date", "label": "text", "validated_on": "date",
    "key": "text", "digest": "bytea", "line_count": "integer", "event_id": "bigint",
    "reverses_id": "bigint", "about_id": "bigint", "source": "text", "recorded_at": "timestamptz",
}  # fmt: skip


def _post_function() -> str:
    """The function that posts a handful of entries."""

    def typed(types: dict[str, str]) -> str:
        return ", ".join(f"{name} {kind}" for name, kind in types.items())

    return _POST.format(
        plans=BY_INDEX,
        line_columns=", ".join(_LINE_TYPES),
        line_values=", ".join(list(_LINE_TYPES)[2:]) + "::jsonb",
        line_types=typed(_LINE_TYPES),
        entry_columns=", ".join(_ENTRY_TYPES),
        entry_values=", ".join(list(_ENTRY_TYPES)[1:]),
        entry_types=typed(_ENTRY_TYPES),
    )


# An entry of two lines on one account, from one of its auxiliary accounts to another: what a payment
# posts. For a function of another floor that does all of its act in one call; it gives the digest, which
# Python makes. A key that is there is refused by the table.
_TRANSFER = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_transfer(
  p_chamber bigint, p_book bigint, p_journal bigint, p_account bigint, p_debit bigint,
  p_credit bigint, p_unit text, p_amount bigint, p_day date, p_label text, p_key text,
  p_digest bytea, p_source text, p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql VOLATILE {BY_INDEX} AS $$
DECLARE v_entry bigint; v_line bigint;
BEGIN
  LOCK TABLE ONLY @ledger_journalentry IN ROW EXCLUSIVE MODE;
  SELECT d.entry, d.line INTO v_entry, v_line FROM @chambre_ledger_draw(1, 2) d;
  INSERT INTO @ledger_line (id, entry_id, number, chamber_id, book_id, account_id, unit, amount,
      side, day, phase, label, auxiliary_id, piece, lettering, currency, currency_amount)
    VALUES (v_line, v_entry, 1, p_chamber, p_book, p_account, p_unit, p_amount, 'D', p_day, 0,
        p_label, p_debit, '', '', '', ''),
      (v_line + 1, v_entry, 2, p_chamber, p_book, p_account, p_unit, -p_amount, 'C', p_day, 0,
        p_label, p_credit, '', '', '', '');
  INSERT INTO @ledger_journalentry (id, chamber_id, book_id, journal_id, kind, number, day, label,
      validated_on, key, digest, line_count, source, recorded_at)
    VALUES (v_entry, p_chamber, p_book, p_journal, 'entry', '', p_day, p_label, p_day, p_key,
      p_digest, 2, p_source, p_at);
  RETURN v_entry;
END $$
"""

# Two rows of ids, each without a gap. The advisory lock is held for microseconds, never until
# commit. A sequence that is behind its table (restored from a copy) catches up.
_DRAW = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_draw(
  p_entries bigint, p_lines bigint, OUT entry bigint, OUT line bigint
) LANGUAGE plpgsql VOLATILE {BY_INDEX} AS $$
BEGIN
  PERFORM pg_advisory_lock({LOCK});
  BEGIN
    entry := GREATEST(nextval('@ledger_entry_ids'),
      (SELECT COALESCE(MAX(e.id), 0) + 1 FROM ONLY @ledger_journalentry e));
    line := GREATEST(nextval('@ledger_line_ids'),
      (SELECT COALESCE(MAX(l.id), 0) + 1 FROM ONLY @ledger_line l));
    PERFORM setval('@ledger_entry_ids', entry + GREATEST(p_entries, 1) - 1),
      setval('@ledger_line_ids', line + GREATEST(p_lines, 1) - 1);
  EXCEPTION WHEN query_canceled OR OTHERS THEN
    PERFORM pg_advisory_unlock({LOCK});
    RAISE;
  END;
  PERFORM pg_advisory_unlock({LOCK});
END $$
"""

# Whoever takes the table of events in SHARE mode knows that every lower id is there or never will be.
_EVENT_ID = """
CREATE OR REPLACE FUNCTION @chambre_ledger_event_id() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  LOCK TABLE ONLY @ledger_event IN ROW EXCLUSIVE MODE;
  RETURN nextval(pg_get_serial_sequence('@ledger_event', 'id'));
END $$
"""

# What an event starts from, in one call whose plans are kept: its id, who has its key already, and the
# chambers of the books that it is booked in ("book:chamber,…").
_EVENT_BEGIN = f"""
CREATE OR REPLACE FUNCTION @chambre_ledger_event_begin(
  p_chamber bigint, p_key text, p_books bigint[],
  OUT drawn bigint, OUT id bigint, OUT asked bytea, OUT chambers text
) LANGUAGE plpgsql VOLATILE {BY_INDEX} AS $$
#variable_conflict use_column
BEGIN
  drawn := @chambre_ledger_event_id();
  SELECT e.id, e.asked INTO id, asked FROM ONLY @ledger_event e
    WHERE e.chamber_id = p_chamber AND e.key = p_key;
  IF cardinality(p_books) > 0 THEN
    SELECT string_agg(b.id || ':' || b.chamber_id, ',') INTO chambers
      FROM ONLY @ledger_book b WHERE b.id = ANY (p_books);
  END IF;
END $$
"""

WRITING = (_DRAW, _EVENT_ID, _EVENT_BEGIN, _BEGIN, _post_function(), _TRANSFER)
"""Statements that make the functions."""
