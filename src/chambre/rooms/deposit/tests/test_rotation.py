"""One rotation after the other: issued, brought back, paid once, and the books agree all along."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.ledger import api as ledger
from chambre.rooms.deposit.models import Act, Case, Contract, Item, Move, Part, Refund
from chambre.rooms.deposit.queries.holding import differences, holding
from chambre.rooms.deposit.services import returning, schemes
from chambre.rooms.deposit.services.asking import Asked, Condition, Presence, Split
from chambre.treasury import api as treasury

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


def drawer(house):
    return treasury.drawer_of(house.scheme.book, house.place.drawer.slug).held


def balance(house, begins):
    from chambre.ledger.models import Line

    rows = Line.objects.filter(book=house.scheme.book, account__code__startswith=begins)
    return sum(rows.values_list("amount", flat=True))


def test_a_deposit_is_taken_and_paid_back(house, jar):
    assert holding().as_json()["open_contracts"] == 1
    assert (holding().held, holding().ledger_4196, drawer(house)) == (200, 200, 200)

    answer = house.back(jar)

    assert (answer.outcome, answer.refund, answer.reason) == ("refunded", 200, "whole")
    assert (holding().held, holding().ledger_4196, drawer(house)) == (0, 0, 0)
    assert holding().equal
    item = Item.objects.get(uri=jar)
    assert (item.state, item.rotations, item.place) == ("returned", 1, house.place)
    assert [move.kind for move in item.moves.order_by("number")] == [
        "commissioned", "issued", "returned",
    ]  # fmt: skip
    contract = Contract.objects.get()
    assert (contract.state, contract.refunded, str(contract.uid)) == (
        "closed",
        200,
        answer.contract,
    )
    assert ledger.verify().ok


def test_the_same_key_gets_the_same_answer_and_pays_nothing(house, jar):
    first = house.back(jar, key="scan-1")

    assert house.back(jar, key="scan-1").stored() == first.stored()
    assert Refund.objects.count() == 1
    assert drawer(house) == 0


def test_a_key_is_not_used_for_another_object(house, jar):
    house.back(jar, key="scan-1")
    other = house.jars()[0]
    house.out(other)

    with pytest.raises(KeyReused):
        house.back(other, key="scan-1")
    assert Refund.objects.count() == 1


def test_who_comes_second_gets_nothing_and_people_look_at_it(house, jar):
    house.back(jar)
    second, third = house.back(jar), house.back(jar)

    assert (second.outcome, second.refund) == ("already", 0)
    assert second.case == third.case == Case.objects.get(kind="already").pk
    assert Refund.objects.count() == 1


def test_an_object_rotates_and_each_rotation_is_a_contract(house, jar):
    for _each in range(3):
        house.back(jar)
        house.out(jar)

    assert Contract.objects.filter(item__uri=jar).count() == 4
    assert Contract.objects.filter(state="open").count() == 1
    assert Item.objects.get(uri=jar).rotations == 3
    assert holding().equal


def test_an_unknown_code_does_not_go_out_and_nobody_promises_to_look(house):
    with translation.override("en"):
        answer = house.out("https://lysse.test/consigne/o/NOBODY")
        assert (answer.outcome, answer.words) == ("refused", "Nobody knows this code here.")
    assert not Case.objects.exists()


def test_an_object_that_is_out_is_not_issued_again(house, jar):
    answer = house.out(jar)

    assert (answer.outcome, answer.reason) == ("refused", "not-issuable")
    assert Contract.objects.count() == 1
    assert drawer(house) == 200


def test_the_database_itself_allows_one_open_contract_and_one_refund(house, jar):
    row = Contract.objects.get()
    row.pk, row.uid = None, "11111111-1111-1111-1111-111111111111"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    house.back(jar)
    refund = Refund.objects.get()
    refund.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        refund.save(force_insert=True)


def test_what_was_paid_is_paid_back_and_not_todays_tariff(house, jar):
    schemes.set_tariff(scheme=house.scheme, amount=500, by=SYSTEM, reason="AG")

    assert house.back(jar).refund == 200
    house.out(jar)
    assert house.back(jar).refund == 500
    assert holding().equal


@pytest.mark.parametrize(
    ("code", "outcome", "reason"),
    [("https://lysse.test/consigne/o/NOBODY", "case", "unknown"), ("x", "case", "unknown")],
)
def test_an_unknown_code_is_a_case(house, code, outcome, reason):
    answer = house.back(code)

    assert (answer.outcome, answer.reason, answer.refund) == (outcome, reason, 0)
    assert Case.objects.get(pk=answer.case).code == code


def test_an_object_that_was_never_issued_is_a_case(house):
    (code,) = house.jars()
    answer = house.back(code)

    assert (answer.outcome, answer.reason) == ("case", "never-issued")
    assert Item.objects.get().state == "active"
    assert Move.objects.filter(kind="seen").count() == 1


def test_an_object_of_another_scheme_is_a_case(house, jar):
    other = schemes.create_scheme(
        slug="gobelets", name="Gobelets", structure=house.structure, amount=100, by=SYSTEM
    )
    schemes.create_place(slug="bar", scheme=other, name="Le bar", by=SYSTEM)
    answer = house.back(jar, place="bar")

    assert (answer.outcome, answer.reason) == ("case", "foreign")
    assert Contract.objects.get().state == "open"
    assert house.back(jar).refund == 200


def test_codes_are_read_as_scanners_and_people_give_them(house, jar):
    serial = Item.objects.get(uri=jar).serial
    typed = f"{serial[:4].lower()}-{serial[4:]}"

    assert (
        house.back(
            f" {jar.upper().replace('HTTPS://LYSSE.TEST/CONSIGNE/O', 'HTTP://Lysse.test/consigne/o')}/?x=1"
        ).refund
        == 200
    )
    house.out(jar)
    assert house.back(typed).refund == 200


def test_an_object_scanned_twice_in_one_crate_is_paid_once(house):
    one, two = house.jars(2)
    house.out(one, two)

    answer = house.back(one, two, one)

    assert (answer.outcome, answer.refund) == ("refunded", 400)
    assert [line["outcome"] for line in answer.lines] == ["refunded", "refunded", "already"]
    assert holding().equal
    assert Item.objects.get(uri=one).moves_count == 4


def test_a_damaged_object_waits_for_people_unless_the_rules_say(house, jar):
    answer = house.back(jar, condition=Condition.DAMAGED)
    assert (answer.outcome, answer.reason, answer.refund) == ("case", "damaged", 0)
    assert Contract.objects.get().state == "open"

    schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="AG", damaged_kept=40)
    answer = house.back(jar, condition=Condition.DAMAGED)

    assert (answer.outcome, answer.refund, answer.kept) == ("refunded", 120, 80)
    assert balance(house, "7086") == -67
    assert balance(house, "44571") == -13
    assert Item.objects.get().state == "damaged"
    assert (holding().held, holding().equal) == (0, True)
    assert ledger.verify().ok


def test_a_late_object_costs_what_the_rules_say(house, jar):
    import datetime as dt

    from chambre.core import clock

    schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="AG", late_after=14, late_kept=25)
    with clock.pretend(clock.today() + dt.timedelta(days=15)):
        answer = house.back(jar)

    assert (answer.reason, answer.refund, answer.kept) == ("late", 150, 50)
    assert holding().equal


def test_a_code_alone_pays_nothing_at_a_distance(house, jar):
    answer = house.back(jar, presence=Presence.DISTANCE)

    assert (answer.outcome, answer.reason) == ("case", "distance")
    assert house.back(jar).refund == 200


@pytest.mark.parametrize(
    ("means", "account", "reference"),
    [("voucher", "4197", "voucher:"), ("gift", "7541", "resource:"), ("receipt", "467100", ""),
     ("suspended", "467200", ""), ("sepa", "467100", "")],
)  # fmt: skip
def test_a_deposit_goes_back_in_many_ways(house, jar, means, account, reference):
    answer = house.back(jar, means=means, key="w")

    assert (answer.outcome, answer.refund) == ("refunded", 200)
    assert balance(house, account) == -200
    assert balance(house, "4196") == 0
    assert Part.objects.get(amount=200).reference.startswith(reference)
    assert house.back(jar, means=means, key="w").as_json() == answer.as_json()
    assert ledger.verify().ok


def test_a_transfer_is_a_payout_that_two_people_agree_to(house, jar):
    answer = house.back(jar, means="sepa", iban="FR76 3000 6000 0112 3456 7890 189", name="Dris")

    assert answer.outcome == "refunded"
    from chambre.treasury.models import Payout

    payout = Payout.objects.get()
    assert (payout.amount, payout.origin) == (200, "deposit")
    assert balance(house, "467400") == -200


def test_an_account_that_is_none_is_refused_and_the_deposit_stays(house, jar):
    answer = house.back(jar, means="sepa", iban="FR00", name="Dris", key="s")

    assert (answer.outcome, answer.reason, answer.refund) == ("refused", "means", 0)
    assert "IBAN" in answer.words
    assert house.back(jar, means="cash", key="s").outcome == "refused"
    assert Contract.objects.get().state == "open"
    assert house.back(jar).refund == 200


def test_a_refund_is_split(house, jar):
    answer = house.back(jar, means="cash", splits=(Split("gift", 50), Split("suspended", 30)))

    assert answer.refund == 200
    assert sorted(Part.objects.filter(amount__gt=0).values_list("channel", "amount")) == [
        ("cash", 120), ("gift", 50), ("suspended", 30),
    ]  # fmt: skip
    assert holding().equal
    assert drawer(house) == 80


def test_a_suspended_deposit_lets_somebody_else_go_without_paying(house, jar):
    house.back(jar, means="suspended")
    one, two = house.jars(2)

    assert house.out(one, means="suspended").outcome == "issued"
    assert house.out(two, means="suspended").outcome == "refused"
    assert balance(house, "467200") == 0
    assert holding().equal


def test_cash_that_is_not_there_is_not_paid(house, jar):
    treasury.move_cash(
        drawer=house.place.drawer, kind="bank", amount=200, reason="banque",
        day=__import__("chambre.core.clock", fromlist=["today"]).today(), key="b", by=SYSTEM,
    )  # fmt: skip
    answer = house.back(jar)

    assert (answer.outcome, answer.reason) == ("refused", "means")
    assert Contract.objects.get().state == "open"
    assert Refund.objects.count() == 0


def test_in_a_batch_only_the_act_that_cannot_be_paid_is_refused(house):
    codes = house.jars(3)
    house.out(*codes)
    asked = [
        Asked(key=f"b{number}", codes=(code,), place="halle", means=means)
        for number, (code, means) in enumerate(zip(codes, ("cash", "card", "gift"), strict=True))
    ]
    answers = returning.take_back_many(asked, by=SYSTEM)

    assert [answer.outcome for answer in answers] == ["refunded", "refused", "refunded"]
    assert [a.stored() for a in returning.take_back_many(asked, by=SYSTEM)] == [
        a.stored() for a in answers
    ]
    assert holding().equal


def test_a_batch_is_few_entries(house):
    codes = house.jars(20)
    house.out(*codes)
    from chambre.ledger.models import JournalEntry

    before = JournalEntry.objects.count()
    asked = [
        Asked(key=f"b{n}", codes=(code,), place="halle", means="receipt")
        for n, code in enumerate(codes)
    ]
    answers = returning.take_back_many(asked, by=SYSTEM)

    assert [answer.refund for answer in answers] == [200] * 20
    assert JournalEntry.objects.count() == before + 1
    assert len({answer.slip_code for answer in answers}) == 20
    assert holding().equal


def test_only_those_who_work_at_a_place(house, jar, make_user):
    stranger = Actor.of(make_user("dris@exemple.test"))
    before = Act.objects.count()

    with pytest.raises(Forbidden):
        house.back(jar, by=stranger)
    assert Act.objects.count() == before


@pytest.mark.parametrize(
    "bad", [{"codes": ()}, {"key": ""}, {"key": "x" * 201}, {"splits": (Split("gift", 0),)}]
)
def test_what_makes_no_sense_is_refused(house, jar, bad):
    asked = {"key": "k", "codes": (jar,), "place": "halle"} | bad
    with pytest.raises(Invalid):
        returning.take_back(Asked(**asked), by=SYSTEM)
    assert Refund.objects.count() == 0


def test_verify_says_when_contracts_and_books_differ(house, jar):
    treasury.book_entry(
        book=house.scheme.book, journal="OD", day=house.scheme.created_at.date(), key="wrong",
        lines=[
            treasury.BookLine(
                50, use="deposit", resource=house.scheme.resource_id,
                auxiliary=(house.place.auxiliary, house.place.name),
            ),
            treasury.BookLine(-50, use="donation", resource=house.scheme.resource_id),
        ],
    )  # fmt: skip

    assert not holding().equal
    assert len(list(differences())) == 1
    assert [problem.kind for problem in ledger.verify().problems] == ["deposit"]
