"""Documents that are sent in: whole or in part, each event once, whatever happens on the way."""

from __future__ import annotations

import io
import json
import os
import signal
import threading

import pytest
from django.db import connection, connections

from chambre.core import worker
from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.core.models import StoredFile
from chambre.epcis import api
from chambre.epcis.models import CaptureJob, Event, MasterElement, ObjectState, Term
from chambre.epcis.queries import finding
from chambre.epcis.services import capturing, reading
from chambre.epcis.tests.samples import CONTEXT, JAR, SHOP, WASH, seen

ODD = "urn:uuid:00000000-0000-4000-8000-00000000000%d"


def a_document(*events, header=None, **fields):
    document = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-01T10:00:00Z",
        **({"epcisHeader": header} if header else {}),
        "epcisBody": {"eventList": list(events)},
    }
    return json.dumps(document | fields).encode()


def send(document, behaviour="rollback", by=None):
    return capturing.receive(
        source=io.BytesIO(document), by=by or Actor.system("test"), behaviour=behaviour
    )


@pytest.mark.django_db
def test_a_document_is_captured_once_and_leaves_its_events_and_not_its_file():
    events = [seen(1, **{"ch:cycle": 1}), seen(2), seen(1, **{"ch:cycle": 1})]

    first = send(a_document(*events))
    again = send(a_document(*events), "proceed")

    assert (first.running, first.success, first.read, first.stored) == (False, True, 3, 2)
    assert (first.already, first.refused, first.errors) == (1, 0, [])
    assert (again.success, again.stored, again.already) == (True, 0, 3)
    assert Event.objects.count() == 2
    assert first.file is None
    assert not StoredFile.objects.exists()
    assert api.state(JAR % 1).events == 1


@pytest.mark.django_db
def test_all_or_nothing_and_what_is_good():
    send(a_document(seen(9, eventID=ODD % 9)))
    good, other = seen(1), seen(2)
    clash = seen(3, eventID=ODD % 9)
    broken = {key: value for key, value in seen(4).items() if key != "action"}

    nothing = send(a_document(good, clash, other))
    part = send(a_document(good, broken, clash, other), "proceed")

    assert (nothing.running, nothing.success, nothing.stored, nothing.refused) == (
        False,
        False,
        0,
        1,
    )
    assert nothing.errors[0]["type"] == "epcisException:ResourceAlreadyExistsException"
    assert ODD % 9 in nothing.errors[0]["detail"]
    assert (part.running, part.success, part.stored, part.refused) == (False, False, 2, 2)
    assert [one["status"] for one in part.errors] == [400, 409]
    assert Event.objects.count() == 3
    assert api.state(JAR % 3) is None
    assert not Term.objects.filter(text=api.canonical(JAR % 4)).exists()


@pytest.mark.django_db
def test_what_is_no_document_is_refused_at_the_door(make_user):
    for wrong in (
        b"not json",
        b"{}",
        b"[]",
        b'{"type": "EPCISDocument"',
        json.dumps(seen(1)).encode(),
        a_document(seen(1), {"type": "ObjectEvent"}),
        a_document(seen(1), schemaVersion=2),
        a_document(seen(1)).replace(b"inspecting", b"\xff\xfe"),
        a_document(seen(1, **{"ch:note": "x"})).replace(b'"x"', b'"\\ud800"'),
    ):
        with pytest.raises(capturing.DocumentRefused) as refused:
            send(wrong)
        assert refused.value.data["problems"]
    with pytest.raises(Forbidden):
        send(a_document(seen(1)), by=Actor.of(make_user()))
    assert not CaptureJob.objects.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_places_within_places_come_with_a_document():
    header = {
        "epcisMasterData": {
            "vocabularyList": [
                {
                    "type": "urn:epcglobal:epcis:vtype:BusinessLocation",
                    "vocabularyElementList": [
                        {
                            "id": "https://consigne.exemple/lieux/lille",
                            "attributes": [{"id": "cbvmda:name", "attribute": "Lille"}],
                            "children": [SHOP],
                        },
                        {"id": SHOP, "children": [WASH]},
                    ],
                }
            ]
        }
    }
    done = send(a_document(seen(1, bizLocation={"id": WASH}), header=header))

    assert done.success
    assert MasterElement.objects.get(uri="https://consigne.exemple/lieux/lille").attributes == {
        "cbvmda:name": "Lille"
    }
    assert finding.with_parts(["https://consigne.exemple/lieux/lille"]) == {
        "https://consigne.exemple/lieux/lille",
        SHOP,
        WASH,
    }


@pytest.mark.django_db(transaction=True)
def test_two_captures_of_the_same_document_at_once_leave_each_event_once():
    document = a_document(*[seen(number, number + 1) for number in range(60)])
    outcomes = []

    def capture(behaviour):
        try:
            outcomes.append(send(document, behaviour))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=capture, args=(one,)) for one in ("rollback", "proceed")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [(one.running, one.success) for one in outcomes] == [(False, True)] * 2
    assert sum(one.stored for one in outcomes) == 60
    assert sum(one.already for one in outcomes) == 60
    assert Event.objects.count() == 60
    assert ObjectState.objects.filter(events=2).count() == 59


KILLED = """
import sys, time, django
django.setup()
from chambre.core import jobs
from chambre.epcis.services import capturing, reading
reading.BATCH = 50
real = capturing._store
def slowly(*args):
    real(*args)
    print("batch", flush=True)
    time.sleep(0.3)
capturing._store = slowly
jobs.execute(sys.argv[1], worker="killed")
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("behaviour", ["rollback", "proceed"])
def test_a_killed_capture_goes_on_and_no_event_is_there_twice(
    behaviour, settings, monkeypatch, beside
):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}
    }
    monkeypatch.setattr(reading, "BATCH", 50)
    capture = send(a_document(*[seen(number) for number in range(400)]), behaviour)
    assert capture.running
    database = str(connection.settings_dict["NAME"])
    program = (
        "from django.conf import settings\n"
        "import os\n"
        "settings.DATABASES['default']['NAME'] = os.environ['CHAMBRE_TEST_DATABASE']\n" + KILLED
    )
    child = beside(program, str(capture.job_id), CHAMBRE_TEST_DATABASE=database)
    for _batch in range(3):
        assert child.stdout.readline().strip() == "batch"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    connection.close()
    after_kill = Event.objects.count()
    assert after_kill == 0 if behaviour == "rollback" else 100 <= after_kill <= 150

    from chambre.core.models import Job

    Job.objects.filter(pk=capture.job_id).update(state="waiting", worker="")  # as recover() does
    worker.run_all()

    capture.refresh_from_db()
    assert (capture.running, capture.success, capture.read) == (False, True, 400)
    assert (capture.stored, capture.already) == (400, 0)
    assert Event.objects.count() == 400
    assert ObjectState.objects.filter(events=1).count() == 400
