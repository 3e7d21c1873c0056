"""What makes no sense is not made: each of these is a mistake of a program, not of a person."""

import datetime as dt

import pytest

from chambre.lib.shopping import coupons, cycles, dues, lines, preparing, subscriptions, totals
from chambre.lib.shopping.composing import Crop, Size
from chambre.lib.shopping.solidarity import Gift, Pledge

DAY = dt.date(2026, 6, 4)
NOON = dt.time(12)
NOW = dt.datetime(2026, 6, 4, 12, tzinfo=dt.UTC)
PIECE = lines.Tariff(lines.Selling.PIECE, 100)
SUMMER = subscriptions.BasketSeason((DAY,))
PERCENT = coupons.CouponKind.PERCENT


def subscription(people=("ada",), last=DAY):
    return subscriptions.Subscription("s", people, "small", DAY, last)


@pytest.mark.parametrize(
    "make",
    [
        lambda: lines.price_line(PIECE, -1),
        lambda: lines.with_margin(100, 101),
        lambda: coupons.Coupon("c", PERCENT, 10_001),
        lambda: coupons.Coupon("c", PERCENT, -1),
        lambda: coupons.OrderLine("a", -1),
        lambda: coupons.reduce([], work=-1),
        lambda: coupons.work_credit(-1, 1),
        lambda: totals.total_order([coupons.OrderLine("a", 10)], [coupons.Reduction("c", 5, (4,))]),
        lambda: cycles.moment_at(DAY, dt.time(12, tzinfo=dt.UTC)),
        lambda: cycles.Rhythm(cycles.Every.MONTH, 0, DAY, DAY, nth=5),
        lambda: cycles.Rhythm(cycles.Every.WEEK, 7, DAY, DAY),
        lambda: cycles.Slot(NOON, NOON),
        lambda: cycles.cut_slots(NOON, dt.time(13), minutes=0),
        lambda: cycles.change_until(DAY, days_before=-1, time=NOON),
        lambda: cycles.Hold(NOW, 0),
        lambda: subscriptions.BasketSeason(()),
        lambda: subscriptions.BasketSeason((DAY, DAY)),
        lambda: subscriptions.BasketSeason((DAY,), absences=-1),
        lambda: subscriptions.Absence(DAY, dt.date(2026, 6, 3)),
        lambda: subscription(people=()),
        lambda: subscription(people=("ada", "ada")),
        lambda: subscription(last=dt.date(2026, 6, 3)),
        lambda: dues.Minimum(1).for_part(2, 1),
        lambda: dues.instalments(100, 0, first=DAY),
        lambda: dues.give_back([1], dues.Absent.CREDIT, percent=101),
        lambda: Size("small", 1, 0),
        lambda: Crop("leeks", -1, 100),
        lambda: Pledge("ada", 5, 6, 4),
        lambda: Gift("g", "shop", -1),
        lambda: preparing.Wanted("o", "p", "l", "s", "v", "x", pieces=-1),
        lambda: preparing.Ask("a", -1, 0),
        lambda: preparing.cut_short(-1, []),
    ],
)
def test_it_is_not_made(make):
    with pytest.raises(ValueError):
        make()


def test_a_price_that_is_missing_is_told():
    with pytest.raises(KeyError):
        dues.season_cost(SUMMER, subscription(), {"large": 2000})
    assert dues.cost_of_leaving(SUMMER, subscription(), {"small": 2000}, DAY) == 0
