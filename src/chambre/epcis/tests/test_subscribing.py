"""Who follows a query is told each event, in order, signed, and told again until it is confirmed."""

from __future__ import annotations

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine

from chambre.core import hooks
from chambre.core.actors import Actor
from chambre.epcis import api, schedules, telling
from chambre.epcis.models import Subscription
from chambre.epcis.services import asking, delivering
from chambre.epcis.tests.samples import seen

SECRET = "13df38d8275b13f05704629e5f1cf3d45d6132d5"


@pytest.fixture
def receiver(settings):
    """A receiver on this machine; ``receiver.answers`` says what it answers, then 200."""
    settings.CHAMBRE_EPCIS_PRIVATE_CALLBACKS = True

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.received.append((dict(self.headers), body))
            self.send_response(server.answers.pop(0) if server.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.received, server.answers = [], []
    server.address = f"http://127.0.0.1:{server.server_port}/rappel?a=1"
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def record(*numbers, **fields):
    api.record_events(
        events=[seen(number, **fields) for number in numbers],
        by=Actor.system("deposit"),
        key=f"room:{numbers}{fields}",
    )


def told(receiver):
    """The jars that the receiver was told of, message by message."""
    return [
        [event["epcList"][0].rpartition("-")[2] for event in events]
        for _headers, body in receiver.received
        for events in [json.loads(body)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]]
    ]


@pytest.mark.django_db
def test_a_stream_is_told_what_is_new_and_again_until_it_says_yes(call, receiver):
    record(0, bizStep="shipping")
    call("post", "/queries", {"name": "départs", "query": {"EQ_bizStep": ["shipping"]}})
    made = call(
        "post",
        "/queries/départs/subscriptions",
        {"dest": receiver.address, "signatureToken": SECRET, "stream": True},
    )
    assert made.status_code == 201
    assert SECRET not in made.content.decode()
    row = Subscription.objects.get()
    assert SECRET not in row.token
    hooks.deliver_pending()
    assert receiver.received == []

    receiver.answers = [500]
    record(1, 2, bizStep="shipping")
    record(3)
    hooks.deliver_pending()
    assert told(receiver) == [["1", "2"]]
    row.refresh_from_db()
    assert (row.failures, row.last_notified_at, row.lease) == (1, None, None)
    assert "500" in row.problem
    assert delivering.deliver_due() == 0  # not yet

    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3)):
        record(4, bizStep="shipping")
        assert delivering.deliver_due() == 1
    assert told(receiver) == [["1", "2"], ["1", "2", "4"]]
    headers, body = receiver.received[-1]
    assert headers["Gs1-Signature" if "Gs1-Signature" in headers else "GS1-Signature"] == (
        telling.signature(body, SECRET)
    )
    document = json.loads(body)
    assert document["type"] == "EPCISQueryDocument"
    results = document["epcisBody"]["queryResults"]
    assert (results["queryName"], results["subscriptionID"]) == ("départs", str(row.pk))
    row.refresh_from_db()
    assert (row.failures, row.problem, row.due_at) == (0, "", None)
    shown = call("get", f"/queries/départs/subscriptions/{row.pk}").json()
    assert shown["lastNotifiedAt"]
    assert delivering.deliver_due() == 0

    assert call("delete", f"/queries/départs/subscriptions/{row.pk}").status_code == 204
    record(5, bizStep="shipping")
    hooks.deliver_pending()
    assert len(receiver.received) == 2


@pytest.mark.django_db
def test_a_schedule_runs_at_its_time_from_a_given_moment_on(receiver, system):
    with time_machine.travel("2026-05-01T01:00:00Z", tick=False):
        record(1)
        query = asking.name_query(name="tout", query={}, by=system)
        row = asking.subscribe(
            query=query,
            wanted={
                "dest": receiver.address,
                "schedule": {"hour": "1", "minute": "5"},
                "reportIfEmpty": True,
                "initialRecordTime": "2026-05-01T00:30:00Z",
            },
            epc_format="Never_Translates",
            by=system,
        )
    assert row.due_at == dt.datetime(2026, 5, 1, 1, 5, tzinfo=dt.UTC)
    with time_machine.travel("2026-05-01T01:04:30Z", tick=False):
        assert delivering.deliver_due() == 0
        assert delivering.coming(dt.timedelta(minutes=1)) == [row.due_at]
    with time_machine.travel("2026-05-01T01:05:01Z", tick=False):
        assert delivering.deliver_due() == 1
        assert delivering.deliver_due() == 0
    with time_machine.travel("2026-05-02T01:05:01Z", tick=False):
        assert delivering.deliver_due() == 1
    assert told(receiver) == [["1"], []]


@pytest.mark.django_db
def test_long_messages_are_cut_and_a_dead_deliverer_loses_nothing(receiver, system, monkeypatch):
    monkeypatch.setattr(delivering, "AT_ONCE", 2)
    query = asking.name_query(name="tout", query={}, by=system)
    row = asking.subscribe(
        query=query,
        wanted={"dest": receiver.address, "stream": True},
        epc_format="Never_Translates",
        by=system,
    )
    record(*range(5))
    delivering.wake()
    receiver.answers = [200, 503]
    assert delivering._claim(row.pk) is not None  # and then it died
    assert delivering.deliver_due() == 0
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=4)) as clock:
        assert delivering.deliver_due() == 0  # the second message was refused
        clock.shift(dt.timedelta(seconds=5))
        assert delivering.deliver_due() == 2
    assert told(receiver) == [["0", "1"], ["2", "3"], ["2", "3"], ["4"]]


@pytest.mark.django_db
def test_who_may_not_read_any_more_is_told_nothing(receiver, system, make_user):
    from chambre.registry import api as registry

    user = make_user("ana@exemple.test")
    person = registry.create_person(email=user.email, name="Ana", by=system)
    role = registry.grant_role(
        agent=person, kind="member", scope=registry.home_chamber(), by=system
    )
    query = asking.name_query(name="tout", query={}, by=Actor.of(user))
    row = asking.subscribe(
        query=query,
        wanted={"dest": receiver.address, "stream": True},
        epc_format="Never_Translates",
        by=Actor.of(user),
    )
    user.is_active = False
    user.save()
    record(1)
    delivering.wake()
    delivering.deliver_due()
    row.refresh_from_db()
    assert role is not None
    assert receiver.received == []
    assert row.failures == 1


def test_receivers_inside_are_not_called(settings):
    for address in (
        "http://example.org/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.1.2.3:8443/x",
        "https://[::1]/",
        "https://[::ffff:192.168.1.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://imprimante.local/",
    ):
        assert telling.objection(address), address
        with pytest.raises(telling.NotTold):
            telling.tell(address, b"{}", headers={})
    assert telling.objection("https://exemple.org/rappel") == ""
    assert telling.objection("https://93.184.216.34/rappel") == ""


def test_a_name_that_leads_inside_is_not_called(monkeypatch):
    monkeypatch.setattr(
        telling.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.7", 443))]
    )
    with pytest.raises(telling.NotTold, match="publi"):
        telling.tell("https://exemple.org/", b"{}", headers={})


@pytest.mark.django_db
def test_what_cannot_be_followed_is_refused(call, settings):
    call("post", "/queries", {"name": "q", "query": {}})
    call(
        "post",
        "/queries",
        {"name": "dernier", "query": {"orderBy": "eventTime", "eventCountLimit": 1}},
    )
    good = {"dest": "https://exemple.org/rappel", "stream": True}
    for wanted in (
        {},
        [],
        {"dest": good["dest"]},
        {"dest": good["dest"], "stream": False},
        good | {"schedule": {"hour": "1"}},
        good | {"dest": "ftp://exemple.org/"},
        good | {"dest": "https://127.0.0.1/"},
        good | {"initialRecordTime": "hier"},
        good | {"signatureToken": 5},
        {"dest": good["dest"], "schedule": {"hour": "24"}},
        {"dest": good["dest"], "schedule": {"jour": "1"}},
        {"dest": good["dest"], "schedule": {"dayOfMonth": "31", "month": "2"}},
    ):
        refused = call("post", "/queries/q/subscriptions", wanted)
        assert refused.status_code == 400, wanted
        assert refused.json()["type"] == "epcisException:SubscriptionControlsException"
    assert call("post", "/queries/dernier/subscriptions", good).status_code == 400
    assert call("post", "/queries/rien/subscriptions", good).status_code == 404
    assert not Subscription.objects.exists()
    made = call("post", "/queries/q/subscriptions", good)
    assert [row["dest"] for row in call("get", "/queries/q/subscriptions").json()] == [good["dest"]]
    assert call("delete", "/queries/q").status_code == 204
    assert not Subscription.objects.exists()
    assert made.json()["epcFormat"] == "Always_GS1_Digital_Link"


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        ({"second": "0,30"}, "2026-05-01T10:00:00", "2026-05-01T10:00:30"),
        ({"minute": "[10-12]"}, "2026-05-01T10:12:30", "2026-05-01T11:10:00"),
        ({"hour": "1", "minute": "5"}, "2026-05-01T01:05:00", "2026-05-02T01:05:00"),
        ({"dayOfWeek": "1"}, "2026-05-01T10:00:00", "2026-05-04T00:00:00"),
        ({"dayOfMonth": "29", "month": "2"}, "2026-05-01T10:00:00", "2028-02-29T00:00:00"),
        ({"month": "1"}, "2026-12-31T23:59:59", "2027-01-01T00:00:00"),
    ],
)
def test_when_a_schedule_runs_next(schedule, after, expected):
    start = dt.datetime.fromisoformat(after).replace(tzinfo=dt.UTC)

    found = schedules.next_time(schedules.checked(schedule), start)

    assert found == dt.datetime.fromisoformat(expected).replace(tzinfo=dt.UTC)
