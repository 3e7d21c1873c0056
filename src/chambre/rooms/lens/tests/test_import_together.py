"""Imports at the same moment, and beside other work: never doubled, never half there."""

from __future__ import annotations

import threading

import pytest
from django.db import close_old_connections, connection
from django.db.models import Sum

from chambre.core.db.busy import patiently
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line
from chambre.lib.attribution import rules_from_data
from chambre.registry import api
from chambre.rooms.lens import services
from chambre.rooms.lens.models import FecImport
from chambre.rooms.lens.tests.fec_files import NAME, entry, fec

pytestmark = pytest.mark.django_db(transaction=True)


def year(count, first=1):
    """Sales of 1.00, 2.00…"""
    return fec(
        [
            line
            for number in range(first, first + count)
            for line in entry(str(number), f"{number},00", PieceRef=f"F{number}")
        ]
    )


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


@pytest.fixture
def bring(system):
    """Import something into the structure ``nectar``, which has no book yet."""
    chamber = api.home_chamber("Chambre")
    nectar = api.create_structure(slug="nectar", name="Nectar", by=system)
    api.create_resource(slug="verger", name="Verger", by=system)

    def bring(content, name=NAME, **options):
        return services.import_fec(
            source=content, structure=nectar, by=system, name=name, **options
        )

    bring.chamber = chamber
    return bring


def sound():
    """Everything verifies, the whole sums to zero, and roll-ups say what the lines say."""
    ledger.refresh_balances()
    assert (Line.objects.aggregate(total=Sum("amount"))["total"] or 0) == 0
    report = ledger.verify()
    assert report.ok, report.as_json()["problems"]
    assert not ledger.compare_balances()


def test_one_of_several_imports_of_the_same_file_brings_it_and_the_others_say_so(bring):
    content = year(300)

    outcomes = together(*[lambda: bring(content)] * 4)

    assert sorted(each.already for each in outcomes) == [False, True, True, True], outcomes
    assert len({each.record.pk for each in outcomes}) == 1
    assert (FecImport.objects.count(), JournalEntry.objects.count()) == (1, 300)
    sound()


def test_of_two_exports_of_a_year_at_once_the_second_is_asked_about(bring):
    outcomes = together(lambda: bring(year(200)), lambda: bring(year(201)))

    refused = [each for each in outcomes if isinstance(each, services.YearAlreadyImported)]
    assert len(refused) == 1, outcomes
    assert refused[0].data["difference"]["kept"] == 200
    record = FecImport.objects.get()
    assert JournalEntry.objects.count() == record.entries
    sound()


def test_two_replacements_at_once_follow_each_other(bring):
    bring(year(50))

    outcomes = together(
        lambda: bring(year(51), replace=True), lambda: bring(year(52), replace=True)
    )

    assert [type(each) for each in outcomes] == [services.ImportOutcome] * 2, outcomes
    in_force = FecImport.objects.get(replaced_by__isnull=True)
    assert in_force.replaces.replaces.replaces is None
    standing = JournalEntry.objects.filter(kind="entry", reversed_by__isnull=True)
    assert standing.count() == in_force.entries
    sound()


def test_two_different_years_at_once_both_come_in(bring):
    older = fec(entry("1", "5,00", EcritureDate="20220301", PieceDate="20220301"))

    outcomes = together(
        lambda: bring(year(100)), lambda: bring(older, name="732829320FEC20221231.txt")
    )

    assert [each.already for each in outcomes] == [False, False], outcomes
    assert JournalEntry.objects.count() == 101
    sound()


def test_an_import_does_not_mind_sealing_and_attributing_beside_it(bring, system):
    bring(year(100))
    rules = rules_from_data(
        [{"name": "ventes", "account": ["701*"], "shares": {"verger": 1, "-": 1}}]
    )
    done = threading.Event()

    def importing():
        try:
            return bring(year(1500), replace=True)
        finally:
            done.set()

    def again(work):
        def run():
            count = 0
            while not done.is_set() or not count:
                patiently(work)  # as workers do
                count += 1
                done.wait(0.005)  # those who wait for SQLite stand in no queue: let them in
            return count

        return run

    outcomes = together(
        importing,
        again(lambda: ledger.seal(by=system)),
        again(lambda: services.apply_rules(rules=rules, chamber=bring.chamber, by=system)),
    )

    assert outcomes[0].added == 1400, outcomes
    assert all(isinstance(each, int) for each in outcomes[1:]), outcomes
    services.apply_rules(rules=rules, chamber=bring.chamber, by=system)
    shared = Line.objects.filter(resource__slug="verger", account__code="701000")
    assert shared.aggregate(total=Sum("amount"))["total"] == -sum(range(1, 1501)) * 50
    ledger.seal(by=system)
    sound()
