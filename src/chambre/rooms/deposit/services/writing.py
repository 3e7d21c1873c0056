"""Rows of decided acts, many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.lib.deposits import Outcome, Reason
from chambre.rooms.deposit.models import Act, Contract, Item, Move, Part, Receipt, Refund
from chambre.rooms.deposit.queries.finding import Found as FoundItem
from chambre.rooms.deposit.services import cases
from chambre.rooms.deposit.services.asking import Answer, Asked
from chambre.rooms.deposit.services.judging import Line, outcome_of
from chambre.rooms.deposit.services.stock import tell
from chambre.rooms.deposit.services.ways import Channel, digest_of, slip_of

if TYPE_CHECKING:
    from chambre.rooms.deposit.services.issuing import Work as IssueWork
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


def write_return(works: list[Work], by: Actor) -> None:
    """Everything that decided returns change."""
    numbers = cases.open_cases(_cases(works), by.label, timezone.now())
    for work in works:
        if work.answer is None:
            work.answer = _answer(work, numbers)
    write_acts(works, by, "return")
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
    if work.money is not None:
        answer.slip = slip_of(work.money)
    return answer


def write_acts(works: Sequence[Work | IssueWork], by: Actor, kind: str) -> None:
    """The acts with their answers; ``work.act`` is the id of each afterwards."""
    label = by.label[:254]
    rows = [
        Act(
            scheme_id=work.place.scheme_id,
            kind=kind,
            key=work.asked.key,
            about=work.asked.about(kind),
            place_id=work.place.pk,
            answer=work.answer.stored() if work.answer else {},
            total=work.money.total if work.money else 0,
            device=work.asked.device,
            by=label,
            at=work.at,
        )
        for work in works
    ]
    for work, row in zip(works, Act.objects.bulk_create(rows), strict=True):
        work.act = row.pk


def _write_moves(works: list[Work], by: Actor) -> None:
    rows = []
    for work in works:
        for line in work.lines:
            if line.item is None or line.moved is None:
                continue
            number, state, kind = line.moved
            rows.append(
                Move(
                    item_id=line.item.id,
                    number=number,
                    kind=kind,
                    place_id=work.place.pk,
                    act_id=work.act,
                    contract_id=line.contract.pk if line.contract else None,
                    state=state,
                    happened_at=work.at,
                    device=work.asked.device,
                    by=by.label[:254],
                )
            )
    tell(move.pk for move in Move.objects.bulk_create(rows))


def _write_items(works: list[Work]) -> None:
    """How objects stand now: those that changed alike in one statement."""
    steps: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    items: dict[int, FoundItem] = {}
    for work in works:
        for line in work.lines:
            if line.item is not None and line.moved is not None:
                items[line.item.id] = line.item
                steps[line.item.id][0] += 1
                steps[line.item.id][1] += line.verdict.ends
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for pk, item in items.items():
        moved, turned = steps[pk]
        groups[item.state, item.place, item.moved_at, moved, turned].append(pk)
    for (state, place, at, moved, turned), pks in groups.items():
        Item.objects.filter(pk__in=pks).update(
            state=state,
            place=place,
            moved_at=at,
            moves_count=F("moves_count") + moved,
            rotations=F("rotations") + turned,
        )


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
    if whole:
        Contract.objects.filter(pk__in=whole).update(
            state=Contract.State.CLOSED, closed_at=now, back=1, refunded=F("amount")
        )


def _write_money(works: list[Work]) -> None:
    """Refunds, the ways that they went, and slips."""
    now = timezone.now()
    refunds, parts, receipts = [], [], []
    for work in works:
        entry = work.money.entry if work.money else None
        day = timezone.localdate(work.at)
        for line in work.lines:
            if line.contract is not None and line.verdict.ends:
                verdict, contract = line.verdict, line.contract
                refunds.append(
                    Refund(
                        contract_id=contract.pk, serial=contract.pk, act_id=work.act,
                        paid=contract.amount, amount=verdict.refund, kept=verdict.kept,
                        reason=verdict.reason.value, entry=entry, at=now, day=day,
                    )
                )  # fmt: skip
        for taken in work.counted:
            refunds.append(
                Refund(
                    contract_id=taken.contract, act_id=work.act, quantity=taken.quantity,
                    paid=taken.amount, amount=taken.amount, reason=Reason.WHOLE.value,
                    entry=entry, at=now, day=day,
                )
            )  # fmt: skip
        if work.money is None:
            continue
        parts += parts_of(work)
        for way in work.money.ways:
            if way.channel == Channel.RECEIPT:
                receipts.append(_receipt(work, way.amount))
    Refund.objects.bulk_create(refunds)
    Part.objects.bulk_create(parts)
    Receipt.objects.bulk_create(receipts)


def parts_of(work: Work | IssueWork, sign: int = 1) -> list[Part]:
    """How the money of an act went; ``sign`` −1 when it came in."""
    if work.money is None:
        return []
    return [
        Part(
            act_id=work.act,
            channel=way.channel,
            amount=sign * way.amount,
            reference=way.reference[:64],
            resource_id=_resource(way.reference),
        )
        for way in work.money.ways
        if way.amount
    ]


def _resource(reference: str) -> int | None:
    return int(reference[9:]) if reference.startswith("resource:") else None


def _receipt(work: Work, amount: int) -> Receipt:
    code = work.asked.receipt
    digest, hint = digest_of(work.asked.key, code)
    return Receipt(
        scheme_id=work.place.scheme_id, act_id=work.act, digest=digest, hint=hint, amount=amount,
        at=work.at,
    )  # fmt: skip
