"""Matching one row: with items, uses and accounts, or with the row that it takes back. Undoing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid, KeyReused
from chambre.core.hooks import emit
from chambre.ledger.models import JournalEntry
from chambre.lib.accounting.charts import account_label
from chambre.treasury.booklines import BookLine
from chambre.treasury.events import RowMatched
from chambre.treasury.models import BankRow, Habit, Match, MatchPart, MatchUndo, Proposal, RowNote
from chambre.treasury.openitems import OpenItem, source_of
from chambre.treasury.queries.matching import match_of, target_label
from chambre.treasury.services.booking import book_entry, rule_of, unbook
from chambre.treasury.services.matching.drafts import BookedPart, ItemPart, PartDraft
from chambre.treasury.services.matching.errors import (
    AlreadyMatched,
    NotMatchable,
    NotWhole,
    ProposalGone,
)
from chambre.treasury.services.matching.gathering import item_key, open_of
from chambre.treasury.services.matching.habits import habit_part, keep_habit
from chambre.treasury.services.matching.lines import booked_lines, booking_day, suspense_line

Reasons = Sequence[tuple[str, Mapping[str, Any]]]


@transaction.atomic
def match_row(
    *,
    row: BankRow,
    parts: Sequence[PartDraft],
    key: str,
    by: Actor,
    how: str = Match.How.PERSON,
    reasons: Reasons = (),
    habit: Habit | None = None,
    known: Mapping[str, OpenItem] | None = None,
) -> Match:
    """Say what a row is: it leaves suspense, and the items that it pays are settled. Once.

    Args:
        row: A booked row without a match.
        parts: What it is; their amounts have the sign of the row and sum to it.
        key: Idempotency key, 1 to 120 characters, unique for ever.
        by: Who says so.
        how: Whether a person chose it or the matching found it.
        reasons: Why, as codes and facts of :mod:`chambre.lib.reconciling`.
        habit: The habit that it follows.
        known: What is open, when the caller has read it just now.

    Returns:
        The match; the same one when it is asked for again.

    Raises:
        Forbidden: ``by`` does not answer for the money.
        AlreadyMatched: The row has a match.
        NotMatchable: The row is not in the ledger, or was replaced.
        NotWhole: The parts do not sum to the row, or one of them has the other sign or is zero.
        Conflict: An item is no longer open, or not for so much; nothing happened.
        KeyReused: The key was used for something else.
    """
    authorize(by, "treasury.manage", row)
    row = _locked(row)
    if done := _known(row, key, parts):
        return done
    _refuse(row)
    _weigh(row, parts)
    match = Match.objects.create(
        row=row,
        number=Match.objects.filter(row=row).count() + 1,
        how=how,
        reasons=[[code, dict(facts)] for code, facts in reasons],
        habit=habit,
        day=booking_day(row),
        key=key,
        by=by.label[:254],
    )
    items = open_of(
        row.account.book,
        row.account,
        {part.kind for part in parts if isinstance(part, ItemPart)} if known is None else (),
    )
    kept = _keep(match, parts, {**items, **(known or {})})
    lines = [suspense_line(row)]
    # items are locked in one order everywhere, so that two matches never wait for each other
    for part, draft in sorted(kept, key=lambda pair: (pair[0].kind, pair[0].item, pair[0].number)):
        lines += _settle(match, part, draft, by)
    book_entry(
        book=row.account.book,
        journal=row.account.journal,
        day=match.day,
        lines=lines,
        key=match.booking_key,
        label=_words(row),
        source=f"treasury.row:{row.pk}",
    )
    _tell(row, by)
    audit(by, "treasury.row.matched", match, how=str(how), parts=len(kept))
    return match


def _locked(row: BankRow) -> BankRow:
    rows = BankRow.objects.select_related("account__book__structure")
    locked: BankRow = rows.select_for_update(of=("self",)).get(pk=row.pk)
    return locked


def _known(row: BankRow, key: str, parts: Sequence[PartDraft]) -> Match | None:
    """The match that this key made, if it is the same."""
    if not 1 <= len(key) <= 120:
        raise Invalid(_("A request key has 1 to 120 characters."), fields={"key": [key[:120]]})
    done: Match | None = Match.objects.filter(key=key).first()
    if done is None:
        return None
    there = [
        (part.kind, part.item, part.use, "" if part.use else part.account, part.amount)
        for part in done.parts.all()
    ]
    if done.row_id != row.pk or there != [_facts(part) for part in parts]:
        raise KeyReused
    return done


def _facts(part: PartDraft) -> tuple[str, str, str, str, int]:
    if isinstance(part, ItemPart):
        return part.kind, part.key, "", "", part.amount
    account = part.account.strip().upper()
    return "use" if part.use else "account", "", part.use, account, part.amount


def _refuse(row: BankRow) -> None:
    if not row.is_booked or hasattr(row, "replaced"):
        raise NotMatchable
    if match_of(row) is not None:
        raise AlreadyMatched


def _weigh(row: BankRow, parts: Sequence[PartDraft]) -> None:
    given = sum(part.amount for part in parts)
    if not parts or given != row.amount:
        raise NotWhole(
            given=given, row=row.amount, fields={"parts": [str(NotWhole.default_message)]}
        )
    if any(part.amount == 0 or (part.amount > 0) != (row.amount > 0) for part in parts):
        raise NotWhole(
            _("Every part goes the way of the row, and none is zero."),
            fields={"parts": [_("Every part goes the way of the row, and none is zero.")]},
        )
    named = [(part.kind, part.key) for part in parts if isinstance(part, ItemPart)]
    if len(named) != len(set(named)):
        raise Invalid(_("The same item stands there twice."), fields={"parts": [""]})


def _keep(
    match: Match, parts: Sequence[PartDraft], items: Mapping[str, OpenItem]
) -> list[tuple[MatchPart, PartDraft]]:
    """Write the parts, each with what its item was."""
    kept: list[tuple[MatchPart, PartDraft]] = []
    for number, part in enumerate(parts, 1):
        if isinstance(part, BookedPart):
            rule = rule_of(match.row.account.book, part.use) if part.use else None
            made = MatchPart(
                kind="use" if part.use else "account",
                use=part.use,
                account=rule.account if rule else part.account.strip().upper(),
                resource=part.resource,
                label=(part.label or _account_name(match, part))[:250],
            )
        else:
            item = items.get(item_key(part.kind, part.key))
            if item is None or item.direction != ("in" if part.amount > 0 else "out"):
                raise Conflict(_("This is not open any more."), kind=part.kind, key=part.key)
            made = MatchPart(
                kind=part.kind,
                item=part.key,
                opened=item.amount,
                label=item.label[:250],
                url=item.url[:250],
                party_name=item.party_name[:140],
                references=[each for each in (item.reference, *item.references) if each],
                due=item.due,
            )
        made.match, made.number, made.amount = match, number, part.amount
        made.save(force_insert=True)
        kept.append((made, part))
    return kept


def _account_name(match: Match, part: BookedPart) -> str:
    """What a part is called: its use, else its account in the chart, in French as books are."""
    code = part.account.strip().upper()
    chart = match.row.account.book.chart
    return target_label(part.use, "") or account_label(code, chart, match.day, "fr") or code


def _settle(match: Match, part: MatchPart, draft: PartDraft, by: Actor) -> list[BookLine]:
    """Let the source take the money, and give its counterparts."""
    book = match.row.account.book
    if isinstance(draft, BookedPart):
        return booked_lines(book, draft)
    lines = list(
        source_of(part.kind).settle(
            book=book,
            key=part.item,
            amount=abs(part.amount),
            day=match.row.day,
            row=match.row_id,
            idempotency=part.settling,
            by=by,
        )
    )
    if sum(line.amount for line in lines) != -part.amount:
        raise Invalid(_("The lines of an entry sum to zero."), kind=part.kind, key=part.item)
    return lines


def _words(row: BankRow) -> str:
    """Words of the entry: those of the bank, as in the row's own entry."""
    entry = JournalEntry.objects.filter(
        chamber=row.account.book.chamber_id, key=row.booking_key
    ).values_list("label", flat=True)
    return entry.first() or row.party_name


def _tell(row: BankRow, by: Actor, *, undone: bool = False) -> None:
    if not undone:
        Proposal.objects.filter(row=row).delete()
        RowNote.objects.filter(row=row).delete()
    emit(RowMatched(row=row.pk, undone=undone), by=by)


@transaction.atomic
def accept_proposal(*, row: BankRow, proposal: int, key: str, by: Actor) -> Match:
    """Take a proposal as it stands.

    Args:
        row: The row.
        proposal: Id of the proposal.
        key: As in :func:`match_row`.
        by: As in :func:`match_row`.

    Raises:
        ProposalGone: It is no longer there, or leaves something over that a person has to place.
        Conflict: As in :func:`match_row`.
    """
    authorize(by, "treasury.manage", row)
    done: Match | None = Match.objects.filter(key=key, row=row).first()
    if done is not None:
        return done
    chosen = (
        Proposal.objects.select_related("habit__resource", "reverses")
        .filter(pk=proposal, row=row)
        .first()
    )
    if chosen is None or chosen.rest:
        raise ProposalGone
    reasons = [(code, facts) for code, facts in chosen.reasons]
    if chosen.reverses is not None:
        return cancel_rows(row=row, other=chosen.reverses, key=key, by=by, reasons=reasons)
    sign = 1 if row.amount > 0 else -1
    parts: list[PartDraft] = [
        ItemPart(kind, item, sign * amount) for kind, item, amount, _label in chosen.parts
    ]
    if chosen.habit is not None:
        parts = [habit_part(chosen.habit, row.amount)]
    elif chosen.use:
        parts = [BookedPart(row.amount, use=chosen.use)]
    match = match_row(row=row, parts=parts, key=key, by=by, reasons=reasons, habit=chosen.habit)
    if chosen.habit is not None:
        keep_habit(row=row, part=habit_part(chosen.habit, row.amount), by=by)
    return match


@transaction.atomic
def cancel_rows(
    *,
    row: BankRow,
    other: BankRow,
    key: str,
    by: Actor,
    how: str = Match.How.PERSON,
    reasons: Reasons = (),
) -> Match:
    """Say that a row takes another one back: what the other had settled is open again.

    Both then cancel each other on suspense, and nothing more is booked. When the other one was a
    payout or a collection, its money has come back, and the row is matched as that.

    Args:
        row: The later row, without a match.
        other: The earlier row of the opposite amount; its match, if it has one, is undone.
        key: Idempotency key.
        by: Who says so.
        how: As in :func:`match_row`.
        reasons: As in :func:`match_row`.

    Raises:
        Forbidden: ``by`` does not answer for the money.
        AlreadyMatched: ``row`` has a match, or ``other`` cancels a third row.
        NotWhole: The amounts are not opposite, or the accounts are not the same.
        Conflict: What the other row settled cannot be opened again.
    """
    authorize(by, "treasury.manage", row)
    locked = {pk: _locked(BankRow(pk=pk)) for pk in sorted({row.pk, other.pk})}
    row, other = locked[row.pk], locked[other.pk]
    done: Match | None = Match.objects.filter(key=key).first()
    if done is not None:
        if done.row_id != row.pk or done.cancels_id not in {other.pk, None}:
            raise KeyReused
        return done
    _refuse(row)
    if row.account_id != other.account_id or row.amount != -other.amount or not other.is_booked:
        raise NotWhole(_("Only rows of one account and of opposite amounts cancel each other."))
    if (before := match_of(other)) is not None:
        if before.cancels_id is not None:
            raise AlreadyMatched
        if back := _money_back(row, before):
            return match_row(row=row, parts=[back], key=key, by=by, how=how, reasons=reasons)
        _undo(before, key=f"{key}:undo"[:120], by=by, reason=_("The bank took it back."), row=row)
    matches = [
        Match.objects.create(
            row=one,
            number=Match.objects.filter(row=one).count() + 1,
            how=how,
            reasons=[[code, dict(facts)] for code, facts in reasons],
            cancels=two,
            day=row.day,
            key=each_key,
            by=by.label[:254],
        )
        for one, two, each_key in ((row, other, key), (other, row, f"{key}:back"[:120]))
    ]
    for one in (row, other):
        _tell(one, by)
    audit(by, "treasury.row.cancelled", matches[0], other=other.pk)
    return matches[0]


def _money_back(row: BankRow, before: Match) -> ItemPart | None:
    """The row as the money of a payout or collection that came back, if the other row was that."""
    settled = list(before.parts.all())
    kind = getattr(source_of(settled[0].kind), "back", "") if settled[0].item else ""
    return ItemPart(kind, settled[0].item, row.amount) if kind and len(settled) == 1 else None


@transaction.atomic
def undo_match(*, match: Match, key: str, by: Actor, reason: str = "") -> MatchUndo:
    """Take a match back: its items are open again, the row waits again. Once.

    Of two rows that cancel each other both wait again.

    Args:
        match: The match.
        key: Idempotency key of the undoing.
        by: Who takes it back.
        reason: Why, at most 254 characters.

    Raises:
        Forbidden: ``by`` does not answer for the money.
        Conflict: Something stands on it: a refund was made, a year was closed.
    """
    authorize(by, "treasury.manage", match)
    pks = {match.row_id} | ({match.cancels_id} if match.cancels_id else set())
    for pk in sorted(pks):
        _locked(BankRow(pk=pk))
    done: MatchUndo | None = MatchUndo.objects.filter(match=match).first()
    if done is not None:
        return done
    undone = _undo(match, key=key, by=by, reason=reason)
    if match.cancels_id is not None:
        twin = match_of(match.cancels)  # type: ignore[arg-type]
        if twin is not None and twin.cancels_id == match.row_id:
            _undo(twin, key=f"{key}:back"[:120], by=by, reason=reason)
    return undone


def _undo(
    match: Match, *, key: str, by: Actor, reason: str, row: BankRow | None = None
) -> MatchUndo:
    """Undo one match whose row is locked; booked on the day of the ``row`` that took it back."""
    book = match.row.account.book
    parts: Iterable[MatchPart] = match.parts.exclude(item="").order_by("-kind", "-item", "-number")
    for part in parts:
        source_of(part.kind).release(
            book=book,
            key=part.item,
            amount=abs(part.amount),
            row=match.row_id,
            idempotency=part.settling,
            by=by,
        )
    entry = JournalEntry.objects.filter(chamber=book.chamber_id, key=match.booking_key).first()
    if entry is not None:
        day = booking_day(row or match.row)
        unbook(entry=entry, key=f"{match.booking_key}:undo", day=max(day, entry.day))
    undone = MatchUndo.objects.create(
        match=match, reason=reason.strip()[:254], key=key, by=by.label[:254]
    )
    _tell(match.row, by, undone=True)
    audit(by, "treasury.row.unmatched", match, reason=reason[:254])
    return undone
