"""Several at once, and one that is killed in the middle."""

import threading

import pytest
from django.db import connection, connections

from chambre.core.actors import Actor
from chambre.core.models import StoredFile
from chambre.ledger.models import JournalEntry
from chambre.treasury.models import BankFile, BankRow, RowReplacement
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.services.bank import import_file
from chambre.treasury.services.bank import importing as importing_module

from .conftest import LAST, camt_of, gift, page

SYSTEM = Actor.system("test")


def at_once(*works):
    """Run works at the same moment; what each gave or raised."""
    barrier = threading.Barrier(len(works))
    results = [None] * len(works)

    def run(number, work):
        try:
            barrier.wait()
            results[number] = work()
        except BaseException as error:  # the test looks at it
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_the_same_file_brought_by_two_at_once_is_kept_once(account):
    content = camt_of(page(*(gift(100 + n % 3, texts=f"Don {n % 5}") for n in range(40))))

    results = at_once(
        *(lambda: import_file(account=account, content=content, by=SYSTEM) for _n in range(3))
    )

    assert sorted(each.new for each in results) == [0, 0, 40]
    assert sorted(each.already for each in results) == [0, 40, 40]
    assert BankRow.objects.filter(kind="row").count() == 40
    assert BankFile.objects.count() == 1
    assert balance_of(account.book, account.code) == 100_000 + sum(100 + n % 3 for n in range(40))


@pytest.mark.django_db(transaction=True)
def test_files_that_overlap_brought_at_once_bring_each_row_once(account):
    shared = [gift(200, day=LAST), gift(200, day=LAST)]
    march = camt_of(page(gift(100), *shared))
    last_day = camt_of(page(*shared, opening=100_100, first=LAST, number=2))
    parts = [
        gift(300, day=LAST, entry_amount=600, parts=2, part=number, account_reference="LOT-9",
             reference="LOT-9", end_to_end_id=f"E{number}")
        for number in range(2)
    ]  # fmt: skip
    told = camt_of(page(*parts, first=LAST), message="054")

    results = at_once(
        lambda: import_file(account=account, content=march, by=SYSTEM),
        lambda: import_file(account=account, content=last_day, by=SYSTEM),
        lambda: import_file(account=account, content=told, by=SYSTEM),
    )

    assert [type(each).__name__ for each in results] == ["ImportOutcome"] * 3
    amounts = BankRow.objects.filter(kind="row").order_by("amount").values_list("amount", flat=True)
    assert list(amounts) == [100, 200, 200, 300, 300]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["replace_pending", "find_gaps", "settle_opening", "audit"])
def test_one_that_is_killed_leaves_nothing_and_can_be_run_again(account, monkeypatch, step):
    content = camt_of(page(gift(100), gift(200), gift(50, status="pending")))

    def killed(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(importing_module, step, killed)
        with pytest.raises(KeyboardInterrupt):
            import_file(account=account, content=content, by=SYSTEM)
    for model in (BankFile, BankRow, JournalEntry, StoredFile, RowReplacement):
        assert not model.objects.exists()

    again = import_file(account=account, content=content, by=SYSTEM)
    assert (again.new, again.pending) == (2, 1)
    assert balance_of(account.book, account.code) == 100_300


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_a_movement_twice_and_a_change(account, bring):
    from django.db import IntegrityError

    bring(page(gift(100)))
    row = BankRow.objects.get(kind="row")
    with pytest.raises(IntegrityError):
        BankRow.objects.create(
            account=account, statement=row.statement, status="booked", is_booked=False,
            key=row.key, occurrence=row.occurrence, day=row.day, amount=1, entry_amount=1,
        )  # fmt: skip
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE treasury_bankrow SET amount = 1")
    assert BankRow.objects.get(kind="row").amount == 100
