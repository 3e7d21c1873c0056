"""What a line costs, what coupons and work take off, what an order comes to: to the cent."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.lib.shopping.coupons import (
    WORK,
    Coupon,
    CouponKind,
    CouponRefusal,
    OrderLine,
    Uses,
    check_coupon,
    reduce,
    work_credit,
)
from chambre.lib.shopping.lines import (
    FreePrice,
    PriceRefusal,
    Selling,
    Tariff,
    by_thousand,
    price_line,
    vat_in,
    with_margin,
)
from chambre.lib.shopping.totals import Deposit, Settlement, settle, total_order

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
DAY = dt.date(2026, 6, 4)
BUNCH = Tariff(Selling.PIECE, 180)
CHICKEN = Tariff(Selling.WEIGHED, 1290, estimate=1800)
LEEKS = Tariff(Selling.MEASURE, 350, step=250, least=500, most=5000)
SOLIDARY = Tariff(Selling.PIECE, 0, free=FreePrice(300, 500, 900))
BASKET = [
    OrderLine("leeks", 333, vat=550, product="leeks", producer="ada", categories=frozenset({"v"})),
    OrderLine("jam", 450, vat=550, pieces=2, product="jam", producer="bob", on_sale=True),
    OrderLine("soap", 600, vat=2000, pieces=3, product="soap", producer="bob"),
    OrderLine("delivery", 300, vat=2000, reducible=False),
]


def off(*coupons, work=0, lines=BASKET):
    return [(one.code, one.amount, one.by_line) for one in reduce(lines, coupons, work=work)]


def percent(value, **bounds):
    return Coupon("PERCENT", CouponKind.PERCENT, value, **bounds)


def amount(value, code="AMOUNT", **bounds):
    return Coupon(code, CouponKind.AMOUNT, value, **bounds)


def test_pieces_cost_their_number():
    line = price_line(BUNCH, 3)
    assert (line.gross, line.price, line.parts, line.final) == (540, 180, 0, True)


def test_what_is_weighed_by_the_piece_is_estimated_and_then_final():
    assert price_line(CHICKEN, 2).gross == 4644
    assert not price_line(CHICKEN, 2).final
    weighed = price_line(CHICKEN, 2, weighed=3710)
    assert (weighed.gross, weighed.parts, weighed.final) == (4786, 3710, True)
    assert price_line(CHICKEN, 0).final


def test_what_is_sold_by_measure_is_final_unless_it_is_weighed_otherwise():
    assert price_line(LEEKS, 750).gross == 263  # 262.5
    assert price_line(LEEKS, 750).final
    assert price_line(LEEKS, 750, weighed=700).gross == 245


@pytest.mark.parametrize(("parts", "cents"), [(1, 1), (-1, -1), (3, 2), (-3, -2), (0, 0)])
def test_halves_go_away_from_zero(parts, cents):
    assert by_thousand(500, parts) == cents


@pytest.mark.parametrize(
    ("quantity", "code", "fr"),
    [
        (250, "quantity-little", "Ce produit se vend à partir de 500\u00a0g."),
        (5250, "quantity-much", "Ce produit se vend jusqu’à 5\u00a0kg par commande."),
        (600, "quantity-step", "Ce produit se vend par 250\u00a0g ; 600\u00a0g tombe entre deux."),
    ],
)
def test_quantities_keep_to_steps_and_bounds(quantity, code, fr):
    assert [LEEKS.check(grams) for grams in (500, 1500, 5000)] == [500, 1500, 5000]
    with pytest.raises(PriceRefusal) as refused:
        LEEKS.check(quantity)
    assert (refused.value.code, refused.value.fr) == (code, fr)


def test_a_free_price_is_the_suggested_one_or_one_within_bounds():
    assert price_line(SOLIDARY, 2).gross == 1000
    assert price_line(SOLIDARY, 2, chosen=300).gross == 600
    assert price_line(SOLIDARY, 1, chosen=900).gross == 900
    assert FreePrice(500, 500, 500).check(None) == 500
    with pytest.raises(PriceRefusal) as refused:
        price_line(SOLIDARY, 1, chosen=299)
    assert refused.value.fr == "Le prix le plus bas est de 3,00\u00a0€."
    with pytest.raises(PriceRefusal, match=r"€9\.00"):
        price_line(SOLIDARY, 1, chosen=901)
    with pytest.raises(PriceRefusal) as refused:
        price_line(BUNCH, 1, chosen=100)
    assert refused.value.code == "price-fixed"


def test_a_tariff_that_makes_no_sense_is_not_made():
    with pytest.raises(ValueError):
        Tariff(Selling.WEIGHED, 1290)
    with pytest.raises(ValueError):
        Tariff(Selling.PIECE, 100, estimate=5)
    with pytest.raises(ValueError):
        Tariff(Selling.PIECE, -1)
    with pytest.raises(ValueError):
        FreePrice(500, 400)
    with pytest.raises(ValueError):
        price_line(BUNCH, 1, weighed=10)


def test_a_margin_is_authorised_for_what_is_still_to_be_weighed():
    assert with_margin(4644, 15) == 5341  # 5340.6
    assert with_margin(1000, 0) == 1000
    assert with_margin(0, 15) == 0


@pytest.mark.parametrize(
    ("coupon", "expected"),
    [
        (percent(1000), (138, (33, 45, 60, 0))),  # 138.3 of 1383
        (amount(500), (500, (120, 163, 217, 0))),
        (amount(5000), (1383, (333, 450, 600, 0))),
        (percent(1000, most=100), (100, (24, 33, 43, 0))),
        (percent(10_000, products=frozenset({"soap"})), (600, (0, 0, 600, 0))),
        (percent(1000, producers=frozenset({"bob"})), (105, (0, 45, 60, 0))),
        (percent(1000, categories=frozenset({"v"})), (33, (33, 0, 0, 0))),
        (percent(1000, not_on_sale=True), (93, (33, 0, 60, 0))),
        (Coupon("P", CouponKind.PER_PIECE, 250), (1300, (250, 450, 600, 0))),
        (Coupon("P", CouponKind.PER_PIECE, 50), (300, (50, 100, 150, 0))),
        (Coupon("P", CouponKind.PER_PIECE, 50, most=100), (100, (17, 33, 50, 0))),
    ],
)
def test_a_coupon_is_shared_on_the_lines_that_it_concerns(coupon, expected):
    assert off(coupon) == [(coupon.code, *expected)]


def test_coupons_are_computed_in_order_and_work_comes_last():
    assert [one[:2] for one in off(percent(5000), amount(500))] == [
        ("PERCENT", 692),
        ("AMOUNT", 500),
    ]
    assert [one[:2] for one in off(amount(500), percent(5000))] == [
        ("AMOUNT", 500),
        ("PERCENT", 442),
    ]
    assert [one[:2] for one in off(amount(1000), work=900)] == [("AMOUNT", 1000), (WORK, 383)]
    assert off(amount(5000), percent(1000))[1] == ("PERCENT", 0, (0, 0, 0, 0))


@pytest.mark.parametrize(
    ("coupon", "uses", "code"),
    [
        (amount(1, starts=dt.date(2026, 6, 5)), Uses(), "coupon-early"),
        (amount(1, ends=dt.date(2026, 6, 3)), Uses(), "coupon-late"),
        (amount(1, minimum=1384), Uses(), "coupon-minimum"),
        (amount(1, products=frozenset({"honey"})), Uses(), "coupon-nothing"),
        (amount(1, per_person=1), Uses(by_person=1), "coupon-used-person"),
        (amount(1, in_all=10), Uses(in_all=10), "coupon-used-up"),
    ],
)
def test_a_coupon_out_of_bounds_is_refused_in_words(coupon, uses, code):
    with pytest.raises(CouponRefusal) as refused:
        check_coupon(coupon, BASKET, day=DAY, uses=uses)
    assert refused.value.code == code
    assert "AMOUNT" in refused.value.fr
    assert "AMOUNT" in refused.value.en


def test_a_coupon_at_its_bounds_is_good():
    coupon = amount(1, starts=DAY, ends=DAY, minimum=1383, per_person=2, in_all=10)
    check_coupon(coupon, BASKET, day=DAY, uses=Uses(by_person=1, in_all=9))


def test_the_words_of_a_refusal_say_the_day_and_the_amount():
    with pytest.raises(CouponRefusal) as refused:
        check_coupon(amount(1, ends=dt.date(2026, 6, 1)), BASKET, day=DAY)
    assert refused.value.fr == "Le bon AMOUNT était utilisable jusqu’au 1er juin 2026."
    assert refused.value.en == "The coupon AMOUNT could be used until 1 June 2026."
    with pytest.raises(CouponRefusal) as refused:
        check_coupon(amount(1, minimum=123_450), BASKET, day=DAY)
    assert refused.value.fr == "Le bon AMOUNT vaut à partir de 1\u202f234,50\u00a0€ de commande."


def test_coupons_that_do_not_go_together_are_refused():
    with pytest.raises(CouponRefusal) as refused:
        off(amount(1), percent(100, alone=True))
    assert refused.value.code == "coupon-alone"
    with pytest.raises(CouponRefusal) as refused:
        off(amount(1), amount(2))
    assert refused.value.code == "coupon-twice"


def test_shifts_give_credit_until_it_is_used():
    assert work_credit(3, 1500) == 4500
    assert work_credit(3, 1500, used=4000) == 500
    assert work_credit(3, 1500, used=5000) == 0
    assert work_credit(3, 1500, most=2000) == 2000


def test_an_order_is_summed_up_by_rate():
    total = total_order(BASKET, reduce(BASKET, [percent(1000)]), [Deposit("jar", 200, 3)])

    assert (total.gross, total.reduced, total.goods, total.deposits) == (1683, 138, 1545, 600)
    assert total.due == 2145
    assert [(one.rate, one.net, one.vat, one.without_vat) for one in total.rates] == [
        (550, 705, 37, 668),
        (2000, 840, 140, 700),
    ]
    assert [(one.net, one.vat) for one in total.lines] == [
        (300, 16),
        (405, 21),
        (540, 90),
        (300, 50),
    ]


def test_jars_that_come_back_can_be_worth_more_than_the_goods():
    assert total_order([OrderLine("a", 100)], deposits=[Deposit("jar", 200, -2)]).due == -300


def test_a_reduction_of_other_lines_is_refused():
    with pytest.raises(ValueError):
        total_order(BASKET[:2], reduce(BASKET, [amount(100)]))
    with pytest.raises(ValueError):
        total_order(BASKET, reduce(BASKET, [amount(1000)]) * 2)


def test_after_weighing_what_is_due_or_goes_back():
    assert settle(4644, 4644, 4786) == Settlement(due=142, back=0, surprise=142)
    assert settle(4644, 5341, 4500) == Settlement(due=0, back=841, surprise=-144)
    assert settle(4644, 0, 4644) == Settlement(4644, 0, 0)
    with pytest.raises(ValueError):
        settle(1, -1, 1)


@pytest.mark.parametrize(
    ("cents", "rate", "tax"),
    [
        (1055, 550, 55),
        (-1055, 550, -55),
        (1200, 2000, 200),
        (3, 2000, 1),
        (-3, 2000, -1),
        (9, None, 0),
    ],
)
def test_the_vat_in_an_amount(cents, rate, tax):
    assert vat_in(cents, rate) == tax


names = st.sampled_from(["a", "b", "c"])
orders = st.lists(
    st.builds(
        OrderLine,
        key=names,
        gross=st.integers(0, 100_000),
        vat=st.sampled_from([None, 0, 550, 1000, 2000]),
        pieces=st.integers(0, 20),
        product=names,
        producer=names,
        categories=st.frozensets(names),
        on_sale=st.booleans(),
        reducible=st.booleans(),
    ),
    max_size=8,
)


@st.composite
def some_coupons(draw):
    kinds = draw(st.lists(st.sampled_from(CouponKind), max_size=4))
    return [
        Coupon(
            f"C{number}",
            kind,
            draw(st.integers(0, 10_000)),
            most=draw(st.none() | st.integers(0, 5000)),
            products=draw(st.frozensets(names)),
            categories=draw(st.frozensets(names)),
            not_on_sale=draw(st.booleans()),
        )
        for number, kind in enumerate(kinds)
    ]


@UNHURRIED
@given(lines=orders, coupons=some_coupons(), work=st.integers(0, 50_000), jars=st.integers(-5, 5))
def test_no_cent_of_an_order_is_lost_and_nothing_falls_below_zero(lines, coupons, work, jars):
    reductions = reduce(lines, coupons, work=work)
    total = total_order(lines, reductions, [Deposit("jar", 50, jars)])

    assert all(line.net >= 0 and 0 <= line.vat <= line.net for line in total.lines)
    assert all(line.gross - line.reduction == line.net for line in total.lines)
    assert sum(line.net for line in total.lines) == total.goods == total.gross - total.reduced
    assert sum(one.amount for one in reductions) == total.reduced <= total.gross
    assert sum(line.vat for line in total.lines) == total.vat == sum(one.vat for one in total.rates)
    assert sum(one.net for one in total.rates) == total.goods
    assert all(one.vat == vat_in(one.net, one.rate) for one in total.rates)
    assert total.due == total.goods + 50 * jars
    for line, priced in zip(lines, total.lines, strict=True):
        assert line.reducible or not priced.reduction
    for coupon, reduction in zip(coupons, reductions, strict=False):
        assert coupon.most is None or reduction.amount <= coupon.most


@UNHURRIED
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_settled_order_is_paid_exactly(estimated, paid, final):
    done = settle(estimated, paid, final)
    assert paid + done.due - done.back == final
    assert not (done.due and done.back)


@UNHURRIED
@given(st.integers(0, 10**5), st.integers(0, 10**5), st.integers(0, 10**5))
def test_weights_never_differ_by_more_than_half_a_cent(price, parts, more):
    assert abs(2 * (by_thousand(price, parts) * 1000 - price * parts)) <= 1000
    assert by_thousand(price, parts + more) >= by_thousand(price, parts)


def test_the_example_of_the_readme_says_what_is_so():
    assert price_line(CHICKEN, 2).gross == 4644
    assert price_line(CHICKEN, 2, weighed=3710).gross == 4786
    lines = [OrderLine("chicken", 4786, vat=550), OrderLine("soap", 600, vat=2000)]
    reductions = reduce(lines, [Coupon("SPRING", CouponKind.PERCENT, 1000)], work=500)
    total = total_order(lines, reductions, [Deposit("jar", 200, 3)])
    assert total.due == 4947
    assert settle(estimated=4820, paid=4820, final=total.due).due == 127
