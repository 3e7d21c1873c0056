"""Two people at once, two files at once: nothing is agreed to or sent twice."""

import datetime as dt
import threading

import pytest
from django.db import connection

from chambre.core.errors import ChambreError
from chambre.lib.orderstates import State
from chambre.treasury.models import OrderFile, PayoutEvent
from chambre.treasury.services import collecting, mandates
from chambre.treasury.services import payouts as service
from chambre.treasury.services.collectionfiles import export_collections
from chambre.treasury.services.orders import state_of
from chambre.treasury.services.payoutfiles import export_payouts
from chambre.treasury.tests.payouts.conftest import OURS, THEIRS, match

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run acts in threads that start together; each result, or the refusal's code."""
    barrier = threading.Barrier(len(acts))
    results = [None] * len(acts)

    def run(number, act):
        try:
            barrier.wait(timeout=20)
            results[number] = act()
        except ChambreError as error:
            results[number] = error.code
        except Exception as error:  # shown by the test that looks at the results
            results[number] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_two_people_agree_at_the_same_moment(ask, bruno, chloe):
    payout = ask()

    at_once(
        lambda: service.approve_payout(payout=payout, key="b", by=bruno),
        lambda: service.approve_payout(payout=payout, key="c", by=chloe),
    )

    assert state_of(payout) is State.AGREED
    assert [each.state for each in payout.events.order_by("number")] == ["asked", "half", "agreed"]


def test_one_person_clicks_three_times_and_is_still_one(ask, bruno):
    payout = ask()

    results = at_once(
        *(
            lambda n=n: service.approve_payout(payout=payout, key=f"click-{n}", by=bruno).number
            for n in range(3)
        )
    )

    assert sorted(map(str, results)) == ["2", *["treasury.payout.same-person"] * 2]
    assert state_of(payout) is State.HALF


def test_one_agrees_while_the_other_refuses(ask, bruno, chloe):
    payout = ask()
    service.approve_payout(payout=payout, key="b", by=bruno)

    at_once(
        lambda: service.approve_payout(payout=payout, key="c", by=chloe),
        lambda: service.refuse_payout(payout=payout, key="r", by=bruno, reason="Non"),
    )

    assert state_of(payout) is State.REFUSED  # whoever was first: a refusal stops it


def test_two_files_at_once_hold_each_payout_once(orchard, ask, agree, bruno, chloe):
    paid = [agree(ask(str(n), 1_000 + n)) for n in range(4)]

    results = at_once(
        *(
            lambda n=n, by=by: (
                export_payouts(book=orchard, account=OURS, key=f"file-{n}", by=by).count
            )
            for n, by in enumerate((bruno, chloe, bruno))
        )
    )

    assert sorted(map(str, results)) == ["4", *["treasury.orders.nothing-to-send"] * 2]
    assert OrderFile.objects.count() == 1
    assert PayoutEvent.objects.filter(kind="exported").count() == len(paid)


def test_the_same_file_asked_for_twice_at_once_is_one(orchard, ask, agree, bruno):
    agree(ask())

    results = at_once(
        *(
            lambda: export_payouts(book=orchard, account=OURS, key="one", by=bruno).message
            for _each in range(2)
        )
    )

    assert results == [OrderFile.objects.get().message] * 2


def test_it_is_withdrawn_or_sent_never_both(orchard, ask, agree, bruno, chloe):
    payout = agree(ask())

    results = at_once(
        lambda: export_payouts(book=orchard, account=OURS, key="f", by=bruno).count,
        lambda: service.withdraw_payout(payout=payout, key="w", by=chloe).state,
    )

    outcome = {State.SENT: [1, "treasury.order.not-now"],
               State.WITHDRAWN: ["treasury.orders.nothing-to-send", "withdrawn"]}  # fmt: skip
    assert results == outcome[state_of(payout)]


def test_two_rows_at_once_do_not_both_end_a_payout(orchard, ask, agree, bruno, chloe):
    payout = agree(ask(amount=1_000))
    export_payouts(book=orchard, account=OURS, key="f", by=bruno)

    def row(number, by):
        from django.db import transaction

        with transaction.atomic():
            return match(orchard, "payout", payout.code, 1_000, number, by).key

    results = at_once(lambda: row(7, bruno), lambda: row(8, chloe))

    assert sorted(results)[1] == "treasury.order.not-now"
    assert PayoutEvent.objects.filter(kind="settled").count() == 1


def test_the_same_request_twice_at_once_asks_once(ask):
    results = at_once(*(lambda: ask("same").code for _each in range(3)))

    assert len(set(results)) == 1


def test_two_files_of_collections_at_once_hold_each_once(orchard, payee, bruno, chloe, monkeypatch):
    monkeypatch.setattr("chambre.registry.api.today", lambda: dt.date(2026, 3, 2))
    mandates.set_creditor_id(book=orchard, identifier="FR72ZZZ123456", by=bruno)
    mandate = mandates.note_mandate(
        book=orchard, party=payee, iban=THEIRS, signed_on=dt.date(2026, 1, 5), key="m", by=bruno
    )
    row = collecting.plan_collection(
        mandate=mandate, amount=100, day=dt.date(2026, 3, 20), reason="x", key="c", by=bruno
    )
    collecting.announce_collection(collection=row, key="t", by=bruno)

    results = at_once(
        *(
            lambda by=by: export_collections(book=orchard, account=OURS, key=by.label, by=by).count
            for by in (bruno, chloe)
        )
    )

    assert sorted(map(str, results)) == ["1", "treasury.orders.nothing-to-send"]
    assert state_of(row) is State.SENT
