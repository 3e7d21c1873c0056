"""Issuing objects: a deposit is taken, and a contract is open until the object comes back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.lib.deposits import Outcome, Reason
from chambre.rooms.deposit.models import (
    Act,
    Contract,
    Item,
    ItemType,
    Move,
    Place,
    Tariff,
    Terms,
)
from chambre.rooms.deposit.queries.finding import Found, ids_of, locked
from chambre.rooms.deposit.queries.terms import tariffs_on, terms_on
from chambre.rooms.deposit.services import batching, carrying, rows, writing
from chambre.rooms.deposit.services.accounts import Owed
from chambre.rooms.deposit.services.asking import Answer, Asked
from chambre.rooms.deposit.services.channels import take_in
from chambre.rooms.deposit.services.stock import tell
from chambre.rooms.deposit.services.ways import Money, plan, split_carried

State = Item.State
ISSUED = "issued"
NOT_ISSUABLE = "not-issuable"
NO_TARIFF = "no-tariff"


@dataclass(slots=True)
class Out:
    """One thing that goes out, or not: an object, or a number of counted ones."""

    code: str
    item: Found | None = None
    type_: ItemType | None = None
    quantity: int = 1
    tariff: Tariff | None = None
    refusal: str = ""
    uid: uuid.UUID = field(default_factory=uuid.uuid4)
    contract: int = 0

    @property
    def amount(self) -> int:
        """Deposit in cents; zero when it does not go out."""
        return 0 if self.refusal or self.tariff is None else self.quantity * self.tariff.amount


@dataclass(slots=True)
class Work(batching.Doing):
    """One issue while it is decided and written."""

    outs: list[Out] = field(default_factory=list)


def hand_out(asked: Asked, *, by: Actor) -> Answer:
    """Issue objects at a place and take their deposit, once.

    Args:
        asked: What goes out, where, and how its deposit is paid.
        by: Who records it.

    Returns:
        ``issued`` with the number of the contract and the cents taken, or ``refused``; the same
        answer for ever for the same key.

    Raises:
        Forbidden: ``by`` does not work at this place.
        NoPlace: There is no such place.
        KeyReused: The key was used for other objects.
        Invalid: Nothing was scanned.
    """
    return batching.do_one(hand_out_many, asked, by)


def hand_out_many(asked: Sequence[Asked], *, by: Actor) -> list[Answer]:
    """Issue the objects of many acts, in one transaction.

    An object that is not there to be issued is refused by itself; its act goes on with the others.
    When the money of an act cannot come the way that it asks for, that act is refused.

    Raises:
        Forbidden, NoPlace, Invalid: See :func:`hand_out`; nothing was done.
    """
    return batching.do_many(asked, by=by, kind=Act.Kind.ISSUE, batch=_batch)


@transaction.atomic
def _batch(asked: Sequence[Asked], places: dict[str, Place], by: Actor) -> list[Answer]:
    """Lock, look the keys up, decide, write."""
    ids = ids_of({code for each in asked for code in each.codes})
    found = locked(ids.values())
    items = {code: found[pk] for code, pk in ids.items()}
    answers = writing.known_answers(asked, "issue")
    now, day = timezone.now(), clock.today()
    fresh: dict[str, Work] = {}
    for each in asked:
        if each.key not in answers:
            at = min(each.happened_at or now, now)
            fresh.setdefault(each.key, Work(each, places[each.place], at))
    works = list(fresh.values())
    if works:
        _decide(works, items, day)
        _take_money(works, day)
        _write(works, by, day)
    answers |= {work.asked.key: work.answer for work in works if work.answer is not None}
    return [writing.same(answers[each.key], fresh.get(each.key), each) for each in asked]


def _decide(works: list[Work], items: dict[str, Found], day: dt.date) -> None:
    types = _types(works, items)
    tariffs = tariffs_on(types.values(), day)
    by_slug = {each.slug: each for each in types.values()}
    for work in works:
        place = work.place
        if not place.issues or place.is_closed(day):
            work.answer = Answer(outcome=Outcome.REFUSED.value, reason=Reason.PLACE.value)
            continue
        for code in work.asked.codes:
            item = items.get(code)
            out = Out(code, item, types.get(item.type) if item else None)
            out.refusal = _refusal(out, place)
            work.outs.append(out)
            if item is not None and not out.refusal:
                item.state = State.OUT.value
        for slug, many in work.asked.counted:
            type_ = by_slug.get(slug)
            out = Out(slug, None, type_, many)
            counted = type_ is not None and type_.counting == ItemType.Counting.CLASS
            ours = type_ is not None and type_.scheme_id == place.scheme_id
            out.refusal = "" if counted and ours else Reason.UNKNOWN.value
            work.outs.append(out)
        for out in work.outs:
            if not out.refusal and out.type_ is not None:
                out.tariff = tariffs.get(out.type_.pk)
                out.refusal = "" if out.tariff is not None else NO_TARIFF
        _answer(work)


def _types(works: list[Work], items: dict[str, Found]) -> dict[int, ItemType]:
    slugs = {slug for work in works for slug, _many in work.asked.counted}
    types = list(ItemType.objects.filter(pk__in={item.type for item in items.values()}))
    if slugs:
        types += list(ItemType.objects.filter(slug__in=slugs))
    return {each.pk: each for each in types}


def _refusal(out: Out, place: Place) -> str:
    """Why an object does not go out; empty when it does."""
    if out.item is None or out.type_ is None:
        return Reason.UNKNOWN.value
    if out.item.scheme != place.scheme_id:
        return Reason.FOREIGN.value
    ready = {State.ACTIVE.value} if out.type_.wash else {State.ACTIVE.value, State.RETURNED.value}
    return "" if out.item.state in ready else NOT_ISSUABLE


def _answer(work: Work) -> None:
    gone = [out for out in work.outs if not out.refusal]
    answer = Answer(outcome=ISSUED, reason=ISSUED, refund=sum(out.amount for out in gone))
    if not gone:
        answer.outcome, answer.reason = Outcome.REFUSED.value, work.outs[0].refusal
    if len(work.outs) == 1 and gone:
        answer.contract = str(gone[0].uid)
    if len(work.outs) > 1:
        answer.lines = [
            {
                "code": out.code,
                "outcome": Outcome.REFUSED.value if out.refusal else ISSUED,
                "reason": out.refusal or ISSUED,
                "refund": out.amount,
                "contract": None if out.refusal else str(out.uid),
            }
            for out in work.outs
        ]
    work.answer = answer


def _take_money(works: list[Work], day: dt.date) -> None:
    schemes: dict[int, list[Money]] = defaultdict(list)
    for work in works:
        amount = sum(out.amount for out in work.outs)
        if not amount:
            continue
        money = Money(work.asked, work.place, owed=[Owed(work.place, amount)])
        plan(money, taking=True)
        work.money = money
        schemes[work.place.scheme_id].append(money)
    _owed_already(works, day)
    for moneys in schemes.values():
        take_in(moneys, day)


def _owed_already(works: list[Work], day: dt.date) -> None:
    """Where the deposit follows the product, a partner that issues owes no deposit a second time."""
    follows: dict[int, bool] = {}
    some: list[tuple[Work, Money, int]] = []
    for work in works:
        money, partner, scheme = work.money, work.place.partner_id, work.place.scheme_id
        if money is None or partner is None or [w.channel for w in money.ways] != ["partner"]:
            continue
        if scheme not in follows:
            follows[scheme] = terms_on(scheme, day).liability == Terms.Liability.PRODUCT
        if follows[scheme]:
            some.append((work, money, partner))
    debts = carrying.debts_of(partner for _work, _money, partner in some)
    for work, money, partner in some:
        many: dict[int, int] = defaultdict(int)
        for out in work.outs:
            if out.type_ is not None and out.amount:
                many[out.type_.pk] += out.quantity
        taken = {pk: debts[partner, pk].take(count) for pk, count in many.items()}
        split_carried(money, {pk: pair for pk, pair in taken.items() if pair[0]})


def _write(works: list[Work], by: Actor, day: dt.date) -> None:
    writing.write_acts(works, by, Act.Kind.ISSUE)
    gone = [(work, out) for work in works for out in work.outs if not out.refusal]
    for (_work, out), pk in zip(gone, rows.draw(Contract, len(gone)), strict=True):
        out.contract = pk
    label, moment = by.label[:254], rows.moments()
    rows.write(Contract, (_contract(work, out, day, moment(work.at)) for work, out in gone))
    now = moment(timezone.now())
    moved = [(work, out, out.item) for work, out in gone if out.item is not None]
    ids = rows.draw(Move, len(moved))
    made = []
    for (work, out, item), pk in zip(moved, ids, strict=True):
        item.moves, item.place, item.moved_at = item.moves + 1, work.place.pk, work.at
        made.append(
            (
                pk, item.id, item.moves, Move.Kind.ISSUED.value, work.place.pk, work.act,
                out.contract, item.state, moment(work.at), None, "", work.asked.device,
                label, now,
            )
        )  # fmt: skip
    rows.write(Move, made)
    tell(ids)
    rows.update_items([item for _work, _out, item in moved])
    writing.write_parts(works, -1)


def _contract(work: Work, out: Out, day: dt.date, moment: Any) -> tuple[Any, ...]:
    means = str(work.money.ways[0].channel) if work.money and work.money.ways else ""
    return (
        out.contract, rows.number(out.uid), work.place.scheme_id,
        out.type_.pk if out.type_ else None, out.item.id if out.item else None, work.place.pk,
        work.act, out.quantity, out.amount, out.tariff.vat if out.tariff else 0, means,
        work.asked.payment[:40], work.asked.holder, moment, day, "open", None, 0, 0,
        0,
    )  # fmt: skip
