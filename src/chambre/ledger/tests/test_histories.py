"""Random histories, with a dictionary as the judge: what the ledger holds is what was said."""

import datetime as dt
from collections import Counter

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.core.errors import KeyReused
from chambre.ledger import api as ledger
from chambre.ledger.models import FinancialYear, JournalEntry, Line

pytestmark = pytest.mark.django_db

CODES = ["401000", "411000", "512000", "606000", "706000"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["post", "post", "post", "again", "other", "reverse", "attribute", "attribute",
                         "seal", "close"]),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


class Judge:
    """What should be there, kept in dictionaries, and the acts that lead there."""

    def __init__(self, world):
        self.world = world
        self.balances = Counter()  # code → cents, of the structure
        self.drafts = {}  # key → draft
        self.entries = {}  # key → entry
        self.reversed = set()
        self.split = {}  # line → {resource: cents}
        self.year = world.year(2023)
        self.closed = False
        self.result = 0

    def post(self, a, b):
        year = 2024 if self.closed or a % 2 else 2023
        day = dt.date(year, a % 12 + 1, b % 28 + 1)
        debit, credit = CODES[a % 5], CODES[(a + 1 + b % 4) % 5]
        key = f"k{len(self.drafts)}"
        draft = self.world.draft(
            self.world.line(debit, b + 1, day=day),
            self.world.line(credit, -b - 1, day=day),
            key=key,
            day=day,
        )
        self.entries[key] = entry = ledger.post(draft, by=self.world.by)
        self.drafts[key] = draft
        self.balances[debit] += b + 1
        self.balances[credit] -= b + 1
        if year == 2023:
            self.result -= (b + 1) * ((debit[0] in "67") - (credit[0] in "67"))
        for line in entry.lines.all():
            self.split[line.pk] = {None: line.amount}

    def pick(self, number):
        return sorted(self.drafts)[number % len(self.drafts)] if self.drafts else None

    def again(self, a, _b):
        if key := self.pick(a):
            if self.closed and self.drafts[key].day.year == 2023:
                pass  # even in a closed year: it is there
            assert ledger.post(self.drafts[key], by=self.world.by) == self.entries[key]

    def other(self, a, _b):
        if key := self.pick(a):
            with pytest.raises(KeyReused), transaction.atomic():
                ledger.post(self.drafts[key]._replace(label="Autre"), by=self.world.by)

    def reverse(self, a, b):
        key = self.pick(a)
        if key is None:
            return
        entry = self.entries[key]
        if key in self.reversed:
            with pytest.raises(ledger.AlreadyReversed), transaction.atomic():
                ledger.reverse(entry, key=f"again{a}{b}", by=self.world.by)
            return
        in_closed = self.closed and entry.day.year == 2023
        day = dt.date(2024, 6, 1) if in_closed else None
        ledger.reverse(entry, key=f"r-{key}", by=self.world.by, day=day)
        self.reversed.add(key)
        for line in entry.lines.select_related("account"):
            self.balances[line.account.code] -= line.amount
            self.split[line.pk] = {None: line.amount}
            if entry.day.year == 2023 and not in_closed and line.account.code[0] in "67":
                self.result += line.amount

    def attribute(self, a, b):
        key = self.pick(a)
        if key is None or key in self.reversed:
            return
        line = self.entries[key].lines.order_by("number")[b % 2]
        share = b % (abs(line.amount) + 1) * (1 if line.amount > 0 else -1)
        wanted = {self.world.press.pk: share, self.world.orchard.pk: line.amount - share}
        if b % 5 == 0:
            wanted = {None: line.amount}
        ledger.attribute([(self.entries[key], [(line.pk, wanted)])], by=self.world.by)
        self.split[line.pk] = wanted
        again = ledger.attribute([(self.entries[key].pk, [(line.pk, wanted)])], by=self.world.by)
        assert again.entries == 0

    def seal(self, _a, _b):
        ledger.seal(by=self.world.by)

    def close(self, _a, _b):
        report = ledger.close_year(book=self.world.book, year=self.year, by=self.world.by)
        assert report.already == self.closed
        if not self.closed:
            assert report.result == self.result
        self.closed = True

    def check(self):
        """The ledger says the same."""
        moved = Line.objects.filter(phase=0, book=self.world.book).order_by()
        found = {r["account__code"]: r["t"] for r in _sums(moved, "account__code") if r["t"]}
        assert found == {code: amount for code, amount in self.balances.items() if amount}
        for line, split in self.split.items():
            held = ledger.held_splits(line, line).get(line)
            wanted = {key: part for key, part in split.items() if part}
            assert held is None or held == wanted
            if held is None:
                assert set(wanted) <= {None}
        assert all(row["t"] == 0 for row in _sums(Line.objects.order_by(), "resource", "unit"))
        assert all(row["t"] == 0 for row in _sums(Line.objects.order_by(), "entry", "resource"))
        report = ledger.verify()
        assert report.ok, report.as_json()["problems"]
        assert report.entries == JournalEntry.objects.count()


def _sums(lines, *by):
    return lines.values(*by).annotate(t=Sum("amount"))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_history_ends_as_it_was_told(world, steps):
    with transaction.atomic():
        judge = Judge(world)
        for act, a, b in steps:
            getattr(judge, act)(a, b)
        judge.check()
        assert FinancialYear.objects.filter(closed_at__isnull=False).exists() == judge.closed
        transaction.set_rollback(True)
