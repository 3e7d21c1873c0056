"""Somebody with the SQL prompt of the application, who writes rows by hand."""

import datetime as dt

from django.db import connection

from chambre.ledger import api as ledger
from chambre.ledger.applets.writing import ENTRY_COLUMNS, LINE_COLUMNS
from chambre.ledger.tests.conftest import DAY


class Attacker:
    """Writes rows by hand, as the ledger would, but with something wrong in them."""

    def __init__(self, world):
        self.world = world
        self.lines = "ledger_line"
        self.home = "main." if connection.vendor == "sqlite" else "public."
        self.sale = ledger.post(world.sale(key="honest"), by=world.by)
        self.entry_id, self.line_id = self.next_ids()

    def next_ids(self):
        """Ids of an entry and a line that may come next."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT entry, line FROM public.chambre_ledger_draw(9, 99)")
                return cursor.fetchone()
            cursor.execute(
                "SELECT (SELECT MAX(id) + 1 FROM ledger_journalentry),"
                " (SELECT MAX(id) + 1 FROM ledger_line)"
            )
            return cursor.fetchone()

    def run(self, sql, values=()):
        with connection.cursor() as cursor:
            cursor.execute(sql, list(values))

    def insert(self, table, columns, values, verb="INSERT"):
        table = f"{self.home}{table}"
        marks = ", ".join(["%s"] * len(columns))
        self.run(f"{verb} INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)

    def line(self, number, amount, **changes):
        """A line; its id follows from its number."""
        book = self.world.book
        values = {
            "id": self.line_id + number - 1, "entry_id": self.entry_id, "number": number,
            "chamber_id": book.chamber_id, "book_id": book.pk,
            "account_id": book.codes["411000"], "resource_id": None, "unit": "EUR",
            "amount": amount, "side": "D" if amount >= 0 else "C", "day": DAY, "phase": 0,
            "label": "", "auxiliary_id": None, "piece": "", "piece_day": None, "lettering": "",
            "lettered_on": None, "currency": "", "currency_amount": "", "source_line": None,
            "extra": None, **changes,
        }  # fmt: skip
        self.insert(self.lines, LINE_COLUMNS, [values[name] for name in LINE_COLUMNS])

    def entry(self, **changes):
        verb = changes.pop("verb", "INSERT")
        book = self.world.book
        values = {
            "id": self.entry_id, "chamber_id": book.chamber_id, "book_id": book.pk,
            "journal_id": book.journal, "kind": "entry", "number": "", "day": DAY, "label": "",
            "validated_on": None, "key": "forged", "digest": b"\1" * 32, "line_count": 2,
            "event_id": None, "reverses_id": None, "about_id": None, "source": "",
            "recorded_at": connection.ops.adapt_datetimefield_value(
                dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
            ), **changes,
        }  # fmt: skip
        self.insert(
            "ledger_journalentry", ENTRY_COLUMNS, [values[name] for name in ENTRY_COLUMNS], verb
        )

    def pair(self, first=None, second=None):
        self.line(**{"number": 1, "amount": 100, **(first or {})})
        self.line(**{"number": 2, "amount": -100, **(second or {})})

    def settle(self):
        """What commit would do."""
        connection.check_constraints()
