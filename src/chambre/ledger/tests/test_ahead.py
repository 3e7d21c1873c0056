"""Posting without waiting: what is read ahead of is posted as ever, or not at all."""

import threading
import time

import pytest
from django.db import connection, transaction

from chambre.core.errors import ChambreError, KeyReused
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line
from chambre.ledger.tests.test_together import sound, together

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 40
"""Entries in a block."""


def drafts(world, count, prefix="k"):
    return [world.sale(n, key=f"{prefix}{n}") for n in range(1, count + 1)]


def post(world, entries, **more):
    return ledger.post_many(entries, by=world.by, batch=MANY, ahead=True, **more)


def test_all_is_posted_once_and_in_order(world):
    told = []
    report = post(world, iter(drafts(world, 190)), progress=told.append)

    assert (report.entries, report.lines, report.already) == (190, 380, 0)
    assert told == [40, 80, 120, 160, 190]
    keys = JournalEntry.objects.order_by("pk").values_list("key", flat=True)
    assert list(keys) == [f"k{n}" for n in range(1, 191)]
    assert report.last - report.first == 189
    sound()


def test_what_is_there_already_stays(world):
    ledger.post_many(drafts(world, 100)[50:90], by=world.by)

    report = post(world, [*drafts(world, 120), *drafts(world, 70)])

    assert (report.entries, report.already) == (80, 110)
    assert sound().entries == 120


def test_a_key_that_means_something_else_refuses_all(world):
    other = world.sale(99_999, key="k1")

    with pytest.raises(KeyReused):
        post(world, [*drafts(world, 150), other])

    assert not Line.objects.exists()


@pytest.mark.parametrize("place", [3, 45, 130, 199])
def test_what_does_not_balance_refuses_all(world, place):
    entries = drafts(world, 200)
    bad = entries[place]
    entries[place] = bad._replace(lines=[bad.lines[0]])

    with pytest.raises(ledger.Unbalanced):
        post(world, entries)

    assert not Line.objects.exists()
    assert post(world, drafts(world, 200)).entries == 200


@pytest.mark.parametrize("place", [3, 45, 130, 199])
def test_what_a_guard_refuses_refuses_all(world, place):
    """An account of another book: only the database can tell, while the next block is read."""
    other = ledger.accounts(world.other, {"411000": "Clients"})["411000"]
    entries = drafts(world, 200)
    lines = [ledger.LineDraft(*line) for line in entries[place].lines]
    entries[place] = entries[place]._replace(lines=[lines[0]._replace(account=other), lines[1]])

    with pytest.raises(ChambreError) as refused:
        post(world, iter(entries))

    assert refused.value.data.get("guard", "foreign") == "foreign"
    assert not Line.objects.exists()
    assert post(world, drafts(world, 200)).entries == 200


@pytest.mark.parametrize("place", [10, 100, 170])
def test_a_reader_that_fails_leaves_nothing(world, place):
    def read():
        for number, draft in enumerate(drafts(world, 200)):
            if number == place:
                raise OSError("the file is gone")
            yield draft

    with pytest.raises(OSError, match="gone"):
        post(world, read())

    assert not Line.objects.exists()
    assert post(world, drafts(world, 200)).entries == 200


def test_the_rest_of_an_act_goes_on_after_it(world):
    with transaction.atomic():
        post(world, drafts(world, 100))
        ledger.post(world.sale(7, key="more"), by=world.by)

    assert sound().entries == 101


def test_the_same_long_posting_twice_at_once_is_there_once(world):
    entries = drafts(world, 300)

    results = together(*[lambda: post(world, entries)] * 3)

    posted = [each for each in results if isinstance(each, ledger.PostReport)]
    assert sum(each.entries for each in posted) == 300, results
    if connection.vendor == "postgresql":  # elsewhere somebody may wait for the pen in vain
        assert [each.entries + each.already for each in results] == [300] * 3
    assert sound().entries == 300


@pytest.mark.parametrize("place", [60, 110, 195])
def test_somebody_takes_a_key_at_the_same_moment(world, place):
    """The other has not committed when the block's keys are looked up, and commits later."""
    entries = drafts(world, 200)
    taken, done = threading.Event(), threading.Event()

    def other():
        with transaction.atomic():
            ledger.post(entries[place], by=world.by)
            taken.set()
            if connection.vendor == "postgresql":  # elsewhere there is only one pen
                done.wait(2)

    def one():
        assert taken.wait(20)
        return post(world, entries, progress=lambda n: time.sleep(0.01))

    _none, report = together(other, one)

    assert (report.entries, report.already) == (199, 1)
    assert sound().entries == 200
