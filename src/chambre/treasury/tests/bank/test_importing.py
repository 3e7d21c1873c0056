"""Statements brought in: nothing twice, nothing lost, and the ledger says what the bank says."""

import datetime as dt

import pytest
import time_machine

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.core.files import may_read
from chambre.core.models import StoredFile
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line
from chambre.lib import bankfiles
from chambre.lib.bankfiles.writing import mt940, ofx, table
from chambre.treasury.models import BankFile, BankRow, BankStatement, RowReplacement
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.queries.bank import booked_rows, standing_of
from chambre.treasury.services.bank import (
    AccountDiffers,
    BankRefused,
    MappingNeeded,
    RowState,
    change_account,
    create_account,
    import_file,
    use_matching,
)
from chambre.treasury.services.bank import matching as hooks
from chambre.treasury.services.booking import BookLine, book_entry
from chambre.treasury.services.months import MonthClosed, close_month

from .conftest import DAY, LAST, OURS, camt_of, gift, page

pytestmark = pytest.mark.django_db
APRIL = dt.date(2026, 4, 1)
END = dt.date(2026, 4, 30)


def figures(outcome):
    return (outcome.rows, outcome.new, outcome.already, outcome.pending)


def amounts(account):
    return [row.amount for row in booked_rows(account).filter(kind="row")]


def assert_equal(account):
    """The account in the ledger is the statement; 471 holds exactly what is not matched."""
    standing = standing_of(account)
    assert standing.ledger == standing.statement
    assert balance_of(account.book, "471000") == -balance_of(account.book, account.code)


def nothing_kept():
    return not (
        BankFile.objects.exists()
        or BankStatement.objects.exists()
        or BankRow.objects.exists()
        or JournalEntry.objects.exists()
        or StoredFile.objects.exists()
    )


def test_every_row_is_booked_at_once_against_suspense(account, bring):
    outcome = bring(page(gift(5000), gift(-1200, day=LAST)))

    assert outcome.as_json() == {
        "format": "camt.053",
        "rows": 2,
        "new": 2,
        "already": 0,
        "pending": 0,
        "opening": 100_000,
        "closing": 103_800,
        "matched": 0,
        "proposed": 0,
    }
    lines = Line.objects.filter(book=account.book).order_by("entry", "number")
    booked = [(each.account.code, each.day, each.amount) for each in lines]
    assert booked == [
        ("512100", DAY, 5000),
        ("471000", DAY, -5000),
        ("512100", LAST, -1200),
        ("471000", LAST, 1200),
        ("512100", DAY, 100_000),  # what there was before the first statement
        ("471000", DAY, -100_000),
    ]
    assert JournalEntry.objects.first().journal.code == "BQ512100"
    assert_equal(account)


def test_no_name_of_a_person_goes_into_the_ledger(account, bring):
    bring(page(gift(5000, texts="RF18539007547034")))

    for line in Line.objects.all():
        assert "Marchal" not in line.label + line.piece
    row = booked_rows(account).get(kind="row")
    assert (row.party_name, row.creditor_reference) == ("Ines Marchal", "RF18539007547034")


def test_the_same_file_again_changes_nothing(account, bring):
    given = page(gift(), gift(), gift(-700), gift(99, status="pending"))
    bring(given)
    before = (JournalEntry.objects.count(), BankRow.objects.count())

    again = bring(given)

    assert figures(again) == (4, 0, 3, 1)
    assert again.record is None
    assert (JournalEntry.objects.count(), BankRow.objects.count()) == before
    assert StoredFile.objects.count() == 1


def test_two_identical_rows_of_a_file_stay_two(account, bring):
    assert figures(bring(page(gift(5000), gift(5000), gift(5000)))) == (3, 3, 0, 0)
    assert amounts(account) == [5000] * 3
    assert_equal(account)


def test_files_that_overlap_bring_each_row_once(account, bring):
    march = [gift(100, day=DAY), gift(200, day=LAST), gift(200, day=LAST)]
    april = [gift(300, day=APRIL)]
    bring(page(*march))

    both = bring(page(*march[1:], *april, opening=100_100, first=LAST, last=END, number=9))

    assert figures(both) == (3, 1, 2, 0)
    assert sorted(amounts(account)) == [100, 200, 200, 300]
    assert both.notices == []
    assert_equal(account)


def test_two_statements_of_one_day_that_follow_each_other_keep_identical_rows(account, bring):
    morning = page(gift(500), opening=100_000, last=DAY)
    noon = page(gift(500), opening=100_500, last=DAY, number=2)
    bring(morning)

    assert figures(bring(noon)) == (1, 1, 0, 0)
    assert figures(bring(noon)) == (1, 0, 1, 0)
    assert figures(bring(morning)) == (1, 0, 1, 0)
    assert amounts(account) == [500, 500]
    assert_equal(account)


def test_the_later_half_of_a_day_may_come_first(account, bring):
    bring(page(gift(500), opening=100_500, last=DAY, number=2))

    assert figures(bring(page(gift(500), opening=100_000, last=DAY))) == (1, 1, 0, 0)
    assert balance_of(account.book, account.code) == 101_000
    assert_equal(account)


def test_pending_rows_are_apart_until_they_are_on_the_account(account, bring):
    announced = gift(-990, status="pending", party_name="QUINCAILLERIE DU PONT", texts="CB 0203")
    outcome = bring(page(gift(100), announced))
    assert figures(outcome) == (2, 1, 0, 1)
    assert balance_of(account.book, account.code) == 100_100

    booked = announced._replace(
        status="booked", day=APRIL, value_day=APRIL, texts="ACHAT CB QUINCAILLERIE DU PONT 0203"
    )
    bring(page(booked, opening=100_100, first=APRIL, last=END))

    replacement = RowReplacement.objects.get()
    assert replacement.row.status == "pending"
    assert (replacement.by_row.amount, replacement.by_row.day) == (-990, APRIL)
    assert balance_of(account.book, account.code) == 99_110
    assert_equal(account)


def test_an_announced_row_is_not_taken_for_another_of_the_same_amount(account, bring):
    bring(page(gift(100), gift(-990, status="pending", texts="CB QUINCAILLERIE", party_name="")))
    bring(page(gift(-990, texts="LOYER", party_name="Regie", day=APRIL), opening=100_100,
               first=APRIL, last=END))  # fmt: skip

    assert not RowReplacement.objects.exists()


PARTS = [
    gift(2000, end_to_end_id="A", batch_reference="LOT", entry_amount=6000, parts=3, part=0,
         reference="LOT-1", account_reference="LOT-1"),
    gift(2000, end_to_end_id="B", batch_reference="LOT", entry_amount=6000, parts=3, part=1,
         reference="LOT-1", account_reference="LOT-1"),
    gift(2000, end_to_end_id="C", batch_reference="LOT", entry_amount=6000, parts=3, part=2,
         reference="LOT-1", account_reference="LOT-1"),
]  # fmt: skip
WHOLE = gift(6000, reference="LOT-1", account_reference="LOT-1", party_name="", texts="REMISE")


def test_a_batch_is_one_row_for_each_part(account, bring):
    assert figures(bring(page(*PARTS))) == (3, 3, 0, 0)
    assert amounts(account) == [2000] * 3
    assert figures(bring(page(*PARTS))) == (3, 0, 3, 0)
    assert_equal(account)


@pytest.mark.parametrize("message", ["053", "054"])
def test_the_parts_of_a_batch_take_the_place_of_the_whole(account, bring, message):
    bring(page(WHOLE))

    outcome = bring(camt_of(page(*PARTS, number=7), message=message))

    assert outcome.new == 0
    assert amounts(account) == [2000] * 3
    assert RowReplacement.objects.get().why == "split"
    assert balance_of(account.book, account.code) == 106_000
    assert_equal(account)
    assert figures(bring(page(WHOLE, number=8))) == (1, 0, 1, 0)
    assert amounts(account) == [2000] * 3


def test_a_batch_that_is_matched_as_a_whole_stays_whole(account, bring, monkeypatch):
    monkeypatch.setattr(hooks, "_match", [])
    monkeypatch.setattr(hooks, "_states", [])
    bring(page(WHOLE))
    use_matching(
        lambda account, by: hooks.MatchCounts(),
        lambda rows: {each: RowState(matched=6000) for each in rows},
    )

    bring(camt_of(page(*PARTS), message="054"))

    assert amounts(account) == [6000]
    assert not RowReplacement.objects.exists()


def test_a_notification_and_then_the_statement_bring_a_row_once(account, bring):
    told = gift(700, reference="B7700", account_reference="B7700")
    outcome = bring(camt_of(page(told), message="054"))
    assert (outcome.format, outcome.opening, outcome.closing) == ("camt.054", 0, 700)

    late = told._replace(day=DAY + dt.timedelta(1), value_day=DAY)
    assert figures(bring(page(late, gift(800)))) == (2, 1, 1, 0)
    assert balance_of(account.book, account.code) == 101_500
    assert_equal(account)


def test_the_same_month_in_four_formats_brings_each_row_once(account, bring, by):
    rows = [
        gift(1000, reference="R1", account_reference="R1", end_to_end_id="E1"),
        gift(1000, reference="R2", account_reference="R2", end_to_end_id="E2", texts="Panier"),
        gift(-4500, day=LAST, reference="R3", account_reference="R3", party_name="Regie des eaux"),
    ]
    one = page(*rows)
    bring(one)
    mapping = bankfiles.survey(table(one, balance=True).encode())[1].guess
    for content in (
        ofx(one).encode(),
        mt940([one]).encode(),
        table(one, balance=True).encode(),
        table(one).encode(),
    ):
        given = {}
        if b";" in content[:200]:
            given["mapping"] = bankfiles.survey(content)[1].guess
        assert figures(bring(content, **given)) == (3, 0, 3, 0)
    assert mapping.complete
    assert len(amounts(account)) == 3
    assert_equal(account)


def test_a_row_that_one_format_has_and_the_other_has_not_is_new(account, bring):
    one = page(gift(1000, texts="Premier don"), gift(1000, texts="Second don"))
    bring(table(page(gift(1000, texts="Second don"))).encode(),
          mapping=bankfiles.survey(table(one).encode())[1].guess)  # fmt: skip

    assert figures(bring(one)) == (2, 1, 1, 0)
    texts = sorted(booked_rows(account).filter(kind="row").values_list("texts", flat=True))
    assert texts == ["Ines Marchal Second don", "Premier don"]


def test_a_statement_that_does_not_add_up_is_refused_whole(account, bring):
    with pytest.raises(BankRefused) as refused:
        bring(page(gift(100), gift(200), closing=100_299))

    assert refused.value.data["reason"] == "bank-balance"
    assert refused.value.data["difference"] == -1
    assert nothing_kept()


def test_one_bad_statement_among_good_ones_refuses_all(account, bring):
    good = page(gift(100))
    bad = page(gift(200), opening=100_100, closing=0, first=APRIL, last=END, number=2)
    with pytest.raises(BankRefused):
        bring(good, bad)
    assert nothing_kept()


def test_a_file_of_another_account_is_refused_and_says_whose_it_is(account, bring):
    other = "FR7630004001230000765432158"
    with pytest.raises(AccountDiffers) as refused:
        bring(page(gift(), iban=other))

    assert other in str(refused.value.message)
    assert refused.value.data["accounts"] == [other]
    assert nothing_kept()


def test_of_a_file_for_several_accounts_only_ones_own_rows_are_taken(account, bring):
    other = "FR7630004001230000765432158"
    outcome = bring(page(gift(100)), page(gift(200), iban=other))

    assert figures(outcome) == (1, 1, 0, 0)
    assert outcome.notices == [{"code": "other-account", "account": other}]


def test_statements_in_another_currency_are_passed_over(account, bring):
    with pytest.raises(AccountDiffers):
        bring(camt_of(page(gift())).replace(b'"EUR"', b'"USD"').replace(b">EUR<", b">USD<"))
    assert nothing_kept()


def test_an_empty_statement_is_kept_and_books_the_balance(account, bring):
    outcome = bring(page())
    assert figures(outcome) == (0, 0, 0, 0)
    assert (outcome.opening, outcome.closing) == (100_000, 100_000)
    assert balance_of(account.book, account.code) == 100_000
    assert_equal(account)


def test_what_the_ledger_knows_already_is_not_booked_as_an_opening(account, bring, orchard):
    book_entry(
        book=orchard, journal="OD", day=dt.date(2026, 2, 1), key="before",
        lines=[BookLine(90_000, account="512100"), BookLine(-90_000, use="donation")],
    )  # fmt: skip
    bring(page(gift(100)))

    opening = BankRow.objects.get(kind="opening")
    assert (opening.amount, opening.day) == (10_000, DAY)
    assert balance_of(account.book, account.code) == 100_100


def test_an_earlier_statement_that_comes_later_moves_the_opening(account, bring):
    bring(page(gift(100)))
    february = page(gift(-3000, day=dt.date(2026, 2, 10)), opening=103_000,
                    first=dt.date(2026, 2, 1), last=dt.date(2026, 2, 28), number=0)  # fmt: skip
    bring(february)

    (opening,) = BankRow.objects.filter(kind="opening", replaced__isnull=True)
    assert (opening.amount, opening.day) == (103_000, dt.date(2026, 2, 1))
    assert balance_of(account.book, account.code, dt.date(2026, 2, 28)) == 100_000
    assert_equal(account)


def test_a_gap_between_two_statements_is_told_and_closes_when_the_missing_one_comes(account, bring):
    bring(page(gift(100), last=dt.date(2026, 3, 10)))
    outcome = bring(page(gift(50, day=END), opening=100_400, first=APRIL, last=END, number=3))
    assert outcome.notices == [
        {"code": "gap", "after": "2026-03-10", "before": "2026-04-01", "amount": 300}
    ]
    assert not standing_of(account).equal

    filled = bring(page(gift(300, day=LAST), opening=100_100, first=dt.date(2026, 3, 11), number=2))
    assert filled.notices == []
    assert_equal(account)


def test_rows_before_since_are_shown_and_not_booked(account, bring, by, orchard):
    change_account(account=account, by=by, since=dt.date(2026, 3, 15))
    book_entry(
        book=orchard, journal="OD", day=dt.date(2026, 3, 10), key="before",
        lines=[BookLine(100_500, account="512100"), BookLine(-100_500, use="donation")],
    )  # fmt: skip
    bring(page(gift(500), gift(70, day=LAST)))

    rows = BankRow.objects.order_by("day").values_list("amount", "is_booked")
    assert list(rows) == [(500, False), (70, True)]
    assert balance_of(account.book, account.code) == 100_570
    assert standing_of(account).equal


def test_nothing_is_booked_in_a_closed_month(account, bring, by, orchard):
    with time_machine.travel("2026-05-10"):
        close_month(book=orchard, month=DAY, by=by)
    with pytest.raises(MonthClosed):
        bring(page(gift()))
    assert not BankRow.objects.exists()
    assert not JournalEntry.objects.exists()


def test_nothing_is_booked_in_a_closed_year(account, bring, orchard, system):
    year = ledger.financial_year(
        book=orchard, start=dt.date(2026, 1, 1), end=dt.date(2026, 12, 31), by=system
    )
    with time_machine.travel("2027-02-01"):
        ledger.close_year(book=orchard, year=year, by=system)
    before = JournalEntry.objects.count()
    with pytest.raises(ledger.ClosedYear):
        bring(page(gift()))
    assert not BankRow.objects.exists()
    assert JournalEntry.objects.count() == before


def test_a_table_needs_its_mapping_and_then_counts_on_from_what_is_known(account, bring):
    content = table(page(gift(1000), gift(-300))).encode()
    with pytest.raises(MappingNeeded):
        bring(content)
    assert nothing_kept()

    outcome = bring(content, mapping=bankfiles.survey(content)[1].guess)
    assert (outcome.format, outcome.opening, outcome.closing) == ("csv", 0, 700)
    assert_equal(account)


def test_money_in_another_currency_a_reversal_and_charges_are_kept_with_the_row(account, bring):
    bring(
        page(
            gift(-4611, original_amount=-5000, original_currency="USD"),
            gift(-1500, reversal=True, return_code="AC04", mandate_id="M-1"),
        )
    )
    dollars, back = booked_rows(account).filter(kind="row").order_by("amount")
    assert (dollars.original_amount, dollars.original_currency) == (-5000, "USD")
    assert (back.reversal, back.return_code, back.mandate_id) == (True, "AC04", "M-1")
    assert back.as_read().party_name == "Ines Marchal"


def test_only_who_answers_for_the_money_brings_in_and_reads_files(account, passer_by, by, orchard):
    stranger = Actor.of(passer_by)
    with pytest.raises(Forbidden):
        import_file(account=account, content=camt_of(page(gift())), by=stranger)
    with pytest.raises(Forbidden):
        create_account(book=orchard, slug="mine", iban=OURS, by=stranger)
    assert nothing_kept()

    import_file(account=account, content=camt_of(page(gift())), by=Actor.system("test"))
    stored = StoredFile.objects.get()
    assert may_read(by, stored)
    assert not may_read(stranger, stored)
