"""Documents read from a stream, event by event, and gone on with after a break."""

import io
import json

import pytest
from epcis_support import CONTEXTS, Maker

from chambre.lib import epcis
from chambre.lib.epcis import documents, splitting


def text_of(events, *, late=False, query=False):
    head = {"@context": CONTEXTS[0], "type": "EPCISDocument", "schemaVersion": "2.0"}
    head["creationDate"] = "2026-05-01T08:00:00Z"
    body = {"eventList": events}
    if query:
        head["type"] = "EPCISQueryDocument"
        body = {"queryResults": {"queryName": "q", "resultsBody": body}}
    whole = {"epcisBody": body, **head} if late else {**head, "epcisBody": body}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


class Dripping(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, data, size):
        self.inner, self.size = io.BytesIO(data), size

    def read(self, _size=-1):
        return self.inner.read(self.size)


@pytest.fixture(scope="module")
def events():
    maker = Maker(11)
    return [{**maker.event(), "ex:n": f"é€😀{number}"} for number in range(40)]


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
@pytest.mark.parametrize(
    ("late", "query"), [(False, False), (True, False), (False, True), (True, True)]
)
def test_events_come_one_by_one_with_their_place(events, size, late, query):
    data = text_of(events, late=late, query=query)
    reader = epcis.iter_events(Dripping(data, size))
    placed = list(reader)
    if late and not query:
        assert reader.problems == ()
    assert [one.event for one in placed] == events
    assert [one.index for one in placed] == list(range(40))
    assert all(json.loads(data[one.start : one.end]) == one.event for one in placed)
    assert all(data[one.start : one.end].decode() == one.text for one in placed)
    assert reader.problems == ()
    assert reader.context == CONTEXTS[0]


@pytest.mark.parametrize("query", [False, True])
def test_reading_goes_on_behind_the_last_event_that_was_kept(events, query):
    data = text_of(events, query=query)
    for stop in (0, 17, 39):
        reader = iter(epcis.iter_events(io.BytesIO(data)))
        *_, last = (next(reader) for _ in range(stop + 1))
        stream = io.BytesIO(data)
        stream.seek(last.position.offset)
        rest = list(epcis.iter_events(stream, resume=last.position))
        assert [one.event for one in rest] == events[stop + 1 :]
        assert [one.index for one in rest] == list(range(stop + 1, 40))
        assert all(json.loads(data[one.start : one.end]) == one.event for one in rest)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "json"), (b"{", "json"), (b"[1]", "object"), (b"nonsense", "json"), (b'"x"', "object"),
        (b'{"a": NaN}', "json"), (b'{"a": 1e999}', "json"), (b'{"a": 1,}', "json"),
        (b'{"a": 1} {}', "json"), (b'\xff{"a": 1}', "encoding"), (b'{"a": "\xe9"}', "encoding"),
        (b'{"a": "\\ud800"}', "unpaired"), (b'{"a":' + b"[" * 200_000, "too-deep"),
        (b'{"a": "\x01"}', "json"), (b"\xef\xbb\xbf", "json"), (b"{'a': 1}", "json"),
        (b'{"epcisBody": {"eventList": [{"type": "Obj', "json"),
        (b'{"epcisBody": {"eventList": [1 2]}}', "json"),
        (b'{"epcisBody": {"eventList": [], "eventList": []}}', "twice"),
        (b'{"epcisBody": {"eventList": [{"a": "\\uDC00"}]}}', "unpaired"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_told_apart_not_a_crash(data, rule):
    with pytest.raises(epcis.EpcisError) as error:
        documents._streamed(io.BytesIO(data))
    assert error.value.problems[0].rule == rule
    report = epcis.check_document(data)
    assert not report.valid
    if rule != "twice":  # Python's reader of JSON takes the second of two names
        assert report.errors[0].rule == rule


def test_a_part_beyond_the_limit_ends_the_reading(monkeypatch, events):
    monkeypatch.setattr(splitting, "LARGEST", 300_000)
    large = {**events[0], "ex:large": "x" * 900_000}
    with pytest.raises(epcis.EpcisError) as error:
        documents._streamed(io.BytesIO(text_of([events[1], large])))
    assert error.value.problems[0].rule == "too-large"


def test_wrong_events_are_told_among_the_right_ones(events):
    wrong = {**events[1], "eventTime": "yesterday"}
    placed = list(epcis.iter_events(io.BytesIO(text_of([events[0], wrong, 7, events[2]]))))
    assert [len(one.problems) for one in placed] == [0, 1, 1, 0]
    assert placed[1].problems[0].path == "$.epcisBody.eventList[1].eventTime"
    unchecked = epcis.iter_events(io.BytesIO(text_of([wrong])), check=False)
    assert [one.problems for one in unchecked] == [()]


def test_large_documents_are_streamed_and_judged_alike(monkeypatch, events, tmp_path):
    monkeypatch.setattr(documents, "WHOLE", 1000)
    data = text_of(events)
    file = tmp_path / "capture.jsonld"
    file.write_bytes(data)
    for given in (data, file, io.BytesIO(data)):
        report = epcis.check_document(given)
        assert (report.valid, report.events, report.problems) == (True, 40, 0)
    monkeypatch.setattr(documents, "KEPT", 5)
    report = epcis.check_document(text_of([1] * 9))
    assert (report.valid, report.events, len(report.errors), report.problems) == (False, 9, 5, 9)
    broken = data.replace(b'"schemaVersion": "2.0"', b'"schemaVersion": "two"')
    assert [one.path for one in epcis.check_document(broken).errors] == ["$.schemaVersion"]
    bare = json.dumps({"@context": CONTEXTS[1], **events[0], "ex:l": "x" * 2000}).encode()
    assert epcis.check_document(bare).valid
