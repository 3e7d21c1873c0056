"""How long an import takes beside writing the same rows without anything else.

    python benchmarks/bench_import.py --lines 1000000 [--postgres]

A FEC of so many lines (fixed seed) is imported into an empty Chamber: read, checked, posted with
every guard, committed. Beside it, in the same run, the rows that it made are written alone into
plain tables of the same columns without keys or indexes: ``executemany`` on SQLite, ``COPY`` on
PostgreSQL, one transaction. Writes ``benchmarks/results/import_<database>.json``.

Beside the clock, the processor's time is told: of this process, and on Linux of PostgreSQL's that
serves it. On a machine where others work as well, its ratio says more than the clock's.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
GOAL = 6.0


class Spent(NamedTuple):
    """Seconds by the clock, and of the processor: of this process and of PostgreSQL's."""

    clock: float
    here: float
    server: float

    @classmethod
    def now(cls) -> Spent:
        return cls(time.perf_counter(), time.process_time(), server_seconds())

    def since(self, before: Spent) -> Spent:
        return Spent(*(now - then for now, then in zip(self, before, strict=True)))

    @property
    def processor(self) -> float:
        return self.here + self.server


def server_seconds() -> float:
    """What PostgreSQL's process of our connection has used; 0 where that cannot be told."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def raw_sqlite(home: Path) -> Spent:
    """What it takes to write the ledger's rows into plain tables of another SQLite file."""
    import sqlite3

    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_line")
        lines = cursor.fetchall()
        cursor.execute("SELECT * FROM ledger_journalentry")
        entries = cursor.fetchall()
    other = sqlite3.connect(home / "raw.sqlite3", isolation_level=None)
    other.execute("PRAGMA synchronous=FULL")
    start = Spent.now()
    other.execute("BEGIN")
    for name, rows in (("line", lines), ("entry", entries)):
        columns = ", ".join(f"c{i}" for i in range(len(rows[0])))
        other.execute(f"CREATE TABLE {name} ({columns})")
        marks = ", ".join("?" * len(rows[0]))
        other.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
    other.execute("COMMIT")
    return Spent.now().since(start)


def raw_postgres() -> Spent:
    """What it takes to COPY the ledger's rows into plain tables."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_line")
        lines = cursor.fetchall()
        cursor.execute("SELECT * FROM ledger_journalentry")
        entries = cursor.fetchall()
    start = Spent.now()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in (("ledger_line", lines), ("ledger_journalentry", entries)):
            cursor.execute(f"CREATE TABLE raw_{table} AS SELECT * FROM {table} WHERE false")
            with cursor.copy(f"COPY raw_{table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    return Spent.now().since(start)


def main() -> int:
    """Measure, print, write down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    folder = tempfile.TemporaryDirectory(prefix="chambre-bench-")
    home = Path(folder.name)
    os.environ["CHAMBRE_HOME"] = str(home)
    if options.postgres:
        os.environ["CHAMBRE_TEST_DB"] = "postgres"
    os.environ["DJANGO_SETTINGS_MODULE"] = (
        "chambre.project.settings.testing" if options.postgres else "chambre.project.settings"
    )
    os.environ["CHAMBRE_TEST_HOME"] = str(home)
    import django

    django.setup()
    from bench_fec_reader import HEADER, entries
    from django.core.management import call_command
    from django.db import connection

    if options.postgres:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
    else:
        call_command("migrate", verbosity=0)
    from chambre.core.actors import Actor
    from chambre.registry import api as registry
    from chambre.rooms.lens import services

    path = home / "123456782FEC20231231.txt"
    with path.open("w", encoding="utf-8") as file:
        file.write("\t".join(HEADER) + "\n")
        for rows in entries(20161110, options.lines):
            file.write("\n".join(rows) + "\n")
    by = Actor.system("benchmark")
    structure = registry.create_structure(slug="grande", name="Grande", by=by)
    start = Spent.now()
    outcome = services.import_fec(source=path, structure=structure, by=by)
    took = Spent.now().since(start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    alone = raw_postgres() if options.postgres else raw_sqlite(home)
    start = time.perf_counter()
    services.after_import(by=by)
    after = time.perf_counter() - start
    row = {
        "work": "import",
        "database": connection.vendor,
        "lines": outcome.record.lines,
        "entries": outcome.record.entries,
        "seconds": round(took.clock, 2),
        "same rows alone": round(alone.clock, 2),
        "ratio": round(took.clock / alone.clock, 2),
        "processor here and in the server": [round(took.here, 2), round(took.server, 2)],
        "of the same rows alone": [round(alone.here, 2), round(alone.server, 2)],
        "ratio of the processor": round(took.processor / alone.processor, 2),
        "goal": GOAL,
        "peak MB": memory,
        "roll-ups and seals, seconds": round(after, 2),
    }
    result = ROOT / "benchmarks" / "results" / f"import_{connection.vendor}.json"
    result.parent.mkdir(exist_ok=True)
    result.write_text(json.dumps({"rows": [row]}, indent=2) + "\n", encoding="utf-8")
    print(row)
    if options.postgres:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    connection.close()
    folder.cleanup()
    return 0


if __name__ == "__main__":
    sys.exit(main())
