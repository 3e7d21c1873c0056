"""Deposits on reusable objects: what a return gives back, to the cent, and what people must look at."""

import datetime as dt
import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.lib.deposits import (
    Condition,
    Known,
    Outcome,
    Presence,
    Reason,
    Rules,
    Scan,
    clean_code,
    decide,
    distance,
    new_serial,
    too_fast,
    vat_inside,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
OUT = Known(was_out=True, held=101)
RULES = Rules(damaged_kept=50, late_after=30, late_kept=20, distance_limit=50)
DAMAGED = Scan(condition=Condition.DAMAGED)
FAR = Scan(presence=Presence.DISTANCE)
LILLE, ARRAS, PARIS = (50_629_250, 3_057_256), (50_291_048, 2_777_223), (48_856_613, 2_352_222)

percents = st.none() | st.integers(0, 100)
knowns = st.builds(
    Known,
    exists=st.booleans(),
    foreign=st.booleans(),
    withdrawn=st.booleans(),
    was_out=st.booleans(),
    held=st.none() | st.integers(0, 10_000),
    days_out=st.integers(0, 500),
    own_place=st.booleans(),
)
scans = st.builds(
    Scan,
    condition=st.sampled_from(Condition),
    presence=st.sampled_from(Presence),
    too_fast=st.booleans(),
    burst=st.booleans(),
    cloned=st.booleans(),
)
rules = st.builds(
    Rules,
    damaged_kept=percents,
    late_after=st.none() | st.integers(0, 400),
    late_kept=percents,
    distance_limit=st.integers(0, 5_000),
    same_place=st.booleans(),
)


@pytest.mark.parametrize(
    ("known", "scan", "by", "outcome", "reason", "refund", "kept"),
    [
        (OUT, Scan(), RULES, "refunded", "whole", 101, 0),
        (replace(OUT, days_out=30), Scan(), RULES, "refunded", "whole", 101, 0),
        (replace(OUT, days_out=31), Scan(), RULES, "refunded", "late", 81, 20),
        (OUT, DAMAGED, RULES, "refunded", "damaged", 51, 50),
        (replace(OUT, days_out=31), DAMAGED, RULES, "refunded", "damaged", 51, 50),
        (OUT, DAMAGED, Rules(), "case", "damaged", 0, 0),
        (OUT, FAR, RULES, "case", "distance", 0, 0),
        (replace(OUT, held=50), FAR, RULES, "refunded", "whole", 50, 0),
        (OUT, Scan(cloned=True), RULES, "case", "cloned", 0, 0),
        (OUT, Scan(burst=True), RULES, "case", "burst", 0, 0),
        (OUT, Scan(too_fast=True), RULES, "refunded", "whole", 101, 0),
        (OUT, Scan(Condition.GOOD, Presence.MACHINE, too_fast=True), RULES, "case", "travel", 0, 0),
        (replace(OUT, own_place=False), Scan(), Rules(same_place=True), "case", "elsewhere", 0, 0),
        (Known(exists=False), Scan(), RULES, "case", "unknown", 0, 0),
        (replace(OUT, foreign=True), Scan(), RULES, "case", "foreign", 0, 0),
        (Known(was_out=True), Scan(), RULES, "already", "already", 0, 0),
        (Known(), Scan(), RULES, "case", "never-issued", 0, 0),
        (Known(was_out=True, withdrawn=True), Scan(), RULES, "case", "withdrawn", 0, 0),
    ],
)
def test_each_return_has_its_rule(known, scan, by, outcome, reason, refund, kept):
    made = decide(known, scan, by)

    assert (made.outcome, made.reason, made.refund, made.kept) == (outcome, reason, refund, kept)


@UNHURRIED
@given(knowns, scans, rules)
def test_whatever_comes_nothing_is_paid_twice_or_lost(known, scan, by):
    made = decide(known, scan, by)

    if made.ends:
        assert known.held is not None
        assert made.refund >= 0
        assert made.kept >= 0
        assert made.refund + made.kept == known.held
    else:
        assert (made.refund, made.kept) == (0, 0)
        assert made.case  # never refused for good: people look at it
    if not known.exists or known.foreign or scan.cloned:
        assert made.outcome is not Outcome.REFUNDED
    if scan.presence is Presence.DISTANCE and (known.held or 0) > by.distance_limit:
        assert not made.ends
    assert (made.reason is Reason.WHOLE) <= (made.kept == 0)


@UNHURRIED
@given(st.integers(0, 10**9), st.integers(0, 3_000))
def test_vat_inside_is_rounded_half_up(amount, rate):
    exact = Fraction(amount * rate, 10_000 + rate)

    assert vat_inside(amount, rate) == (exact + Fraction(1, 2)).__floor__()


def test_vat_of_what_is_kept():
    assert (vat_inside(120, 2_000), vat_inside(100, 2_000), vat_inside(100, 0)) == (20, 17, 0)
    with pytest.raises(ValueError, match="-1"):
        vat_inside(-1, 2_000)


def test_serials_cannot_be_guessed_and_can_be_told():
    made = {new_serial() for _ in range(1_000)}

    assert len(made) == 1_000
    assert {len(each) for each in made} == {16}
    assert not set("".join(made)) & set("ILOU")
    assert new_serial(random.Random(1).randrange) == new_serial(random.Random(1).randrange)


@pytest.mark.parametrize(
    ("read", "code"),
    [
        ("https://consigne.test/b/7ZK", "https://consigne.test/b/7ZK"),
        ("HTTP://Consigne.TEST/b/7ZK/?ref=qr#top", "https://consigne.test/b/7ZK"),
        (" 7ZK\t9\r\n", "7ZK9"),
        ("https://consigne.test/b/a%2Fb", "https://consigne.test/b/a/b"),
        ("\x00\x1d", ""),
    ],
)
def test_a_code_is_the_same_whoever_reads_it(read, code):
    assert clean_code(read) == code
    assert clean_code(code) == code


@UNHURRIED
@given(st.text(max_size=300))
def test_any_text_is_read_without_failing(text):
    assert len(clean_code(text)) <= 200


def test_nothing_travels_faster_than_the_fastest_way():
    assert round(distance(LILLE, PARIS)) == 204
    hour = dt.timedelta(hours=1)
    assert too_fast(LILLE, PARIS, hour, 150)
    assert not too_fast(LILLE, ARRAS, hour, 150)
    assert not too_fast(LILLE, PARIS, 2 * hour, 150)
    assert too_fast(LILLE, ARRAS, -hour, 150)  # a clock that lies gives no time
    assert not too_fast(None, ARRAS, dt.timedelta(), 150)
    assert not too_fast(LILLE, (LILLE[0] + 9_000, LILLE[1]), dt.timedelta(), 150)
