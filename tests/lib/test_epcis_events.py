"""Events read into their types, hashed, normalised and written."""

import copy
import datetime as dt
import json
import pickle

import pytest
from epcis_support import DATA, Maker, official

from chambre.lib import epcis, gs1
from chambre.lib.epcis import vocabulary

RETURN = {
    "type": "TransactionEvent",
    "eventTime": "2026-05-01T10:30:00.5+02:00",
    "eventTimeZoneOffset": "+02:00",
    "recordTime": "2026-05-01T08:31:00Z",
    "eventID": "urn:uuid:7a3c1f2e-0000-4000-8000-000000000001",
    "action": "DELETE",
    "bizStep": "collecting",
    "disposition": "returned",
    "epcList": ["https://id.gs1.org/8003/03760123456784JAR-1"],
    "quantityList": [{"epcClass": "urn:epc:idpat:grai:3760123.45678.*", "quantity": 12}],
    "bizTransactionList": [{"type": "po", "bizTransaction": "https://consigne.example/contract/7"}],
    "sourceList": [{"type": "possessing_party", "source": "urn:epc:id:pgln:4012345.00000"}],
    "readPoint": {"id": "https://consigne.example/place/market"},
    "sensorElementList": [
        {
            "sensorMetadata": {"time": "2026-05-01T10:29:00Z", "deviceID": "urn:x:d"},
            "sensorReport": [{"type": "Temperature", "value": 61.5, "uom": "CEL", "ex:seq": 4}],
        }
    ],
    "errorDeclaration": {"declarationTime": "2026-05-02T08:00:00Z", "reason": "did_not_occur"},
    "ex:clock": {"ex:skew": 3},
}


def test_an_event_is_read_into_its_types():
    event = epcis.read_event(RETURN)
    zone = dt.timezone(dt.timedelta(hours=2))
    assert event.event_time == dt.datetime(2026, 5, 1, 10, 30, 0, 500_000, zone)
    assert (event.offset, event.action, event.biz_step) == ("+02:00", "DELETE", "collecting")
    assert event.epcs == {"epcList": ("https://id.gs1.org/8003/03760123456784JAR-1",)}
    assert event.quantities["quantityList"] == (
        epcis.Quantity("urn:epc:idpat:grai:3760123.45678.*", 12, None),
    )
    assert event.transactions == (epcis.Transaction("https://consigne.example/contract/7", "po"),)
    assert event.sources == (epcis.Party("urn:epc:id:pgln:4012345.00000", "possessing_party"),)
    (sensor,) = event.sensors
    assert sensor.metadata.device_id == "urn:x:d"
    assert (sensor.reports[0].value, sensor.reports[0].extensions) == (61.5, {"ex:seq": 4})
    assert event.error.reason == "did_not_occur"
    assert event.extensions == {"ex:clock": {"ex:skew": 3}}
    assert (event.read_point, event.biz_location) == ("https://consigne.example/place/market", None)
    assert list(event.things) == [("epcList", "https://id.gs1.org/8003/03760123456784JAR-1")]
    assert pickle.loads(pickle.dumps(event)) == event


def test_what_no_clock_can_show_is_refused_when_read():
    wrong = {**RETURN, "eventTime": "0000-05-01T10:30:00Z"}
    epcis.check_event(wrong)  # the schema has nothing against it
    with pytest.raises(epcis.EpcisError) as error:
        epcis.read_event(wrong)
    assert [(one.path, one.rule) for one in error.value.problems] == [("$.eventTime", "year")]
    assert pickle.loads(pickle.dumps(error.value)).problems == error.value.problems
    leap = epcis.read_event({**RETURN, "eventTime": "2016-12-31T23:59:60.25Z"})
    assert leap.event_time == dt.datetime(2016, 12, 31, 23, 59, 59, 999_999, dt.UTC)
    with pytest.raises(epcis.EpcisError):
        epcis.read_event({**RETURN, "action": "TAKE"})


def test_standard_words_are_read_whatever_way_they_are_written():
    for text in ("receiving", "cbv:BizStep-receiving", "https://ref.gs1.org/cbv/BizStep-receiving"):
        assert epcis.read_event({**RETURN, "bizStep": text}).biz_step == "receiving"
    own = "https://consigne.example/voc/lending"
    assert epcis.read_event({**RETURN, "bizStep": own}).biz_step == own
    for words in vocabulary.WORD_LISTS:
        for word in words.words:
            assert vocabulary.bare(vocabulary.web(word, words)) == word
            assert vocabulary.bare(vocabulary.urn(word, words)) == word
    assert vocabulary.urn("https://ref.gs1.org/cbv/Disp-active", vocabulary.DISPOSITION) == (
        "urn:epcglobal:cbv:disp:active"
    )
    sizes = [len(one) for one in (epcis.BIZ_STEPS, epcis.DISPOSITIONS, epcis.MEASUREMENTS)]
    assert sizes == [41, 33, 72]


def vectors():
    """The published vectors: name, number, event, its context, what it leaves out, its hash."""
    for file in sorted((DATA / "hashes").glob("*.jsonld")):
        document = json.loads(file.read_text("utf-8"))
        hashes = file.with_suffix(".hashes").read_text().split()
        events = epcis.events_of(document)
        assert len(events) == len(hashes)
        ignored = epcis.ignored_fields(document)
        for number, (event, expected) in enumerate(zip(events, hashes, strict=True)):
            yield file.stem, number, event, document["@context"], ignored, expected


def test_hashes_equal_the_published_vectors():
    count = 0
    for name, number, event, context, ignored, expected in vectors():
        before = copy.deepcopy(event)
        assert epcis.event_hash(event, context=context, ignore=ignored) == expected, (name, number)
        assert event == before
        count += 1
    assert count == 43


def test_events_of_a_document_hash_as_each_alone():
    maker = Maker(11)
    for _ in range(20):
        context = maker.context()
        hashed = epcis.Hasher(context)
        for event in [maker.event() for _ in range(10)]:
            backwards = {name: event[name] for name in reversed(event)}
            expected = epcis.event_hash(event, context=context)
            assert [hashed(event), hashed(backwards), hashed(event)] == [expected] * 3


def test_the_same_event_however_written_hashes_alike():
    expected = epcis.event_hash(RETURN)
    same = {name: RETURN[name] for name in reversed(RETURN)}
    same["eventTime"] = "2026-05-01T08:30:00.4996Z"
    same["recordTime"], same["eventID"] = "2027-01-01T00:00:00Z", "urn:x:other"
    same["epcList"] = ["urn:epc:id:grai:3760123.45678.JAR-1"]
    same["quantityList"] = [{"quantity": 12.0, "epcClass": "https://a.example/8003/03760123456784"}]
    same["bizStep"] = "https://ref.gs1.org/cbv/BizStep-collecting"
    same["bizTransactionList"] = [
        {"bizTransaction": "https://consigne.example/contract/7", "type": "po"}
    ]
    del same["errorDeclaration"]
    assert epcis.event_hash(same) == expected
    full = {**same, "@context": {"ex": "https://ns.example/"}}
    del full["ex:clock"]
    full["https://ns.example/clock"] = {"https://ns.example/skew": "3"}
    known = epcis.event_hash(same, context=["https://x", {"ex": "https://ns.example/"}])
    full["sensorElementList"] = copy.deepcopy(same["sensorElementList"])
    assert epcis.event_hash(full) == known != expected


@pytest.mark.parametrize(
    "change",
    [
        {"eventTime": "2026-05-01T10:30:00.501+02:00"}, {"eventTimeZoneOffset": "+01:00"},
        {"action": "ADD"}, {"disposition": "damaged"}, {"ex:clock": {"ex:skew": 4}}, {"ex:new": 1},
        {"epcList": ["https://id.gs1.org/8003/03760123456784JAR-2"]}, {"readPoint": {"id": "urn:x:y"}},
        {"ex:clock": {"ex:skew": 12345678901234567890123}},
    ],
)  # fmt: skip
def test_another_event_hashes_otherwise(change):
    assert epcis.event_hash({**RETURN, **change}) != epcis.event_hash(RETURN)


def test_long_numbers_in_texts_do_not_become_one():
    one, two = ({**RETURN, "ex:serial": f"1234567890123456789{digit}"} for digit in "12")
    assert epcis.event_hash(one) != epcis.event_hash(two)
    zeros = [{**RETURN, "ex:n": value} for value in ("007.500", 7.5, "+7.5", "75e-1")]
    assert len({epcis.event_hash(event) for event in zeros}) == 1


def test_every_valid_event_has_a_hash_and_forms():
    maker = Maker(5)
    table = gs1.PrefixLengths(default=7)
    for _ in range(300):
        event = maker.event()
        found = epcis.event_hash(event)
        assert found.startswith("ni:///sha-256;")
        assert len(found) == len("ni:///sha-256;") + 64 + len("?ver=CBV2.0")
        for form in ("digital_link", "urn", "none"):
            other = epcis.normalise(event, form, prefixes=table)
            epcis.check_event(other)
            assert list(other) == list(event)


def test_identifiers_in_the_form_that_is_asked_for():
    table = gs1.PrefixLengths({"3760123": 7})
    urn = epcis.normalise(RETURN, "urn", prefixes=table)
    assert urn["epcList"] == ["urn:epc:id:grai:3760123.45678.JAR-1"]
    link = epcis.normalise(RETURN, "digital_link")
    assert link["quantityList"][0]["epcClass"] == "https://id.gs1.org/8003/03760123456784"
    assert link["sourceList"][0]["source"] == "https://id.gs1.org/417/4012345000009"
    assert link["epcList"] == RETURN["epcList"]
    assert epcis.normalise(RETURN, "urn")["epcList"] == RETURN["epcList"]  # prefix not known
    assert epcis.normalise(RETURN, "none") == RETURN
    for other in (urn, link):
        assert epcis.event_hash(other) == epcis.event_hash(RETURN)


def test_a_document_is_written_and_valid():
    events = [event for data in official().values() for event in epcis.events_of(json.loads(data))]
    made = epcis.document(
        events, creation_date=dt.datetime(2026, 5, 1, 8, tzinfo=dt.UTC), id="urn:x:1"
    )
    assert made["creationDate"] == "2026-05-01T08:00:00Z"
    report = epcis.check_document(json.dumps(made).encode())
    assert (report.valid, report.events, report.kind) == (True, len(events), "EPCISDocument")
