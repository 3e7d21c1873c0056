"""The matching over a whole account: what is certain is matched, the rest is proposed or explained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.urls import reverse

from chambre.core.actors import Actor, authorize
from chambre.core.db.busy import patiently
from chambre.core.db.lean import lean
from chambre.core.errors import Conflict, Invalid
from chambre.core.jobs import start_job
from chambre.lib import reconciling
from chambre.treasury.models import BankAccount, BankRow, Match, Proposal, RowNote
from chambre.treasury.queries.matching import (
    counts_of,
    said,
    target_label,
    waiting_rows,
    why_said,
)
from chambre.treasury.services.bank.matching import MatchCounts, RowState
from chambre.treasury.services.matching.drafts import BookedPart, ItemPart, PartDraft
from chambre.treasury.services.matching.gathering import Gathered, engine_habit, gather
from chambre.treasury.services.matching.habits import habit_part
from chambre.treasury.services.matching.matching import cancel_rows, match_row

INTERNAL = "internal-transfer"
MATCHING = "treasury.match"
"""Job that matches an account in the background."""
AT_ONCE = 5_000
"""Rows waiting up to which an import matches them before it answers."""
_CHANGED = ["changed", {}]


def match_rows(account: BankAccount, by: Actor) -> MatchCounts:
    """Match what is certain, each row in a transaction of its own; propose and explain the rest.

    Running it again is harmless: it looks at what waits, and nothing else.

    Args:
        account: Whose rows.
        by: Who may match them.

    Returns:
        How many rows it matched, and how many then have proposals or nothing.

    Raises:
        Forbidden: ``by`` does not answer for the money.
    """
    authorize(by, "treasury.manage", account)
    with lean(waiting_rows(account).count() > AT_ONCE):
        seen = gather(account)
    own = _own_ibans(account)
    matched, left = 0, []
    inside = {row.key for row in seen.rows if row.iban in own and row.key in seen.waiting}
    decisions = reconciling.reconcile(
        [row for row in seen.rows if row.key not in inside], seen.items,
        [engine_habit(habit) for habit in seen.habits.values()],
    )  # fmt: skip
    for key in sorted(inside, key=int):
        matched += _try_internal(_row(key), by)
    done: set[str] = set()
    for decision in decisions:
        if decision.choice is None:
            left.append(decision)
        elif decision.row in done:
            continue
        elif patiently(_try, seen, decision, by):
            done |= {decision.row, decision.choice.reverses}
            matched += 1 + (decision.choice.reverses in seen.waiting)
        else:
            left.append(decision)
    _explain(account, seen, left)
    counts = counts_of(account)
    return MatchCounts(matched, counts.proposed, counts.unmatched)


def match_imported(account: BankAccount, by: Actor) -> MatchCounts:
    """What an import calls: matches at once, or has it done in the background when there is much.

    Raises:
        Forbidden: ``by`` does not answer for the money.
    """
    if waiting_rows(account).count() <= AT_ONCE:
        return match_rows(account, by)
    authorize(by, "treasury.manage", account)
    start_job(MATCHING, by, account=account.slug)
    counts = counts_of(account)
    return MatchCounts(0, counts.proposed, counts.unmatched)


def _own_ibans(account: BankAccount) -> set[str]:
    """The other accounts of the same structure."""
    rows = BankAccount.objects.filter(book=account.book_id).exclude(pk=account.pk)
    return set(rows.values_list("iban", flat=True)) - {""}


def _key() -> str:
    """Idempotency key of a match found alone: two runs at once are two acts, and one is refused."""
    return f"alone:{uuid4()}"


def _row(key: str) -> BankRow:
    """A row that a decision is about, with what says who may match it."""
    row: BankRow = BankRow.objects.select_related("account__book__structure").get(pk=int(key))
    return row


def _try_internal(row: BankRow, by: Actor) -> bool:
    """Money that went to, or came from, another account of the house: it is on its way between."""
    part = BookedPart(row.amount, use="internal")
    reasons = [(INTERNAL, {"iban": row.party_iban})]
    try:
        match_row(row=row, parts=[part], key=_key(), by=by, how=Match.How.ALONE, reasons=reasons)
    except (Conflict, Invalid):
        return False
    return True


def _try(seen: Gathered, decision: reconciling.Decision, by: Actor) -> bool:
    """Match what is certain; no when it no longer is, and then nothing happened."""
    row, choice = _row(decision.row), decision.choice
    assert choice is not None
    reasons = [(each.code, dict(each.facts)) for each in choice.reasons]
    try:
        if choice.reverses:
            _cancel(row, choice.reverses, by, reasons)
        else:
            habit = seen.habits.get(choice.habit)
            match_row(row=row, parts=_parts(seen, row, choice), key=_key(), by=by,
                      how=Match.How.ALONE, reasons=reasons, habit=habit, known=seen.open)  # fmt: skip
    except (Conflict, Invalid):
        return False
    return True


def _cancel(row: BankRow, other: str, by: Actor, reasons: Sequence[tuple[str, Any]]) -> None:
    """The later of the two rows takes the earlier one back."""
    first = _row(other)
    later, earlier = (row, first) if (row.day, row.pk) >= (first.day, first.pk) else (first, row)
    cancel_rows(row=later, other=earlier, key=_key(), by=by, how=Match.How.ALONE,
                reasons=reasons)  # fmt: skip


def _parts(seen: Gathered, row: BankRow, choice: reconciling.Proposal) -> list[PartDraft]:
    sign = 1 if row.amount > 0 else -1
    if choice.habit:
        habit = seen.habits.get(choice.habit)
        return [
            habit_part(habit, row.amount) if habit else BookedPart(row.amount, use=reconciling.FEE)
        ]
    return [
        ItemPart(seen.open[part.item].kind, seen.open[part.item].key, sign * part.amount)
        for part in choice.parts
    ]


@transaction.atomic
def _explain(
    account: BankAccount, seen: Gathered, decisions: Sequence[reconciling.Decision]
) -> None:
    """Write down what the rows that wait may be, and why they wait; instead of the last run's."""
    BankAccount.objects.select_for_update().get(pk=account.pk)
    still = set(waiting_rows(account).values_list("pk", flat=True))
    Proposal.objects.filter(row__account=account).delete()
    RowNote.objects.filter(row__account=account).delete()
    open_still = (each for each in decisions if int(each.row) in still)
    while some := list(islice(open_still, 1000)):
        _say_why(seen, some)


def _say_why(seen: Gathered, decisions: Iterable[reconciling.Decision]) -> None:
    """Keep notes and proposals of some rows."""
    notes, proposals = [], []
    for decision in decisions:
        row = int(decision.row)
        why = [decision.why.code, dict(decision.why.facts)] if decision.why else _CHANGED
        notes.append(RowNote(row_id=row, why=why, labels=_labels(seen, [why])))
        options = decision.proposals or ((decision.choice,) if decision.choice else ())
        proposals += [_proposal(seen, row, place, each) for place, each in enumerate(options)]
    RowNote.objects.bulk_create(notes)
    Proposal.objects.bulk_create(proposals)


def _labels(seen: Gathered, reasons: Iterable[Any]) -> dict[str, str]:
    """Names of the items that reasons speak of."""
    keys = {str(facts["item"]) for _code, facts in reasons if "item" in facts}
    return {key: seen.labels[key] for key in keys if key in seen.labels}


def _proposal(seen: Gathered, row: int, place: int, choice: reconciling.Proposal) -> Proposal:
    habit = seen.habits.get(choice.habit)
    return Proposal(
        row_id=row,
        place=place,
        score=choice.score,
        parts=[
            [seen.open[p.item].kind, seen.open[p.item].key, p.amount, seen.open[p.item].label]
            for p in choice.parts
        ],
        rest=choice.rest,
        habit=habit,
        use=reconciling.FEE if choice.habit and habit is None else "",
        reverses_id=int(choice.reverses) if choice.reverses else None,
        reasons=[[each.code, dict(each.facts)] for each in choice.reasons],
    )


def rows_states(rows: Iterable[int]) -> dict[int, RowState]:
    """What became of some rows, by their ids: for the pages of the bank."""
    # all in one question: this is asked on every page of the bank
    columns = (
        "pk", "kind", "amount", "is_booked", "account__book__structure__slug", "note__why",
        "note__labels", "matches__pk", "matches__undo__pk", "matches__cancels_id",
        "matches__parts__use", "matches__parts__label",
    )  # fmt: skip
    wanted = BankRow.objects.filter(pk__in=list(rows)).order_by("pk", "matches__parts__number")
    found: dict[int, RowState] = {}
    labels: dict[int, list[str]] = {}
    for (
        pk,
        kind,
        amount,
        booked,
        slug,
        why,
        names,
        match,
        undo,
        cancels,
        use,
        label,
    ) in wanted.values_list(*columns):
        url = reverse("treasury:match-row", args=[slug, pk])
        if match and not undo:
            said_so = said([["was-reversed", {}]])[0] if cancels else target_label(use, "") or label
            labels.setdefault(pk, []).append(said_so)
            found[pk] = RowState(amount, ", ".join(labels[pk]), url)
        elif booked and pk not in labels:
            found[pk] = RowState(0, why_said(kind, why, names or {}), url)
    return found
