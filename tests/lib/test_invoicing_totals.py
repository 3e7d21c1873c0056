"""What an invoice adds up to: to the cent, whatever is sold."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invoicing_support import APPLES, FULL, PRESSING, REDUCED, invoice

from chambre.lib.invoicing import (
    EXEMPTIONS,
    Allowance,
    Line,
    Territory,
    due_day,
    find_vat,
    from_gross,
    line_net,
    rate_holds,
    rates_on,
    totals,
    totals_of,
    vat_amount,
)


def test_an_invoice_adds_up_per_rate():
    sums = totals(invoice(allowances=(Allowance(500, FULL, "Fidélité"),)))

    assert sums.nets == (2900, 12000)  # 12.5 kg × 2.40 − 1.00; 3 h × 40
    assert (sums.lines, sums.allowances, sums.charges, sums.taxable) == (14900, 500, 0, 14400)
    assert [(p.vat.rate, p.base, p.amount) for p in sums.breakdown] == [
        (2000, 11500, 2300),
        (550, 2900, 160),  # 159.5 goes up
    ]
    assert (sums.vat, sums.gross, sums.payable) == (2460, 16860, 16860)


def test_vat_is_rounded_once_per_rate_and_not_line_by_line():
    lines = [Line(str(at), "Pain", Decimal(1), Decimal("0.92"), REDUCED) for at in range(10)]

    assert totals_of(lines).vat == 51  # ten times 5.06 cents would be 50 or 60
    assert vat_amount(-10, 550) == -1, "half goes away from zero, as the invoice it takes back did"


def test_what_was_paid_before_is_taken_off():
    sums = totals(invoice(prepaid=10000, rounding=-2))

    assert sums.payable == sums.gross - 10000 - 2


def test_a_charge_bears_its_own_rate():
    sums = totals_of([APPLES], [Allowance(1000, FULL, "Transport", charge=True)])

    assert (sums.charges, sums.taxable, sums.vat) == (1000, 3900, 160 + 200)


def test_prices_with_vat_are_paid_to_the_cent():
    # 20 % of no whole base gives 1.00 with VAT: 83 + 17 does, 0.05 does not.
    lines, rounding = from_gross([Line("1", "Badge", Decimal(1), Decimal("0.05"), FULL)])

    sums = totals_of(lines, rounding=rounding)
    assert (sums.taxable, sums.vat, rounding, sums.payable) == (4, 1, 0, 5)
    lines, rounding = from_gross([Line("1", "Badge", Decimal(1), Decimal("0.03"), FULL)])
    sums = totals_of(lines, rounding=rounding)
    assert (sums.taxable, sums.vat, rounding, sums.payable) == (3, 1, -1, 3)


@given(
    st.lists(
        st.tuples(
            st.integers(-9, 99).filter(bool),
            st.integers(0, 10**6),
            st.sampled_from([FULL, REDUCED]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_prices_with_vat_lose_nothing(sold):
    gross = [
        Line(str(at), "x", Decimal(count), Decimal(price) / 100, vat)
        for at, (count, price, vat) in enumerate(sold)
    ]
    lines, rounding = from_gross(gross)
    sums = totals_of(lines, rounding=rounding)

    assert sums.payable == sum(line_net(line) for line in gross)
    assert abs(rounding) <= 2, "at most a cent per rate"
    assert all(abs(line_net(line) - line_net(each) / (1 + line.vat.rate / 10000)) < 2.5
               for line, each in zip(lines, gross, strict=True))  # fmt: skip


@given(
    st.lists(
        st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 10**9), st.integers(0, 5)),
        min_size=1,
    )
)
def test_the_rules_of_the_standard_hold(sold):
    vats = [FULL, REDUCED, find_vat("1000"), find_vat("210"), find_vat("0"),
            EXEMPTIONS["franchise"].vat()]  # fmt: skip
    lines = [
        Line(str(at), "x", Decimal(quantity) / 1000, Decimal(price) / 10**6, vats[which])
        for at, (quantity, price, which) in enumerate(sold)
    ]
    sums = totals_of(lines)

    assert sums.lines == sum(sums.nets)  # BR-CO-10
    assert sums.taxable == sums.lines == sum(part.base for part in sums.breakdown)  # BR-CO-13
    assert sums.gross == sums.taxable + sum(part.amount for part in sums.breakdown)  # 14, 15
    for part in sums.breakdown:
        assert abs(part.amount * 10_000 - part.base * part.vat.rate) <= 5_000  # BR-CO-17
    for line, net in zip(lines, sums.nets, strict=True):
        assert abs(line.quantity * line.price * 100 - net) <= Decimal("0.5")


def test_rates_are_those_of_the_day_and_the_place():
    assert [each.rate for each in rates_on(date(2026, 3, 1))] == [2000, 1000, 550, 210]
    assert [each.rate for each in rates_on(date(2013, 12, 31))] == [1960, 700, 550, 210]
    assert [each.rate for each in rates_on(date(2026, 3, 1), Territory.OVERSEAS)] == [
        850, 210, 175, 105,
    ]  # fmt: skip
    assert rate_holds(1960, date(2013, 12, 31))
    assert not rate_holds(1960, date(2014, 1, 1))
    assert not rate_holds(2000, date(2013, 12, 31))
    assert rate_holds(1300, date(2026, 1, 1)), "Corsica"


def test_a_form_names_a_rate_or_an_exemption():
    assert find_vat("550") == REDUCED
    assert find_vat("franchise").reason == "TVA non applicable, art. 293 B du CGI"
    assert find_vat("franchise", "en").reason == "VAT not applicable, art. 293 B of the CGI"
    with pytest.raises(KeyError):
        find_vat("nothing")


def test_days_to_pay():
    assert due_day(date(2026, 1, 31)) == date(2026, 3, 2)
    assert due_day(date(2026, 1, 10), days=45, end_of_month=True) == date(2026, 2, 28)
    assert due_day(date(2026, 11, 20), days=30, end_of_month=True) == date(2026, 12, 31)
    assert due_day(date(2026, 3, 1), days=0) == date(2026, 3, 1)


def test_a_line_given_with_its_sum_keeps_it():
    assert line_net(replace(PRESSING, net=11999)) == 11999
