"""Vouchers: never good for more than was put in, by nobody who does not hold the code."""

import datetime as dt
import re

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid, NotFound
from chambre.treasury.models import Voucher, VoucherUse
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.queries.vouchers import sold_lines, vouchers_of
from chambre.treasury.services import vouchers as service
from chambre.treasury.services.payments import AskedLine, request_payment
from chambre.treasury.services.receiving import receive, withdraw
from chambre.treasury.tests.payouts.test_at_once import at_once

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 4)
HERE = "/tresorerie/vergers/"


@pytest.fixture
def bruno(treasurer):
    return Actor.of(treasurer)


@pytest.fixture
def owed(orchard, bruno):
    """Something to be paid: ``owed("one", 2_000)``."""

    def make(key="one", amount=2_000, use="sale.product"):
        return request_payment(
            book=orchard, amount=amount, reason="Panier", by=bruno, key=key,
            lines=[AskedLine(amount, use=use)],
        )  # fmt: skip

    return make


@pytest.fixture
def give(orchard, bruno):
    """Give a voucher: the voucher and its code."""

    def make(amount=5_000, key="gift", **facts):
        given = {"reason": "Tombola", "use": "purchase", "day": DAY, **facts}
        return service.issue_voucher(book=orchard, amount=amount, key=key, by=bruno, **given)

    return make


@pytest.fixture
def pay(orchard, bruno):
    """Pay with a code: ``pay(code, payment, amount)``."""

    def make(code, payment, amount, key="use", day=DAY):
        return service.use_voucher(
            book=orchard, code=code, payment=payment, amount=amount, day=day, key=key, by=bruno
        )

    return make


def left(orchard):
    return [row.left for row in vouchers_of(orchard)]


def test_a_voucher_is_used_in_parts_and_never_above(orchard, give, pay, owed):
    row, code = give()
    assert row.digest == service.digest_of(code.lower().replace("-", " "))
    assert code.replace("-", "") not in str(vars(row))
    one, two = owed("one"), owed("two", 4_000)

    pay(code, one, 2_000)
    assert pay(code, one, 2_000) == VoucherUse.objects.get()  # told twice
    with pytest.raises(service.VoucherEmpty) as refused:
        pay(code, two, 3_001, key="more")
    assert refused.value.data["left"] == 3_000
    pay(code, two, 3_000, key="rest")

    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, two.open, left(orchard)) == ("paid", 1_000, [0])
    assert balance_of(orchard, "419700") == 0
    assert balance_of(orchard, "701000") == -5_000


def test_a_voucher_is_bought_then_issued_once(orchard, bruno, owed):
    sale = owed("sale", 3_000, use="means.voucher")
    facts = {"book": orchard, "reason": "Bon cadeau", "day": DAY, "by": bruno}
    line = sale.lines.get()
    with pytest.raises(Conflict):
        service.issue_voucher(**facts, key="early", line=line)
    receive(payment=sale, amount=3_000, means="cash", day=DAY, key="c", by=bruno)
    assert list(sold_lines(orchard)) == [line]

    row, code = service.issue_voucher(**facts, key="v", line=line)

    assert service.issue_voucher(**facts, key="v", line=line) == (row, "")
    with pytest.raises(Conflict):
        service.issue_voucher(**facts, key="again", line=line)
    assert (row.amount, len(code), Voucher.objects.count()) == (3_000, 19, 1)
    assert balance_of(orchard, "419700") == -3_000


def test_what_is_taken_back_from_a_payment_is_on_the_voucher_again(orchard, give, pay, owed, bruno):
    _row, code = give()
    use = pay(code, owed(), 2_000)

    withdraw(event=use.receipt, by=bruno)

    assert left(orchard) == [5_000]


def test_a_voucher_is_over_after_its_day(orchard, give, pay, owed, bruno):
    _row, code = give(expires=dt.date(2026, 3, 31))
    pay(code, owed(), 2_000, day=dt.date(2026, 3, 31))
    with pytest.raises(service.VoucherEmpty):
        pay(code, owed("late"), 1, key="late", day=dt.date(2026, 4, 1))

    assert service.end_vouchers(book=orchard, day=dt.date(2026, 4, 1), by=bruno) == 1
    assert service.end_vouchers(book=orchard, day=dt.date(2026, 4, 2), by=bruno) == 0

    assert (left(orchard), balance_of(orchard, "419700")) == ([0], 0)
    assert balance_of(orchard, "708000") == -3_000
    with pytest.raises(Invalid):
        give(key="never", expires=dt.date(2026, 3, 3))


def test_a_wrong_code_and_a_passer_by_pay_nothing(orchard, give, pay, owed, passer_by):
    _row, code = give()
    with pytest.raises(NotFound):
        pay("ABCD-ABCD-ABCD-ABCD", owed(), 100)
    with pytest.raises(Forbidden):
        service.use_voucher(
            book=orchard, code=code, payment=owed(), amount=100, day=DAY, key="x",
            by=Actor.of(passer_by),
        )  # fmt: skip
    assert not VoucherUse.objects.exists()


def test_the_code_is_shown_once(client, treasurer, orchard, owed, passer_by):
    client.force_login(treasurer)
    values = {"line": "", "amount": "50", "use": "purchase", "reason": "Tombola", "expires": "",
              "key": "k"}  # fmt: skip
    assert client.post(f"{HERE}bons/nouveau/", {**values, "amount": ""}).status_code == 422
    page = client.post(f"{HERE}bons/nouveau/", values)
    code = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", page.content.decode())[0]
    assert code not in client.post(f"{HERE}bons/nouveau/", values).content.decode()
    payment = owed()
    form = {"code": code, "payment": payment.public_id, "amount": "60", "key": "u"}
    assert client.post(f"{HERE}bons/", form).status_code == 409
    client.post(f"{HERE}bons/", {**form, "amount": "20"})
    assert left(orchard) == [3_000]
    assert code not in client.get(f"{HERE}bons/").content.decode()
    client.force_login(passer_by)
    assert client.get(f"{HERE}bons/").status_code == 403
    assert client.post(f"{HERE}bons/echus/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_one_code_used_twice_at_once_is_good_once(orchard, give, pay, owed):
    _row, code = give(1_000)
    payments = [owed(str(n)) for n in range(2)]

    results = at_once(
        *(lambda n=n: pay(code, payments[n], 700, key=str(n)).amount for n in range(2))
    )

    assert sorted(map(str, results)) == ["700", "treasury.voucher.not-so-much"]
    assert left(orchard) == [300]
