"""What becomes of the deposit of a case takes two people: one proposes, another one confirms it."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.ledger import api as ledger
from chambre.rooms.deposit.models import (
    Case,
    CaseDecision,
    CaseVoice,
    Contract,
    Item,
    Refund,
)
from chambre.rooms.deposit.queries.errors import NotNow
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import deciding
from chambre.rooms.deposit.services.asking import Condition, Presence

from .conftest import SYSTEM, House, keepers
from .test_care_and_cases import balance

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(house, jar):
    """A jar that came back damaged: two euros are at stake."""
    return Case.objects.get(pk=house.back(jar, condition=Condition.DAMAGED).case)


def propose(case, by, amount=None, seen=None, **more):
    return deciding.propose(
        case=case, words="ébréché", by=by, amount=amount, seen=seen and seen.pk, **more
    )


def confirm(case, by, proposal):
    return deciding.confirm(case=case, proposal=proposal.pk, words="vu aussi", by=by)


def test_one_alone_pays_nothing_and_two_pay_once(house, jar, two_people):
    one, two = two_people
    case = Case.objects.get(pk=house.back(jar, presence=Presence.DISTANCE).case)
    proposal = propose(case, one)
    with pytest.raises(deciding.OwnProposal):
        confirm(case, one, proposal)
    assert Refund.objects.count() == 0
    answer = confirm(case, two, proposal)

    assert (answer.outcome, answer.refund, answer.reason) == ("refunded", 200, "decided")
    assert CaseDecision.objects.get().outcome == "paid"
    assert holding().equal
    for again in (
        lambda: confirm(case, two, proposal),
        lambda: propose(case, one, 50, proposal),
        lambda: deciding.withdraw(case=case, proposal=proposal.pk, by=one),
        lambda: deciding.close_case(case=case, outcome="refused", words="trop tard", by=two),
    ):
        with pytest.raises(deciding.Decided):
            again()
    assert Refund.objects.count() == 1
    assert house.back(jar).outcome == "already"


def test_two_people_pay_a_part_and_the_rest_is_kept(jar, case, two_people):
    one, two = two_people
    for wrong in (201, -1):
        with pytest.raises(Invalid):
            propose(case, one, wrong)
    answer = confirm(case, two, propose(case, one, 150))

    assert (answer.refund, answer.kept) == (150, 50)
    contract = Contract.objects.get()
    assert (contract.state, contract.refunded, contract.kept) == ("closed", 150, 50)
    assert Item.objects.get(uri=jar).state == "damaged"
    assert CaseDecision.objects.get().amount == 150


def test_two_people_keep_all_of_it(house, case, two_people):
    one, two = two_people
    drawer = balance(house, "53")
    answer = confirm(case, two, propose(case, one, 0))

    assert (answer.outcome, answer.refund, answer.kept, answer.slip) == ("refunded", 0, 200, None)
    contract = Contract.objects.get()
    assert (contract.state, contract.refunded, contract.kept) == ("closed", 0, 200)
    decision = CaseDecision.objects.get()
    assert (decision.outcome, decision.amount) == ("kept", 0)
    assert (balance(house, "7086"), balance(house, "44571")) == (-167, -33)
    assert balance(house, "53") == drawer
    assert (holding().held, holding().equal) == (0, True)
    assert ledger.verify().ok


def test_what_changed_in_between_is_not_confirmed_unseen(case, two_people):
    one, two = two_people
    first = propose(case, one, 150)
    second = propose(case, one, 0, first)
    with pytest.raises(deciding.ProposalChanged):
        confirm(case, two, first)
    assert Contract.objects.get().state == "open"
    with pytest.raises(deciding.ProposalChanged):
        propose(case, two, 50, first)

    assert confirm(case, two, second).kept == 200
    assert [(row.kind, row.amount) for row in CaseVoice.objects.order_by("pk")] == [
        ("proposed", 150), ("proposed", 0), ("confirmed", 0),
    ]  # fmt: skip


def test_a_withdrawn_proposal_is_not_confirmed_and_stays_readable(case, two_people):
    one, two = two_people
    first = propose(case, one, 150)
    with pytest.raises(Forbidden):
        deciding.withdraw(case=case, proposal=first.pk, by=two)
    deciding.withdraw(case=case, proposal=first.pk, by=one)
    with pytest.raises(deciding.ProposalChanged):
        confirm(case, two, first)
    with pytest.raises(deciding.ProposalChanged):
        deciding.withdraw(case=case, proposal=first.pk, by=one)

    assert confirm(case, one, propose(case, two, 150)).refund == 150
    assert [row.kind for row in CaseVoice.objects.order_by("pk")] == [
        "proposed", "withdrawn", "proposed", "confirmed",
    ]  # fmt: skip


def test_the_second_person_may_propose_something_else_and_the_first_confirms_it(case, two_people):
    one, two = two_people
    first = propose(case, one, 150)
    with pytest.raises(Conflict):
        propose(case, two, 150, first)  # that is what stands: it only has to be confirmed
    other = propose(case, two, 80, first, means="voucher")
    with pytest.raises(deciding.OwnProposal):
        confirm(case, two, other)
    answer = confirm(case, one, other)

    assert (answer.refund, answer.kept, answer.slip) == (
        80, 120, {"kind": "voucher", "amount": 80},
    )  # fmt: skip


def test_a_proposal_about_one_deposit_pays_no_other(house, jar, two_people):
    one, two = two_people
    house.back(jar)
    case = Case.objects.get(pk=house.back(jar).case)  # brought back twice: about no deposit
    house.out(jar)
    proposal = propose(case, one)
    house.back(jar)
    house.out(jar)

    with pytest.raises(deciding.ProposalChanged):
        confirm(case, two, proposal)
    assert Contract.objects.filter(state="open").count() == 1
    assert not CaseDecision.objects.exists()


def test_a_machine_or_a_stranger_decides_nothing(case, make_user):
    stranger = Actor.of(make_user("x@exemple.test"))
    with pytest.raises(deciding.PeopleOnly):
        propose(case, SYSTEM)
    with pytest.raises(Forbidden):
        propose(case, stranger)
    with pytest.raises(Invalid):
        deciding.close_case(case=case, outcome="refused", words=" ", by=SYSTEM)
    assert not CaseVoice.objects.exists()
    deciding.close_case(case=case, outcome="refused", words="cassé par malveillance", by=SYSTEM)
    assert Contract.objects.get().state == "open"


def test_a_case_without_an_open_deposit_pays_nothing(house, jar, two_people):
    house.back(jar)
    case = Case.objects.get(pk=house.back(jar).case)

    with pytest.raises(NotNow):
        propose(case, two_people[0])


def at_once(*works):
    """Do things at the same moment; what each gave, or the error."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def go(number, work):
        barrier.wait()
        try:
            results[number] = work()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def settled(make_user, count=1):
    """Some cases, and who decides them."""
    house = House()
    codes = house.jars(count)
    house.out(*codes)
    numbers = [house.back(code, condition=Condition.DAMAGED).case for code in codes]
    return [Case.objects.get(pk=number) for number in numbers], keepers(house, make_user)


@pytest.mark.django_db(transaction=True)
def test_of_a_change_and_a_confirmation_at_once_only_one_holds(make_user):
    cases, (one, two) = settled(make_user, 4)
    for case in cases:
        first = propose(case, one, 150)
        changed, paid = at_once(
            lambda case=case, first=first: propose(case, one, 20, first),
            lambda case=case, first=first: confirm(case, two, first),
        )
        contract = Contract.objects.get(pk=case.contract_id)
        if isinstance(paid, deciding.ProposalChanged):
            assert (changed.amount, contract.state) == (20, "open")
        else:
            assert isinstance(changed, deciding.Decided)
            assert (paid.refund, contract.refunded, contract.kept) == (150, 150, 50)
    assert holding().equal


@pytest.mark.django_db(transaction=True)
def test_many_confirm_and_one_is_paid(make_user):
    (case,), (one, two) = settled(make_user)
    first = propose(case, one, 150)
    results = at_once(*[lambda: confirm(case, two, first)] * 4)

    assert sorted(type(each).__name__ for each in results) == ["Answer"] + ["Decided"] * 3
    assert Refund.objects.get().amount == 150
    assert holding().equal


@pytest.mark.django_db(transaction=True)
def test_of_two_first_proposals_at_once_one_stands(make_user):
    (case,), (one, two) = settled(make_user)
    results = at_once(lambda: propose(case, one, 150), lambda: propose(case, two, 0))

    assert sorted(type(each).__name__ for each in results) == ["CaseVoice", "ProposalChanged"]
    assert CaseVoice.objects.count() == 1


@pytest.fixture
def signed_in(client, two_people):
    """Acts of each of the two people on the page of a case, and over REST."""

    class SignedIn:
        def page(self, case, number, **sent):
            client.force_login(two_people[number].user)
            address = reverse("deposit:case", args=["bocaux", case.pk])
            return client.post(address, sent) if sent else client.get(address)

        def rest(self, case, number, what, **sent):
            client.force_login(two_people[number].user)
            address = f"/api/deposit/schemes/bocaux/cases/{case.pk}{what}"
            return client.post(address, sent, content_type="application/json")

    return SignedIn()


def test_the_second_person_reads_on_the_page_what_they_confirm(case, signed_in):
    keep = {"act": "decide", "outcome": "pay", "amount": "1,50", "means": "cash", "words": "vu"}
    assert signed_in.page(case, 0, seen="", **keep).status_code == 302
    first = CaseVoice.objects.get()
    told = signed_in.page(case, 1).content.decode()
    assert "1,50" in told and "0,50" in told and "La halle" in told and "en espèces" in told
    assert 'name="act" value="confirm"' in told and 'value="withdraw"' not in told
    own = signed_in.page(case, 0).content.decode()
    assert 'value="withdraw"' in own and 'name="act" value="confirm"' not in own

    other = {"act": "decide", "outcome": "keep", "words": "rien"}
    assert signed_in.page(case, 0, seen=first.pk, **other).status_code == 302
    late = signed_in.page(case, 1, act="confirm", seen=first.pk, **{"c-words": "vu aussi"})
    assert late.status_code == 409
    assert "modifiée ou retirée entre-temps" in late.content.decode()
    assert Contract.objects.get().state == "open"

    stands = CaseVoice.objects.order_by("pk").last()
    assert f'name="seen" value="{stands.pk}"' in late.content.decode()
    signed_in.page(case, 1, act="confirm", seen=stands.pk, **{"c-words": "vu aussi"})
    assert Contract.objects.get().kept == 200
    assert "la consigne est gardée" in signed_in.page(case, 1).content.decode().lower()


def test_over_rest_two_people_decide_and_a_change_is_told(case, signed_in):
    said = signed_in.rest(case, 0, "/proposals", amount=150, words="vu")
    assert said.status_code == 201
    first = said.json()["proposal"]
    assert signed_in.rest(case, 0, f"/proposals/{first}/confirm", words="moi").status_code == 409
    taken = signed_in.rest(case, 0, f"/proposals/{first}/withdraw", words="erreur").json()
    assert (taken["proposal"], [each["kind"] for each in taken["voices"]]) == (
        None, ["proposed", "withdrawn"],
    )  # fmt: skip
    gone = signed_in.rest(case, 1, f"/proposals/{first}/confirm", words="vu")
    assert (gone.status_code, gone.json()["code"]) == (409, "deposit.case.changed")

    second = signed_in.rest(case, 1, "/proposals", amount=0, words="cassé").json()["proposal"]
    late = signed_in.rest(case, 0, "/proposals", amount=50, words="un peu")
    assert late.json()["code"] == "deposit.case.changed"
    paid = signed_in.rest(case, 0, f"/proposals/{second}/confirm", words="oui").json()
    assert (paid["outcome"], paid["refund"], paid["kept"]) == ("refunded", 0, 200)
