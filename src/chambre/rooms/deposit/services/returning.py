"""Taking objects back: each deposit is paid back once and only once, to whoever brought it back.

The objects of a batch are locked first, in one order; only then is anything decided. Who comes second
finds the object brought back.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.lib.deposits import Outcome, Reason
from chambre.rooms.deposit.models import Act, Contract, Place, Terms
from chambre.rooms.deposit.queries.finding import Found, among, ids_of, locked
from chambre.rooms.deposit.queries.terms import rules_of, terms_on
from chambre.rooms.deposit.services import batching, cases, counting, flowing, writing
from chambre.rooms.deposit.services.accounts import Owed
from chambre.rooms.deposit.services.asking import Answer, Asked
from chambre.rooms.deposit.services.channels import pay_back
from chambre.rooms.deposit.services.judging import Knowledge, Line, Open, judge, outcome_of
from chambre.rooms.deposit.services.ways import Money, plan, with_slip


@dataclass(slots=True)
class Work(batching.Doing):
    """One return while it is decided and written."""

    lines: list[Line] = field(default_factory=list)
    counted: list[counting.Taken] = field(default_factory=list)
    excess: list[cases.Found] = field(default_factory=list)


def take_back(asked: Asked, *, by: Actor) -> Answer:
    """Take objects back at a place and pay their deposits back, once.

    Args:
        asked: What came back, where, and how its deposit is paid.
        by: Who records it.

    Returns:
        How it ended; the same answer for ever for the same key.

    Raises:
        Forbidden: ``by`` does not work at this place.
        NoPlace: There is no such place.
        KeyReused: The key was used for other objects.
        Invalid: Nothing was scanned, or a part that makes no sense.
    """
    return batching.do_one(take_back_many, asked, by)


def take_back_many(asked: Sequence[Asked], *, by: Actor) -> list[Answer]:
    """Take the objects of many acts back, in one transaction.

    When one of them cannot be paid the way it asks for, each is done for itself, and that one is
    refused. An act whose key was used for other objects is refused too (reason ``key-reused``).

    Args:
        asked: Acts at any places, in the order in which they are decided.
        by: Who records them: allowed at all of the places.

    Returns:
        One answer for each, in order.

    Raises:
        Forbidden, NoPlace, Invalid: See :func:`take_back`; nothing was done.
    """
    return batching.do_many(asked, by=by, kind=Act.Kind.RETURN, batch=_batch)


@transaction.atomic
def _batch(asked: Sequence[Asked], places: dict[str, Place], by: Actor) -> list[Answer]:
    """Lock, look the keys up, decide, write."""
    items = _locked(asked)
    answers = writing.known_answers(asked, "return")
    now, day = timezone.now(), clock.today()
    fresh: dict[str, Work] = {}
    for each in asked:
        if each.key not in answers:
            at = min(each.happened_at or now, now)
            fresh.setdefault(each.key, Work(each, places[each.place], at))
    works = list(fresh.values())
    if works:
        _decide(works, _knowledge(items, works, day), by)
        _pay(works, day)
        writing.write_return(works, by)
    answers |= {work.asked.key: work.answer for work in works if work.answer is not None}
    return [
        with_slip(writing.same(answers[each.key], fresh.get(each.key), each), each)
        for each in asked
    ]


def _locked(asked: Sequence[Asked]) -> dict[str, Found]:
    """The objects of a batch by code as it was read; locked, so that they stay as they are."""
    ids = ids_of({code for each in asked for code in each.codes})
    rows = locked(ids.values())
    return {code: rows[pk] for code, pk in ids.items()}


def _knowledge(items: dict[str, Found], works: list[Work], day: dt.date) -> Knowledge:
    schemes: dict[int, Terms] = {}
    for work in works:
        pk = work.place.scheme_id
        if pk not in schemes:
            schemes[pk] = terms_on(pk, day)
    rows = Contract.objects.filter(
        among("item__id", {item.id for item in items.values()}), state=Contract.State.OPEN
    ).order_by()
    open_ = (
        Open(*row)
        for row in rows.values_list(
            "pk", "uid", "item_id", "place_id", "amount", "vat", "opened_on", "payment"
        )
    )
    lasts = {item.place for item in items.values() if item.place is not None}
    return Knowledge(
        items=items,
        contracts={contract.item: contract for contract in open_},
        rules={pk: rules_of(terms) for pk, terms in schemes.items()},
        speeds={pk: terms.top_speed for pk, terms in schemes.items()},
        points=_points(lasts | {work.place.pk for work in works}),
        day=day,
        bursts={pk: (terms.burst_count, terms.burst_minutes) for pk, terms in schemes.items()},
    )


def _points(places: set[int]) -> dict[int, tuple[int, int] | None]:
    rows = Place.objects.filter(pk__in=places, latitude__isnull=False, longitude__isnull=False)
    return {
        pk: (latitude, longitude)
        for pk, latitude, longitude in rows.order_by().values_list("pk", "latitude", "longitude")
        if latitude is not None and longitude is not None
    }


def _decide(works: list[Work], knows: Knowledge, by: Actor) -> None:
    counts = _recent(works, knows, by)
    pending: flowing.Pending = Counter()
    for work in works:
        place = work.place
        if not place.returns or place.is_closed(knows.day):
            work.answer = Answer(outcome=Outcome.REFUSED.value, reason=Reason.PLACE.value)
            continue
        burst = _is_burst(work, knows, by, counts)
        work.lines = judge(work.asked, place, knows, work.at, burst=burst)
        work.counted = counting.take(work.asked, place, work.at)
        if work.counted:
            came: Counter[str] = Counter()
            for taken in work.counted:
                came[taken.type] += taken.quantity
            work.excess = flowing.excess(
                place, came.items(), terms_on(place.scheme_id, knows.day), knows.day,
                work.asked.key, pending,
            )  # fmt: skip


Bucket = tuple[str, int]


def _bucket(work: Work, minutes: int, by: Actor) -> Bucket:
    """Who records, and in which stretch of time."""
    return work.asked.device or by.label[:254], int(work.at.timestamp()) // (60 * minutes)


def _recent(works: list[Work], knows: Knowledge, by: Actor) -> dict[Bucket, int]:
    """How many returns each device or person has recorded in the same stretches of time."""
    counts: dict[Bucket, int] = defaultdict(int)
    asked: dict[tuple[int, int], set[str]] = defaultdict(set)
    for work in works:
        most, minutes = knows.bursts[work.place.scheme_id]
        if most and (work.asked.device or not by.is_system):
            who, slot = _bucket(work, minutes, by)
            asked[slot, minutes].add(work.asked.device)
            counts[who, slot] = 0
    for (slot, minutes), devices in asked.items():
        first = dt.datetime.fromtimestamp(slot * 60 * minutes, dt.UTC)
        rows = Act.objects.filter(
            kind=Act.Kind.RETURN, at__gte=first, at__lt=first + dt.timedelta(minutes=minutes)
        )
        if named := devices - {""}:
            found = rows.filter(device__in=named).order_by().values_list("device")
            for device, count in found.annotate(count=Count("pk")):
                counts[device, slot] = count
        if "" in devices:
            counts[by.label[:254], slot] = rows.filter(by=by.label[:254], device="").count()
    return counts


def _is_burst(work: Work, knows: Knowledge, by: Actor, counts: dict[Bucket, int]) -> bool:
    most, minutes = knows.bursts[work.place.scheme_id]
    key = _bucket(work, minutes, by) if most else ("", 0)
    if key not in counts:
        return False
    counts[key] += 1
    return counts[key] > most


def _pay(works: list[Work], day: dt.date) -> None:
    """Pay what is due; acts of one scheme share entries."""
    schemes: dict[int, list[Money]] = defaultdict(list)
    issuers = _issuers(works)
    for work in works:
        owed = [
            (line.contract, line.verdict)
            for line in work.lines
            if line.contract is not None and line.verdict.ends and line.contract.amount
        ]
        if not owed and not work.counted:
            continue
        money = Money(work.asked, work.place)
        for contract, verdict in owed:
            money.owed.append(Owed(issuers[contract.place], contract.amount))
            if verdict.kept:
                money.kept.append((verdict.kept, contract.vat))
            money.payment = contract.payment if len(owed) == 1 else ""
        for taken in work.counted:
            money.owed.append(Owed(issuers[taken.place], taken.amount))
        plan(money)
        work.money = money
        schemes[work.place.scheme_id].append(money)
    for moneys in schemes.values():
        pay_back(moneys, day)


def _issuers(works: list[Work]) -> dict[int, Place]:
    """The places that hold the deposits, which are usually those of the batch itself."""
    known = {work.place.pk: work.place for work in works}
    wanted = {line.contract.place for work in works for line in work.lines if line.contract}
    wanted |= {taken.place for work in works for taken in work.counted}
    if missing := wanted - known.keys():
        known |= {place.pk: place for place in Place.objects.filter(pk__in=missing)}
    return known


__all__ = ["Work", "outcome_of", "take_back", "take_back_many"]
