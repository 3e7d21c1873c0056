"""Several people at once, and a process that dies: nothing lost, nothing doubled, sums zero."""

import signal
import threading
import time

import pytest
from django.db import close_old_connections, connection, transaction
from django.db.models import Sum

from chambre.core.errors import ChambreError
from chambre.ledger import api as ledger
from chambre.ledger.models import FinancialYear, JournalEntry, Line, Seal
from chambre.ledger.tests.conftest import DAY

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works):
    """Run all at the same moment; what each returned, or the error that it met."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            barrier.wait()
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def sound():
    """Everything verifies, and the whole sums to zero."""
    assert (Line.objects.aggregate(total=Sum("amount"))["total"] or 0) == 0
    report = ledger.verify()
    assert report.ok, report.as_json()["problems"]
    return report


def test_the_same_key_at_the_same_moment_is_posted_once(world):
    results = together(*[lambda: ledger.post(world.sale(), by=world.by)] * 6)

    assert len({entry.pk for entry in results}) == 1, results
    assert JournalEntry.objects.count() == 1
    sound()


def test_many_writers_of_one_account_lose_nothing(world):
    def work(name):
        return lambda: [
            ledger.post_many(
                [world.sale(100, key=f"{name}-{n}-a"), world.sale(50, key=f"{name}-{n}-b")],
                by=world.by,
            ).entries
            for n in range(12)
        ]

    results = together(*[work(name) for name in "abcd"])

    assert results == [[2] * 12] * 4
    assert JournalEntry.objects.count() == 96
    assert Line.objects.filter(account__code="411000").aggregate(t=Sum("amount"))["t"] == 7_200
    ids = list(JournalEntry.objects.order_by("pk").values_list("pk", flat=True))
    assert len(set(ids)) == 96
    sound()


def test_the_same_long_posting_twice_at_once_is_there_once(world):
    drafts = [world.sale(n, key=f"k{n}") for n in range(1, 301)]

    results = together(*[lambda: ledger.post_many(drafts, by=world.by, batch=50)] * 3)

    posted = [each for each in results if isinstance(each, ledger.PostReport)]
    refused = [each for each in results if not isinstance(each, ledger.PostReport)]
    assert sum(each.entries for each in posted) == 300, refused
    assert sound().entries == 300


def test_accounts_made_by_several_at_once_are_made_once(world):
    labels = {f"6{n:05d}": "Achats" for n in range(40)}

    results = together(*[lambda: ledger.accounts(world.book, labels)] * 4)

    assert all(each == results[0] for each in results), results
    assert len(results[0]) == 40


def test_an_entry_is_reversed_once(world):
    entry = ledger.post(world.sale(), by=world.by)

    results = together(
        *[lambda n=n: ledger.reverse(entry, key=f"r{n}", by=world.by) for n in range(4)]
    )

    assert sum(isinstance(each, JournalEntry) for each in results) == 1, results
    assert JournalEntry.objects.filter(kind="reversal").count() == 1
    sound()


def test_two_attributions_at_once_leave_one_split(world):
    entry = ledger.post(world.sale(), by=world.by)
    line = entry.lines.get(number=1)

    def to(resource):
        return lambda: ledger.attribute(
            [(entry.pk, [(line.pk, {resource.pk: 12_000})])], by=world.by
        )

    together(to(world.press), to(world.orchard), to(world.press), to(world.orchard))

    held = ledger.held_splits(line.pk, line.pk)[line.pk]
    assert held in ({world.press.pk: 12_000}, {world.orchard.pk: 12_000})
    sound()


def test_closing_and_posting_at_once(world):
    """What came in is in the closing; what came after is refused."""
    year = world.year(2023)
    day = DAY.replace(year=2023)

    def post():
        return [ledger.post(world.sale(100, key=f"k{n}", day=day), by=world.by) for n in range(30)]

    results = together(post, lambda: ledger.close_year(book=world.book, year=year, by=world.by))

    assert results[0].__class__ in (list, ledger.ClosedYear), results
    assert FinancialYear.objects.get(pk=year.pk).closed_at is not None
    sales = Line.objects.filter(account__code="706000", day__year=2023)
    assert (sales.aggregate(t=Sum("amount"))["t"] or 0) == 0
    sound()


def test_sealing_while_others_post(world):
    def post(name):
        return lambda: [
            ledger.post(world.sale(5, key=f"{name}{n}"), by=world.by) for n in range(15)
        ]

    together(post("a"), post("b"), *[lambda: ledger.seal(by=world.by)] * 2)

    ledger.seal(by=world.by)
    assert JournalEntry.objects.count() == 30
    sound()


def test_sealing_and_summing_up_make_nobody_wait(world):
    """A long import is in flight: others post meanwhile, and what is sealed has no gap."""
    ledger.post(world.sale(key="before"), by=world.by)
    ledger.seal(by=world.by)
    written, sealed = threading.Event(), threading.Event()

    def long_import():
        with transaction.atomic():
            ledger.post_many([world.sale(7, key=f"long-{n}") for n in range(5)], by=world.by)
            written.set()
            assert sealed.wait(30)

    def others():
        assert written.wait(30)
        begun = time.monotonic()
        ledger.post(world.sale(9, key="after"), by=world.by)
        return time.monotonic() - begun

    def sealer():
        assert written.wait(30)
        time.sleep(0.1)
        report = ledger.seal(by=world.by, patience=1.0)
        sealed.set()
        return report

    if connection.vendor != "postgresql":  # one writer at a time: the import is what others await
        sealed.set()
    _done, waited, report = together(long_import, others, sealer)

    if connection.vendor == "postgresql":
        assert (report.entries, "entry" in report.waiting) == (0, True)
        assert waited < 1, waited
    assert ledger.seal(by=world.by).waiting == []
    assert ledger.refresh_balances() == 7
    assert JournalEntry.objects.count() == 7
    ends = Seal.objects.filter(kind="entry").aggregate(total=Sum("count"))
    assert ends == {"total": 7}
    sound()


def test_many_sealers_make_one_chain(world):
    def post():
        for n in range(12):
            ledger.accounts(world.book, {f"60{n:04d}": "Achats"})
            ledger.post(world.sale(5, key=f"s{n}"), by=world.by)

    results = together(post, *[lambda: ledger.seal(by=world.by)] * 4)

    assert all(isinstance(each, ledger.SealReport) for each in results[1:]), results
    ledger.seal(by=world.by)
    numbers = list(Seal.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert Seal.objects.filter(kind="entry").aggregate(t=Sum("count")) == {"t": 12}
    sound()


WORKER = """
import os, sys
import django
from django.conf import settings
django.setup()
from django.db import connection
settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = os.environ["LEDGER_DB"]
from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.ledger.models import Book
import datetime as dt
book = Book.objects.get(pk=int(sys.argv[1]))
accounts = ledger.accounts(book, {"411000": "", "706000": ""})
journal = ledger.journals(book, {"OD": ""})["OD"]
day = dt.date(2024, 3, 14)
def drafts():
    for n in range(int(sys.argv[3])):
        lines = [
            ledger.LineDraft(accounts["411000"], None, "EUR", n, "D", day),
            ledger.LineDraft(accounts["706000"], None, "EUR", -n, "C", day),
        ]
        yield ledger.EntryDraft(book.pk, journal, day, lines, f"{sys.argv[2]}{n}")
report = ledger.post_many(
    drafts(), by=Actor.system("test"), batch=500, progress=lambda n: print(n, flush=True)
)
print("done", report.entries, flush=True)
"""


@pytest.fixture
def worker(world, beside):
    """Another process that posts in the same database."""

    def start(prefix, count):
        name = str(connection.settings_dict["NAME"])
        return beside(WORKER, str(world.book.pk), prefix, str(count), LEDGER_DB=name)

    return start


def test_processes_at_once(worker):
    processes = [worker(prefix, 700) for prefix in "abc"]

    for process in processes:
        out, _none = process.communicate(timeout=120)
        assert out.splitlines()[-1] == "done 700"
    assert JournalEntry.objects.count() == 2_100
    sound()


def test_a_process_killed_in_the_middle_leaves_nothing_and_can_be_run_again(world, worker):
    ledger.post(world.sale(key="before"), by=world.by)
    process = worker("k", 200_000)
    assert process.stdout.readline().strip() == "500"
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()

    assert JournalEntry.objects.count() == 1
    assert Line.objects.count() == 2
    sound()

    again = worker("k", 1_200)
    out, _none = again.communicate(timeout=120)
    assert out.splitlines()[-1] == "done 1200"
    assert sound().entries == 1_201


@pytest.mark.parametrize("at", range(1, 14, 2))
def test_a_statement_that_fails_leaves_nothing_and_the_retry_posts_once(world, at):
    """The database fails at the k-th statement of a posting of several blocks."""
    drafts = [world.sale(n, key=f"k{n}") for n in range(1, 61)]
    seen = 0

    def fail(execute, sql, params, many, context):
        nonlocal seen
        seen += 1
        if seen == at:
            raise ChambreError("the disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        try:
            ledger.post_many(drafts, by=world.by, batch=20)
        except ChambreError:
            failed = True
        else:
            failed = False

    assert JournalEntry.objects.count() == (0 if failed else 60)
    report = ledger.post_many(drafts, by=world.by, batch=20)
    assert report.entries + report.already == 60
    assert sound().entries == 60
