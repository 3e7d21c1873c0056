"""EPCIS: how fast events are checked, read and hashed, and how much memory a large capture takes.

    python benchmarks/bench_epcis.py [--events 20000] [--capture 100000] [--agree 20000]

Events are those of the official examples, each copy with things of its own (so that no cache helps
where a real capture would not let it), and small ones as a return point sends them. The same
documents go through jsonschema-rs with the official schema, formats enforced. ``--capture`` writes a
document of so many events and reads it in a process of its own, for the peak of memory. ``--agree``
makes so many documents, valid and broken, and compares each verdict with the official schema's.
Writes ``benchmarks/results/epcis.json``. One core; processor time.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "lib")]
GOALS = {"check": 40_000, "hash": 10_000, "megabytes": 300}


def official_events(count: int) -> list[dict[str, Any]]:
    """The events of the official examples again and again, each naming other things."""
    from epcis_support import official

    from chambre.lib import epcis

    examples = [
        json.dumps(event)
        for data in official().values()
        for event in epcis.events_of(json.loads(data))
    ]
    found = []
    for number, text in zip(range(count), itertools.cycle(examples), strict=False):
        event = json.loads(text)
        for name in epcis.EPC_FIELDS:
            if event.get(name):
                event[name] = [f"{epc}{number % 1000}" for epc in event[name]]
        found.append(event)
    return found


def scans(count: int) -> list[dict[str, Any]]:
    """Returns as a point sends them: one object, one contract."""
    return [
        {
            "type": "TransactionEvent",
            "eventTime": f"2026-05-{number % 28 + 1:02d}T{number % 24:02d}:{number % 60:02d}:07.123+02:00",
            "eventTimeZoneOffset": "+02:00",
            "action": "DELETE",
            "bizStep": "collecting",
            "disposition": "returned",
            "epcList": [f"https://id.gs1.org/8003/03760123456784{number:08d}"],
            "bizTransactionList": [
                {"bizTransaction": f"https://consigne.example/contract/{number}"}
            ],
            "readPoint": {"id": f"https://consigne.example/place/{number % 50}"},
            "https://consigne.example/voc/sequence": number,
        }
        for number in range(count)
    ]


def rate(count: int, act: Callable[[], Any]) -> int:
    """Events a second of processor time, the best of three."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        act()
        best = min(best, time.process_time() - begun)
    return round(count / best)


def speeds(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Every rate for these events."""
    import jsonschema_rs
    from epcis_support import CONTEXTS, schema

    from chambre.lib import epcis
    from chambre.lib.epcis import schema as own

    document = {
        "@context": CONTEXTS[0], "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-05-01T08:00:00Z", "epcisBody": {"eventList": events},
    }  # fmt: skip
    data = json.dumps(document).encode()
    oracle = jsonschema_rs.Draft7Validator(schema(), validate_formats=True)
    assert own.document(document) is None
    assert oracle.is_valid(document)
    count = len(events)
    return {
        "events": count,
        "bytes_each": len(data) // count,
        "json.loads": rate(count, lambda: json.loads(data)),
        "check": rate(count, lambda: own.document(document)),
        "check_from_bytes": rate(count, lambda: epcis.check_document(data)),
        "read_event": rate(count, lambda: [epcis.read_event(event) for event in events]),
        "hash": rate(
            count, lambda: [epcis.event_hash(event, context=CONTEXTS) for event in events]
        ),
        "jsonschema_rs": rate(count, lambda: oracle.is_valid(document)),
    }


def write_capture(path: Path, count: int) -> None:
    """A document of so many events, written piece by piece."""
    from epcis_support import CONTEXTS

    head = {"@context": CONTEXTS[0], "type": "EPCISDocument", "schemaVersion": "2.0"}
    head["creationDate"] = "2026-05-01T08:00:00Z"
    with path.open("w") as file:
        file.write(json.dumps(head)[:-1] + ', "epcisBody": {"eventList": [')
        pairs = zip(official_events(2000), scans(2000), strict=True)
        texts = [json.dumps(event) for pair in pairs for event in pair]
        for number, text in zip(range(count), itertools.cycle(texts), strict=False):
            file.write((", " if number else "") + text)
        file.write("]}}")


def read_capture(path: Path) -> dict[str, Any]:
    """Check it, then read every event into its types and hash it; the peak of memory of that."""
    from chambre.lib import epcis

    begun = time.process_time()
    report = epcis.check_document(path)
    checked = time.process_time() - begun
    with path.open("rb") as stream:
        for placed in epcis.iter_events(stream):
            epcis.read_event(placed.event)
            epcis.event_hash(placed.event, context=report.context)
    whole = time.process_time() - begun - checked
    # Not ru_maxrss: that of a child begins with what its parent held when it was made.
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0])
    return {
        "valid": report.valid,
        "events": report.events,
        "megabytes_of_document": path.stat().st_size >> 20,
        "check_per_second": round(report.events / checked),
        "read_and_hash_per_second": round(report.events / whole),
        "peak_megabytes": peak >> 10,
    }


def agree(count: int) -> dict[str, int]:
    """How many of so many documents are judged otherwise than by the official schema."""
    from epcis_support import batch, oracle

    from chambre.lib import epcis
    from chambre.lib.epcis import schema as own

    validator = oracle()
    valid = otherwise = 0
    for document in batch(seed=int(time.time()), count=count):
        expected = validator.is_valid(document)
        valid += expected
        faults = own.document(document)
        data = json.dumps(document).encode()
        otherwise += (faults is None) != expected or epcis.check_document(data).valid != expected
    return {"documents": count, "valid": valid, "judged_otherwise": otherwise}


def main() -> None:
    """Measure and write the results."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--events", type=int, default=20_000)
    options.add_argument("--capture", type=int, default=100_000)
    options.add_argument("--agree", type=int, default=20_000)
    options.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.read:
        print(json.dumps(read_capture(given.read)))
        return
    found: dict[str, Any] = {"goals": GOALS}
    found["official"] = speeds(official_events(given.events))
    found["scans"] = speeds(scans(given.events))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "capture.jsonld"
        write_capture(path, given.capture)
        read = [sys.executable, __file__, "--read", str(path)]
        found["capture"] = json.loads(subprocess.run(read, check=True, capture_output=True).stdout)
    found["agreement"] = agree(given.agree)
    results = ROOT / "benchmarks" / "results" / "epcis.json"
    results.parent.mkdir(exist_ok=True)
    results.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
