"""Large documents: read by a process of their own, states of objects folded at the end."""

from __future__ import annotations

import io
import json
import os
import pickle
import signal

import pytest

from chambre.core.actors import Actor
from chambre.epcis import portions
from chambre.epcis.models import CaptureJob, Event, EventFact, EventObject, ObjectState
from chambre.epcis.services import capturing, reading, states
from chambre.epcis.tests.samples import CONTEXT, SHOP, packed, seen

LASTING = {"persistentDisposition": {"set": ["damaged"]}}
DECLARED = {"declarationTime": "2026-05-09T10:00:00Z", "reason": "did_not_occur"}


def text_of(*events, indent=None, **fields):
    document = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-01T10:00:00Z",
        "epcisBody": {"eventList": list(events)},
    }
    return json.dumps(document | fields, indent=indent).encode()


def a_life():
    """Events about the same jars again and again, in no order, some of them declared wrong."""
    events = []
    for day in (5, 3, 9, 1):
        at = f"2026-05-0{day}T10:00:00Z"
        events += [
            seen(1, 2, at=at, bizLocation={"id": SHOP}, **LASTING),
            packed(2, 3, at=at, action="ADD" if day != 9 else "DELETE"),
            seen(
                day + 10, at=at, action="ADD", **{"ch:weight": 1.5, "ch:note": "é", "ch:ok": True}
            ),
        ]
    wrong = seen(2, at="2026-05-08T10:00:00Z", disposition="damaged", eventID="urn:x:wrong")
    quantity = {"epcClass": "https://id.gs1.org/8003/03760123456784", "quantity": 3, "uom": "KGM"}
    return [
        *events, wrong, seen(3, at="2026-05-10T10:00:00.5+02:00", quantityList=[quantity]),
        wrong | {"errorDeclaration": DECLARED}, seen(1, at="2026-05-11T10:00:00Z"),
    ]  # fmt: skip


def told(document, tmp_path, size=3, **asked):
    """The portions of a document, here and by another process."""
    file = tmp_path / "document.json"
    file.write_bytes(document)
    with file.open("rb") as stream, portions.reading(stream, size, **asked) as found:
        return type(found), list(found), found.around


@pytest.mark.any_database
@pytest.mark.parametrize(
    "document",
    [
        text_of(*a_life()),
        text_of(*a_life(), indent=1),
        text_of(seen(1), {"type": "ObjectEvent"}, seen(2, at="0000-05-01T10:00:00Z"), seen(3)),
        text_of(seen(1))[:-9],
        text_of(seen(1), more=1),
        text_of(),
    ],
)
def test_another_process_reads_the_same(document, tmp_path, monkeypatch):
    here, known, around = told(document, tmp_path)
    monkeypatch.setattr(portions, "LARGE", 0)
    there, found, other = told(document, tmp_path)
    assert (here, there) == (portions.Portions, portions.Distant)
    assert (found, other) == (known, around)
    for portion in [one for one in known if one.position]:
        after = portion.first + portion.read
        rest = told(document, tmp_path, position=portion.position, first=after)
        assert rest[1] == [one for one in known if one.first >= after]


@pytest.mark.any_database
@pytest.mark.parametrize("told", [0, 20, 50_000])
def test_portions_go_over_the_wire_and_are_the_same(told, monkeypatch):
    monkeypatch.setattr(portions, "TOLD", told)
    document = text_of(*a_life(), {"type": "ObjectEvent"}, *a_life())
    known = list(portions.Portions(io.BytesIO(document), 3))
    term = next(iter(known[-1].taken[0].terms))
    known[-1].taken[0].terms[term] = (1, "another thing under the same key")

    here, there = portions.Wire(), portions.Wire()
    sent = [here.packed(portion) for portion in known]

    assert [there.unpacked(one, CONTEXT) for one in pickle.loads(pickle.dumps(sent))] == known
    terms = sum(len(portion.taken[0].terms) for portion in known if portion.taken)
    fresh = sum(len(one[4]) for one in sent)
    assert fresh == terms if told == 0 else fresh < terms


def test_events_of_the_common_form_are_taken_apart_as_all_others():
    apart = portions.Apart(CONTEXT)
    read = 0
    for event in [
        *a_life(),
        *a_life(),
        seen(7, disposition="ch:word", **{"ch:at": "2026-05-01T10:00Z"}),
    ]:
        sent = json.dumps(event)
        own, other = {}, {}
        found = apart.common(event, sent, own)
        if found is not None:
            read += 1
            assert found == portions.Apart(CONTEXT).take(event, sent, other)
            assert (own, found.terms is own) == (other, True)
    assert read == 21


def captured(document, behaviour):
    stored = capturing.receive(
        source=io.BytesIO(document), by=Actor.system("test"), behaviour=behaviour
    )
    return CaptureJob.objects.get(pk=stored.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("most", [1, 5, 25_000])
def test_states_are_the_same_whenever_they_are_folded(monkeypatch, most):
    monkeypatch.setattr(portions, "LARGE", 0)
    monkeypatch.setattr(reading, "BATCH", 2)
    monkeypatch.setattr(states, "MOST", most)
    names = [field.attname for field in ObjectState._meta.fields if field.name != "event"]

    done = captured(text_of(*a_life()), "rollback")
    folded = list(ObjectState.objects.order_by("epc").values_list(*names))
    states.rebuild_all(by=Actor.system("test"))

    assert (done.success, done.stored) == (True, len(a_life()))
    assert list(ObjectState.objects.order_by("epc").values_list(*names)) == folded
    assert len(folded) == 8  # seven jars and the crate


@pytest.mark.django_db
def test_what_is_written_does_not_depend_on_the_way():
    columns = (
        (Event, ("event_key", "declared", "context_id", "type", "action", "event_time", "biz_step",
                 "disposition", "read_point", "biz_location", "body")),
        (EventObject, ("epc", "role", "event_time", "quantity", "uom")),
        (EventFact, ("field", "digest", "text", "number", "at")),
    )  # fmt: skip
    from chambre.epcis import api

    api.record_events(
        events=[one for one in a_life() if "errorDeclaration" not in one],
        by=Actor.system("test"), key="test:1", context=CONTEXT,
    )  # fmt: skip
    values = sorted(json.dumps(one.value, sort_keys=True) for one in Event.objects.all())
    assert captured(text_of(*a_life(), indent=1), "proceed").already == len(a_life()) - 1
    assert captured(text_of(*a_life()), "rollback").already == len(a_life())
    written = [sorted(map(str, model.objects.values_list(*names))) for model, names in columns]
    assert [len(one) for one in written] == [len(a_life()), 29, 18]
    undeclared = Event.objects.filter(declared=0)
    assert sorted(json.dumps(one.value, sort_keys=True) for one in undeclared) == values


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_is_killed_ends_the_capture_and_nothing_is_kept(monkeypatch, settings):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}
    }
    monkeypatch.setattr(portions, "LARGE", 0)
    monkeypatch.setattr(reading, "BATCH", 1)
    ended = []
    real = portions.subprocess.Popen

    def start(*args, **kwargs):
        ended.append(real(*args, **kwargs))
        return ended[-1]

    def kill(*_args):
        os.kill(ended[-1].pid, signal.SIGKILL)

    monkeypatch.setattr(portions.subprocess, "Popen", start)
    monkeypatch.setattr(capturing, "_store", kill)
    capture = captured(text_of(*[seen(number) for number in range(3000)]), "rollback")
    with pytest.raises(portions.ReaderLost):
        capturing.run(capture=capture, by=Actor.system("test"), progress=lambda *_: None)
    capture.refresh_from_db()
    assert (capture.running, capture.success) == (False, False)
    assert capture.errors[0]["type"] == "epcisException:ImplementationException"
    assert not Event.objects.exists()
    assert [one.returncode for one in ended] == [-signal.SIGKILL]
