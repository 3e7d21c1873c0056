"""The states of exchanges: all or nothing, whatever people do and in whatever order."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from chambre.lib import exchange as lib
from chambre.lib.exchange import states
from chambre.lib.exchange.states import ENDED, LegState, State

END = dt.date(2026, 1, 10)
DAY = dt.date(2026, 1, 1)
SAID = lib.Exchange(
    slug="", title="t", deadline=END,
    parties=tuple(lib.Party(name) for name in "abc"),
    legs=(
        lib.Leg("x", "a", "b", "euros", 100),
        lib.Leg("y", "b", "c", "goods", after=("x",)),
        lib.Leg("z", "c", "a", "service"),
    ),
    conditions=(lib.Condition("ok", "confirm", of=("a", "b", "c"), needed=2),),
    parts=(lib.Part("seul", ("x", "y")),),
    otherwise="parts",
    mediator=lib.Mediator("m", ("return", "release", "parts")),
)  # fmt: skip


def test_a_leg_waits_for_what_comes_before_it():
    stand = states.opened(SAID)

    with pytest.raises(lib.ExchangeRefusal, match="waits for: x"):
        states.deposit(SAID, stand, "y", DAY)
    stand = states.deposit(SAID, states.deposit(SAID, stand, "x", DAY), "y", DAY)
    assert stand.legs == {
        "x": LegState.DEPOSITED, "y": LegState.DEPOSITED, "z": LegState.PROMISED,
    }  # fmt: skip


def test_the_turn_of_a_leg_comes_with_what_it_waits_for_or_on_a_day():
    later = DAY + dt.timedelta(days=3)
    said = lib.Exchange(
        slug="", title="t", deadline=END, parties=SAID.parties,
        legs=(
            lib.Leg("x", "a", "b", "euros", 100),
            lib.Leg("y", "b", "c", "goods", after=("x", "jour")),
            lib.Leg("z", "c", "a", "service", after=("jour",)),
        ),
        conditions=(lib.Condition("jour", "date", since=later),),
    )  # fmt: skip
    stand = states.opened(said)

    def turns(day: dt.date) -> list[dt.date | None]:
        return [states.turn_on(said, stand, name, day) for name in "xyz"]

    assert turns(DAY) == [DAY, None, later]
    stand = states.deposit(said, stand, "x", DAY)
    assert turns(DAY)[1:] == [later, later]
    assert turns(later)[1:] == [later, later]
    assert turns(END)[1:] == [END, END]


def test_nothing_is_settled_while_something_is_missing():
    stand = states.deposit(SAID, states.opened(SAID), "x", DAY)

    with pytest.raises(lib.ExchangeRefusal) as refusal:
        states.settle(SAID, stand, DAY)
    assert refusal.value.data["missing"] == "y, z, ok"


def test_parts_go_only_whole():
    one = states.deposit(SAID, states.opened(SAID), "x", DAY)
    late = END + dt.timedelta(days=1)

    ended, moves = states.expire(SAID, one, late)
    assert (ended.state, moves.released, moves.returned) == (State.RETURNED, (), ("x",))
    both = states.deposit(SAID, one, "y", DAY)
    ended, moves = states.expire(SAID, both, late)
    assert (ended.state, moves.released, moves.returned) == (State.PART_SETTLED, ("x", "y"), ())


def test_a_mediator_decides_within_what_was_signed():
    stand = states.dispute(states.deposit(SAID, states.opened(SAID), "x", DAY))

    with pytest.raises(lib.ExchangeRefusal, match="have not agreed"):
        states.decide(SAID, stand, "give-all-to-a", DAY)
    with pytest.raises(lib.ExchangeRefusal, match="Not everything is there"):
        states.decide(SAID, stand, "release", DAY)
    ended, moves = states.decide(SAID, stand, "return", DAY)
    assert (ended.state, moves.returned) == (State.RETURNED, ("x",))


class Everybody(RuleBasedStateMachine):
    """People deposit, tell, settle, withdraw, disagree, decide, extend, wait: in any order."""

    legs = Bundle("legs")

    def __init__(self):
        super().__init__()
        self.stand = states.opened(SAID)
        self.day = DAY
        self.moved: dict[str, list[str]] = {leg.name: [] for leg in SAID.legs}

    def act(self, function, *more):
        before = self.stand
        try:
            found = function(*more)
        except lib.ExchangeRefusal:
            assert self.stand == before
            return
        if isinstance(found, tuple):
            found, moves = found
            for name in moves.released:
                self.moved[name].append("released")
            for name in moves.returned:
                self.moved[name].append("returned")
            wanted = {leg.name for leg in SAID.legs}
            if found.state is State.SETTLED:
                assert set(moves.released) == wanted
            if found.state is State.PART_SETTLED:
                assert set(moves.released) == {"x", "y"}
            if found.state is State.RETURNED:
                assert moves.released == ()
        self.stand = found

    @rule(leg=st.sampled_from("xyzq"))
    def deposit(self, leg):
        self.act(states.deposit, SAID, self.stand, leg, self.day)

    @rule(there=st.booleans())
    @precondition(lambda self: self.stand.state not in ENDED)
    def tell(self, there):
        told = frozenset({"ok"}) if there else frozenset()
        self.stand = states.Stand(self.stand.state, self.stand.legs, told, self.stand.deadline)

    @rule()
    def settle(self):
        told = self.stand.told
        self.act(states.settle, SAID, self.stand, self.day)
        if self.stand.state is State.SETTLED and not any(len(m) > 1 for m in self.moved.values()):
            assert self.stand.told == told

    @rule()
    def withdraw(self):
        self.act(states.withdraw, SAID, self.stand)

    @rule()
    def dispute(self):
        self.act(states.dispute, self.stand)

    @rule(what=st.sampled_from(["return", "release", "parts", "extend", "take"]))
    def decide(self, what):
        self.act(states.decide, SAID, self.stand, what, self.day)

    @rule(days=st.integers(-2, 5))
    def extend(self, days):
        self.act(states.extend, self.stand, self.stand.deadline + dt.timedelta(days=days))

    @rule(days=st.integers(1, 6))
    def wait(self, days):
        self.day += dt.timedelta(days=days)

    @rule()
    def expire(self):
        self.act(states.expire, SAID, self.stand, self.day)

    @invariant()
    def each_leg_leaves_once(self):
        assert all(len(moves) <= 1 for moves in self.moved.values())
        for name, state in self.stand.legs.items():
            gone = state in (LegState.RELEASED, LegState.RETURNED)
            assert gone == bool(self.moved[name])

    @invariant()
    def nothing_is_held_once_it_ended(self):
        if self.stand.state in ENDED:
            assert LegState.DEPOSITED not in self.stand.legs.values()


TestEverybody = Everybody.TestCase
TestEverybody.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
