"""The checks of EPCIS say what the official schema says."""

import io
import json
import random

import jsonschema_rs
import pytest
from epcis_support import DATA, batch, official, oracle

from chambre.lib import epcis
from chambre.lib.epcis import documents, schema


@pytest.mark.parametrize("name", official())
def test_official_examples_are_valid_whole_and_streamed(name):
    data = official()[name]
    assert oracle().is_valid(json.loads(data))
    report = epcis.check_document(data)
    assert report.valid
    assert report.errors == ()
    assert report == documents._streamed(io.BytesIO(data))
    for event in epcis.events_of(epcis.read_document(data)):
        assert epcis.read_event(event).raw is event


def test_no_document_is_judged_otherwise_than_by_the_official_schema():
    verdicts = set()
    for document in batch(seed=2026, count=2000):
        expected = oracle().is_valid(document)
        verdicts.add(expected)
        faults = schema.document(document)
        assert (faults is None) == expected, json.dumps(document)
        data = json.dumps(document).encode()
        assert epcis.check_document(data).valid == expected
        try:
            streamed = documents._streamed(io.BytesIO(data)).valid
        except epcis.EpcisError:
            streamed = False
        assert streamed == expected, json.dumps(document)
        for event in epcis.events_of(document) if expected else ():
            epcis.read_event(event)
            epcis.event_hash(event)
    assert verdicts == {True, False}


def test_uris_are_those_of_the_standard():
    validator = jsonschema_rs.Draft7Validator({"format": "uri"}, validate_formats=True)
    chance = random.Random(7)
    bases = [
        "http://[::1]:8/a?b#c",
        "urn:a:b.1",
        "https://u:p@e.org:80/a?c=d#e",
        "http://[v1.a]",
        "a:",
    ]
    for _ in range(6000):
        text = list(chance.choice(bases))
        for _ in range(chance.randint(0, 3)):
            at = chance.randrange(len(text) + 1)
            text[at : at + chance.randint(0, 1)] = chance.choice(
                [*"ab01:/?#[]@%2fF.-+~é \\^{\n'|", ""]
            )
        uri = "".join(text)
        assert epcis.is_uri(uri) == validator.is_valid(uri), uri


@pytest.mark.parametrize(
    ("time", "valid"),
    [
        ("2026-05-01T10:30:00Z", True), ("2026-05-01t10:30:00.123456789z", True),
        ("2024-02-29T00:00:00-14:00", True), ("2023-02-29T00:00:00Z", False),
        ("1900-02-29T00:00:00Z", False), ("2000-02-29T00:00:00Z", True),
        ("2016-12-31T23:59:60Z", True), ("2017-01-01T00:59:60+01:00", True),
        ("2016-12-31T22:59:60Z", False), ("2026-04-31T00:00:00Z", False),
        ("2026-05-01T24:00:00Z", False), ("2026-05-01 10:30:00Z", False),
        ("2026-05-01T10:30:00", False), ("2026-05-01T10:30:00+0200", False),
        ("2026-05-01T10:30:00+24:00", False), ("0000-01-01T00:00:00Z", True),
        ("2026-05-01T10:30:00Z\n", False), ("٢026-05-01T10:30:00Z", False),
    ],
)  # fmt: skip
def test_times_are_those_of_the_standard(time, valid):
    assert epcis.is_time(time) == valid
    validator = jsonschema_rs.Draft7Validator({"format": "date-time"}, validate_formats=True)
    assert validator.is_valid(time) == valid


def test_a_problem_says_where_and_why_in_both_languages():
    document = json.loads(official()["Example_9.6.1-ObjectEvent.jsonld"])
    event = document["epcisBody"]["eventList"][1]
    event["bizStep"] = "transforming"
    event["ex colour"] = 1
    event["epcList"].append("jar 7")
    del event["action"]
    report = epcis.check_document(json.dumps(document).encode())
    assert (report.valid, report.events, report.problems) == (False, 2, 4)
    top = "$.epcisBody.eventList[1]"
    assert {(one.path, one.rule) for one in report.errors} == {
        (f"{top}.bizStep", "word"),
        (top, "name"),
        (f"{top}.epcList[1]", "uri"),
        (top, "missing"),
    }
    words = {one.rule: one for one in report.errors}
    assert words["uri"].message == "“jar 7” is not an absolute URI (RFC 3986)."
    assert words["missing"].text("fr") == "«\u00a0action\u00a0» manque."
    assert report.as_json("fr")["errors"][0].keys() == {"path", "message"}


def test_every_rule_has_words_for_its_facts():
    facts = dict.fromkeys(("why", "at", "limit", "name", "value", "what", "fields"), "x")
    for rule in epcis.RULES:
        problem = epcis.Problem("$", rule, facts)
        assert problem.text("en") != problem.text("fr")
        assert "{" not in problem.text("fr")


def test_the_vendored_schema_is_that_of_2_0_1():
    found = json.loads((DATA / "epcis-json-schema.json").read_text())
    assert found["$id"] == "https://ref.gs1.org/standards/epcis/2.0.1/epcis-json-schema.json"
