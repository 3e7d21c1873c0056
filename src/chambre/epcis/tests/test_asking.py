"""The simple event query: every parameter finds what it should and nothing else, or is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from chambre.core.actors import Actor
from chambre.epcis import api, language
from chambre.epcis.language import QueryRefused, QueryTooLarge, read_question
from chambre.epcis.queries import finding
from chambre.epcis.services import master
from chambre.epcis.tests.samples import CLEANING, CONTEXT, CRATE, JAR, SHOP, WASH, packed, seen

OFFICIAL = Path(__file__).parents[4] / "tests" / "lib" / "epcis" / "data" / "official"
KIND = "https://id.gs1.org/01/03760123456784"
LILLE = "https://consigne.exemple/lieux/lille"
IDS = "urn:uuid:00000000-0000-4000-8000-00000000000%s"
PO = "urn:epcglobal:cbv:bt:3760123456789:1152"
PARTY = "urn:epc:id:pgln:3760123.00001"


def reported(**fields):
    return {
        "sensorElementList": [
            {
                "sensorMetadata": {
                    "time": "2026-05-04T10:00:00Z",
                    "startTime": "2026-05-04T09:00:00Z",
                    "endTime": "2026-05-04T10:00:00Z",
                    "deviceID": "urn:epc:id:giai:3760123.LAVEUSE-1",
                    "dataProcessingMethod": "https://consigne.exemple/methode",
                    "bizRules": "https://consigne.exemple/regles",
                    "ch:probe": "sonde",
                },
                "sensorReport": [
                    {
                        "type": "Temperature",
                        "value": 61.5,
                        "uom": "CEL",
                        "minValue": 60,
                        "maxValue": 63.25,
                        "meanValue": 61,
                        "sDev": 0.5,
                        "percRank": 50,
                        "percValue": 61,
                        "ch:drift": 0.1,
                    },
                    {
                        "type": "https://consigne.exemple/mesure/propre",
                        "booleanValue": True,
                        "stringValue": "propre",
                        "hexBinaryValue": "F0F0",
                        "uriValue": "https://consigne.exemple/propre",
                        "microorganism": "https://www.ncbi.nlm.nih.gov/taxonomy/1126011",
                        "chemicalSubstance": "https://identifiers.org/inchikey:CZMRCDWAGMRECN",
                    },
                ],
                "ch:rack": {"ch:level": 3},
            }
        ]
    }


def the_events():
    """A: seen, B: washed, C: packed, D: lent, E: filled, F: declared wrong."""
    return [
        seen(
            1,
            eventID=IDS % "a",
            at="2026-05-01T10:00:00Z",
            disposition="active",
            action="ADD",
            bizStep="commissioning",
            readPoint={"id": SHOP, "ch:door": "nord"},
            bizLocation={"id": SHOP, "ch:floor": {"ch:level": 2}},
            persistentDisposition={"set": ["completeness_verified"]},
            ilmd={"ch:weight": 210, "ch:maker": {"ch:name": "Verrerie"}},
            quantityList=[{"epcClass": KIND, "quantity": 12, "uom": "KGM"}],
            **{"ch:cycle": 4, "ch:batch": {"ch:line": "L1"}, "ch:best": "2026-06-01T00:00:00Z"},
        ),
        seen(
            2,
            eventID=IDS % "b",
            at="2026-05-04T10:00:00Z",
            bizStep=CLEANING,
            readPoint={"id": WASH},
            bizLocation={"id": WASH},
            persistentDisposition={"unset": ["damaged"]},
            **{"ch:cycle": 7},
            **reported(),
        ),
        packed(1, at="2026-05-05T10:00:00Z") | {"eventID": IDS % "c"},
        {
            "eventID": IDS % "d",
            "type": "TransactionEvent",
            "action": "ADD",
            "eventTime": "2026-05-06T10:00:00Z",
            "eventTimeZoneOffset": "+02:00",
            "bizTransactionList": [{"type": "po", "bizTransaction": PO}],
            "epcList": [JAR % 3],
            "sourceList": [{"type": "owning_party", "source": PARTY}],
            "destinationList": [{"type": "location", "destination": SHOP}],
        },
        {
            "eventID": IDS % "e",
            "type": "TransformationEvent",
            "eventTime": "2026-05-07T10:00:00Z",
            "eventTimeZoneOffset": "+02:00",
            "inputEPCList": [JAR % 4],
            "inputQuantityList": [{"epcClass": KIND, "quantity": 3}],
            "outputEPCList": [JAR % 5],
            "outputQuantityList": [{"epcClass": KIND, "quantity": 2.5}],
            "transformationID": "urn:epc:id:gdti:3760123.00001.9",
        },
        seen(
            6,
            eventID=IDS % "f",
            at="2026-05-08T10:00:00Z",
            errorDeclaration={
                "declarationTime": "2026-05-09T10:00:00Z",
                "reason": "incorrect_data",
                "correctiveEventIDs": [IDS % "a"],
                "ch:who": {"ch:level": 9},
            },
        ),
    ]


@pytest.fixture
def recorded(db):
    api.record_events(events=the_events(), by=Actor.system("test"), key="t", context=CONTEXT)
    master.learn(
        {
            "epcisHeader": {
                "epcisMasterData": {
                    "vocabularyList": [
                        {
                            "type": "urn:epcglobal:epcis:vtype:BusinessLocation",
                            "vocabularyElementList": [
                                {"id": LILLE, "children": [SHOP]},
                                {
                                    "id": SHOP,
                                    "attributes": [{"id": "cbvmda:name", "attribute": "Épicerie"}],
                                },
                            ],
                        }
                    ]
                }
            }
        }
    )


def found(parameters):
    page = finding.find(read_question(parameters), size=30)
    return "".join(row.value["eventID"][-1] for row in page.rows)


ASKED = [
    ({}, "abcdef"),
    ({"eventType": "ObjectEvent|TransactionEvent"}, "abdf"),
    ({"eventType": ["AssociationEvent"]}, ""),
    ({"GE_eventTime": "2026-05-04T10:00:00Z", "LT_eventTime": "2026-05-06T12:00:00+02:00"}, "bc"),
    ({"GE_eventTime": "2026-05-08T12:00:00 02:00"}, "f"),  # a plus that became a space
    ({"GE_recordTime": "2020-01-01T00:00:00Z", "LT_recordTime": "2099-01-01T00:00:00Z"}, "abcdef"),
    ({"LT_recordTime": "2020-01-01T00:00:00Z"}, ""),
    ({"EQ_action": "ADD"}, "acd"),
    ({"EQ_bizStep": ["commissioning", CLEANING]}, "ab"),
    ({"EQ_bizStep": "https://ns.gs1.org/cbv/BizStep-packing"}, "c"),
    ({"EQ_disposition": "active"}, "a"),
    ({"EQ_persistentDisposition_set": "completeness_verified"}, "a"),
    ({"EQ_persistentDisposition_unset": ["damaged"]}, "b"),
    ({"EQ_readPoint": SHOP}, "a"),
    ({"WD_readPoint": LILLE}, "a"),
    ({"WD_bizLocation": [LILLE, WASH]}, "ab"),
    ({"EQ_bizLocation": LILLE}, ""),
    ({"EQ_transformationID": "urn:epc:id:gdti:3760123.00001.9"}, "e"),
    ({"MATCH_epc": [JAR % 1, JAR % 4]}, "ac"),
    ({"MATCH_epc": "urn:epc:id:grai:3760123.45678.JAR-1"}, "ac"),
    ({"MATCH_epc": "urn:epc:idpat:grai:3760123.45678.*"}, "abcdf"),
    ({"MATCH_parentID": "urn:epc:idpat:grai:3760123.*.*"}, "c"),
    ({"MATCH_parentID": "urn:epc:idpat:grai:3760124.*.*"}, ""),
    ({"MATCH_parentID": CRATE}, "c"),
    ({"MATCH_inputEPC": JAR % 4}, "e"),
    ({"MATCH_outputEPC": JAR % 4}, ""),
    ({"MATCH_anyEPC": [JAR % 5, CRATE]}, "ce"),
    ({"MATCH_epcClass": KIND}, "a"),
    ({"MATCH_inputEPCClass": KIND}, "e"),
    ({"MATCH_outputEPCClass": KIND, "EQ_quantity": [2.5]}, "e"),
    ({"MATCH_anyEPCClass": "urn:epc:idpat:sgtin:3760123.045678.*"}, "ae"),
    ({"EQ_quantity": "12|99"}, "a"),
    ({"GT_quantity": 3}, "a"),
    ({"GE_quantity": "3"}, "ae"),
    ({"LT_quantity": 3}, "e"),
    ({"LE_quantity_KGM": 12}, "a"),
    ({"EQ_quantity_KGM": [12]}, "a"),
    ({"GE_quantity_GRM": 0}, ""),
    ({"EQ_eventID": [IDS % "c", IDS % "z"]}, "c"),
    ({"EXISTS_errorDeclaration": "true"}, "f"),
    ({"EXISTS_errorDeclaration": None}, "f"),
    ({"EXISTS_errorDeclaration": "false"}, "abcdef"),
    ({"GE_errorDeclarationTime": "2026-05-09T10:00:00Z"}, "f"),
    ({"LT_errorDeclaration_Time": "2026-05-09T10:00:00Z"}, ""),
    ({"EQ_errorReason": "incorrect_data"}, "f"),
    ({"EQ_correctiveEventID": IDS % "a"}, "f"),
    ({"EXISTS_sensorElementList": 1}, "b"),
    ({"GE_startTime": "2026-05-04T09:00:00Z", "LT_endTime": "2026-05-04T10:00:01Z"}, "b"),
    ({"LT_time": "2026-05-04T10:00:00Z"}, ""),
    ({"EQ_type": "Temperature"}, "b"),
    ({"EQ_deviceID": "urn:epc:id:giai:3760123.LAVEUSE-1"}, "b"),
    ({"EQ_dataProcessingMethod": "https://consigne.exemple/methode"}, "b"),
    ({"EQ_microorganism": "https://www.ncbi.nlm.nih.gov/taxonomy/1126011"}, "b"),
    ({"EQ_chemicalSubstance": "https://identifiers.org/inchikey:CZMRCDWAGMRECN"}, "b"),
    ({"EQ_bizRules": "https://consigne.exemple/regles"}, "b"),
    ({"EQ_stringValue": "propre"}, "b"),
    ({"EQ_booleanValue": "true"}, "b"),
    ({"EQ_booleanValue": False}, ""),
    ({"EQ_hexBinaryValue": ["F0F0"]}, "b"),
    ({"EQ_uriValue": "https://consigne.exemple/propre"}, "b"),
    ({"GE_percRank": 50, "LE_percRank": 50}, "b"),
    ({"GT_percRank": 50}, ""),
    ({"EQ_value_CEL": [61.5]}, "b"),
    ({"GE_value_CEL": 61.5, "LT_value_CEL": 61.6}, "b"),
    ({"GE_value_FAH": 1}, ""),
    ({"LE_minValue_CEL": 60, "GT_maxValue_CEL": 63, "EQ_meanValue_CEL": [61]}, "b"),
    ({"GE_sDev_CEL": 0.5, "LT_percValue_CEL": 62}, "b"),
    ({"EQ_bizTransaction_po": PO}, "d"),
    ({"EQ_bizTransaction_inv": PO}, ""),
    ({"EQ_source_owning_party": PARTY}, "d"),
    ({"EQ_source_owning_party": "https://id.gs1.org/417/3760123000017"}, "d"),
    ({"EQ_destination_location": SHOP}, "d"),
    ({"EQ_ch:cycle": "4"}, "a"),
    ({"EQ_ch:cycle": [4, 7]}, "ab"),
    ({"GT_ch:cycle": 4}, "b"),
    ({"EQ_https://consigne.exemple/voc/cycle": "7"}, "b"),
    ({"@context": {"x": "https://consigne.exemple/voc/"}, "GE_x:cycle": 4}, "ab"),
    ({"GE_other:cycle": 4}, ""),
    ({"EXISTS_ch:batch": ""}, "a"),
    ({"LT_ch:best": "2026-06-02T00:00:00Z"}, "a"),
    ({"EQ_INNER_ch:line": "L1"}, "a"),
    ({"EXISTS_INNER_ch:line": None}, "a"),
    ({"EQ_ch:line": "L1"}, ""),
    ({"GE_ILMD_ch:weight": 200}, "a"),
    ({"EQ_INNER_ILMD_ch:name": "Verrerie"}, "a"),
    ({"EXISTS_ILMD_ch:maker": 1}, "a"),
    ({"EXISTS_ERROR_DECLARATION_ch:who": 1}, "f"),
    ({"GE_INNER_ERROR_DECLARATION_ch:level": 9}, "f"),
    ({"EQ_readPoint_ch:door": "nord"}, "a"),
    ({"EQ_INNER_bizLocation_ch:level": 2}, "a"),
    ({"EXISTS_SENSORELEMENT_ch:rack": 1}, "b"),
    ({"LE_INNER_SENSORELEMENT_ch:level": 3}, "b"),
    ({"EQ_SENSORMETADATA_ch:probe": "sonde"}, "b"),
    ({"LT_SENSORREPORT_ch:drift": 0.2}, "b"),
    ({"HASATTR_bizLocation": "cbvmda:name"}, "a"),
    ({"EQ_ATTR_bizLocation_cbvmda:name": "Épicerie"}, "a"),
    ({"EQATTR_bizLocation_cbvmda:name": "Autre"}, ""),
    ({"orderBy": "eventTime", "orderDirection": "DESC"}, "fedcba"),
    ({"orderBy": "eventTime"}, "fedcba"),
    ({"orderBy": "recordTime", "orderDirection": "ASC", "eventCountLimit": 2}, "ab"),
    ({"orderBy": "ch:cycle", "orderDirection": "DESC", "eventCountLimit": "2"}, "ba"),
    ({"maxEventCount": 6}, "abcdef"),
    ({"EQ_bizStep": "commissioning", "MATCH_anyEPC": JAR % 2}, ""),
]


def test_each_parameter_finds_what_it_should(recorded):
    wrong = {
        json.dumps(parameters): (found(parameters), expected)
        for parameters, expected in ASKED
        if found(parameters) != expected
    }
    assert wrong == {}


@pytest.mark.parametrize(
    "parameters",
    [
        {"EQ_nothing": "1"},
        {"": "1"},
        {"GE_eventTime": "hier"},
        {"GE_eventTime": 5},
        {"GT_eventTime": "2026-05-04T10:00:00Z"},
        {"EQ_action": "CHANGE"},
        {"EQ_action": ""},
        {"EQ_action": []},
        {"MATCH_epc": "pas une adresse"},
        {"eventType": "Event"},
        {"GT_quantity": "many"},
        {"EQ_quantity": []},
        {"GE_value_CEL": "1e999"},
        {"EXISTS_errorDeclaration": "peut-être"},
        {"GT_ch:cycle": "abc"},
        {"EQ_ch:cycle": {}},
        {"orderBy": "bizStep"},
        {"orderDirection": "UP"},
        {"orderBy": "eventTime", "eventCountLimit": 0},
        {"eventCountLimit": 5},
        {"orderBy": "eventTime", "eventCountLimit": 5, "maxEventCount": 5},
        {"maxEventCount": "-1"},
    ],
)
def test_what_makes_no_sense_is_refused(parameters):
    with pytest.raises(QueryRefused):
        read_question(parameters)


def test_more_than_is_wanted_is_refused(recorded):
    with pytest.raises(QueryTooLarge):
        finding.find(read_question({"maxEventCount": 5}), size=30)
    with pytest.raises(language.QueryTooComplex):
        read_question({"EQ_eventID": [IDS % n for n in range(language.MOST_VALUES + 1)]})


def test_every_name_of_the_standard_is_known():
    """Names as the query schema of the standard lists them, an example for each pattern."""
    fields = "INNER_", "ILMD_", "INNER_ILMD_", "ERROR_DECLARATION_", "INNER_ERROR_DECLARATION_"
    sensors = [
        f"{inner}{area}_"
        for inner in ("", "INNER_")
        for area in ("SENSORELEMENT", "SENSORMETADATA", "SENSORREPORT")
    ]
    names = [
        f"{operator}_{area}ex:field"
        for area in ("", *fields, *sensors)
        for operator in ("EQ", "GT", "GE", "LT", "LE", "EXISTS")
    ]
    names += [
        f"EQ_{area}ex:field"
        for area in ("readPoint_", "INNER_readPoint_", "bizLocation_", "INNER_bizLocation_")
    ]
    names += [
        f"{operator}_{name}_CEL"
        for name in ("value", "minValue", "maxValue", "meanValue", "sDev", "percValue", "quantity")
        for operator in ("EQ", "GT", "GE", "LT", "LE")
    ]
    for name in names:
        value = None if name.startswith("EXISTS") else 5
        assert len(read_question({name: value}).conditions) == 1, name


@pytest.mark.django_db
def test_official_examples_are_kept_and_found_by_their_objects():
    count = 0
    for number, path in enumerate(sorted(OFFICIAL.rglob("*.jsonld"))):
        document = json.loads(path.read_text())
        body = document.get("epcisBody", {})
        events = body.get("eventList") or body.get("queryResults", {}).get("resultsBody", {}).get(
            "eventList", []
        )
        stored = api.record_events(
            events=[
                event | {"eventID": f"urn:x:{number}:{place}"} for place, event in enumerate(events)
            ],
            by=Actor.system("test"),
            key=f"official:{number}",
            context=document["@context"],
        )
        for event, one in zip(events, stored, strict=True):
            count += 1
            for epc in event.get("epcList", []):
                assert one.event_id in [found.event_id for found in api.history(epc, limit=500)]
    assert count >= 50
    assert re.fullmatch(r"\d+", str(finding.matching(read_question({})).count()))
