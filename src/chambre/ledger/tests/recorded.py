"""Two records at least of every kind that is sealed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from chambre.core.db import guards
from chambre.ledger import api as ledger
from chambre.ledger.tests.conftest import World
from chambre.ledger.tests.test_events_actions import Stock


def record_everything(world: World) -> None:
    """Books, accounts, entries, closed years, stocks, events, agreements, promises, claims."""
    ledger.auxiliaries(world.book, {"C1": "Cantine", "C2": "Coop"})
    ledger.journals(world.book, {"VE": "Ventes"})
    for year in (2021, 2022):
        day = dt.date(year, 6, 1)
        financial = world.year(year)
        ledger.post(world.sale(key=f"sale-{year}", day=day), by=world.by)
        ledger.close_year(book=world.book, year=financial, by=world.by)
    stock = Stock(world)
    stock.box()
    ledger.specify(chamber=world.chamber, slug="poires", name="Poires", unit="GRM", by=world.by)
    stock.process("pressage"), stock.process("lavage")
    for turn in (1, 2):
        _promise(world, stock, turn)


def _promise(world: World, stock: Stock, turn: int) -> None:
    agreed = ledger.agree(
        name=f"Accord {turn}", terms="Cent kilos par an.", key=f"a{turn}", by=world.by,
        parties=[(stock.a, "provider"), (stock.b, "receiver")], chamber=world.chamber,
    )  # fmt: skip
    ledger.set_status(agreed, "active", by=world.by)
    promise = ledger.commit(
        action="transfer", provider=stock.a, receiver=stock.b, quantity=50, unit="GRM",
        key=f"c{turn}", by=world.by, agreement=agreed, due=dt.date(2024, 9, turn),
    )  # fmt: skip
    given = stock.act(
        "transfer", resource=stock.item, receiver=stock.b, quantity=20, agreement=agreed,
        fulfils=[(promise, 20)],
    )  # fmt: skip
    ledger.finish(promise, by=world.by, reason="Gel")
    ledger.claim(
        triggered_by=given, action="transfer", provider=stock.b, receiver=stock.a, quantity=300,
        unit="EUR", key=f"r{turn}", by=world.by,
    )  # fmt: skip


def tamper(*statements: str) -> None:
    """What somebody does who owns the database: lifts every guard and key, and puts them back."""
    connection.check_constraints()
    guards.remove_all(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
    guards.install_all(connection)


def found(report: Any, code: str = "sealed-") -> list[tuple[str, str]]:
    """Record and message of the problems with such a code."""
    return [
        (f"entry:{p.entry}" if p.entry else p.key, p.message)
        for p in report.problems
        if p.kind.startswith(code)
    ]
