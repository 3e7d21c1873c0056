"""How long a bank statement of many rows takes, and how much memory.

    python benchmarks/bench_bank.py --rows 100000 [--format camt|ofx|mt940|csv] [--postgres]

A statement (fixed seed) is brought into an empty Chamber: read, proved, compared with what is kept,
kept, booked row by row with every guard, committed; then the same file again; then all its rows are
matched, which an import of so many leaves to a job. A process of its own writes the file, so that the
peak of memory is that of the import alone, and then of import and matching. Writes
``benchmarks/results/bank_<format>_<database>.json``. Processor time is what this process used; the
clock also counts what others did on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL_SECONDS, GOAL_MEGABYTES = 30.0, 300
IBAN = "FR7630006000011234567890189"
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 6, 30)


def write(path: Path, rows: int, form: str) -> None:
    """Write the statement."""
    from chambre.lib.bankfiles import writing

    rand = random.Random(20161110)

    def movement(number: int):
        out = number % 3 == 0
        return writing.row(
            FIRST + dt.timedelta(number * 180 // rows),
            -rand.randint(100, 90_000) if out else rand.choice((1500, 2000, rand.randint(100, 50_000))),
            reference="" if number % 5 == 0 else f"2026{number:09d}",
            account_reference="" if number % 5 == 0 else f"2026{number:09d}",
            end_to_end_id=f"E2E-{number}" if number % 4 else "",
            party_name=f"Personne {rand.randint(1, 4000)}",
            party_iban=IBAN if number % 2 else "",
            texts=f"Panier semaine {number % 52} adherent {rand.randint(1, 4000)}",
            code="PMNT/ICDT/ESCT" if out else "PMNT/RCDT/ESCT",
            info="VIR SEPA EMIS" if out else "VIR SEPA RECU",
        )  # fmt: skip

    page = writing.Page(IBAN, 1, FIRST, LAST, 1_000_000, [movement(n) for n in range(rows)])
    with path.open("w", encoding="utf-8") as file:
        if form == "camt":
            file.writelines(writing.camt([page]))
        elif form == "ofx":
            file.write(writing.ofx(page))
        elif form == "mt940":
            file.write(writing.mt940([page]))
        else:
            file.write(writing.table(page, balance=True))


def timed(work) -> tuple[float, float, object]:
    """Seconds by the clock, seconds of the processor, and the result."""
    clock, processor = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - clock, time.process_time() - processor, result


def main() -> int:
    """Measure, print, write down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--format", choices=["camt", "ofx", "mt940", "csv"], default="camt")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    if options.write:
        write(options.write, options.rows, options.format)
        return 0
    with tempfile.TemporaryDirectory(prefix="chambre-bench-") as folder:
        home = Path(folder)
        path = home / f"releve.{options.format}"
        words = [sys.executable, __file__, "--rows", str(options.rows), "--format", options.format]
        subprocess.run([*words, "--write", str(path)], check=True)
        row = measure(home, path, options)
    result = ROOT / "benchmarks" / "results" / f"bank_{options.format}_{row['database']}.json"
    result.parent.mkdir(exist_ok=True)
    result.write_text(json.dumps({"rows": [row]}, indent=2) + "\n", encoding="utf-8")
    print(row)
    return 0


def measure(home: Path, path: Path, options: argparse.Namespace) -> dict[str, object]:
    """Bring the file in, twice."""
    os.environ["CHAMBRE_HOME"] = os.environ["CHAMBRE_TEST_HOME"] = str(home)
    if options.postgres:
        os.environ["CHAMBRE_TEST_DB"] = "postgres"
    os.environ["DJANGO_SETTINGS_MODULE"] = (
        "chambre.project.settings.testing" if options.postgres else "chambre.project.settings"
    )
    import django
    from django.conf import settings

    # as in a house: what an import starts in the background waits for a worker
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}
    }
    django.setup()
    from django.db import connection

    if options.postgres:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
    else:
        # in a process of its own, as in a house: what it leaves in memory is not the import's
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v", "0"], check=True)
    from chambre.core.actors import Actor
    from chambre.ledger import api as ledger
    from chambre.lib import bankfiles
    from chambre.registry import api as registry
    from chambre.treasury.queries.bank import standing_of
    from chambre.treasury.services import bank
    from chambre.treasury.services.matching import reconcile

    by = Actor.system("benchmark")
    structure = registry.create_structure(slug="grande", name="Grande", by=by)
    book = ledger.open_book(structure=structure, by=by)
    account = bank.create_account(book=book, slug="compte", iban=IBAN, by=by)
    found = bankfiles.survey(path)[1]
    mapping = found.guess if found else None

    def bring():
        return bank.import_file(account=account, content=path, by=by, mapping=mapping)

    seconds, processor, first = timed(bring)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    again_seconds, again_processor, again = timed(bring)
    assert (first.new, again.new, again.already) == (options.rows, 0, options.rows)
    assert standing_of(account).equal
    match_seconds, match_processor, _matched = timed(lambda: reconcile(account, by))
    matched_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if options.postgres:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    connection.close()
    return {
        "work": "bank statement",
        "format": options.format,
        "database": connection.vendor,
        "rows": options.rows,
        "seconds": round(seconds, 2),
        "processor seconds": round(processor, 2),
        "goal": GOAL_SECONDS,
        "peak MB": memory,
        "goal MB": GOAL_MEGABYTES,
        "again, seconds": round(again_seconds, 2),
        "again, processor seconds": round(again_processor, 2),
        "matching, seconds": round(match_seconds, 2),
        "matching, processor seconds": round(match_processor, 2),
        "matching, peak MB": matched_memory,
    }


if __name__ == "__main__":
    sys.exit(main())
