"""How long a statement takes beside the same grouping in plain SQL over the indexed lines.

    python benchmarks/bench_statement.py --lines 5000000 [--postgres]

Lines of 50 structures and 200 resources over three years are written straight into the tables (it
is reading that is measured), the roll-ups are made, and then, turn by turn: the statement of one
resource over a year, of all resources over a year, and the plain ``GROUP BY`` of each,
over an index that holds all that it reads. Writes ``benchmarks/results/statement_<database>.json``;
the median of the rounds counts.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STRUCTURES, RESOURCES, ROUNDS = 50, 200, 7
ACCOUNTS = [
    *(f"6{n:02d}000" for n in range(1, 29)),
    *(f"7{n:02d}000" for n in range(1, 19)),
    "411000", "401000", "512000", "445660", "445710", "421000", "431000", "2154000",
    "281540", "101300", "164000", "441000",
]  # fmt: skip


def world(by: Any) -> tuple[list[Any], list[int], dict[int, list[int]]]:
    """Structures with books and accounts, and resources."""
    from chambre.ledger import api as ledger
    from chambre.registry import api as registry

    books = []
    accounts: dict[int, list[int]] = {}
    for n in range(STRUCTURES):
        structure = registry.create_structure(slug=f"s{n}", name=f"Structure {n}", by=by)
        book = ledger.open_book(structure=structure, by=by)
        for year in (2023, 2024, 2025):
            ledger.financial_year(
                book=book, start=dt.date(year, 1, 1), end=dt.date(year, 12, 31), by=by
            )
        accounts[book.pk] = list(ledger.accounts(book, dict.fromkeys(ACCOUNTS, "x")).values())
        books.append(book)
    resources = [
        registry.create_resource(slug=f"r{n}", name=f"Ressource {n}", by=by).pk
        for n in range(RESOURCES)
    ]
    return books, resources, accounts


def rows(count: int, books: list[Any], resources: list[int], accounts: dict[int, list[int]]):
    """Entries of two lines in one cell: as tuples of the two tables."""
    draw = random.Random(20161110)
    mine = {book.pk: [None, *draw.sample(resources, 11)] for book in books}
    days = [(dt.date(2023, 1, 1) + dt.timedelta(days=n)).isoformat() for n in range(1096)]
    for entry in range(1, count // 2 + 1):
        book = books[draw.randrange(STRUCTURES)]
        day, resource = days[draw.randrange(1096)], draw.choice(mine[book.pk])
        amount = draw.randrange(1, 500_000)
        first, second = draw.sample(accounts[book.pk], 2)
        common = (entry, book.chamber_id, book.pk, resource, "EUR", day, 0)
        yield entry, common, ((2 * entry - 1, 1, first, amount, "D"),
                              (2 * entry, 2, second, -amount, "C"))  # fmt: skip


LINE = (
    "id, entry_id, number, chamber_id, book_id, account_id, resource_id, unit, amount, side, day,"
    " phase, label, piece, lettering, currency, currency_amount"
)
ENTRY = (
    "id, chamber_id, book_id, journal_id, kind, number, day, label, key, digest, line_count,"
    " source, recorded_at"
)


def blocks(source: Iterator[Any], size: int) -> Iterator[tuple[list[Any], list[Any]]]:
    """Rows of both tables, so many entries at a time."""
    lines, entries = [], []
    for entry, (_e, chamber, book, resource, unit, day, phase), pair in source:
        for pk, number, account, amount, side in pair:
            lines.append((pk, entry, number, chamber, book, account, resource, unit, amount, side,
                          day, phase, "", "", "", "", ""))  # fmt: skip
        entries.append((entry, chamber, book, 1, "entry", str(entry), day, "", f"b{entry}",
                        b"\x00" * 32, 2, "", "2026-01-01 00:00:00+00"))  # fmt: skip
        if len(entries) >= size:
            yield lines, entries
            lines, entries = [], []
    if entries:
        yield lines, entries


def fill(
    count: int, books: list[Any], resources: list[int], accounts: dict[int, list[int]]
) -> None:
    """Write the rows with the guards lifted."""
    from django.db import connection, transaction

    from chambre.core.db import guards

    guards.remove_all(connection)
    with transaction.atomic(), connection.cursor() as cursor:
        for lines, entries in blocks(rows(count, books, resources, accounts), 100_000):
            for table, columns, some in (
                ("ledger_line", LINE, lines),
                ("ledger_journalentry", ENTRY, entries),
            ):
                if connection.vendor == "postgresql":
                    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                        for row in some:
                            copy.write_row(row)
                else:
                    marks = ", ".join(["%s"] * len(some[0]))
                    cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", some)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


PLAIN = (
    "SELECT {group}, SUM(CASE WHEN day < %s THEN amount ELSE 0 END),"
    " SUM(CASE WHEN day >= %s AND side = 'D' THEN amount ELSE 0 END),"
    " SUM(CASE WHEN day >= %s AND side = 'C' THEN -amount ELSE 0 END)"
    " FROM ledger_line{hint} WHERE day <= %s{where} GROUP BY {group}"
)


def main() -> int:
    """Measure, print, write down."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    folder = tempfile.TemporaryDirectory(prefix="chambre-bench-")
    home = Path(folder.name)
    os.environ |= {"CHAMBRE_HOME": str(home), "CHAMBRE_TEST_HOME": str(home)}
    if options.postgres:
        os.environ["CHAMBRE_TEST_DB"] = "postgres"
    os.environ["DJANGO_SETTINGS_MODULE"] = (
        "chambre.project.settings.testing" if options.postgres else "chambre.project.settings"
    )
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if options.postgres:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
    else:
        call_command("migrate", verbosity=0)
    from chambre.core.actors import Actor
    from chambre.ledger import api as ledger
    from chambre.registry.models import Resource

    books, resources, accounts = world(Actor.system("benchmark"))
    start = time.perf_counter()
    fill(options.lines, books, resources, accounts)
    filled = time.perf_counter() - start
    start = time.perf_counter()
    ledger.refresh_balances()
    rolled = time.perf_counter() - start
    with connection.cursor() as cursor:  # the best index for the plain grouping, and only for it
        cursor.execute(
            "CREATE INDEX bench_plain ON ledger_line (resource_id, account_id, day, side, amount)"
        )
        cursor.execute("ANALYZE" if options.postgres else "ANALYZE bench_plain")
    first, last = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
    one = Resource.objects.get(slug="r7")

    def plain(where: str, values: list[Any]) -> list[Any]:
        hint = "" if options.postgres else " INDEXED BY bench_plain"
        query = PLAIN.format(group="resource_id, account_id", where=where, hint=hint)
        with connection.cursor() as cursor:
            cursor.execute(query, [first, first, first, last, *values])
            return cursor.fetchall()

    work: dict[str, Callable[[], Any]] = {
        "one resource": lambda: ledger.statement(
            by="resource", first=first, last=last, resources=[one]
        ),
        "one resource, plain SQL": lambda: plain(" AND resource_id = %s", [one.pk]),
        "all resources": lambda: ledger.statement(by="resource", first=first, last=last),
        "all resources, plain SQL": lambda: plain("", []),
    }
    times: dict[str, list[float]] = {name: [] for name in work}
    for _round in range(ROUNDS):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            times[name].append(1000 * (time.perf_counter() - start))
    found = {name: round(statistics.median(each), 1) for name, each in times.items()}
    table = [
        {
            "work": f"statement of {name}, one year",
            "database": connection.vendor,
            "lines": options.lines,
            "ms": found[name],
            "plain SQL ms": found[f"{name}, plain SQL"],
            "ratio": round(found[name] / found[f"{name}, plain SQL"], 2),
        }
        for name in ("one resource", "all resources")
    ]
    for row in table:
        print(row)
    print(f"filled in {filled:.0f} s, roll-ups made in {rolled:.1f} s")
    result = ROOT / "benchmarks" / "results" / f"statement_{connection.vendor}.json"
    result.parent.mkdir(exist_ok=True)
    result.write_text(json.dumps({"rows": table}, indent=2) + "\n", encoding="utf-8")
    if options.postgres:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    connection.close()
    folder.cleanup()
    return 0


if __name__ == "__main__":
    sys.exit(main())
