"""How fast the EPCIS repository takes documents in, and how fast it tells the life of an object.

    python benchmarks/bench_epcis_store.py --events 500000 [--sqlite] [--behaviour proceed]

Documents of 100,000 events (fixed seed, some 440 octets each) about a pool of jars are captured one
after the other: read, checked, hashed, indexed, states brought up to date, committed. Beside it, in the
same run, the rows of the first document are written alone: ``COPY`` into plain tables, and into
tables with the same indexes. Then the life of jars chosen at random is asked for. The peak of memory
is that of this process, which does nothing else, and that of the one in which it has documents read.
Seconds of the processor say more than those of the clock where others are at work. Writes
``benchmarks/results/epcis_store_….json``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PER_DOCUMENT = 100_000
STEPS = (("retail_selling", "dispensed"), ("collecting", "returned"), ("inspecting", "conformant"))
TABLES = ("epcis_event", "epcis_eventobject", "epcis_eventfact", "epcis_term", "epcis_objectstate")


def document(number: int, events: int, jars: int) -> Iterator[bytes]:
    """A document of returns, washes and inspections, in pieces."""
    chance = random.Random(20161110 + number)
    head = {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"ch": "https://consigne.exemple/voc/"},
        ],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-01T10:00:00Z",
    }
    yield json.dumps(head)[:-1].encode() + b', "epcisBody": {"eventList": ['
    for place in range(events):
        step, state = chance.choice(STEPS)
        site = chance.randrange(200)
        event = {
            "type": "ObjectEvent",
            "eventTime": f"2026-{1 + number % 12:02}-{1 + place % 28:02}T{place % 24:02}"
            f":{place // 24 % 60:02}:{place // 1440 % 60:02}.{place % 1000:03}Z",
            "eventTimeZoneOffset": "+02:00",
            "action": "OBSERVE",
            "bizStep": step,
            "disposition": state,
            "epcList": [
                f"https://consigne.exemple/8003/03760123456784{chance.randrange(jars):08x}"
            ],
            "readPoint": {"id": f"https://consigne.exemple/lieux/{site}/machine/{place % 7}"},
            "bizLocation": {"id": f"https://consigne.exemple/lieux/{site}"},
            "ch:sequence": number * PER_DOCUMENT + place,
        }
        yield (b", " if place else b"") + json.dumps(event).encode()
    yield b"]}}"


def alone(indexed: bool) -> tuple[float, float]:
    """Seconds to COPY the repository's rows into tables of their own; and of the processor."""
    from django.db import connection, transaction

    total = used = 0.0
    for table in TABLES:
        with connection.cursor() as cursor:
            with cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
                content = [bytes(part) for part in copy]
            like = "INCLUDING INDEXES" if indexed else ""
            cursor.execute(f"CREATE TABLE raw_{table} (LIKE {table} {like})")
        before = sum(processor())
        start = time.perf_counter()
        statement = f"COPY raw_{table} FROM STDIN (FORMAT binary)"
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(statement) as copy,
        ):
            for part in content:
                copy.write(part)
        total += time.perf_counter() - start
        used += sum(processor()) - before
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE raw_{table}")
    return total, used


def processor() -> tuple[float, float, float]:
    """Seconds of processor used here, by processes that have ended, and by our server process."""
    from django.db import connection

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    own, ended = time.process_time(), children.ru_utime + children.ru_stime
    if connection.vendor != "postgresql":
        return own, ended, 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():  # another system, or PostgreSQL on another machine
        return own, ended, 0.0
    fields = stat.read_text().rpartition(") ")[2].split()
    return own, ended, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


READ = """
import re, sys
import pickle
from chambre.epcis.portions import Portions, Wire
wire = Wire()
with open(sys.argv[1], "rb") as document:
    for portion in Portions(document, 2000):
        pickle.dumps(wire.packed(portion))
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024)
"""


def reader(number: int, events: int, jars: int) -> int:
    """Megabytes that the process needs at most which reads a document."""
    with tempfile.NamedTemporaryFile() as file:
        file.writelines(document(number, events, jars))
        file.flush()
        said = subprocess.run(
            [sys.executable, "-c", READ, file.name], check=True, capture_output=True
        )
    return int(said.stdout)


def fill(copies: int) -> int:
    """Put so many copies of all events, about other objects, beside them (PostgreSQL); events now.

    What a life is looked for in grows as if they had been captured, in minutes instead of hours.
    """
    from django.db import connection

    own = "declared, batch_id, context_id, type, action, event_time, record_time"
    rest = "biz_step, disposition, read_point, biz_location, body"
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM epcis_event")
        step = cursor.fetchone()[0]
        for number in range(1, copies + 1):
            shift = number * step
            cursor.execute(
                f"INSERT INTO epcis_event (id, event_key, {own}, {rest}) SELECT id + %s,"
                f" md5(event_key::text || %s)::uuid, {own}, {rest} FROM epcis_event WHERE id <= %s",
                [shift, str(number), step],
            )
            cursor.execute(
                "INSERT INTO epcis_eventobject (event_id, epc, role, event_time, quantity, uom)"
                " SELECT event_id + %s, hashint8extended(epc, %s), role, event_time, quantity, uom"
                " FROM epcis_eventobject WHERE event_id <= %s",
                [shift, number, step],
            )
        cursor.execute("SELECT count(*) FROM epcis_event")
        return int(cursor.fetchone()[0])


def lives(jars: int, times: int) -> list[float]:
    """Milliseconds that the life of each of some jars took."""
    from chambre.epcis import api

    chance = random.Random(7)
    found = []
    for _each in range(times):
        jar = f"https://consigne.exemple/8003/03760123456784{chance.randrange(jars):08x}"
        start = time.perf_counter()
        api.history(jar)
        found.append((time.perf_counter() - start) * 1000)
    return sorted(found)


def main() -> int:
    """Measure, print, write down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--fill", type=int, default=0, help="copies of the events beside them")
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--behaviour", choices=("rollback", "proceed"), default="rollback")
    options = parser.parse_args()
    folder = tempfile.TemporaryDirectory(prefix="chambre-bench-")
    os.environ["CHAMBRE_TEST_HOME"] = folder.name
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = f"{folder.name}/compiled"
    os.environ["CHAMBRE_TEST_DB"] = "sqlite" if options.sqlite else "postgres"
    os.environ["DJANGO_SETTINGS_MODULE"] = "chambre.project.settings.testing"
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    from django.utils import timezone

    from chambre.core import files
    from chambre.core.actors import Actor
    from chambre.epcis.models import CaptureJob, Event
    from chambre.epcis.services import capturing

    by = Actor.system("benchmark")
    per = min(PER_DOCUMENT, options.events)
    jars = max(1000, options.events // 5)
    rows, seconds, raw, used = [], [], {}, ()

    def taken_in(pieces: Iterator[bytes]) -> CaptureJob:
        stored = files.store(pieces, name="d", purpose="epcis.capture", by=by)
        return CaptureJob.objects.create(
            file=stored, digest=stored.digest, size=stored.size, behaviour=options.behaviour,
            actor=by.label, created_at=timezone.now(),
        )  # fmt: skip

    # A worker has loaded what it works with, and an installed program is compiled.
    read = reader(0, per, jars)
    capturing.run(capture=taken_in(document(-1, 1, jars)), by=by, progress=lambda *_: None)
    for number in range(options.events // per):
        capture = taken_in(document(number, per, jars))
        before = processor()
        start = time.perf_counter()
        done = capturing.run(capture=capture, by=by, progress=lambda *_: None)
        seconds.append(time.perf_counter() - start)
        assert (done.success, done.stored) == (True, per), done.errors[:2]
        if number == 0:
            used = [round(b - a, 2) for a, b in zip(before, processor(), strict=True)]
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            if not options.sqlite:
                raw = {name: alone(name == "indexed") for name in ("plain", "indexed")}
    assert Event.objects.count() == options.events // per * per + 1
    events = fill(options.fill) if options.fill else options.events
    with connection.cursor() as cursor:
        # What autovacuum does by itself after a while.
        cursor.execute("ANALYZE" if options.sqlite else "VACUUM ANALYZE")
    taken = lives(jars, 2000)
    row = {
        "work": f"epcis capture, {options.behaviour}",
        "database": connection.vendor,
        "events": events,
        "first document, seconds": round(seconds[0], 2),
        "of the processor: here, reading, in PostgreSQL": used,
        "events a second": round(per / seconds[0]),
        "last document, events a second": round(per / seconds[-1]),
        "peak MB": [memory, read],
        **{f"same rows alone, {name}, seconds": round(value[0], 2) for name, value in raw.items()},
        **{
            f"ratio to COPY, {name}": round(value[0] / seconds[0], 2) for name, value in raw.items()
        },
        **{
            f"ratio to COPY, {name}, processor": round(value[1] / sum(used), 2)
            for name, value in raw.items()
        },
        "life of an object, ms p50": round(taken[len(taken) // 2], 2),
        "p99": round(taken[len(taken) * 99 // 100], 2),
    }
    rows.append(row)
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    result = results / f"epcis_store_{connection.vendor}.json"
    result.write_text(json.dumps({"rows": rows}, indent=2) + "\n", encoding="utf-8")
    print(row)
    connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    connection.close()
    folder.cleanup()
    return 0


if __name__ == "__main__":
    sys.exit(main())
