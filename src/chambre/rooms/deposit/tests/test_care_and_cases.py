"""What happens beside issues and returns: care, cases, receipts, partners, unclaimed, privacy."""

import datetime as dt

import pytest

from chambre.core import clock
from chambre.core.errors import Conflict, Invalid
from chambre.epcis import api as epcis
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.registry import api as registry
from chambre.rooms.deposit import tasks
from chambre.rooms.deposit.models import Case, Contract, Item, Lot, Untold
from chambre.rooms.deposit.queries.errors import NoMeans, NotNow
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import (
    caring,
    partners,
    privacy,
    receipts,
    schemes,
    stock,
    telling,
    unclaimed,
)
from chambre.rooms.deposit.services.asking import Presence

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


def balance(house, begins):
    rows = Line.objects.filter(book=house.scheme.book, account__code__startswith=begins)
    return sum(rows.values_list("amount", flat=True))


def test_the_repository_is_told_each_move_once(house, jar):
    house.back(jar)
    told = telling.tell_all()

    assert told == 3
    assert Untold.objects.count() == 0
    assert telling.tell_all() == 0
    lived = epcis.history(jar)
    assert [(each.event["type"], each.event["action"]) for each in reversed(lived)] == [
        ("ObjectEvent", "ADD"), ("TransactionEvent", "ADD"), ("TransactionEvent", "DELETE"),
    ]  # fmt: skip
    contract = Contract.objects.get()
    assert lived[0].event["bizTransactionList"][0]["bizTransaction"] == f"urn:uuid:{contract.uid}"
    assert lived[0].disposition == "returned"
    assert epcis.state(jar).biz_step == "collecting"


def test_objects_of_one_crate_are_one_event(house):
    codes = house.jars(3)
    house.out(*codes)
    telling.tell_all()

    assert len(epcis.history(codes[0])[0].event["epcList"]) == 3


def test_an_object_is_washed_and_inspected_before_it_goes_out_again(house):
    type_ = schemes.create_type(slug="verre", scheme=house.scheme, by=SYSTEM, wash=True)
    (code,) = stock.commission(type_=type_, count=1, by=SYSTEM)
    house.out(code)
    house.back(code)
    assert house.out(code).reason == "not-issuable"

    wash = {"method": "machine", "temperature": 72, "minutes": 4}
    caring.care(codes=[code], step="wash", by=SYSTEM, scheme=house.scheme, facts=wash)
    assert house.out(code).reason == "not-issuable"
    caring.care(codes=[code], step="pass", by=SYSTEM, scheme=house.scheme)

    assert house.out(code).outcome == "issued"
    telling.tell_all()
    washed = [each for each in epcis.history(code) if each.biz_step.endswith("cleaning")]
    assert washed[0].event["sensorElementList"][0]["sensorReport"][0]["value"] == 72


def test_what_is_out_cannot_be_washed_and_nothing_is_noted(house, jar):
    (other,) = house.jars()
    with pytest.raises(NotNow):
        caring.care(codes=[other, jar], step="wash", by=SYSTEM, scheme=house.scheme)
    assert Item.objects.get(uri=other).state == "active"


def test_retired_objects_leave_the_books(house):
    type_ = schemes.create_type(slug="caisse", scheme=house.scheme, by=SYSTEM, unit_cost=1_250)
    codes = stock.commission(type_=type_, count=4, by=SYSTEM)
    assert balance(house, "2186") == 5_000

    caring.care(codes=codes[:1], step="retire", by=SYSTEM, scheme=house.scheme, note="fendue")
    caring.care(codes=codes[1:2], step="lose", by=SYSTEM, scheme=house.scheme)

    assert balance(house, "2186") == 2_500
    assert balance(house, "675") == 2_500
    assert ledger.verify().ok


def test_a_lost_object_that_comes_back_is_paid_while_its_deposit_is_held(house, jar):
    caring.care(codes=[jar], step="lose", by=SYSTEM, scheme=house.scheme)

    assert house.back(jar).refund == 200


def test_a_batch_is_recalled_and_stays_apart_when_it_comes_back(house, jar):
    (other,) = house.jars()
    lot = Lot.objects.get(items__uri=jar)
    assert caring.recall(lot=lot, reason="verre fragile", by=SYSTEM) == {"here": 0, "out": 1}

    assert house.back(jar).refund == 200
    assert Item.objects.get(uri=jar).state == "recalled"
    assert house.out(jar).outcome == "refused"
    assert house.out(other).outcome == "issued"


def test_a_new_label_leads_to_the_same_life(house, jar):
    item = Item.objects.get(uri=jar)
    caring.relabel(item=item, code="BOCAL-77", kind="old", reason="illisible", by=SYSTEM)

    assert house.back("BOCAL-77").refund == 200
    (other,) = house.jars()
    with pytest.raises(Conflict):
        caring.relabel(
            item=Item.objects.get(uri=other), code="BOCAL-77", kind="old", reason="", by=SYSTEM
        )


def test_a_receipt_is_paid_once(house, jar):
    code = house.back(jar, means="receipt").slip_code
    ask = {"code": code.lower(), "place": house.place, "by": SYSTEM}

    answer = receipts.pay_receipt(means="cash", key="r1", **ask)
    assert answer.refund == 200
    assert receipts.pay_receipt(means="cash", key="r1", **ask).stored() == answer.stored()
    with pytest.raises(receipts.ReceiptUsed):
        receipts.pay_receipt(means="cash", key="r2", **ask)
    assert balance(house, "467100") == 0
    with pytest.raises(receipts.NoReceipt):
        receipts.pay_receipt(code="AAAA", place=house.place, means="cash", key="r3", by=SYSTEM)


def test_a_receipt_is_not_paid_without_an_account_to_send_it_to(house, jar):
    code = house.back(jar, means="sepa").slip_code
    ask = {"code": code, "place": house.place, "by": SYSTEM, "means": "sepa"}
    with pytest.raises(NoMeans):
        receipts.pay_receipt(key="r1", **ask)

    receipts.pay_receipt(key="r2", iban="FR7630006000011234567890189", name="Dris", **ask)
    assert (balance(house, "467100"), balance(house, "467400")) == (0, -200)


@pytest.fixture
def partner(house):
    structure = registry.create_structure(slug="epicerie", name="Épicerie du pont", by=SYSTEM)
    return schemes.create_place(
        slug="epicerie", scheme=house.scheme, name="Épicerie", partner=structure, by=SYSTEM
    )


def test_a_partner_takes_and_pays_out_of_its_own_till(house, partner):
    one, two = house.jars(2)
    house.out(one, two, place="epicerie")
    house.back(one, place="epicerie")

    assert balance(house, "467300") == 200
    assert holding().held == 200
    assert holding().equal
    today = clock.today()
    month = partners.month_of(house.scheme, partner.partner, today, today)
    assert (month.issued, month.returned, month.balance) == ((400, 2), (200, 1), 200)


def test_a_month_is_settled_once_when_it_is_over(house, partner):
    one, two = house.jars(2)
    house.out(one, two, place="epicerie")
    today = clock.today()
    with pytest.raises(Invalid):
        partners.settle_month(
            scheme=house.scheme, partner=partner.partner, year=today.year, month=today.month,
            by=SYSTEM,
        )  # fmt: skip
    asked = {"scheme": house.scheme, "partner": partner.partner, "by": SYSTEM}
    with clock.pretend(today + dt.timedelta(days=40)):
        row = partners.settle_month(year=today.year, month=today.month, **asked)
        again = partners.settle_month(year=today.year, month=today.month, **asked)

    assert row == again
    assert row.balance == 400
    assert (balance(house, "467300"), balance(house, "411")) == (0, 400)
    assert ledger.verify().ok


def test_the_deposit_follows_the_product_when_the_rules_say_so(house, partner):
    codes = house.jars(3)
    partners.hand_over(origin=house.place, target=partner, key="h1", codes=codes, by=SYSTEM)
    partners.hand_over(origin=partner, target=house.place, key="h2", codes=codes, by=SYSTEM)
    assert balance(house, "467300") == 0

    schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="AG", liability="product")
    rows = partners.hand_over(origin=house.place, target=partner, key="h3", codes=codes, by=SYSTEM)
    assert (
        partners.hand_over(origin=house.place, target=partner, key="h3", codes=codes, by=SYSTEM)
        == rows
    )

    assert [(row.quantity, row.amount) for row in rows] == [(3, 600)]
    assert Item.objects.filter(place=partner).count() == 3
    party = Line.objects.filter(account__code="467300", auxiliary__isnull=False)
    assert sum(party.values_list("amount", flat=True)) == 600


def test_nothing_becomes_of_unclaimed_deposits_without_a_decision(house, jar):
    with clock.pretend(clock.today() + dt.timedelta(days=3_000)):
        assert unclaimed.settle_unclaimed(scheme=house.scheme, by=SYSTEM).contracts == 0
        assert Contract.objects.get().state == "open"

        schemes.decide_unclaimed(
            scheme=house.scheme, after_days=730, outcome="sale", reference="AG 2029", by=SYSTEM
        )
        sold = unclaimed.settle_unclaimed(scheme=house.scheme, by=SYSTEM)

    assert (sold.contracts, sold.amount) == (1, 200)
    assert (balance(house, "7088"), balance(house, "44571")) == (-167, -33)
    assert Item.objects.get().state == "lost"
    assert Contract.objects.get().state == "sold"
    assert holding().equal
    assert house.back(jar).reason == "withdrawn"


def test_who_held_what_is_forgotten(house):
    person = registry.create_person(email="p@exemple.test", name="P", by=SYSTEM)
    one, two = house.jars(2)
    house.out(one, two, holder=person.pk)
    house.back(one)
    schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="AG", unlink_after=0)

    assert privacy.unlink_holders() == 1
    assert list(Contract.objects.order_by("pk").values_list("holder", flat=True)) == [
        None, person.pk,
    ]  # fmt: skip


def test_counted_objects_come_back_up_to_what_went_out(house):
    schemes.create_type(slug="verrine", scheme=house.scheme, counting="class", amount=20, by=SYSTEM)
    house.out(counted=(("verrine", 10),))
    schemes.set_tariff(scheme=house.scheme, amount=30, by=SYSTEM)
    assert (holding().held, holding().open_contracts) == (200, 1)

    part = house.back(counted=(("verrine", 4),))
    assert (part.outcome, part.refund) == ("refunded", 80)
    assert (holding().held, holding().equal) == (120, True)
    rest = house.back(counted=(("verrine", 9),))

    assert (rest.outcome, rest.refund) == ("refunded", 120)
    assert Case.objects.get(pk=rest.case).evidence["paid"] == 6
    assert house.back(counted=(("verrine", 1),)).outcome == "case"
    assert holding().held == 0
    assert ledger.verify().ok


def test_a_device_that_pays_very_much_is_looked_at(house):
    schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="AG", burst_count=3)
    codes = house.jars(5)
    house.out(*codes)
    answers = [house.back(code, device="m1", means="gift") for code in codes]

    assert [answer.reason for answer in answers] == ["whole"] * 3 + ["burst"] * 2
    assert Contract.objects.filter(state="open").count() == 2


def test_two_places_too_quickly_is_looked_at(house, jar):
    schemes.change_place(place=house.place, by=SYSTEM, latitude=50_630_000, longitude=3_060_000)
    schemes.create_place(
        slug="nice", scheme=house.scheme, name="Nice", by=SYSTEM,
        latitude=43_700_000, longitude=7_260_000,
    )  # fmt: skip
    house.back(jar)
    house.out(jar)

    answer = house.back(jar, place="nice", presence=Presence.MACHINE, means="gift")
    assert answer.reason == "travel"
    assert house.back(jar, place="nice", means="gift").reason == "whole"


def test_what_others_say_of_our_objects_is_a_case_and_moves_no_money(house, jar):
    from chambre.rooms.deposit.services import outside

    event = {
        "type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2026-01-01T10:00:00.000Z",
        "eventTimeZoneOffset": "+00:00", "epcList": [jar], "bizStep": "collecting",
    }  # fmt: skip
    epcis.record_events(events=[event], by=SYSTEM, key="others:1", house=False)
    from chambre.epcis.models import Batch

    assert outside.look_at(Batch.objects.get(key="others:1").pk) == 1
    assert Case.objects.get(kind="outside").evidence["why"] == "brought back elsewhere"
    assert Contract.objects.get().state == "open"


def test_the_clock_compares_books_every_night(house, jar):
    from chambre.treasury import api as treasury

    tasks.compare()
    assert not Case.objects.exists()
    treasury.book_entry(
        book=house.scheme.book, journal="OD", day=clock.today(), key="wrong",
        lines=[
            treasury.BookLine(
                50, use="deposit", resource=house.scheme.resource_id,
                auxiliary=(house.place.auxiliary, house.place.name),
            ),
            treasury.BookLine(-50, use="donation", resource=house.scheme.resource_id),
        ],
    )  # fmt: skip
    tasks.compare()
    tasks.compare()
    assert Case.objects.get(kind="books").evidence == {"contracts": 200, "books": 150}
