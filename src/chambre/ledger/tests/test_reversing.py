"""Reversing: an entry is taken back once, exactly, and stays on record."""

import datetime as dt

import pytest
from django.db.models import Sum

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, KeyReused, NotFound
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line

pytestmark = pytest.mark.django_db


def test_a_reversal_undoes_balance_and_turnover(world):
    entry = ledger.post(world.sale(), by=world.by)

    reversal = ledger.reverse(entry, key="annule-1", by=world.by, reason="Saisie deux fois")

    assert (reversal.kind, reversal.reverses_id, reversal.day) == ("reversal", entry.pk, entry.day)
    assert [(each.amount, each.side) for each in reversal.lines.all()] == [
        (-12_000, "D"), (12_000, "C"),
    ]  # fmt: skip
    sums = Line.objects.order_by().values("account", "side").annotate(total=Sum("amount"))
    assert {row["total"] for row in sums} == {0}
    assert reversal.lines.first().label == "Saisie deux fois"


def test_once(world):
    entry = ledger.post(world.sale(), by=world.by)
    first = ledger.reverse(entry, key="annule-1", by=world.by)

    assert ledger.reverse(entry, key="annule-1", by=world.by) == first
    with pytest.raises(ledger.AlreadyReversed):
        ledger.reverse(entry, key="annule-2", by=world.by)
    with pytest.raises(KeyReused):
        ledger.reverse(entry, key="annule-1", by=world.by, day=dt.date(2024, 12, 1))
    assert JournalEntry.objects.count() == 2


def test_on_another_day_with_everything_that_the_line_had(world):
    third = ledger.auxiliaries(world.book, {"C1": "Cantine"})["C1"]
    entry = ledger.post(
        world.draft(
            world.line("411000", 5, auxiliary=third, currency="USD", currency_amount="6,1"),
            world.line("706000", -5),
        ),
        by=world.by,
    )
    day = dt.date(2024, 9, 2)

    reversal = ledger.reverse(entry, key="a", by=world.by, day=day)

    first = reversal.lines.first()
    assert {each.day for each in reversal.lines.all()} == {day} == {reversal.day}
    assert (first.auxiliary_id, first.currency, first.currency_amount) == (third, "USD", "-6,1")


def test_what_was_attributed_goes_back_first(world):
    entry = ledger.post(world.sale(), by=world.by)
    lines = [(each.pk, {world.press.pk: each.amount}) for each in entry.lines.all()]
    ledger.attribute([(entry, lines)], by=world.by)

    ledger.reverse(entry, key="a", by=world.by)

    cells = Line.objects.order_by().values("resource", "account").annotate(total=Sum("amount"))
    assert {row["total"] for row in cells} == {0}
    with pytest.raises(ledger.NotAttributable):
        ledger.attribute([(entry, lines)], by=world.by)


def test_reversals_and_attributions_are_not_reversed(world):
    entry = ledger.post(world.sale(), by=world.by)
    pk = entry.lines.first().pk
    ledger.attribute([(entry, [(pk, {world.press.pk: 12_000})])], by=world.by)
    reversal = ledger.reverse(entry, key="a", by=world.by)

    for each in (reversal, entry.attributions.first()):
        with pytest.raises(ledger.NotReversible):
            ledger.reverse(each, key="b", by=world.by)


def test_a_passer_by_reverses_nothing(world, make_user):
    entry = ledger.post(world.sale(), by=world.by)

    with pytest.raises(Forbidden):
        ledger.reverse(entry, key="a", by=Actor.of(make_user()))

    assert JournalEntry.objects.count() == 1


def test_an_entry_is_found_or_not(world):
    entry = ledger.post(world.sale(), by=world.by)

    assert ledger.entry(entry.pk) == entry
    with pytest.raises(NotFound):
        ledger.entry(entry.pk + 1)
