"""Invented lives of a fleet: the same seed tells the same, and the truth is what the rules decide."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.deposits import (
    Habits,
    Known,
    Outcome,
    Presence,
    Rules,
    Scan,
    Story,
    Trick,
    Verdict,
    decide,
)

FIRST = dt.date(2026, 1, 5)
ROUGH = Habits(stay=4, broken=100, dark=300, twice=200, wrong_clock=500, tricks=300, idle_days=2)


def played(story: Story, days: int) -> Counter[str]:
    """Play a story by the rules of returns; every answer is the one that the story foretold."""
    rules = Rules(damaged_kept=50)
    held: dict[int, int] = {}
    known: set[int] = set()
    answers: dict[str, Verdict] = {}
    ends: Counter[str] = Counter()
    for day in story.days(FIRST, days):
        for told in day.returned:
            if told.again:
                verdict = answers[told.key]
            else:
                about = Known(
                    exists=told.item is not None,
                    was_out=told.item in known,
                    held=held.get(told.item) if told.item is not None else None,
                )
                verdict = decide(about, Scan(told.condition, told.presence), rules)
                answers[told.key] = verdict
                if verdict.ends and told.item is not None:
                    del held[told.item]
            assert (verdict.outcome, verdict.reason) == (told.outcome, told.reason), told
            ends["again" if told.again else verdict.outcome] += 1
        for one in day.issued:
            assert one.item not in held
            held[one.item] = 100
            known.add(one.item)
            ends["issued"] += 1
    ends["held"] = len(held)
    return ends


def test_a_story_ends_as_it_says() -> None:
    ends = played(Story(objects=300, places=3, seed=7, habits=ROUGH), 60)
    assert all(ends[end] for end in (Outcome.REFUNDED, Outcome.ALREADY, Outcome.CASE, "again"))
    assert ends["held"] == ends["issued"] - ends[Outcome.REFUNDED]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), objects=st.integers(1, 80), places=st.integers(1, 5))
def test_every_story_ends_as_it_says(seed: int, objects: int, places: int) -> None:
    ends = played(Story(objects=objects, places=places, seed=seed, habits=ROUGH), 25)
    assert ends["held"] == ends["issued"] - ends[Outcome.REFUNDED]


def test_the_same_seed_tells_the_same() -> None:
    one, same, other = (
        list(Story(objects=50, places=2, seed=seed).days(FIRST, 20)) for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_machines_that_go_dark_tell_everything_in_the_end() -> None:
    told: list[int | None] = []
    brought: set[int] = set()
    story = Story(
        objects=200, places=3, seed=3, habits=Habits(stay=3, dark=500, twice=0, tricks=0, broken=0)
    )
    for day in story.days(FIRST, 40):
        told += [one.item for one in day.returned]
        brought |= {one.item for one in day.issued}
        assert all(one.machine not in day.dark for one in day.returned if one.machine is not None)
    assert not any(story.kept_back)
    assert set(told) <= brought


def test_a_market_is_open_on_its_days() -> None:
    saturdays = Habits(stay=9, weekdays=(5,), care=(0,), dark=0, idle_days=1)
    days = list(Story(objects=30, places=2, seed=9, habits=saturdays).days(FIRST, 70))
    busy = [day for day in days if day.returned or day.issued]
    assert {day.day.weekday() for day in busy} == {5}
    assert {day.day.weekday() for day in days if day.cared} == {0}
    assert sum(len(day.returned) for day in busy) > 30
    seldom = replace(saturdays, weeks=2)
    days = list(Story(objects=30, places=2, seed=9, habits=seldom).days(FIRST, 70))
    assert len({day.day.toordinal() % 14 for day in days if day.issued or day.returned}) == 1


def test_tricks_and_presence_are_told_apart() -> None:
    story = Story(objects=300, places=3, seed=5, habits=ROUGH)
    returned = [one for day in story.days(FIRST, 60) for one in day.returned]
    assert {one.trick for one in returned} == set(Trick)
    assert all(
        one.outcome is not Outcome.REFUNDED for one in returned if one.trick is Trick.MADE_UP
    )
    assert all(
        one.outcome is not Outcome.REFUNDED for one in returned if one.presence is Presence.DISTANCE
    )


@pytest.mark.parametrize(("objects", "places"), [(0, 1), (1, 0)])
def test_a_story_needs_objects_and_places(objects: int, places: int) -> None:
    with pytest.raises(ValueError, match="0"):
        Story(objects=objects, places=places, seed=1)
