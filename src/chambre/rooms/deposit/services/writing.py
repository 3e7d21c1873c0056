"""Rows of decided acts, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.lib.deposits import Outcome, Reason
from chambre.rooms.deposit.models import Act, Contract, Move, Part, Receipt, Refund
from chambre.rooms.deposit.services import cases, rows
from chambre.rooms.deposit.services.asking import Answer, Asked
from chambre.rooms.deposit.services.judging import Line, outcome_of
from chambre.rooms.deposit.services.stock import tell
from chambre.rooms.deposit.services.ways import Channel, Way, digest_of, slip_of

if TYPE_CHECKING:
    from chambre.rooms.deposit.services import batching
    from chambre.rooms.deposit.services.returning import Work

KEY_REUSED = "key-reused"


def known_answers(asked: Sequence[Asked], kind: str) -> dict[str, Answer]:
    """Stored answers by key; of a key that was used for something else, a refusal."""
    abouts = {each.key: each.about(kind) for each in asked}
    rows = Act.objects.filter(key__in=abouts).order_by().values_list("key", "about", "answer")
    return {
        key: Answer.of(stored) if about == abouts[key] else _reused() for key, about, stored in rows
    }


def _reused() -> Answer:
    return Answer(outcome=Outcome.REFUSED.value, reason=KEY_REUSED)


def same(answer: Answer, work: Any, asked: Asked) -> Answer:
    """The answer of a key, unless the batch itself uses the key for two different things."""
    if work is not None and work.asked is not asked:
        mine, other = work.asked, asked
        if (mine.place, mine.codes, mine.counted) != (other.place, other.codes, other.counted):
            return _reused()
    return answer


def write_return(works: list[Work], by: Actor, kind: str = "return") -> None:
    """Everything that decided returns change."""
    numbers = cases.open_cases(_cases(works), by.label, timezone.now())
    for work in works:
        if work.answer is None:
            work.answer = _answer(work, numbers)
    write_acts(works, by, kind)
    _write_moves(works, by)
    _write_items(works)
    _write_contracts(works)
    _write_money(works)


def subject_of(line: Line, scheme: int) -> str:
    """What a case is about: the contract, the object in this rotation, or the code."""
    reason = line.verdict.reason.value
    if line.item is None:
        return f"{reason}:{scheme}:{line.code}"[:200]
    if line.contract is not None:
        return f"{reason}:contract:{line.contract.pk}"
    return f"{reason}:{scheme}:{line.item.id}:{line.item.rotations}"


def _cases(works: list[Work]) -> list[cases.Found]:
    found = []
    for work in works:
        for line in work.lines:
            if line.verdict.case:
                found.append(_case(work, line))
        if short := _short(work):
            found.append(short)
        found += work.excess
    return found


def _case(work: Work, line: Line) -> cases.Found:
    scheme = work.place.scheme_id
    return cases.Found(
        kind=line.verdict.reason.value,
        subject=subject_of(line, scheme),
        scheme=scheme,
        code=line.code,
        item=line.item.id if line.item else None,
        contract=line.contract.pk if line.contract else None,
        place=work.place.pk,
        act_key=work.asked.key,
        evidence={
            "at": work.at.isoformat(),
            "presence": work.asked.presence.value,
            "condition": work.asked.condition.value,
            **({"device": work.asked.device} if work.asked.device else {}),
            **work.asked.evidence,
        },
    )


def _short(work: Work) -> cases.Found | None:
    """More counted objects than went out: what is missing is a case."""
    asked = sum(many for _type, many in work.asked.counted)
    back = sum(taken.quantity for taken in work.counted)
    if back >= asked or (work.answer and work.answer.outcome == Outcome.REFUSED.value):
        return None
    return cases.Found(
        kind="count",
        subject=f"count:{work.asked.key}"[:200],
        scheme=work.place.scheme_id,
        place=work.place.pk,
        act_key=work.asked.key,
        evidence={"asked": asked, "paid": back, "types": dict(work.asked.counted)},
    )


def _answer(work: Work, numbers: dict[str, int]) -> Answer:
    """How an act ended, with one line for each code."""
    answer = Answer(outcome=Outcome.CASE.value, reason=Reason.COUNT.value)
    if work.lines:
        answer.outcome, answer.reason = outcome_of(work.lines)
    if work.counted and answer.outcome != Outcome.REFUNDED.value:
        answer.outcome, answer.reason = Outcome.REFUNDED.value, Reason.WHOLE.value
    for line in work.lines:
        verdict, uid = line.verdict, line.contract.uid if line.contract else None
        answer.refund += verdict.refund
        answer.kept += verdict.kept
        if verdict.case and answer.case is None:
            answer.case = numbers.get(subject_of(line, work.place.scheme_id))
        if len(work.lines) > 1:
            answer.lines.append(
                {
                    "code": line.code,
                    "outcome": verdict.outcome.value,
                    "reason": verdict.reason.value,
                    "refund": verdict.refund,
                    "contract": str(uid) if uid else None,
                }
            )
        elif uid:
            answer.contract = str(uid)
    answer.refund += sum(taken.amount for taken in work.counted)
    if len(work.counted) == 1 and not work.lines:
        answer.contract = str(work.counted[0].uid)
    if answer.case is None:
        answer.case = numbers.get(f"count:{work.asked.key}"[:200])
    if answer.case is None and work.excess:
        answer.case = numbers.get(work.excess[0].subject)
    if work.money is not None:
        answer.slip = slip_of(work.money)
    return answer


def write_acts(works: Sequence[batching.Doing], by: Actor, kind: str) -> None:
    """The acts with their answers; ``work.act`` is the id of each afterwards."""
    label, moment = by.label[:254], rows.moments()
    for work, pk in zip(works, rows.draw(Act, len(works)), strict=True):
        work.act = pk
    rows.write(
        Act,
        (
            (
                work.act, work.place.scheme_id, kind, work.asked.key, work.asked.about(kind),
                work.place.pk, dumps(work.answer.stored() if work.answer else {}),
                work.money.total if work.money else 0, work.asked.device, label,
                moment(work.at),
            )
            for work in works
        ),
    )  # fmt: skip


def _write_moves(works: list[Work], by: Actor) -> None:
    label, moment = by.label[:254], rows.moments()
    now = moment(timezone.now())
    moved = [(work, line) for work in works for line in work.lines if line.moved is not None]
    ids = rows.draw(Move, len(moved))
    made = []
    for (work, line), pk in zip(moved, ids, strict=True):
        number, state, kind = line.moved or (0, "", "")
        made.append(
            (
                pk, line.item.id if line.item else 0, number, kind, work.place.pk, work.act,
                line.contract.pk if line.contract else None, state, moment(work.at), None, "",
                work.asked.device, label, now,
            )
        )  # fmt: skip
    rows.write(Move, made)
    tell(ids)


def _write_items(works: list[Work]) -> None:
    """How objects stand now."""
    items = {
        line.item.id: line.item
        for work in works
        for line in work.lines
        if line.item is not None and line.moved is not None
    }
    rows.update_items(list(items.values()))


def _write_contracts(works: list[Work]) -> None:
    now = timezone.now()
    whole: list[int] = []
    for work in works:
        for line in work.lines:
            if line.contract is None or not line.verdict.ends:
                continue
            if not line.verdict.kept:
                whole.append(line.contract.pk)
                continue
            Contract.objects.filter(pk=line.contract.pk).update(
                state=Contract.State.CLOSED,
                closed_at=now,
                back=1,
                refunded=line.verdict.refund,
                kept=line.verdict.kept,
            )
        for taken in work.counted:
            Contract.objects.filter(pk=taken.contract).update(
                back=F("back") + taken.quantity,
                refunded=F("refunded") + taken.amount,
                **({"state": Contract.State.CLOSED, "closed_at": now} if taken.ends else {}),
            )
    rows.close_whole(whole, now)


def _write_money(works: list[Work]) -> None:
    """Refunds, the ways that they went, and slips."""
    now = rows.moments()(timezone.now())
    refunds: list[tuple[Any, ...]] = []
    for work in works:
        entry = work.money.entry if work.money else None
        day = timezone.localdate(work.at)
        for line in work.lines:
            if line.contract is not None and line.verdict.ends:
                verdict, contract = line.verdict, line.contract
                refunds.append(
                    (
                        contract.pk, work.act, contract.pk, 1, contract.amount, verdict.refund,
                        verdict.kept, verdict.reason.value, entry, now, day,
                    )
                )  # fmt: skip
        for taken in work.counted:
            refunds.append(
                (
                    taken.contract, work.act, None, taken.quantity, taken.amount, taken.amount, 0,
                    Reason.WHOLE.value, entry, now, day,
                )
            )  # fmt: skip
    rows.write(Refund, refunds)
    write_parts(works)
    rows.write(
        Receipt,
        (
            _receipt(work, way.amount)
            for work in works
            if work.money is not None
            for way in work.money.ways
            if way.channel == Channel.RECEIPT
        ),
    )


def write_parts(works: Sequence[batching.Doing], sign: int = 1) -> None:
    """How the money of acts went; ``sign`` −1 when it came in."""
    rows.write(
        Part,
        (
            (work.act, str(way.channel), sign * way.amount, way.reference[:64], _resource(way))
            for work in works
            if work.money is not None
            for way in work.money.ways
            if way.amount
        ),
    )


def _resource(way: Way) -> int | None:
    """The commons of a gift."""
    return int(way.reference[9:]) if way.reference.startswith("resource:") else None


def _receipt(work: Work, amount: int) -> tuple[Any, ...]:
    digest, hint = digest_of(work.asked.key, work.asked.receipt)
    return (work.place.scheme_id, work.act, digest, hint, amount, rows.moments()(work.at))
