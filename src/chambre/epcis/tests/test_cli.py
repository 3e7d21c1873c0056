"""``chambre epcis`` and ``chambre gs1``: what they print, and with which status they end."""

import json

import pytest
from click.testing import CliRunner
from django.utils import translation

from chambre.epcis import cli

EVENT = {
    "type": "ObjectEvent",
    "eventTime": "2026-05-01T10:30:00+02:00",
    "eventTimeZoneOffset": "+02:00",
    "action": "OBSERVE",
    "epcList": ["urn:epc:id:grai:3760123.45678.JAR-1"],
    "bizStep": "inspecting",
}


@pytest.fixture
def document(tmp_path):
    """Writes a document of these events."""

    def write(*events):
        file = tmp_path / "document.jsonld"
        whole = {
            "@context": "https://ref.gs1.org/standards/epcis/2.0.1/epcis-context.jsonld",
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-05-01T08:00:00Z",
            "epcisBody": {"eventList": events},
        }
        file.write_text(json.dumps(whole))
        return str(file)

    return write


def test_a_valid_document_is_told_valid(document):
    ran = CliRunner().invoke(cli.epcis, ["check", document(EVENT, EVENT), "--json"])
    assert ran.exit_code == 0
    assert json.loads(ran.output) == {"valid": True, "events": 2, "errors": []}


def test_an_invalid_document_is_told_with_places_and_ends_with_one(document):
    file = document(EVENT, {**EVENT, "bizStep": "washing"})
    ran = CliRunner().invoke(cli.epcis, ["check", file, "--json"])
    assert ran.exit_code == 1
    said = json.loads(ran.output)
    assert (said["valid"], said["events"]) == (False, 2)
    (error,) = said["errors"]
    assert error["path"] == "$.epcisBody.eventList[1].bizStep"
    with translation.override("fr"):
        ran = CliRunner().invoke(cli.epcis, ["check", file])
    assert "n’est ni un mot de la norme" in ran.output
    assert "2 événements" in ran.output


def test_hashes_come_in_the_order_of_the_events_whatever_their_form(document):
    other = {
        **EVENT,
        "epcList": ["https://a.example/8003/03760123456784JAR-1"],
        "eventID": "urn:x:y",
    }
    lost = {**EVENT, "disposition": "unknown"}
    ran = CliRunner().invoke(cli.epcis, ["hash", document(EVENT, other, lost), "--json"])
    assert ran.exit_code == 0
    first, second, third = json.loads(ran.output)["hashes"]
    assert first == second != third
    assert first.startswith("ni:///sha-256;")
    assert first.endswith("?ver=CBV2.0")


def test_what_is_not_valid_has_no_hash(document):
    ran = CliRunner().invoke(cli.epcis, ["hash", document({**EVENT, "action": "TAKE"})])
    assert isinstance(ran.exception, cli.DocumentInvalid)
    assert "$.epcisBody.eventList[0].action" in ran.exception.data["lines"][0]


@pytest.mark.parametrize("command", ["check", "hash"])
def test_a_file_that_is_not_there_is_wrong_usage(command, tmp_path):
    ran = CliRunner().invoke(cli.epcis, [command, str(tmp_path / "none.json")])
    assert ran.exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "urn", "link"),
    [
        (["urn:epc:id:grai:3760123.45678.A%2FB"], "urn:epc:id:grai:3760123.45678.A%2FB",
         "https://id.gs1.org/8003/03760123456784A%2FB"),
        (["https://a.example/x/8003/03760123456784A%2FB", "--prefix-length", "7"],
         "urn:epc:id:grai:3760123.45678.A%2FB", "https://id.gs1.org/8003/03760123456784A%2FB"),
        (["https://id.gs1.org/8003/03760123456784"], None, "https://id.gs1.org/8003/03760123456784"),
        (["https://consigne.example/o/7"], None, None),
    ],
)  # fmt: skip
def test_an_identifier_in_its_other_forms(arguments, urn, link):
    ran = CliRunner().invoke(cli.gs1, ["convert", *arguments, "--json"])
    assert ran.exit_code == 0
    assert json.loads(ran.output) == {"urn": urn, "digital_link": link}


def test_the_setting_says_how_long_prefixes_are(settings):
    settings.CHAMBRE_GS1_PREFIXES = "3760123"
    ran = CliRunner().invoke(cli.gs1, ["convert", "(8003)03760123456784JAR-1"])
    assert ran.output.split() == [
        "urn:epc:id:grai:3760123.45678.JAR-1",
        "https://id.gs1.org/8003/03760123456784JAR-1",
    ]


def test_a_broken_identifier_is_refused_and_a_wrong_length_is_wrong_usage():
    ran = CliRunner().invoke(cli.gs1, ["convert", "https://id.gs1.org/8003/03760123456780"])
    assert isinstance(ran.exception, cli.IdentifierRefused)
    assert ran.exception.data["reason"] == "gs1-check-digit"
    ran = CliRunner().invoke(cli.gs1, ["convert", "urn:x:y", "--prefix-length", "13"])
    assert ran.exit_code == 2
