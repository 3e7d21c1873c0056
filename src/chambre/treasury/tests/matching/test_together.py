"""Several people at once: a row is matched once, an item is never paid beyond what is open."""

import threading

import pytest
from django.db import connections

from chambre.core.errors import ChambreError
from chambre.treasury.models import BankRow, Match, MatchPart, MatchUndo
from chambre.treasury.queries.matching import match_of
from chambre.treasury.services.matching import (
    BookedPart,
    ItemPart,
    match_row,
    match_rows,
    undo_match,
)

from .conftest import RF, debt, gift, only_row, page, suspense

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Run works at the same moment; what each gave, or how it was refused."""
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


def test_one_row_matched_by_three_at_once_is_matched_once(account, bring, debts, by):
    bring(page(gift(1000, texts="")))
    row = only_row()

    results = at_once(*(
        lambda key=key: match_row(row=row, parts=[BookedPart(1000, use="donation")], key=key, by=by)
        for key in ("a", "b", "a")
    ))  # fmt: skip

    refused = [each for each in results if isinstance(each, ChambreError)]
    assert len({each.pk for each in results if isinstance(each, Match)}) == 1
    assert len(refused) in {1, 2}
    assert Match.objects.count() == 1
    assert suspense(account.book) == 0


def test_two_rows_for_one_item_at_once_pay_it_once(account, bring, debts, by):
    debts.add(debt("1"))
    bring(page(gift(2500, texts=""), gift(2500, texts="autre")))
    rows = BankRow.objects.filter(kind="row").select_related("account__book__structure")

    results = at_once(*(
        lambda row=row: match_row(row=row, parts=[ItemPart("debt", "1", 2500)],
                                  key=f"k{row.pk}", by=by)
        for row in rows
    ))  # fmt: skip

    assert sorted(isinstance(each, ChambreError) for each in results) == [False, True]
    assert MatchPart.objects.count() == 1
    assert debts.left("1") == 0
    assert suspense(account.book) == -2500


def test_two_runs_at_once_match_each_row_once(account, bring, debts, by):
    bring(page(gift(2500, texts=RF), gift(900, texts="")))
    debts.add(debt("1", reference=RF))

    results = at_once(lambda: match_rows(account, by), lambda: match_rows(account, by))

    assert sorted(each.matched for each in results) == [0, 1]
    assert Match.objects.count() == 1
    assert suspense(account.book) == -900


def test_undone_by_two_at_once_is_undone_once(account, bring, debts, by):
    debts.add(debt("1", reference=RF))
    bring(page(gift(2500, texts=RF)))
    match = match_of(only_row())

    results = at_once(*(lambda key=key: undo_match(match=match, key=key, by=by) for key in "ab"))

    assert len({each.pk for each in results}) == 1
    assert MatchUndo.objects.count() == 1
    assert len(debts.released) == 1
    assert suspense(account.book) == -2500
