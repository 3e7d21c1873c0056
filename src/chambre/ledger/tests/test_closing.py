"""Closing a year: each resource carries its own balances over, and nothing enters it any more."""

import datetime as dt

import pytest
from django.db.models import Sum

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.core.models import AuditEntry
from chambre.ledger import api as ledger
from chambre.ledger.models import Account, FinancialYear, JournalEntry, Line

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(world):
    """2023: a sale of 120.00 and a purchase of 50.00, 60 % of it for the press."""
    year = world.year(2023)
    day = dt.date(2023, 6, 1)
    client = ledger.auxiliaries(world.book, {"C1": "Cantine"})["C1"]
    ledger.post_many(
        [
            world.draft(
                world.line("411000", 12_000, day=day, auxiliary=client),
                world.line("706000", -12_000, day=day),
                key="vente",
                day=day,
            ),
            world.draft(
                world.line("606000", 5_000, day=day), world.line("401000", -5_000, day=day),
                key="achat", day=day,
            ),
        ],
        by=world.by,
    )  # fmt: skip
    bought = Line.objects.get(account__code="606000")
    ledger.attribute(
        [(bought.entry_id, [(bought.pk, {world.press.pk: 3_000, None: 2_000})])], by=world.by
    )
    return year


def balances(**which):
    rows = Line.objects.filter(**which).order_by().values("account__code")
    return {r["account__code"]: r["t"] for r in rows.annotate(t=Sum("amount")) if r["t"]}


def test_a_preview_shows_each_cell_and_changes_nothing(world, year):
    preview = ledger.preview_close(book=world.book, year=year, by=world.by)

    assert preview.result == 7_000
    own, press = preview.cells
    assert (own.resource, own.income, own.expenses, own.result) == (None, 12_000, 2_000, 10_000)
    assert (press.resource, press.result) == (world.press.pk, -3_000)
    assert dict(press.opening) == {"120000": 3_000, "181RES": -3_000}
    assert preview.opens
    assert preview.differences == ()
    assert not JournalEntry.objects.filter(kind="closing").exists()
    assert FinancialYear.objects.get().closed_at is None


def test_closing_carries_each_resource_over(world, year):
    report = ledger.close_year(book=world.book, year=year, by=world.by)

    assert (report.entries, report.result, report.already) == (4, 7_000, False)
    last_day = {"day__lte": dt.date(2023, 12, 31)}
    assert balances(**last_day) == {"411000": 12_000, "401000": -5_000, "120000": -7_000}
    assert balances(resource=world.press, **last_day) == {"120000": 3_000, "181RES": -3_000}
    opening = {"day": dt.date(2024, 1, 1), "phase": 1}
    assert balances(**opening) == {"411000": 12_000, "401000": -5_000, "120000": -7_000}
    assert balances(resource=world.press, **opening) == {"120000": 3_000, "181RES": -3_000}
    assert Line.objects.get(account__code="411000", **opening).auxiliary.code == "C1"
    assert FinancialYear.objects.filter(start=dt.date(2024, 1, 1), closed_at=None).exists()
    assert AuditEntry.objects.filter(action="ledger.year.closed").count() == 1


def test_a_closed_year_takes_nothing_more(world, year):
    ledger.close_year(book=world.book, year=year, by=world.by)
    sale = JournalEntry.objects.get(key="vente")
    count = JournalEntry.objects.count()

    with pytest.raises(ledger.ClosedYear):
        ledger.post(world.sale(day=dt.date(2023, 12, 31), key="tard"), by=world.by)
    with pytest.raises(ledger.ClosedYear):
        ledger.reverse(sale, key="annule", by=world.by)
    assert JournalEntry.objects.count() == count

    ledger.reverse(sale, key="annule", by=world.by, day=dt.date(2024, 2, 1))
    assert ledger.close_year(book=world.book, year=year, by=world.by).already


def test_attributing_in_a_closed_year_moves_nothing_in_the_structure(world, year):
    ledger.close_year(book=world.book, year=year, by=world.by)
    before = balances()
    line = Line.objects.get(account__code="706000", phase=0)

    ledger.attribute([(line.entry_id, [(line.pk, {world.press.pk: -12_000})])], by=world.by)

    assert balances() == before
    assert balances(resource=world.press, phase=0)["706000"] == -12_000


def test_years_close_in_order(world, year):
    later = world.year(2024)

    with pytest.raises(ledger.CannotClose) as refusal:
        ledger.close_year(book=world.book, year=later, by=world.by)

    assert [each["code"] for each in refusal.value.data["findings"]] == ["earlier-open"]
    assert not FinancialYear.objects.filter(closed_at__isnull=False).exists()


def test_a_year_that_is_not_over_is_not_closed(world):
    start = dt.date.today() - dt.timedelta(days=10)
    year = ledger.financial_year(
        book=world.book, start=start, end=start + dt.timedelta(days=364), by=world.by
    )

    with pytest.raises(ledger.CannotClose):
        ledger.close_year(book=world.book, year=year, by=world.by)


def test_the_second_year_goes_on_from_the_first(world, year):
    ledger.close_year(book=world.book, year=year, by=world.by)
    second = FinancialYear.objects.get(start=dt.date(2024, 1, 1))
    ledger.post(world.sale(1_000, key="v2", day=dt.date(2024, 5, 1)), by=world.by)

    report = ledger.close_year(book=world.book, year=second, by=world.by)

    assert report.result == 1_000
    assert balances(day=dt.date(2025, 1, 1)) == {
        "411000": 13_000, "401000": -5_000, "120000": -8_000,
    }  # fmt: skip
    assert balances(day=dt.date(2025, 1, 1), resource=world.press) == {
        "120000": 3_000, "181RES": -3_000,
    }  # fmt: skip


def own_opening(world, **amounts):
    lines = [world.line(f"{code[1:]}", n, day=dt.date(2024, 1, 1)) for code, n in amounts.items()]
    return world.draft(*lines, key="an-2024", day=dt.date(2024, 1, 1), kind="opening")


def test_the_next_years_own_openings_are_checked_and_not_doubled(world, year):
    world.year(2024)
    ledger.post(own_opening(world, _411000=12_000, _401000=-5_000, _120000=-7_000), by=world.by)

    report = ledger.close_year(book=world.book, year=year, by=world.by)

    assert report.entries == 2
    assert balances(phase=1) == {"411000": 12_000, "401000": -5_000, "120000": -7_000}


def test_openings_that_differ_are_shown_before_they_are_accepted(world, year):
    world.year(2024)
    ledger.post(own_opening(world, _411000=11_000, _401000=-4_000, _120000=-7_000), by=world.by)

    with pytest.raises(ledger.OpeningDiffers) as refusal:
        ledger.close_year(book=world.book, year=year, by=world.by)
    assert refusal.value.data["accounts"] == [
        {"account": "401000", "expected": -5_000, "found": -4_000},
        {"account": "411000", "expected": 12_000, "found": 11_000},
    ]
    assert not FinancialYear.objects.filter(closed_at__isnull=False).exists()

    ledger.close_year(book=world.book, year=year, by=world.by, accept_differences=True)
    kept = AuditEntry.objects.get(action="ledger.year.closed").data["differences"]
    assert [each["account"] for each in kept] == ["401000", "411000"]


def test_openings_that_come_later_take_the_place_of_ours(world, year):
    ledger.close_year(book=world.book, year=year, by=world.by)

    ledger.post(own_opening(world, _411000=12_000, _401000=-5_000, _120000=-7_000), by=world.by)

    assert balances(phase=1) == {"411000": 12_000, "401000": -5_000, "120000": -7_000}
    ours = JournalEntry.objects.filter(kind="opening", source__startswith="closing:")
    assert ours.count() == 2
    assert all(entry.reversed_by for entry in ours)


def test_contributions_in_kind_are_dropped(world, year):
    day = dt.date(2023, 7, 1)
    ledger.post(
        world.draft(
            world.line("864000", 900, day=day), world.line("870000", -900, day=day),
            key="benevolat", day=day,
        ),
        by=world.by,
    )  # fmt: skip
    line = Line.objects.get(account__code="864000")
    ledger.attribute([(line.entry_id, [(line.pk, {world.press.pk: 900})])], by=world.by)

    ledger.close_year(book=world.book, year=year, by=world.by)

    opening = balances(day=dt.date(2024, 1, 1), resource=world.press)
    assert opening == {"120000": 3_000, "181RES": -3_000}
    assert not any(code[0] in "678" for code in balances(day__lte=dt.date(2023, 12, 31)))


def test_a_result_goes_to_the_account_of_losses(world):
    year = world.year(2023)
    day = dt.date(2023, 2, 1)
    ledger.post(
        world.draft(world.line("606000", 8, day=day), world.line("401000", -8, day=day), day=day),
        by=world.by,
    )

    ledger.close_year(book=world.book, year=year, by=world.by)

    assert balances(phase=1) == {"401000": -8, "129000": 8}
    assert Account.objects.get(code="129000").label.startswith("Résultat")


def test_a_passer_by_closes_nothing(world, year, make_user):
    by = Actor.of(make_user())

    with pytest.raises(Forbidden):
        ledger.close_year(book=world.book, year=year, by=by)
    with pytest.raises(Forbidden):
        ledger.preview_close(book=world.book, year=year, by=by)


def test_two_years_share_no_day(world, year):
    with pytest.raises(ledger.YearOverlaps):
        ledger.financial_year(
            book=world.book, start=dt.date(2023, 12, 31), end=dt.date(2024, 12, 31), by=world.by
        )
    assert world.year(2023) == year
