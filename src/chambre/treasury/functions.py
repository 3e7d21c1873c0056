"""The function by which a payment in units is made in one call on PostgreSQL.

A payment of eight statements spends most of its time on their way, and while it holds the row of an
account that many pay, all others wait for each of them. In one call it is one message, planned once; the
account that comes later in the order of locks is locked when everything else is written.

It proves nothing that was not proved before: the ledger's triggers prove the entry, the table's constraints
hold the bounds, the unique keys hold the idempotency keys. Whatever is not as usual (a key that is there, a
closed month, a holder with a book of its own, an account that could not take it) undoes all of it or writes
nothing, and :mod:`chambre.treasury.services.credit_moving` goes the longer way, which says why.

``@`` before a name stands for the schema of the tables.
"""

from __future__ import annotations

from chambre.core.db.guards import Guards

_FACTS = {
    "source": "bigint", "target": "bigint", "amount": "bigint", "reason": "text", "day": "date",
    "key": "text", "origin": "text", "origin_key": "text", "chamber": "bigint",
    "unit": "text", "book": "bigint", "journal": "bigint", "account": "bigint", "debit": "bigint",
    "credit": "bigint", "label": "text", "code": "text", "entry_key": "text", "digest": "text",
    "at": "timestamptz", "actor_kind": "text", "user_id": "bigint", "actor": "text",
    "request": "text",
}  # fmt: skip
"""What the function is told: the members of one JSON object (one value is cheaper to send than many)."""

# The order of locks is that of credit_moving and credit_many: those that are not busy by their ids, then
# busy ones by theirs. A look without locks comes first, so that what cannot be costs no posting.
_PAY = """
CREATE OR REPLACE FUNCTION @chambre_credit_pay(
  p json, OUT o_move bigint, OUT o_entry bigint, OUT o_given bigint, OUT o_taken bigint
) LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  f record; v_giver_busy boolean; v_taker_busy boolean; v_giver_first boolean;
BEGIN
  SELECT * INTO f FROM json_to_record(p) AS x({facts});
  SELECT s.is_busy, t.is_busy INTO v_giver_busy, v_taker_busy
    FROM @treasury_creditaccount s, @treasury_creditaccount t
    WHERE s.id = f.source AND t.id = f.target
      AND s.chamber_id = f.chamber AND t.chamber_id = f.chamber
      AND s.unit = f.unit AND t.unit = f.unit
      AND s.auxiliary_id = f.debit AND t.auxiliary_id = f.credit
      AND s.is_open AND t.is_open AND s.held + s."limit" >= f.amount
      AND (t.ceiling IS NULL OR t.held + f.amount <= t.ceiling)
      AND EXISTS (SELECT 1 FROM @ledger_book b WHERE b.id = f.book AND b.structure_id = f.chamber)
      AND NOT EXISTS (SELECT 1 FROM @treasury_monthmark k WHERE k.book_id = f.book
        AND k.month = date_trunc('month', f.day)::date)
      AND (f.unit <> 'CRD' OR NOT EXISTS (SELECT 1 FROM @ledger_book o
        WHERE (o.structure_id = s.agent_id AND s.kind <> 'partner')
          OR (o.structure_id = t.agent_id AND t.kind <> 'partner')));
  IF NOT FOUND THEN RETURN; END IF;
  v_giver_first := (v_giver_busy, f.source) < (v_taker_busy, f.target);
  IF v_giver_first THEN
    {give}
  ELSE
    {take}
  END IF;
  o_entry := @chambre_ledger_transfer(f.chamber, f.book, f.journal, f.account, f.debit, f.credit,
    f.unit, f.amount, f.day, f.label, f.entry_key, decode(f.digest, 'hex'), 'treasury.credit', f.at);
  INSERT INTO @treasury_creditmove (chamber_id, source_id, target_id, amount, reason, day, entry_id,
      origin, origin_key, key, by, at)
    VALUES (f.chamber, f.source, f.target, f.amount, f.reason, f.day, o_entry, f.origin,
      f.origin_key, f.key, f.actor, f.at) RETURNING id INTO o_move;
  INSERT INTO @core_auditentry (at, actor_kind, user_id, actor, action, object_type, object_id,
      object_label, data, request_id)
    VALUES (f.at, f.actor_kind, f.user_id, f.actor, 'treasury.credit.moved',
      'treasury.creditaccount', f.source::text, f.code,
      jsonb_build_object('amount', f.amount, 'key', f.key, 'entry', o_entry), f.request);
  IF v_giver_first THEN
    {take}
  ELSE
    {give}
  END IF;
END $$
"""
# Between the look and the lock somebody else may have spent, or marked the account: then all is undone.
_GIVE = """UPDATE @treasury_creditaccount SET held = held - f.amount
      WHERE id = f.source AND is_open AND is_busy = v_giver_busy AND held + "limit" >= f.amount
      RETURNING held INTO o_given;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'credit/longer' USING ERRCODE = '23514';
    END IF;"""
_TAKE = """UPDATE @treasury_creditaccount SET held = held + f.amount
      WHERE id = f.target AND is_open AND is_busy = v_taker_busy
        AND (ceiling IS NULL OR held + f.amount <= ceiling)
      RETURNING held INTO o_taken;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'credit/longer' USING ERRCODE = '23514';
    END IF;"""


def provide(vendor: str) -> Guards:
    """The function, put in place after every ``migrate``; SQLite has none."""
    if vendor != "postgresql":
        return [], [], []
    facts = ", ".join(f"{name} {kind}" for name, kind in _FACTS.items())
    return [_PAY.format(facts=facts, give=_GIVE, take=_TAKE)], [], []
