"""What happened is told once to each who wants to hear it, whatever goes wrong on the way."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from chambre.core import hooks
from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.models import AuditEntry, Delivery, OutboxEvent

BY = Actor.system("test")


@hooks.event("test.jar.returned")
@dataclass(frozen=True, slots=True)
class JarReturned:
    jar: int
    name: str = "BOCAL-1"
    day: dt.date = dt.date(2026, 3, 1)
    tags: tuple[str, ...] = ()
    uid: UUID = UUID(int=7)


@hooks.event("test.jar.broken")
@dataclass(frozen=True, slots=True)
class JarBroken:
    jar: int


heard: list[object] = []
failing: list[Exception] = []


@hooks.hears(JarReturned)
def write_it_down(event: JarReturned) -> None:
    heard.append(event)
    audit(BY, "test.jar.heard", jar=event.jar)
    if failing:
        raise failing.pop()


@hooks.hears(JarBroken)
def count_it(event: JarBroken) -> None:
    audit(BY, "test.jar.counted", jar=event.jar)


@pytest.fixture(autouse=True)
def _fresh():
    heard.clear()
    failing.clear()


def emit(event, by=BY):
    with transaction.atomic():
        return hooks.emit(event, by)


def effects(action="test.jar.heard"):
    return AuditEntry.objects.filter(action=action).count()


@pytest.mark.django_db
def test_an_event_is_heard_after_it_happened_with_every_type_kept():
    event = JarReturned(3, "bocal n° 3", dt.date(2026, 2, 28), ("verre", "1 L"), UUID(int=9))
    emit(event)

    assert heard == []
    assert hooks.deliver_pending() == 1
    assert heard == [event]
    assert hooks.deliver_pending() == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.error) == ("done", 1, "")


@pytest.mark.django_db(transaction=True)
def test_nobody_hears_of_what_was_rolled_back():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        hooks.emit(JarReturned(3))
        raise ZeroDivisionError

    assert not OutboxEvent.objects.exists()
    assert hooks.deliver_pending() == 0
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        hooks.emit(JarReturned(3))

    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db
def test_what_is_no_event_is_refused():
    with pytest.raises(TypeError, match="not an event"):
        emit("a jar came back")


def test_only_frozen_dataclasses_are_events():
    @dataclass
    class Loose:
        jar: int

    with pytest.raises(TypeError, match="frozen"):
        hooks.event("test.loose")(Loose)


def test_a_name_stands_for_one_event():
    @dataclass(frozen=True)
    class Other:
        jar: int

    with pytest.raises(TypeError, match="already JarReturned"):
        hooks.event("test.jar.returned")(Other)


@pytest.mark.django_db(transaction=True)
def test_a_failure_undoes_its_effect_and_is_tried_again_later():
    emit(JarReturned(3))
    failing.append(ValueError("no room"))

    assert hooks.deliver_pending() == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("waiting", 1)
    assert delivery.error == "ValueError: no room"
    assert delivery.next_at > timezone.now()
    assert effects() == 0

    assert hooks.deliver_pending() == 0  # not before its time
    assert hooks.deliver_pending(force=True) == 1
    assert effects() == 1


@pytest.mark.django_db(transaction=True)
def test_one_failing_handler_does_not_keep_the_others_from_hearing():
    emit(JarReturned(3))
    emit(JarBroken(3))
    failing.append(ValueError("no room"))

    assert hooks.deliver_pending() == 1
    assert effects("test.jar.counted") == 1


@pytest.mark.django_db(transaction=True)
def test_poison_is_set_aside_shown_and_can_be_tried_again():
    emit(JarReturned(3))
    for _attempt in range(hooks.PARK_AFTER):
        failing.append(ValueError("always"))
        hooks.deliver_pending(force=True)

    assert Delivery.objects.get().state == "parked"
    assert hooks.deliver_pending(force=True) == 0

    from chambre.core.health import outbox

    finding = outbox()
    assert finding.level == "error"
    assert finding.facts == {"waiting": 0, "parked": 1}
    assert "write_it_down" in finding.message

    failing.clear()
    assert hooks.retry_parked() == 1
    assert hooks.deliver_pending() == 1
    assert effects() == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_whose_app_is_gone_is_kept_and_explained():
    row = emit(JarReturned(3))
    OutboxEvent.objects.filter(pk=row.pk).update(name="gone.event")

    assert hooks.deliver_pending() == 0
    assert Delivery.objects.get().error == "LookupError: no app declares the event gone.event"


def test_waiting_doubles_up_to_an_hour():
    assert [hooks.backoff(n).total_seconds() for n in (1, 2, 3, 11, 12, 30)] == [
        2,
        4,
        8,
        2048,
        3600,
        3600,
    ]


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_have_each_effect_once():
    for number in range(20):
        emit(JarReturned(number))
    barrier = threading.Barrier(4)
    delivered = []

    def work():
        try:
            barrier.wait()
            for _round in range(30):
                delivered.append(hooks.deliver_pending())
                if not Delivery.objects.filter(state="waiting").exists():
                    break
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(delivered) == 20
    assert effects() == 20
    jars = [entry.data["jar"] for entry in AuditEntry.objects.filter(action="test.jar.heard")]
    assert sorted(jars) == list(range(20))
    assert connection.vendor in ("sqlite", "postgresql")
