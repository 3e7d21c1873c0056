"""Credit units: always zero together, nobody beyond what was agreed, paid and given back once."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid, KeyReused
from chambre.registry import api as registry
from chambre.treasury.models import CreditAccount, CreditMove
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.queries.credit import differing
from chambre.treasury.services import credit as service
from chambre.treasury.services.credit_moving import move_units
from chambre.treasury.services.credit_paying import left_in_units, pay_with_units
from chambre.treasury.services.payments import AskedLine, Refused, request_payment
from chambre.treasury.services.receiving import receive, withdraw
from chambre.treasury.services.refunds import refund
from chambre.treasury.tests.payouts.test_at_once import at_once

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 4)


@pytest.fixture
def chamber(orchard):
    return orchard.structure.chamber


@pytest.fixture
def bruno(treasurer):
    return Actor.of(treasurer)


@pytest.fixture
def chloe(make_user, orchard, system):
    """A member who earns and spends units."""
    user = make_user("chloe@exemple.test")
    registry.create_person(email=user.email, name="Chloé", by=system)
    return Actor.of(user)


@pytest.fixture
def accounts(orchard, chloe, system):
    """Chloé may owe 30 units, the orchard nothing."""
    person = registry.person_of(chloe.user)
    return (
        service.open_credit(agent=person, limit=3_000, by=system),
        service.open_credit(agent=orchard.structure, by=system),
    )


@pytest.fixture
def owed(orchard, bruno):
    def make(key="one", amount=2_000):
        return request_payment(
            book=orchard, amount=amount, reason="Panier", by=bruno, key=key,
            lines=[AskedLine(amount, use="sale.product", vat=550)],
        )  # fmt: skip

    return make


def stands(*accounts):
    """What accounts hold, having asked whether the ledger says the same and all are zero together."""
    for account in accounts:
        account.refresh_from_db()
    chamber = accounts[0].chamber
    assert differing(chamber) == {}
    assert sum(CreditAccount.objects.filter(chamber=chamber).values_list("held", flat=True)) == 0
    return [account.held for account in accounts]


def pay(payment, source, amount, by, key="k"):
    return pay_with_units(payment=payment, source=source, amount=amount, day=DAY, key=key, by=by)


def test_a_member_pays_with_units_and_the_structure_books_a_sale(orchard, accounts, owed, chloe):
    mine, theirs = accounts
    basket = owed()

    receipt = pay(basket, mine, 2_000, chloe)
    assert pay(basket, mine, 2_000, chloe) == receipt  # told twice

    basket.refresh_from_db()
    assert (basket.state, basket.received) == ("paid", 2_000)
    assert stands(mine, theirs) == [-2_000, 2_000]
    assert balance_of(orchard, "458000") == 2_000
    assert balance_of(orchard, "701000") == -1_896
    assert balance_of(orchard, "445710") == -104
    with pytest.raises(KeyReused):
        pay(basket, mine, 1_999, chloe)


def test_nobody_pays_beyond_what_is_held_and_agreed(accounts, owed, chloe):
    mine, theirs = accounts
    with pytest.raises(service.NotEnoughUnits) as refused:
        pay(owed(amount=3_001), mine, 3_001, chloe)
    assert refused.value.data["left"] == 3_000
    pay(owed("two", 3_000), mine, 3_000, chloe)
    with pytest.raises(service.NotEnoughUnits):
        pay(owed("three", 1), mine, 1, chloe)
    assert stands(mine, theirs) == [-3_000, 3_000]
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditAccount.objects.filter(pk=mine.pk).update(held=-3_001)


def test_only_the_holder_gives_units(accounts, owed, chloe, bruno, passer_by):
    mine, theirs = accounts
    for by in (bruno, Actor.of(passer_by), Actor.of(None)):
        with pytest.raises(Forbidden):
            pay(owed(), mine, 100, by)
    facts = {"amount": 100, "reason": "Aide", "day": DAY, "key": "x"}
    with pytest.raises(Forbidden):
        move_units(source=theirs, target=mine, by=chloe, **facts)
    with pytest.raises(Invalid):  # nor does anybody say over the desk that they came
        receive(payment=owed(), amount=100, means="credit", day=DAY, key="d", by=bruno)
    assert not CreditMove.objects.exists()


def test_what_is_given_back_goes_to_whom_it_came_from_line_by_line(
    orchard, accounts, owed, chloe, bruno
):
    mine, theirs = accounts
    basket = owed()
    receipt = pay(basket, mine, 1_500, chloe)
    receive(payment=basket, amount=500, means="cash", day=DAY, key="c", by=bruno)

    back = refund(payment=basket, amount=600, key="r", by=bruno)
    assert refund(payment=basket, amount=600, key="r", by=bruno) == back

    assert (back.means, back.stage, left_in_units(basket)) == ("credit", "done", 900)
    assert stands(mine, theirs) == [-900, 900]
    assert balance_of(orchard, "458000") == 900
    with pytest.raises(Conflict):  # the rest did not come in units
        refund(payment=basket, amount=901, means="credit", key="r2", by=bruno)
    with pytest.raises(Refused):
        refund(payment=basket, amount=1_401, means="credit", key="r3", by=bruno)
    with pytest.raises(Conflict):
        withdraw(event=receipt, by=bruno)
    assert stands(mine, theirs) == [-900, 900]


def test_units_that_were_given_away_cannot_go_back(accounts, owed, chloe, bruno):
    mine, theirs = accounts
    basket = owed()
    pay(basket, mine, 2_000, chloe)
    move_units(
        source=theirs, target=mine, amount=1_500, reason="Taille", day=DAY, key="w", by=bruno
    )
    with pytest.raises(service.NotEnoughUnits):
        refund(payment=basket, amount=2_000, key="r", by=bruno)
    basket.refresh_from_db()
    assert (basket.state, basket.refunds.count()) == ("paid", 0)
    assert stands(mine, theirs) == [-500, 500]


def test_the_books_of_both_sides_have_what_they_hold(orchard, accounts, chloe, bruno, system):
    mine, theirs = accounts
    service.agree_limit(account=theirs, limit=1_000, by=system, reason="Assemblée de mars")
    move_units(
        source=theirs, target=mine, amount=1_000, reason="Taille", day=DAY, key="w", by=bruno
    )
    assert stands(mine, theirs) == [1_000, -1_000]
    assert balance_of(orchard, "458000") == -1_000
    assert balance_of(orchard, "401000") == 1_000
    with pytest.raises(Conflict):
        service.agree_limit(account=theirs, limit=999, by=system)
    with pytest.raises(Conflict):
        service.close_credit(account=mine, by=system)


def test_an_account_is_closed_at_zero_and_takes_nothing_then(accounts, owed, chloe, system):
    mine, theirs = accounts
    with pytest.raises(Forbidden):
        service.close_credit(account=theirs, by=chloe)
    service.close_credit(account=theirs, by=system)
    with pytest.raises(Conflict):
        pay(owed(), mine, 100, chloe)
    again = service.open_credit(agent=theirs.agent, limit=200, by=system)
    assert (again.pk, again.limit, again.is_open) == (theirs.pk, 200, True)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_spend_no_more_than_there_is(accounts, owed, chloe):
    mine, theirs = accounts
    one, two = owed("one", 2_000), owed("two", 2_000)
    results = at_once(
        lambda: pay(one, mine, 2_000, chloe, key="a"), lambda: pay(two, mine, 2_000, chloe, key="b")
    )
    assert [each for each in results if isinstance(each, str)] == [service.NotEnoughUnits.code]
    assert stands(mine, theirs) == [-2_000, 2_000]


def test_somebody_pays_on_the_payers_page(client, accounts, owed, chloe, passer_by):
    mine, theirs = accounts
    basket = owed()
    page = f"/tresorerie/payer/{basket.public_id}/"
    assert "unites/" not in client.get(page).content.decode()
    client.force_login(passer_by)
    facts = {"source": mine.pk, "amount": "20", "key": "f"}
    assert client.post(f"{page}unites/", facts).status_code == 404
    client.force_login(chloe.user)
    assert "unites/" in client.get(page).content.decode()
    client.post(f"{page}unites/", facts)
    client.post(f"{page}unites/", facts)
    assert stands(mine, theirs) == [-2_000, 2_000]
    own = client.get("/tresorerie/unites/").content.decode()
    assert "Panier" in own and theirs.code not in own
    assert client.get(f"/tresorerie/unites/{theirs.pk}/").status_code == 403


def test_machines_pay_and_look(client, accounts, owed, chloe, chamber):
    mine, theirs = accounts
    basket = owed()
    client.force_login(chloe.user)
    given = {"account": mine.code, "amount": 2_000, "key": "m"}
    path = f"/api/treasury/payments/{basket.public_id}/units"
    for _time in range(2):
        answer = client.post(path, given, content_type="application/json")
        assert answer.json() == {
            "payment": basket.public_id, "state": "paid", "received": 2_000, "held": -2_000,
        }  # fmt: skip
    base = f"/api/treasury/credit/{chamber.slug}/accounts"
    assert [row["code"] for row in client.get(base).json()["items"]] == [mine.code]
    moves = client.get(f"{base}/{mine.code}/moves").json()["items"]
    assert [(row["target"], row["amount"]) for row in moves] == [(theirs.code, 2_000)]
    assert client.get(f"{base}/{theirs.code}/moves").status_code == 403
