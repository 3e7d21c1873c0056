"""The REST binding: who may, what is asked and answered, headers, pages, errors."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from chambre.core import tokens
from chambre.epcis.models import CaptureJob, Event, NamedQuery
from chambre.epcis.tests.calling import Caller
from chambre.epcis.tests.samples import CRATE, JAR, SHOP, WASH, packed, seen
from chambre.epcis.tests.test_capturing import a_document
from chambre.registry import api as registry

pytestmark = pytest.mark.django_db
URN = "urn:epc:id:grai:3760123.45678.JAR-1"


def events_of(response):
    assert response.status_code == 200, response.content
    return response.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]


def test_who_may(client, call, make_user, system):
    nobody = client.get("/epcis/events")
    assert (nobody.status_code, nobody.json()["type"]) == (401, "epcisException:SecurityException")
    assert nobody["WWW-Authenticate"] == "Bearer"
    wrong = Caller(client, call.key[:-3] + "abc")("get", "/events")
    assert wrong.status_code == 401
    stranger = make_user("dris@exemple.test")
    _row, key = tokens.create_token(user=stranger, scopes=["epcis"], by=system)
    assert Caller(client, key)("get", "/events").status_code == 403
    assert Caller(client, key)("post", "/events", seen(1)).status_code == 403
    reader = make_user("ana@exemple.test")
    person = registry.create_person(email=reader.email, name="Ana", by=system)
    registry.grant_role(agent=person, kind="member", scope=registry.home_chamber(), by=system)
    _row, key = tokens.create_token(user=reader, scopes=["epcis"], by=system)
    assert Caller(client, key)("get", "/events").status_code == 200
    assert Caller(client, key)("post", "/events", seen(1)).status_code == 403
    _row, key = tokens.create_token(user=reader, scopes=["registry"], by=system)
    assert Caller(client, key)("get", "/events").status_code == 403
    assert not Event.objects.exists()


def test_one_event_is_captured_read_and_found_again(call):
    made = call("post", "/events", seen(1, bizLocation={"id": SHOP}))
    again = call("post", "/events", seen(1, bizLocation={"id": SHOP}))

    assert made.status_code == 201
    event_id = made.json()["eventID"]
    assert event_id.startswith("ni:///sha-256;")
    assert made.json()["recordTime"].endswith("Z")
    assert (again.status_code, again.json()["type"]) == (
        409,
        "epcisException:ResourceAlreadyExistsException",
    )
    path = made["Location"].removeprefix("http://testserver/epcis")
    assert path == f"/events/{quote(event_id, safe='')}"
    for place in (path, f"/events/{event_id}"):
        [event] = events_of(call("get", place))
        assert event["epcList"] == [JAR % 1]
    [urn] = events_of(call("get", path, GS1_EPC_Format="Never_Translates"))
    assert urn["epcList"] == [JAR % 1]
    assert call("get", "/events/urn:x:nothing").status_code == 404
    assert call("post", "/events", {"type": "ObjectEvent"}).json()["type"] == (
        "epcisException:ValidationException"
    )
    assert call("post", "/events", b"{", type="application/json").status_code == 400
    assert call("post", "/events", b"<x/>", type="application/xml").status_code == 415
    assert Event.objects.count() == 1


def test_identifiers_are_translated_as_the_header_says(call, settings):
    settings.CHAMBRE_GS1_PREFIXES = "3760123"
    call("post", "/events", packed(1))
    ours = "https://id.gs1.org/8003/03760123456791CAISSE-1"

    for wanted, parent, child in (
        (None, ours, JAR % 1),
        ("Always_GS1_Digital_Link", ours, JAR % 1),
        ("Always_EPC_URN", CRATE, URN),
        ("Never_Translates", CRATE, JAR % 1),
        ("No_Preference", CRATE, JAR % 1),
    ):
        headers = {"GS1_EPC_Format": wanted} if wanted else {}
        [event] = events_of(call("get", "/events", **headers))
        assert (event["childEPCs"], event["parentID"]) == ([child], parent), wanted
    assert call("get", "/events", GS1_EPC_Format="Sometimes").status_code == 406
    for form in (CRATE, ours, "https://ailleurs.exemple/8003/03760123456791CAISSE-1"):
        assert len(events_of(call("get", f"/epcs/{quote(form, safe='')}/events"))) == 1


def test_a_document_is_captured_in_the_background(call):
    sent = call("post", "/capture", a_document(seen(1), seen(2)))

    assert sent.status_code == 202
    place = sent["Location"].removeprefix("http://testserver/epcis")
    job = call("get", place).json()
    assert job == job | {"running": False, "success": True, "errors": []}
    assert job["captureErrorBehaviour"] == "rollback"
    assert call("get", "/capture").json() == [job]
    assert call("get", "/capture/id926").status_code == 404
    assert call("post", "/capture", b"{}").status_code == 400
    assert (
        call("post", "/capture", a_document(), GS1_Capture_Error_Behaviour="all").status_code == 400
    )
    bad = call(
        "post",
        "/capture",
        a_document({"type": "ObjectEvent"}),
        GS1_Capture_Error_Behaviour="proceed",
    )
    job = call("get", bad["Location"].removeprefix("http://testserver/epcis")).json()
    assert (job["running"], job["success"], job["errors"][0]["status"]) == (False, False, 400)
    assert CaptureJob.objects.count() == 2
    assert Event.objects.count() == 2


def test_pages_follow_each_other_and_their_tokens_can_be_given_up(call):
    call(
        "post", "/capture", a_document(*[seen(n, at=f"2026-05-01T10:00:{n:02}Z") for n in range(7)])
    )
    found, path = [], "/events?perPage=3&orderBy=eventTime&orderDirection=DESC&eventCountLimit=5"
    tokens_seen = []
    while path:
        page = call("get", path)
        found += [event["eventTime"][17:19] for event in events_of(page)]
        path = None
        if "Link" in page:
            assert page["GS1-Next-Page-Token-Expires"].endswith("Z")
            address = page["Link"].partition(">")[0].lstrip("<")
            assert page["Link"].endswith('; rel="next"')
            path = address.removeprefix("http://testserver/epcis")
            tokens_seen.append(path)
    assert found == ["06", "05", "04", "03", "02"]
    token = tokens_seen[0].partition("nextPageToken=")[2]
    assert (
        call("get", f"/events?perPage=3&nextPageToken={token}").status_code == 400
    )  # another question
    assert call("delete", f"/nextPageToken/{token}").status_code == 204
    assert call("get", tokens_seen[0]).status_code == 400
    assert call("get", "/events?perPage=0").status_code == 400
    assert "Link" not in call("get", "/events?perPage=7")
    members = call("get", "/epcs?perPage=4")
    assert len(members.json()["member"]) == 4
    rest = call("get", members["Link"].partition(">")[0].removeprefix("<http://testserver/epcis"))
    assert len(rest.json()["member"]) == 3
    assert "Link" not in rest


def test_what_is_named_is_browsed(call):
    own = "https://consigne.exemple/voc/bizstep/cleaning"
    call("post", "/events", seen(1, bizStep=own, bizLocation={"id": SHOP}, readPoint={"id": WASH}))

    assert call("get", "/").json()["member"][0] == "events"
    assert call("get", "").json()["member"] == call("get", "/").json()["member"]
    steps = call("get", "/bizSteps?perPage=100").json()["member"]
    assert (len(steps), steps[-1]) == (42, own)
    assert len(call("get", "/dispositions?perPage=100").json()["member"]) == 33
    assert len(call("get", "/eventTypes").json()["member"]) == 5
    assert call("get", "/bizLocations").json()["member"] == [SHOP]
    for resource, value in (
        ("eventTypes", "ObjectEvent"),
        ("epcs", JAR % 1),
        ("bizSteps", own),
        ("bizLocations", SHOP),
        ("readPoints", WASH),
    ):
        path = f"/{resource}/{quote(value, safe='')}"
        assert call("get", path).json()["member"] == ["events"]
        assert len(events_of(call("get", f"{path}/events"))) == 1
    assert events_of(call("get", "/bizSteps/packing/events")) == []
    assert call("get", f"/epcs/{quote(JAR % 2, safe='')}/events").status_code == 404
    assert call("get", "/nothing").status_code == 404


def test_options_and_methods_and_versions(call):
    for path in ("/", "/capture", "/events", "/epcs/urn:x:1/events", "/queries/q/subscriptions/1"):
        response = call("options", path)
        assert response.status_code == 204
        assert "OPTIONS" in response["Allow"]
        assert (response["GS1-EPCIS-Min"], response["GS1-EPCIS-Max"]) == ("2.0.0", "2.0.1")
    assert call("options", "/capture")["GS1-Capture-Error-Behaviour"] == "all"
    assert int(call("options", "/capture")["GS1-EPCIS-Capture-Limit"]) >= 100_000
    refused = call("put", "/events", {})
    assert (refused.status_code, refused["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")
    for name, value, status in (
        ("GS1_EPCIS_Min", "3.0", 406),
        ("GS1_EPCIS_Max", "1.2", 406),
        ("GS1_EPCIS_Max", "2", 200),
        ("GS1_EPCIS_Min", "1.0.0", 200),
        ("GS1_CBV_Min", "x", 406),
        ("Accept", "application/xml", 406),
        ("Accept", "application/ld+json;q=0.9, text/html", 200),
    ):
        assert call("get", "/events", **{name: value}).status_code == status, (name, value)
    assert call("post", "/events", seen(1), GS1_EPCIS_Version="1.2").status_code == 406
    long = call("get", "/events?EQ_eventID=" + "urn:x:1%7C" * 2000)
    assert (long.status_code, long.json()["type"]) == (414, "epcisException:URITooLongException")


def test_named_queries(call, client, make_user, system):
    call("post", "/capture", a_document(seen(1), seen(2, bizStep="shipping"), packed(1)))
    question = {"eventType": ["ObjectEvent"], "EQ_bizStep": ["shipping", "receiving"]}

    made = call("post", "/queries", {"name": "en route", "query": question})
    assert made.status_code == 201
    assert made["Location"].endswith("/epcis/queries/en%20route")
    assert call("post", "/queries", {"name": "en route", "query": {}}).status_code == 409
    assert call("post", "/queries", {"name": "x", "query": {"EQ_nothing": 1}}).status_code == 400
    assert call("get", "/queries").json() == [{"name": "en route", "query": question}]
    assert call("get", "/queries/en%20route").json() == [{"name": "en route", "query": question}]
    [event] = events_of(call("get", "/queries/en%20route/events"))
    assert event["bizStep"] == "shipping"
    assert call("get", "/queries/nothing/events").status_code == 404
    other = make_user("bo@exemple.test")
    person = registry.create_person(email=other.email, name="Bo", by=system)
    registry.grant_role(agent=person, kind="member", scope=registry.home_chamber(), by=system)
    _row, key = tokens.create_token(user=other, scopes=["epcis"], by=system)
    assert Caller(client, key)("delete", "/queries/en%20route").status_code == 403
    assert call("delete", "/queries/en%20route").status_code == 204
    assert not NamedQuery.objects.exists()
