"""Events of the common form are judged and hashed as the schema and the hash do it, only faster."""

import copy
import datetime as dt
import json

import pytest
from epcis_support import Maker, oracle
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib import epcis
from chambre.lib.epcis import frames, schema

CONTEXT = [epcis.CONTEXT, {"ex": "https://ns.example.com/", "urn": {"@id": "https://u.example/"}}]
COMMON = {
    "type", "eventTime", "eventTimeZoneOffset", "action", "bizStep", "disposition", "readPoint",
    "bizLocation", "parentID", "epcList", "childEPCs", "inputEPCList", "outputEPCList", "eventID",
    "ex:colour", "https://ns.example.com/f", "urn:x:y",
}  # fmt: skip


class Kept:
    """Keeps what it is asked for."""

    def frame(self, event):
        return event["type"]

    def thing(self, field, uri):
        return field, uri

    place = thing


def things(event):
    parent = [("parentID", event["parentID"])] if "parentID" in event else []
    return parent + [(name, uri) for name in epcis.EPC_FIELDS for uri in event.get(name, ())]


def made(seed, count):
    """Events with few fields beside the common ones, most of them broken in some way."""
    maker = Maker(seed)
    for number in range(count):
        event = maker.event()
        if maker.often(0.9):
            event = {name: value for name, value in event.items() if name in COMMON}
        if maker.often(0.3):
            event["ex:count"] = maker.pick([0, 1, 2.50, -3, True, "", "007", " a ", "12e3", None])
        yield event if number % 3 else maker.broken(event)


@pytest.mark.parametrize("kept", [3, 30_000])
def test_events_of_the_common_form_are_judged_and_hashed_as_ever(monkeypatch, kept):
    monkeypatch.setattr(frames, "KEPT", kept)
    reader, hasher = epcis.Frames(CONTEXT, Kept()), epcis.Hasher(CONTEXT)
    read = passed_by = 0
    for event in made(seed=2026, count=10_000):
        before = copy.deepcopy(event)
        found = reader.read(event)
        assert event == before
        if found is None:
            passed_by += 1
            continue
        read += 1
        assert oracle().is_valid({"@context": CONTEXT, **event}), json.dumps(event)
        assert schema.event(event) is None
        assert found.text == hasher.text(event), json.dumps(event)
        assert found.frame == event["type"]
        assert found.things == things(event)
        assert found.at in (None, epcis.read_time(event["eventTime"]))
        places = [event.get(name) for name in ("readPoint", "bizLocation")]
        assert [one and one[1] for one in found.places] == [one and one["id"] for one in places]
    assert (read > 2000, passed_by > 2000) == (True, True)


@pytest.mark.parametrize(
    "change",
    [
        {"quantityList": [{"epcClass": "urn:x:1"}]}, {"eventTime": "0000-01-01T00:00:00Z"},
        {"eventTime": "2026-05-01T10:00:00"}, {"eventTime": 5}, {"epcList": []}, {"epcList": "urn:x:1"},
        {"epcList": ["urn:x:1", "urn:x:1"]}, {"epcList": [["urn:x:1"]]}, {"epcList": ["x"]},
        {"action": ["OBSERVE"]}, {"action": "observe"}, {"readPoint": {"id": "urn:x:1", "ex:a": 1}},
        {"readPoint": "urn:x:1"}, {"readPoint": {"ex:id": 1}}, {"eventID": "x"}, {"eventID": 1},
        {"ex:a": [1]}, {"a": 1}, {"@context": {}}, {"type": "https://a.example/E"}, {"type": []},
        {"recordTime": "2026-05-01T10:00:00Z"}, {"ilmd": {}},
    ],
)  # fmt: skip
def test_what_has_another_form_or_is_wrong_is_left_to_the_schema(change):
    reader = epcis.Frames(CONTEXT, Kept())
    event = {
        "type": "ObjectEvent", "eventTime": "2026-05-01T10:00:00Z", "eventTimeZoneOffset": "+02:00",
        "action": "OBSERVE", "epcList": ["urn:x:1"], "readPoint": {"id": "urn:x:place"}, "ex:a": 1,
    }  # fmt: skip
    assert reader.read(event).places == (("readPoint", "urn:x:place"), None)
    assert reader.read(event | change) is None
    assert reader.read([event]) is None


MILLISECONDS = st.builds(
    "{}-{}-{}T{}:{}:{}.{}Z".format,
    st.sampled_from(["2026", "2024", "0000", "0001", "9999"]),
    st.sampled_from(["00", "01", "02", "04", "12", "13"]),
    st.sampled_from(["00", "01", "28", "29", "30", "31", "32"]),
    st.sampled_from(["00", "10", "23", "24", "99"]),
    st.sampled_from(["00", "59", "60"]),
    st.sampled_from(["00", "59", "60", "61"]),
    st.sampled_from(["000", "001", "999"]),
)


@given(MILLISECONDS)
def test_a_time_that_is_hashed_as_it_stands_is_one(time):
    event = {
        "type": "ObjectEvent", "eventTime": time, "eventTimeZoneOffset": "+02:00",
        "action": "OBSERVE", "epcList": ["urn:x:1"],
    }  # fmt: skip
    found = epcis.Frames(CONTEXT, Kept()).read(event)
    if found is not None:
        assert oracle().is_valid({"@context": CONTEXT, **event})
        assert found.text == epcis.pre_hash(event, context=CONTEXT)
        assert (found.at, found.at.tzinfo) == (epcis.read_time(time), dt.UTC)
    else:  # the schema says no, or it is the end of a day with a leap second, or of a year too many
        assert time.startswith("0000") or ":60." in time or not epcis.is_time(time)
