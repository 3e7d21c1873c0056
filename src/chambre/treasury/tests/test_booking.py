"""Booking by use: the right accounts, balanced for every resource, once."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.ledger.models import JournalEntry, Line
from chambre.registry import api as registry
from chambre.treasury.models import BookingRule
from chambre.treasury.services.booking import (
    BookLine,
    account_of,
    book_entry,
    change_rule,
    rule_of,
    unbook,
)
from chambre.treasury.services.parties import clean_iban, note_iban, note_party

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)


def entry(book, *lines, key="one"):
    return book_entry(book=book, journal="BQ", day=DAY, lines=lines, key=key, label="Essai")


def booked(one):
    rows = Line.objects.filter(entry=one).order_by("number")
    return [(row.account.code, row.resource and row.resource.slug, row.amount) for row in rows]


def test_a_use_is_booked_on_the_account_of_the_chart(orchard):
    done = entry(orchard, BookLine(1200, use="means.cash"), BookLine(-1200, use="membership"))

    assert booked(done) == [("530000", None, 1200), ("756100", None, -1200)]
    assert done.journal.code == "BQ"


def test_a_rule_changes_the_account_from_then_on_and_can_be_given_up(orchard, treasurer):
    by = Actor.of(treasurer)
    verger = registry.create_resource(slug="verger", name="Verger", by=Actor.system("test"))
    change_rule(book=orchard, use="sale.goods", account="707100", vat=550, resource=verger, by=by)

    assert rule_of(orchard, "sale.goods").vat == 550
    done = entry(orchard, BookLine(500, use="means.cash"), BookLine(-500, use="sale.goods"))
    assert booked(done) == [
        ("530000", None, 500),
        ("707100", "verger", -500),
        ("181RES", None, -500),
        ("181RES", "verger", 500),
    ]

    change_rule(book=orchard, use="sale.goods", by=by)
    assert account_of(orchard, "sale.goods") == "707000"
    assert BookingRule.objects.count() == 2


def test_a_rule_for_one_means_goes_before_the_rule_for_all(orchard, treasurer):
    by = Actor.of(treasurer)
    change_rule(book=orchard, use="fee", account="627100", by=by)
    change_rule(book=orchard, use="fee", means="stripe", account="627200", by=by)

    assert account_of(orchard, "fee", "stripe") == "627200"
    assert account_of(orchard, "fee", "mollie") == "627100"


def test_the_same_key_books_once_and_other_content_is_refused(orchard):
    lines = (BookLine(900, use="means.cash"), BookLine(-900, use="donation"))

    assert entry(orchard, *lines) == entry(orchard, *lines)
    with pytest.raises(KeyReused):
        entry(orchard, BookLine(901, use="means.cash"), BookLine(-901, use="donation"))
    assert JournalEntry.objects.count() == 1


def test_what_does_not_sum_to_zero_is_not_booked(orchard):
    with pytest.raises(Invalid):
        entry(orchard, BookLine(900, use="means.cash"), BookLine(-899, use="donation"))
    assert not JournalEntry.objects.exists()


def test_an_entry_is_taken_back_by_its_opposite_once(orchard):
    done = entry(orchard, BookLine(900, use="means.cash"), BookLine(-900, use="donation"))

    back = unbook(entry=done, key="back")

    assert unbook(entry=done, key="back") == back
    assert booked(back) == [("530000", None, -900), ("754110", None, 900)]
    assert back.label == "Annulation\xa0: Essai"


def test_only_those_who_answer_for_the_money_change_rules(orchard, passer_by):
    with pytest.raises(Forbidden):
        change_rule(book=orchard, use="fee", account="627100", by=Actor.of(passer_by))
    assert not BookingRule.objects.exists()


@pytest.mark.parametrize("account", ["6", "ABC", "62'", "6271" + "0" * 40])
def test_what_is_no_account_number_is_refused(orchard, treasurer, account):
    with pytest.raises(Invalid):
        change_rule(book=orchard, use="fee", account=account, by=Actor.of(treasurer))


def test_third_parties_have_codes_of_their_own_and_confirmed_accounts(orchard, treasurer):
    by = Actor.of(treasurer)
    first = note_party(book=orchard, name="  Maraîchage   Dupré ", by=by)
    second = note_party(book=orchard, name="Café du Pont", by=by)

    assert [(each.code, each.name) for each in (first, second)] == [
        ("T000001", "Maraîchage Dupré"),
        ("T000002", "Café du Pont"),
    ]
    seen = note_iban(party=first, iban="FR76 3000 6000 0112 3456 7890 189", by=by)
    assert (seen.iban, seen.confirmed) == ("FR7630006000011234567890189", False)
    assert note_iban(party=first, iban=seen.iban, by=by, confirmed=True).confirmed


def test_a_wrong_iban_is_refused():
    with pytest.raises(Invalid, match="FR76"):
        clean_iban("FR76 3000 6000 0112 3456 7890 188")
