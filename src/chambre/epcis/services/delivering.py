"""Telling subscribers what their query newly finds: at least once, in order, from where they are.

A delivery is leased in a short transaction and made outside of any. The cursor moves only when the
receiver has confirmed; a process that dies leaves a lease that runs out, and the same events are
told again.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.db.horizon import settled
from chambre.epcis import schedules, sealing
from chambre.epcis.language import read_question
from chambre.epcis.models import Event, Subscription
from chambre.epcis.outward import CBV, EPCIS, query_document
from chambre.epcis.queries import finding
from chambre.epcis.telling import NotTold, tell
from chambre.epcis.times import written

log = structlog.get_logger("chambre.epcis")
LEASE = dt.timedelta(minutes=3)
AT_ONCE = 500
"""Events in one message."""
LONGEST_WAIT = 3600
PATIENCE = 2.0


def wake() -> bool:
    """Events were recorded: streams are due; whether any was not already."""
    sleeping = Subscription.objects.filter(stream=True, due_at=None)
    return bool(sleeping.update(due_at=timezone.now()))


def due(now: dt.datetime) -> Q:
    """Subscriptions whose time has come, and those whose deliverer died."""
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    return free & (Q(due_at__lte=now) | Q(leased_until__lt=now))


def deliver_due() -> int:
    """Tell everybody who is due; how many messages were confirmed."""
    told = 0
    for pk in list(Subscription.objects.filter(due(timezone.now())).values_list("pk", flat=True)):
        told += deliver(pk)
    return told


def deliver(pk: uuid.UUID) -> int:
    """Tell one subscriber everything that is new; how many messages were confirmed."""
    row = _claim(pk)
    if row is None:
        return 0
    told = 0
    try:
        if row.user is not None and not Actor.of(row.user).may("epcis.read"):
            raise NotTold(_("Whoever subscribed may not read the events any more."))
        told = _tell_all(row)
    except NotTold as why:
        _failed(row, str(why))
    else:
        _release(row)
    return told


@transaction.atomic
def _claim(pk: uuid.UUID) -> Subscription | None:
    """Take the delivery, unless somebody has it; the next time is set now, so that none is missed."""
    now = timezone.now()
    rows = Subscription.objects.select_for_update(skip_locked=True, of=("self",))
    row: Subscription | None = rows.select_related("query", "user").filter(due(now), pk=pk).first()
    if row is None:
        return None
    row.lease, row.leased_until = uuid.uuid4(), now + LEASE
    row.due_at = None if row.schedule is None else schedules.next_time(row.schedule, now)
    row.save(update_fields=["lease", "leased_until", "due_at"])
    return row


def _mine(row: Subscription) -> Q:
    return Q(pk=row.pk, lease=row.lease)


def _tell_all(row: Subscription) -> int:
    """Message after message, up to where the table is settled.

    Raises:
        NotTold: The receiver did not confirm one.
    """
    end = settled([Event], PATIENCE)[Event]
    if end is None:  # somebody is recording a long document: a little later
        soon = timezone.now() + dt.timedelta(seconds=PATIENCE)
        Subscription.objects.filter(_mine(row)).update(due_at=soon)
        return 0
    told, run_at = 0, timezone.now()
    question = read_question(row.query.query)
    while True:
        rows = finding.matching(question).filter(
            id__gt=row.cursor, id__lte=end, record_time__gte=row.initial_record_time
        )
        events = list(rows.select_related("context").order_by("id")[:AT_ONCE])
        more = len(events) == AT_ONCE
        if events or (row.report_if_empty and not told):
            _send(row, events)
            told += 1
        row.cursor = events[-1].pk if more else end
        confirmed = {"last_notified_at": timezone.now()} if told else {}
        kept = Subscription.objects.filter(_mine(row)).update(
            cursor=row.cursor,
            leased_until=timezone.now() + LEASE,
            min_record_time=run_at,
            failures=0,
            problem="",
            **confirmed,
        )
        if not more or not kept:
            return told


def _send(row: Subscription, events: list[Event]) -> None:
    """One message.

    Raises:
        NotTold: The receiver did not confirm it.
    """
    document = query_document(events, row.epc_format, name=row.query.name, subscription=str(row.pk))
    secret = ""
    if row.token:
        opened = sealing.unseal(row.token)
        if opened is None:
            raise NotTold(_("The secret of the receiver cannot be read any more. Subscribe again."))
        secret = opened
    tell(
        row.dest,
        json.dumps(document, ensure_ascii=False).encode(),
        secret=secret,
        headers={
            "GS1-EPCIS-Version": EPCIS[1],
            "GS1-CBV-Version": CBV[1],
            "GS1-EPC-Format": row.epc_format,
            "GS1-Query-Min-Record-Time": written(row.min_record_time or row.initial_record_time),
        },
    )


def _release(row: Subscription) -> None:
    Subscription.objects.filter(_mine(row)).update(lease=None, leased_until=None)


def _failed(row: Subscription, why: str) -> None:
    """Try again later, longer and longer apart."""
    failures = row.failures + 1
    wait = dt.timedelta(seconds=min(2 ** min(failures, 20), LONGEST_WAIT))
    Subscription.objects.filter(_mine(row)).update(
        failures=failures,
        problem=why[:300],
        due_at=timezone.now() + wait,
        lease=None,
        leased_until=None,
    )
    log.warning("epcis.not-told", subscription=str(row.pk), failures=failures, why=why)


def coming(within: dt.timedelta) -> list[dt.datetime]:
    """When deliveries are due within a time from now; what is due already as now."""
    now = timezone.now()
    rows = Subscription.objects.filter(due_at__lte=now + within)
    times = {max(one, now) for one in rows.values_list("due_at", flat=True) if one is not None}
    if Subscription.objects.filter(leased_until__lt=now).exists():
        times.add(now)
    return sorted(times)
