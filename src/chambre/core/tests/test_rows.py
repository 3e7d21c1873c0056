"""Rows that are inserted without the ORM's query are the rows that it would have made."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from chambre.core.actors import Actor
from chambre.core.audit import trail_row
from chambre.core.db.rows import insert, insert_all, update
from chambre.core.models import AuditEntry, Delivery, OutboxEvent

pytestmark = pytest.mark.django_db


def outbox(name: str) -> OutboxEvent:
    return OutboxEvent(name=name, payload={"é": [1, None, "x"]}, actor="a")


def test_rows_of_several_tables_arrive_with_their_keys():
    trail = trail_row(Actor.system("test"), "core.thing.done", amount=5)
    said, more = outbox("one"), outbox("two")

    insert_all(said, trail, more)

    assert list(OutboxEvent.objects.values_list("pk", "name", "payload")) == [
        (said.pk, "one", {"é": [1, None, "x"]}),
        (more.pk, "two", {"é": [1, None, "x"]}),
    ]
    kept = AuditEntry.objects.get()
    assert (kept, kept.at, kept.data) == (trail, trail.at, {"amount": 5})
    assert not trail._state.adding


def test_values_are_made_fit_as_the_orm_does():
    insert(trail_row(Actor("person", label="x"), 7))  # type: ignore[arg-type]

    assert AuditEntry.objects.get().action == "7"


def test_one_that_is_refused_takes_the_others_with_it():
    event = insert(outbox("one"))
    twice = [
        Delivery(event=event, handler="h", next_at=event.emitted_at, attempts=n) for n in (0, 1)
    ]

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all(outbox("two"), *twice)

    assert (OutboxEvent.objects.count(), Delivery.objects.count()) == (1, 0)


def test_only_the_fields_that_are_named_are_written():
    event = insert(outbox("one"))
    delivery = insert(Delivery(event=event, handler="h", next_at=event.emitted_at))
    later = event.emitted_at + dt.timedelta(hours=1)
    delivery.attempts, delivery.next_at, delivery.error = 3, later, "not this"

    update(delivery, "attempts", "next_at", "event")

    kept = Delivery.objects.get()
    assert (kept.attempts, kept.next_at, kept.event, kept.error) == (3, later, event, "")


def test_a_row_that_is_gone_is_not_changed():
    event = insert(outbox("one"))
    delivery = insert(Delivery(event=event, handler="h", next_at=event.emitted_at))
    Delivery.objects.all().delete()

    with pytest.raises(DatabaseError, match=r"no core\.Delivery"):
        update(delivery, "attempts")
