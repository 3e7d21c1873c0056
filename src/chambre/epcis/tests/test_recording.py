"""The house's own events: written once, found by every form of an identifier, folded into states."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction

from chambre.core import hooks
from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, KeyReused
from chambre.core.models import OutboxEvent
from chambre.epcis import api, cli
from chambre.epcis.events import EventsCaptured
from chambre.epcis.models import Batch, Event, EventFact, EventObject, ObjectState, Term
from chambre.epcis.tests.samples import CLEANING, CONTEXT, CRATE, JAR, SHOP, WASH, packed, seen

pytestmark = pytest.mark.django_db
URN = "urn:epc:id:grai:3760123.45678.JAR-1"


def record(*events, key="room:1", by=None, **options):
    return api.record_events(events=events, by=by or Actor.system("deposit"), key=key, **options)


def test_an_event_is_written_once_and_found_by_each_form_of_its_object():
    event = seen(1, 2, bizLocation={"id": SHOP}, recordTime="2001-01-01T00:00:00Z")

    first = record(event)
    again = record(event)
    other_key = record(event, key="room:2")

    assert [one.number for one in first] == [one.number for one in again]
    assert (first[0].already, again[0].already, other_key[0].already) == (False, True, True)
    assert first[0].event_id.startswith("ni:///sha-256;")
    assert Event.objects.count() == 1
    assert EventObject.objects.count() == 2
    for form in (URN, JAR % 1, "https://id.gs1.org/8003/03760123456784JAR-1"):
        [happened] = api.history(form)
        assert happened.event_id == first[0].event_id
        assert happened.happened_at == dt.datetime(2026, 5, 1, 10, tzinfo=dt.UTC)
        assert "recordTime" not in happened.event
        assert api.state(form).biz_location == SHOP
    assert api.history(JAR % 3) == []
    assert api.state(JAR % 3) is None


def test_who_may_not_record_and_what_is_not_valid_leave_nothing(make_user):
    with pytest.raises(Forbidden):
        record(seen(1), by=Actor.of(make_user()))
    broken = seen(2)
    del broken["eventTime"]
    with pytest.raises(api.EventInvalid) as refused:
        record(seen(1), broken)
    assert refused.value.data["index"] == 1
    assert refused.value.data["problems"]
    assert not Event.objects.exists()
    assert not Batch.objects.exists()
    assert not Term.objects.exists()


def test_an_event_id_says_one_thing_and_a_key_one_recording():
    record(seen(1, eventID="urn:uuid:00000000-0000-4000-8000-000000000001"))

    with pytest.raises(api.EventExists):
        record(seen(2, eventID="urn:uuid:00000000-0000-4000-8000-000000000001"), key="room:2")
    with pytest.raises(KeyReused):
        record(seen(1), seen(2))

    assert Event.objects.count() == 1
    assert Batch.objects.count() == 1
    assert api.state(JAR % 2) is None


def test_states_follow_the_time_of_events_and_not_the_order_in_which_they_come():
    record(seen(1, at="2026-05-03T08:00:00Z", disposition="returned", readPoint={"id": WASH}))
    record(
        seen(1, at="2026-05-01T08:00:00Z", disposition="active", bizLocation={"id": SHOP}),
        key="room:2",
    )
    record(packed(1), key="room:3")
    late = api.state(JAR % 1)

    assert late.disposition == "returned"
    assert late.biz_location == SHOP
    assert late.read_point == WASH
    assert late.parent == ""  # it was packed before it was last seen
    assert late.events == 3
    assert [one.happened_at.day for one in api.history(JAR % 1)] == [3, 2, 1]

    record(packed(1, 2, at="2026-05-04T08:00:00Z"), key="room:4")
    assert api.state(JAR % 1).parent == api.canonical(CRATE)
    assert api.contents(CRATE) == [api.canonical(JAR % 1), api.canonical(JAR % 2)]
    assert api.state(CRATE).biz_step == "packing"

    record(packed(at="2026-05-05T08:00:00Z", action="DELETE"), key="room:5")
    assert api.contents(CRATE) == []
    record(
        seen(2, at="2026-05-06T08:00:00Z", action="DELETE", bizStep="decommissioning"),
        key="room:6",
    )
    assert (api.state(JAR % 1).ended, api.state(JAR % 2).ended) == (False, True)
    assert api.last_event(JAR % 2).biz_step == "decommissioning"

    before = list(ObjectState.objects.order_by("epc").values())
    ObjectState.objects.filter(parent=None).update(biz_step=None, events=99)
    ObjectState.objects.filter(pk=before[0]["epc"]).delete()
    result = CliRunner().invoke(cli.epcis, ["rebuild", "--json"])
    assert json.loads(result.output) == {"objects": len(before)}
    assert list(ObjectState.objects.order_by("epc").values()) == before


def test_a_declared_error_takes_the_event_out_of_the_state_and_stays_readable():
    good = record(seen(1, disposition="active"))
    wrong = seen(1, at="2026-05-02T10:00:00Z", disposition="returned")
    [mistaken] = record(wrong, key="room:2")
    assert api.state(JAR % 1).disposition == "returned"

    declared = wrong | {
        "eventID": mistaken.event_id,
        "errorDeclaration": {
            "declarationTime": "2026-05-03T10:00:00Z",
            "reason": "did_not_occur",
            "correctiveEventIDs": [good[0].event_id],
        },
    }
    [declaration] = record(declared, key="room:3")

    assert declaration.event_id == mistaken.event_id
    assert not declaration.already
    assert api.state(JAR % 1).disposition == "active"
    assert api.state(JAR % 1).events == 1
    assert api.last_event(JAR % 1).event_id == good[0].event_id
    assert [one.wrong for one in api.history(JAR % 1)] == [True, True, False]
    assert len(api.history(JAR % 1, wrong=False)) == 1
    assert record(declared, key="room:4")[0].already

    # The declaration may come before the event that it is about.
    ghost = seen(2, eventID="urn:uuid:00000000-0000-4000-8000-000000000002")
    record(ghost | {"errorDeclaration": declared["errorDeclaration"]}, key="room:5")
    record(ghost, key="room:6")
    assert api.state(JAR % 2) is None


def test_lasting_dispositions_are_set_and_unset():
    record(seen(1, persistentDisposition={"set": ["damaged", "recalled"]}))
    record(
        seen(1, at="2026-05-02T10:00:00Z", persistentDisposition={"unset": ["recalled"]}),
        key="room:2",
    )

    assert api.state(JAR % 1).persistent == ("damaged",)


def test_rooms_hear_of_what_was_recorded():
    heard = []
    try:

        @hooks.hears(EventsCaptured)
        def listen(event: EventsCaptured) -> None:
            heard.append(
                (event.count, event.house, [one.biz_step for one in api.recorded(event.batch)])
            )

        record(seen(1, bizStep=CLEANING, **{"ch:cycle": 4}), seen(2), context=CONTEXT)
        record(seen(1, bizStep=CLEANING, **{"ch:cycle": 4}), key="room:2", context=CONTEXT)
        hooks.deliver_pending()
    finally:
        hooks._handlers[EventsCaptured].remove(listen)

    assert heard == [(2, True, [CLEANING, "inspecting"])]
    assert OutboxEvent.objects.filter(name="epcis.events.captured").count() == 1
    fields = Term.objects.filter(pk__in=EventFact.objects.values("field"))
    assert [term.text for term in fields] == ["ext|https://consigne.exemple/voc/cycle"]


def test_an_event_is_never_changed():
    record(seen(1))
    for table in ("epcis_event", "epcis_eventobject", "epcis_term", "epcis_batch"):
        from django.db import connection

        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET id = id + 1000")
    with pytest.raises(TypeError):
        Event.objects.all().delete()
