"""Baskets by subscription: who gets what when, what it costs and what is in it."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.lib.shopping.announcing import (
    announce_absence,
    move_basket,
    other_days,
    withdraw_absence,
    withdraw_move,
)
from chambre.lib.shopping.cycles import Every, Rhythm
from chambre.lib.shopping.dues import (
    Absent,
    GivenBack,
    Instalment,
    Minimum,
    cost_of_leaving,
    give_back,
    instalments,
    months_after,
    pro_rata,
    season_cost,
)
from chambre.lib.shopping.subscriptions import (
    Absence,
    BasketSeason,
    Complement,
    Frequency,
    Move,
    Subscription,
    SubscriptionRefusal,
    Turns,
    baskets_on,
    calendar,
    missed_days,
    planned_days,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
D = dt.date
JUNE = tuple(D(2026, 6, day) for day in (4, 11, 18, 25))  # weeks 23 to 26
SUMMER = BasketSeason((*JUNE, D(2026, 7, 2), D(2026, 7, 9)), absences=2, notice=7)
TODAY = D(2026, 5, 1)
ADA = Subscription("s1", ("ada",), "small", D(2026, 6, 1), D(2026, 7, 31))
SHARED = replace(ADA, key="s2", people=("bruno", "chloe"))
PRICES = {"small": 1200, "large": 2000, "eggs": 230}


def days(subscription, person=None, season=SUMMER):
    return [
        (one.day.month, one.day.day)
        for one in calendar(season, subscription)
        if person in {None, one.person}
    ]


def off(subscription, first, last=None):
    return replace(subscription, absences=(*subscription.absences, Absence(first, last or first)))


def refused(function, *args, **kwargs):
    with pytest.raises(SubscriptionRefusal) as found:
        function(*args, **kwargs)
    return found.value


def test_frequencies():
    def planned(frequency):
        return [(d.month, d.day) for d in planned_days(SUMMER, replace(ADA, frequency=frequency))]

    assert planned(Frequency.WEEKLY) == [(6, 4), (6, 11), (6, 18), (6, 25), (7, 2), (7, 9)]
    assert planned(Frequency.ODD) == [(6, 4), (6, 18), (7, 2)]
    assert planned(Frequency.EVEN) == [(6, 11), (6, 25), (7, 9)]
    assert planned(Frequency.MONTHLY) == [(6, 4), (7, 2)]


def test_a_year_of_53_weeks_gives_nobody_two_baskets_in_a_row():
    season = BasketSeason(Rhythm(Every.WEEK, 3, D(2026, 12, 1), D(2027, 1, 31)).days())
    odd = season.of(Frequency.ODD)
    assert odd == (D(2026, 12, 3), D(2026, 12, 17), D(2026, 12, 31), D(2027, 1, 14), D(2027, 1, 28))
    assert D(2027, 1, 7).isocalendar().week == 1  # odd by the calendar, and the week after 53


def test_who_joins_late_or_leaves_early_gets_the_baskets_in_between():
    late = replace(ADA, first=D(2026, 6, 12), last=D(2026, 7, 2))
    assert days(late) == [(6, 18), (6, 25), (7, 2)]
    assert season_cost(SUMMER, late, PRICES).amount == 3600
    assert cost_of_leaving(SUMMER, ADA, PRICES, D(2026, 6, 20)) == 3600
    assert cost_of_leaving(SUMMER, ADA, PRICES, D(2026, 12, 31)) == 0


def test_what_comes_besides_has_its_own_frequency():
    eggs = replace(ADA, complements=(Complement("eggs", Frequency.ODD, 2),))
    assert [bool(one.complements) for one in calendar(SUMMER, eggs)] == [True, False] * 3
    assert calendar(SUMMER, eggs)[0].complements == (("eggs", 2),)
    cost = season_cost(SUMMER, eggs, PRICES)
    assert Complement("eggs").quantity == 1
    assert (cost.baskets, cost.complements, cost.amount) == (6, (("eggs", 6, 230),), 8580)


def test_two_people_take_turns():
    assert days(SHARED, "bruno") == [(6, 4), (6, 18), (7, 2)]
    assert days(SHARED, "chloe") == [(6, 11), (6, 25), (7, 9)]


def test_an_absence_loses_no_turn_unless_it_was_agreed_so():
    away = off(SHARED, D(2026, 6, 11))
    assert days(away, "bruno") == [(6, 4), (6, 25), (7, 9)]
    assert days(away, "chloe") == [(6, 18), (7, 2)]
    planned = replace(away, turns=Turns.PLANNED)
    assert days(planned, "bruno") == [(6, 4), (6, 18), (7, 2)]
    assert days(planned, "chloe") == [(6, 25), (7, 9)]


def test_an_absence_is_announced_in_time_within_what_is_allowed():
    away = announce_absence(SUMMER, ADA, Absence(D(2026, 6, 10), D(2026, 6, 20)), today=TODAY)
    assert missed_days(SUMMER, away) == (D(2026, 6, 11), D(2026, 6, 18))
    assert days(away) == [(6, 4), (6, 25), (7, 2), (7, 9)]
    more = Absence(D(2026, 6, 25), D(2026, 6, 25))
    too_many = refused(announce_absence, SUMMER, away, more, today=TODAY)
    assert too_many.fr == "Cela ferait 3 paniers non pris en tout ; la saison en permet 2."
    one = Absence(D(2026, 6, 11), D(2026, 6, 11))
    assert announce_absence(SUMMER, ADA, one, today=D(2026, 6, 4)).absences == (one,)
    late = refused(announce_absence, SUMMER, ADA, one, today=D(2026, 6, 5))
    assert late.fr == "Une absence s’annonce 7 jours avant : jusqu’au 4 juin 2026."
    nothing = Absence(D(2026, 6, 12), D(2026, 6, 17))
    assert refused(announce_absence, SUMMER, ADA, nothing, today=TODAY).code == "absence-nothing"
    assert refused(announce_absence, SUMMER, away, one, today=TODAY).code == "absence-nothing"
    bounded = replace(SUMMER, absence_first=D(2026, 6, 15), absence_last=D(2026, 7, 5))
    at_bounds = replace(SUMMER, absence_first=one.first, absence_last=one.last)
    assert announce_absence(at_bounds, ADA, one, today=TODAY).absences == (one,)
    outside = refused(announce_absence, bounded, ADA, one, today=TODAY)
    assert outside.en == "Absences are possible from 15 June 2026 to 5 July 2026."


def test_a_basket_is_moved_to_another_day():
    moved = move_basket(SUMMER, ADA, Move(D(2026, 6, 11), D(2026, 6, 18)), today=TODAY)
    assert days(moved) == [(6, 4), (6, 18), (6, 18), (6, 25), (7, 2), (7, 9)]
    assert [one.planned.day for one in calendar(SUMMER, moved)][:3] == [4, 11, 18]
    move = Move(D(2026, 6, 11), D(2026, 6, 12))
    assert refused(move_basket, SUMMER, ADA, move, today=TODAY).code == "move-no-distribution"
    move = Move(D(2026, 6, 25), D(2026, 6, 11))
    assert move_basket(SUMMER, ADA, move, today=D(2026, 6, 4)).moves == (move,)
    move = Move(D(2026, 6, 12), D(2026, 6, 18))
    assert refused(move_basket, SUMMER, ADA, move, today=TODAY).code == "move-no-basket"
    again = Move(D(2026, 6, 11), D(2026, 6, 25))
    assert refused(move_basket, SUMMER, moved, again, today=TODAY).code == "move-no-basket"
    move = Move(D(2026, 6, 25), D(2026, 6, 11))
    late = refused(move_basket, SUMMER, ADA, move, today=D(2026, 6, 5))
    assert late.fr == "Un panier se déplace 7 jours avant : jusqu’au 4 juin 2026."


def test_of_those_who_share_nobody_gets_two_baskets_on_a_day():
    move = Move(D(2026, 6, 4), D(2026, 6, 18))
    twice = refused(move_basket, SUMMER, SHARED, move, today=TODAY)
    assert twice.fr == "Le 18 juin 2026, cette moitié de l’abonnement a déjà un panier."
    both = move_basket(SUMMER, SHARED, Move(D(2026, 6, 4), D(2026, 6, 11)), today=TODAY)
    assert [(one.person, one.day.day) for one in calendar(SUMMER, both)][:2] == [
        ("bruno", 11),
        ("chloe", 11),
    ]
    # An absence turns the turns: of the 25th it would be bruno's, who already comes on that day.
    far = move_basket(SUMMER, SHARED, Move(D(2026, 6, 4), D(2026, 6, 25)), today=TODAY)
    turned = Absence(D(2026, 6, 11), D(2026, 6, 11))
    assert refused(announce_absence, SUMMER, far, turned, today=TODAY).code == "basket-twice"
    moved = move_basket(SUMMER, SHARED, Move(D(2026, 6, 25), D(2026, 6, 18)), today=TODAY)
    away = Absence(D(2026, 6, 11), D(2026, 6, 11))
    assert days(announce_absence(SUMMER, moved, away, today=TODAY), "chloe") == [(6, 18), (7, 2)]
    onto = Absence(D(2026, 6, 18), D(2026, 6, 18))
    assert (
        refused(announce_absence, SUMMER, moved, onto, today=TODAY).code == "move-no-distribution"
    )


def test_an_absence_can_be_made_good_on_another_day():
    away = off(ADA, D(2026, 6, 4))
    choices = other_days(SUMMER, away, D(2026, 6, 4), today=D(2026, 6, 12))
    assert choices == (D(2026, 6, 25), D(2026, 7, 2), D(2026, 7, 9))
    later = move_basket(SUMMER, away, Move(D(2026, 6, 4), D(2026, 6, 25)), today=D(2026, 6, 12))
    assert days(later) == [(6, 11), (6, 18), (6, 25), (6, 25), (7, 2), (7, 9)]
    # Where people share, that would turn the turns of days that are over.
    shared = off(SHARED, D(2026, 6, 4))
    assert other_days(SUMMER, shared, D(2026, 6, 4), today=D(2026, 6, 12)) == ()


def test_what_was_announced_is_taken_back_in_time():
    absence, move = Absence(D(2026, 6, 11), D(2026, 6, 11)), Move(D(2026, 6, 18), D(2026, 6, 25))
    own = announce_absence(SUMMER, ADA, absence, today=TODAY)
    own = move_basket(SUMMER, own, move, today=TODAY)

    assert withdraw_absence(SUMMER, own, absence, today=D(2026, 6, 4)).absences == ()
    late = refused(withdraw_absence, SUMMER, own, absence, today=D(2026, 6, 5))
    assert late.fr == "Un panier se reprend 7 jours avant : jusqu’au 4 juin 2026."
    assert withdraw_move(SUMMER, own, move, today=D(2026, 6, 11)).moves == ()
    late = refused(withdraw_move, SUMMER, own, move, today=D(2026, 6, 12))
    assert late.code == "back-late"
    assert refused(withdraw_absence, SUMMER, ADA, absence, today=TODAY).code == "absence-none"
    assert refused(withdraw_move, SUMMER, ADA, move, today=TODAY).code == "move-none"


def test_a_move_out_of_an_absence_is_not_taken_back_into_too_many():
    own = announce_absence(SUMMER, ADA, Absence(D(2026, 6, 4), D(2026, 6, 11)), today=TODAY)
    move = Move(D(2026, 6, 4), D(2026, 7, 2))
    own = move_basket(SUMMER, own, move, today=TODAY)
    full = announce_absence(SUMMER, own, Absence(D(2026, 6, 18), D(2026, 6, 18)), today=TODAY)
    assert refused(withdraw_move, SUMMER, full, move, today=TODAY).code == "absence-too-many"
    assert days(withdraw_move(SUMMER, own, move, today=TODAY)) == [(6, 18), (6, 25), (7, 2), (7, 9)]


def test_who_gets_what_on_a_day():
    large = replace(ADA, key="s3", people=("dris",), size="large", frequency=Frequency.ODD)
    found = baskets_on(D(2026, 6, 18), SUMMER, [ADA, SHARED, large])
    assert [(one.person, one.size) for one in found] == [
        ("dris", "large"),
        ("ada", "small"),
        ("bruno", "small"),
    ]
    assert len(baskets_on(D(2026, 6, 11), SUMMER, [ADA, SHARED, large])) == 2


def test_instalments_are_never_nothing():
    ten = instalments(2050, 10, first=D(2026, 1, 31))
    assert [one.amount for one in ten] == [205] * 10
    assert [one.amount for one in instalments(1000, 3, first=D(2026, 1, 5))] == [334, 333, 333]
    assert [one.day for one in ten][:4] == [
        D(2026, 1, 31), D(2026, 2, 28), D(2026, 3, 31), D(2026, 4, 30),
    ]  # fmt: skip
    assert instalments(5, 10, first=TODAY)[-1] == Instalment(D(2026, 9, 1), 1)
    assert [one.amount for one in instalments(2050, 10, first=TODAY, least=500)] == [
        513,
        513,
        512,
        512,
    ]
    assert instalments(300, 10, first=TODAY, least=500) == (Instalment(TODAY, 300),)
    assert instalments(0, 10, first=TODAY) == ()
    assert months_after(D(2027, 11, 30), 3) == D(2028, 2, 29)


@UNHURRIED
@given(
    st.integers(0, 10**7),
    st.integers(1, 24),
    st.integers(1, 2000),
    st.dates(D(2000, 1, 1), D(2090, 1, 1)),
)
def test_instalments_sum_to_what_is_owed(amount, count, least, first):
    parts = instalments(amount, count, first=first, least=least)
    cents = [one.amount for one in parts]
    assert sum(cents) == amount
    assert len(parts) <= count
    assert not cents or max(cents) - min(cents) <= 1
    assert all(one >= min(least, amount) for one in cents)
    assert len({(one.day.year, one.day.month) for one in parts}) == len(parts)


def test_pro_rata_and_minimum():
    assert pro_rata(50_000, 7, 26) == 13_462  # 13461.54
    assert pro_rata(5, 1, 2) == 3
    assert pro_rata(5, 0, 2) == 0
    half = Minimum(10, 15_000).for_part(7, 26)
    assert half == Minimum(2, 4038)
    assert half.missing(1, 5000) == Minimum(1, 0)
    with pytest.raises(ValueError):
        pro_rata(1, 3, 2)


@UNHURRIED
@given(st.integers(0, 10**6), st.integers(0, 60), st.integers(0, 60))
def test_the_two_halves_of_a_season_cost_the_season(amount, part, rest):
    if part + rest:
        halves = pro_rata(amount, part, part + rest) + pro_rata(amount, rest, part + rest)
        assert halves - amount in {0, 1}


def test_what_an_absence_gives_back():
    assert give_back([1200, 1430], Absent.NOTHING) == GivenBack(kept=2630)
    assert give_back([1200, 1430], Absent.CREDIT) == GivenBack(credit=2630)
    assert give_back([1235], Absent.CREDIT, percent=50) == GivenBack(credit=618, kept=617)
    assert give_back([1200], Absent.GIFT) == GivenBack(gift=1200)
    assert give_back([1200, 1430], Absent.OTHER_DAY) == GivenBack(kept=2630, to_move=2)


@UNHURRIED
@given(st.lists(st.integers(0, 5000)), st.sampled_from(Absent), st.integers(0, 100))
def test_what_is_given_back_and_kept_is_the_price(prices, what, percent):
    back = give_back(prices, what, percent=percent)
    assert back.credit + back.gift + back.kept == sum(prices)


seasons = st.lists(
    st.dates(D(2026, 1, 1), D(2027, 12, 31)), min_size=1, max_size=30, unique=True
).map(lambda found: BasketSeason(tuple(sorted(found)), absences=5))


@st.composite
def announced(draw):
    """A subscription to which absences and moves were announced, whether refused or not."""
    season = draw(seasons)
    frequencies = st.sampled_from(Frequency)
    own = Subscription(
        "s",
        ("a", "b", "c")[: draw(st.integers(1, 3))],
        "small",
        draw(st.sampled_from(season.days)),
        D(2027, 12, 31),
        draw(frequencies),
        (Complement("eggs", draw(frequencies)),),
        draw(st.sampled_from(Turns)),
    )
    for _ in range(draw(st.integers(0, 6))):
        one, two = draw(st.sampled_from(season.days)), draw(st.sampled_from(season.days))
        try:
            kind = draw(st.integers(0, 3))
            if kind == 2 and own.absences:
                own = withdraw_absence(season, own, own.absences[0], today=D(2026, 1, 1))
            elif kind == 3 and own.moves:
                own = withdraw_move(season, own, own.moves[0], today=D(2026, 1, 1))
            elif kind % 2:
                own = announce_absence(
                    season, own, Absence(min(one, two), max(one, two)), today=D(2026, 1, 1)
                )
            else:
                own = move_basket(season, own, Move(one, two), today=D(2026, 1, 1))
        except SubscriptionRefusal:
            continue
    return season, own


@UNHURRIED
@given(announced())
def test_no_basket_is_lost_or_doubled(world):
    season, own = world
    baskets = calendar(season, own)
    planned, missed = planned_days(season, own), missed_days(season, own)

    assert len(baskets) == len(planned) - len(missed)
    assert sorted(one.planned for one in baskets) == sorted(set(planned) - set(missed))
    assert all(one.day in season.days and not own.absent(one.day) for one in baskets)
    assert len(missed) <= season.absences
    if own.shared:
        assert max(Counter((one.day, one.person) for one in baskets).values(), default=0) <= 1
    if own.turns is Turns.TAKEN:
        many = Counter(one.person for one in baskets)
        counts = [many[person] for person in own.people]
        assert max(counts) - min(counts) <= 1
    eggs = sum(many for one in baskets for _key, many in one.complements)
    assert eggs <= season_cost(season, own, {"small": 1, "eggs": 1}).complements[0][1]
    on_days = [one for day in season.days for one in baskets_on(day, season, [own])]
    assert len(on_days) == len(baskets)


def test_all_days_of_a_week_are_of_the_same_week():
    monday, sunday, next_monday = D(2026, 6, 1), D(2026, 6, 7), D(2026, 6, 8)  # weeks 23 and 24
    season = BasketSeason((monday, sunday, next_monday))
    assert season.of(Frequency.ODD) == (monday, sunday)
    assert BasketSeason((sunday, next_monday)).of(Frequency.EVEN) == (next_monday,)


@UNHURRIED
@given(seasons)
def test_even_and_odd_weeks_share_a_season_out(season):
    even, odd = season.of(Frequency.EVEN), season.of(Frequency.ODD)
    assert sorted((*even, *odd)) == list(season.days)


@UNHURRIED
@given(st.dates(D(2020, 1, 1), D(2035, 1, 1)))
def test_every_second_week_is_every_fourteen_days(first):
    season = BasketSeason(Rhythm(Every.WEEK, 3, first, first + dt.timedelta(500)).days())
    for frequency in (Frequency.EVEN, Frequency.ODD):
        found = season.of(frequency)
        assert {(b - a).days for a, b in pairwise(found)} == {14}
