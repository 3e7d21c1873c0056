"""EPCIS for the tests: the official schema and examples, documents made up, and ways to break them."""

from __future__ import annotations

import copy
import functools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from chambre.lib.epcis import vocabulary as cbv

DATA = Path(__file__).parent / "epcis" / "data"
CONTEXTS = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    "https://ref.gs1.org/standards/epcis/2.0.1/epcis-context.jsonld",
]
TIMES = [
    "2026-05-01T10:30:00.000+02:00",
    "2026-02-28T23:59:59Z",
    "2024-02-29T00:00:00.123456789-05:00",
    "2016-12-31T23:59:60Z",
    "2026-05-01t10:30:00z",
]
URIS = [
    "urn:epc:id:grai:3760123.45678.JAR-1",
    "urn:epc:id:sgtin:0614141.107346.2017",
    "https://id.gs1.org/8003/03760123456784JAR-2",
    "https://consigne.example/o/01HX-7",
    "urn:uuid:7a3c1f2e-0000-4000-8000-000000000001",
    "http://[2001:db8::1]:8080/a?b=c#d",
    "geo:50.63,3.06",
    "ex:colour",
]
NOT_URIS = ["", "word", "http://a b", "urn:é", "a:%zz", "http://[::1", "//x", "1a:b", "a:b#c#d"]
NOT_TIMES = [
    "2026-05-01",
    "2026-05-01 10:30:00Z",
    "2026-02-29T10:30:00Z",
    "2026-05-01T24:00:00Z",
    "2026-05-01T10:30:60Z",
    "2026-05-01T10:30:00",
    "2026-05-01T10:30:00.Z",
    "2026-13-01T10:30:00Z",
]
STRANGE = [
    None, True, False, 0, 1, -1, 1.0, 2.5, 10**30, "", "a", [], {}, [[]], [{}], [None], {"a": 1},
    ["a"], ["ex:a", "ex:a"], {"id": "ex:a"}, {"id": 1}, [1, 1.0], "ADD", "OBSERVE", "DELETE", "+02:00",
    "+14:00", "-14:01", "14:00", "receiving", "returned", "po", "Temperature", "location", "x", "2.0",
    "2.", "٢.0", "f0F0", "KGM", "kgm", "KGMX", "did_not_occur", "ALARM_CONDITION", "ObjectEvent",
    "EPCISDocument", "EPCISQueryDocument", "AssociationEvent", "urn:epcglobal:cbv:bizstep:receiving",
    "https://ns.gs1.org/cbv/BizStep-x", "http://ns.gs1.org/cbv/Disp-x", "https://ref.gs1.org/cbv/Disp-x",
    "https://gs1.org/voc/Temperature", "https://www.gs1.org/voc/x", *URIS, *NOT_URIS, *TIMES, *NOT_TIMES,
]  # fmt: skip
NAMES = [
    "type", "id", "action", "epcList", "quantityList", "ilmd", "parentID", "childEPCs", "bizStep",
    "persistentDisposition", "childQuantityList", "inputEPCList", "outputQuantityList", "set", "unset",
    "readPoint", "sensorElementList", "transformationID", "bizTransactionList", "@context", "eventID",
    "recordTime", "errorDeclaration", "certificationInfo", "uom", "quantity", "value", "time", "reason",
    "word", "ex:field", "https://ex.example/#f", "a b", "", "eventList", "queryResults", "attributes",
]  # fmt: skip


@functools.cache
def schema() -> dict[str, Any]:
    """The official JSON schema."""
    return json.loads((DATA / "epcis-json-schema.json").read_text("utf-8"))


@functools.cache
def oracle() -> jsonschema_rs.Draft7Validator:
    """Decides by the official schema, formats enforced."""
    return jsonschema_rs.Draft7Validator(schema(), validate_formats=True)


@functools.cache
def official() -> dict[str, bytes]:
    """The examples published with the standard."""
    root = DATA / "official"
    files = sorted(root.rglob("*.jsonld"))
    return {str(file.relative_to(root)): file.read_bytes() for file in files}


class Maker:
    """Makes valid documents of every kind, and breaks them, always the same for a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, items: Any) -> Any:
        return self.random.choice(items if isinstance(items, list | tuple) else sorted(items))

    def often(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def some(self, make: Any, least: int = 0, most: int = 3) -> list[Any]:
        return [make() for _ in range(self.random.randint(least, most))]

    def uri(self) -> str:
        return self.pick(URIS)

    def epc(self) -> str:
        return f"{self.pick(URIS[:4])}{self.random.randrange(10**9)}"

    def time(self) -> str:
        return self.pick(TIMES)

    def word(self, words: Any) -> str:
        return self.pick(words) if self.often(0.8) else "https://consigne.example/voc/lending"

    def quantity(self) -> dict[str, Any]:
        found: dict[str, Any] = {"epcClass": self.uri()}
        if self.often():
            found["quantity"] = self.pick([1, 2.5, 0, 10**12, -3])
        if self.often():
            found["uom"] = self.pick(["KGM", "H87", "A9"])
        return found

    def extension(self) -> Any:
        return self.pick(["text", 1, 2.5, True, None, ["a", 1], {"ex:inner": {"ex:deep": "x"}}, []])

    def extend(self, into: dict[str, Any]) -> dict[str, Any]:
        if self.often(0.3):
            into[self.pick(["ex:colour", "https://ns.example.com/f", "urn:x:y"])] = self.extension()
        return into

    def place(self) -> dict[str, Any]:
        return self.extend({"id": self.uri()})

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": self.word(cbv.MEASUREMENTS)}
        choices = {
            "exception": lambda: self.word(cbv.ALERTS), "deviceID": self.uri, "rawData": self.uri,
            "time": self.time, "value": lambda: 26.1, "uom": lambda: "CEL", "minValue": lambda: 1,
            "component": lambda: self.word(cbv.COMPONENTS), "stringValue": lambda: "x",
            "booleanValue": lambda: True, "hexBinaryValue": lambda: "f0F0", "uriValue": self.uri,
            "microorganism": self.uri, "percRank": lambda: 50, "bizRules": self.uri,
        }  # fmt: skip
        for name, make in choices.items():
            if self.often(0.3):
                found[name] = make()
        return self.extend(found)

    def sensor(self) -> dict[str, Any]:
        found: dict[str, Any] = {"sensorReport": self.some(self.report, 1, 2)}
        if self.often():
            names = ["deviceID", "bizRules", "rawData", "deviceMetadata", "dataProcessingMethod"]
            metadata = {name: self.uri() for name in names if self.often(0.3)}
            times = {n: self.time() for n in ("time", "startTime", "endTime") if self.often(0.3)}
            found["sensorMetadata"] = self.extend({**metadata, **times})
        return self.extend(found)

    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = {"declarationTime": self.time()}
        if self.often():
            found["reason"] = self.word(cbv.ERROR_REASONS)
        if self.often():
            found["correctiveEventIDs"] = self.some(self.uri)
        return self.extend(found)

    def transaction(self) -> dict[str, Any]:
        found = {"bizTransaction": self.uri()}
        return {"type": self.word(cbv.TRANSACTION_TYPES), **found} if self.often() else found

    def party(self, name: str) -> dict[str, Any]:
        return {"type": self.word(cbv.PARTY_TYPES), name: self.uri()}

    def lasting(self) -> dict[str, Any]:
        found = {name: [self.pick(cbv.DISPOSITIONS)] for name in ("set", "unset") if self.often()}
        return found or {"set": ["damaged", "https://consigne.example/voc/cracked"]}

    def event(self) -> dict[str, Any]:
        kind = self.pick([*cbv.EVENT_TYPES, *cbv.EVENT_TYPES, "https://consigne.example/Event"])
        found: dict[str, Any] = {
            "type": kind,
            "eventTime": self.time(),
            "eventTimeZoneOffset": self.pick(["+02:00", "-14:00", "+00:00", "+13:59"]),
        }
        choices = {
            "eventID": self.uri, "recordTime": self.time, "errorDeclaration": self.error,
            "certificationInfo": lambda: self.pick([self.uri(), self.some(self.uri)]),
            "bizStep": lambda: self.word(cbv.BIZ_STEPS), "readPoint": self.place,
            "disposition": lambda: self.word(cbv.DISPOSITIONS), "bizLocation": self.place,
            "bizTransactionList": lambda: self.some(self.transaction, 1),
            "sourceList": lambda: self.some(lambda: self.party("source")),
            "destinationList": lambda: self.some(lambda: self.party("destination")),
            "sensorElementList": lambda: self.some(self.sensor, 0, 2),
            "persistentDisposition": self.lasting,
        }  # fmt: skip
        for name, make in choices.items():
            if self.often(0.3):
                found[name] = make()
        getattr(self, f"_{kind}", lambda _event: None)(found)
        return self.extend(found)

    def _ObjectEvent(self, event: dict[str, Any]) -> None:
        event["action"] = self.pick(cbv.ACTIONS)
        if self.often(0.8):
            event["epcList"] = list({self.epc(): 1 for _ in range(self.random.randint(0, 4))})
        if "epcList" not in event or self.often(0.3):
            event["quantityList"] = self.some(self.quantity, 1)
        if event["action"] == "ADD" and self.often():
            event["ilmd"] = {"ex:batch": self.extension()}

    def _AggregationEvent(self, event: dict[str, Any]) -> None:
        event["action"] = self.pick(cbv.ACTIONS)
        event["parentID"] = self.epc()
        if self.often(0.8) or event["action"] != "DELETE":
            event["childEPCs"] = self.some(self.epc, 1)
        if self.often(0.3):
            event["childQuantityList"] = self.some(self.quantity)

    _AssociationEvent = _AggregationEvent

    def _TransactionEvent(self, event: dict[str, Any]) -> None:
        event["action"] = self.pick(cbv.ACTIONS)
        event["bizTransactionList"] = self.some(self.transaction, 1)
        if self.often(0.8) or event["action"] != "DELETE":
            event["epcList"] = self.some(self.epc)
        if self.often(0.3):
            event["quantityList"] = self.some(self.quantity, 1)

    def _TransformationEvent(self, event: dict[str, Any]) -> None:
        event["inputEPCList"] = list(dict.fromkeys(self.some(self.epc, 1)))
        event["outputQuantityList"] = self.some(self.quantity, 1)
        if self.often():
            event["transformationID"] = self.uri()
            event.pop(self.pick(["inputEPCList", "outputQuantityList"]))
        if self.often(0.3):
            event["ilmd"] = {"ex:batch": self.extension()}

    def context(self) -> Any:
        standard = self.pick(CONTEXTS)
        return self.pick([standard, [standard], [standard, {"ex": "https://ns.example.com/"}]])

    def master_data(self) -> dict[str, Any]:
        attribute = {"id": "ex:name", "attribute": self.pick(["x", 1, {"a": 1}])}
        element = {"id": self.uri(), "attributes": [attribute], "children": [self.uri()]}
        vocabulary = {
            "type": "urn:epcglobal:epcis:vtyp:BizLocation",
            "vocabularyElementList": [element],
        }
        return {"epcisMasterData": {"vocabularyList": [vocabulary]}}

    def document(self) -> dict[str, Any]:
        kind = self.random.random()
        if kind < 0.3:
            return {"@context": self.context(), **self.event()}
        events = self.some(self.event, 0, 3)
        head = {"@context": self.context(), "schemaVersion": "2.0", "creationDate": self.time()}
        if self.often(0.2):
            head["id"] = self.uri()
        if kind < 0.85:
            found = {**head, "type": "EPCISDocument", "epcisBody": {"eventList": events}}
            if self.often(0.3):
                found["epcisHeader"] = self.master_data()
            return self.extend(found)
        results = {"queryName": "q", "resultsBody": {"eventList": events}}
        return {"type": "EPCISQueryDocument", **head, "epcisBody": {"queryResults": results}}

    def broken(self, document: Any) -> Any:
        """The document with one to three things changed; some stay valid."""
        found = copy.deepcopy(document)
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            self._change(found)
        return found

    def _change(self, document: Any) -> None:
        holders = list(containers(document))
        holder = self.pick(holders)
        if isinstance(holder, dict):
            self._change_object(holder)
        else:
            self._change_list(holder)

    def _change_object(self, holder: dict[str, Any]) -> None:
        how = self.random.random()
        if how < 0.25 or not holder:
            holder[self.pick(NAMES)] = copy.deepcopy(self.pick(STRANGE))
            return
        name = self.pick(list(holder))
        if how < 0.5:
            del holder[name]
        elif how < 0.6:
            holder[self.pick(NAMES)] = holder.pop(name)
        elif how < 0.75 and isinstance(holder[name], str):
            holder[name] = self._text(holder[name])
        else:
            holder[name] = copy.deepcopy(self.pick(STRANGE))

    def _change_list(self, holder: list[Any]) -> None:
        how = self.random.random()
        if how < 0.3 and holder:
            holder.append(copy.deepcopy(self.pick(holder)))
        elif how < 0.5:
            holder.clear()
        elif how < 0.8 and holder:
            at = self.random.randrange(len(holder))
            holder[at] = copy.deepcopy(self.pick(STRANGE))
        else:
            holder.append(copy.deepcopy(self.pick(STRANGE)))

    def _text(self, text: str) -> str:
        if text[:2] in ("20", "19") and "-" in text:
            # The oracle takes signs for digits in times; whole wrong times are told apart.
            return self.pick([*TIMES, *NOT_TIMES])
        at = self.random.randrange(len(text) + 1)
        return (
            text[:at]
            + self.pick(list("a0:/ %#?[]é-_.~\\^{\n\"'+"))
            + text[at + self.pick([0, 1]) :]
        )


def containers(value: Any) -> Iterator[Any]:
    """Every object and list of a JSON value."""
    if isinstance(value, dict | list):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from containers(item)


def batch(seed: int, count: int) -> Iterator[Any]:
    """So many documents: every fourth valid, the others broken."""
    maker = Maker(seed)
    for number in range(count):
        document = maker.document()
        yield document if number % 4 == 0 else maker.broken(document)
