"""What holds for every history, whatever people record."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from valueflows_support import inside, item, state, thing

from chambre.lib.valueflows import (
    ACTIONS,
    Cause,
    CorrectionError,
    Event,
    HoldKind,
    Motion,
    NewResource,
    Overdraw,
    Rest,
    Specification,
    StockPolicy,
    ValueFlowsError,
    accounting_quantity,
    by_accountable,
    by_custodian,
    effects,
    onhand_quantity,
    record,
    replay,
    reverse,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
AGENTS = ["ana", "ben", "carl"]
PLACES = [None, "barn", "shop"]
PROCESSES = ["x", "y"]
STOCKS = ["apples-ana", "apples-ben"]
ITEMS = ["press", "box", "crate"]
LIMIT = 20


def start(policy=None):
    """Two stocks of apples and three objects, one of them inside another."""
    return state(
        thing("apples-ana", "ana", 30, place="barn"),
        thing("apples-ben", "ben", 5, place="shop"),
        item("press", "ana", place="barn"),
        item("crate", "ana", place="barn"),
        item("box", "ben", custodian="ana", place="barn", within=inside("crate")),
        processes={"x": "sorting", "y": None},
        policy=policy,
    )


def anything(chance, number):
    """An event said at random, sensible or not."""
    action = chance.choice(list(ACTIONS))
    resources = [None, *STOCKS, *ITEMS, "new-1", "nobody knows"]
    provider = chance.choice(AGENTS)
    return Event(
        action=action,
        provider=provider,
        receiver=chance.choice([provider, *AGENTS]),
        resource=chance.choice(resources),
        to_resource=chance.choice([None, None, *resources]),
        new_resource=chance.choice([None, None, new(number)]),
        quantity=chance.choice([None, 1, 1, chance.randint(1, 12)]),
        unit=chance.choice([None, "kg", "one"]),
        input_of=chance.choice([None, *PROCESSES]),
        output_of=chance.choice([None, *PROCESSES]),
        to_location=chance.choice(PLACES),
        accountable=chance.choice([None, *AGENTS]),
        rest=chance.choice([None, *Rest]),
    )


def new(number):
    """A resource of its own for an event that may need one."""
    return NewResource(f"new-{number}", "kg", "apples")


def likely(chance, now, number):
    """An event that somebody would record, about a position that is there."""
    action = chance.choice(list(ACTIONS))
    motion = ACTIONS[action].motion
    there = sorted(now.all_positions(), key=str)
    if motion is Motion.LEAVE or (motion is Motion.UNPACK and chance.random() < 0.9):
        there = [one for one in there if one[0].within] or there
    position, amount = chance.choice(there)
    within = position.within
    known = now.resources[position.resource]
    rights = motion is Motion.ADD or action == "transferAllRights"
    provider = position.accountable if rights else position.custodian
    two = action in {"transfer", "transferCustody", "transferAllRights"}
    others = [agent for agent in AGENTS if agent != provider]
    alone = action in {"move", "raise", "lower", "combine", "separate"}
    apart = two or (not alone and chance.random() < 0.3)
    process = chance.choice(PROCESSES) if within is None else within.ref
    event = Event(
        action=action,
        provider=provider,
        receiver=chance.choice(others) if apart else provider,
        resource=position.resource,
        quantity=1 if known.serialized else chance.randint(1, max(1, amount)),
        from_place=chance.choice([None, position.place]),
        to_location=chance.choice(PLACES[1:]) if action == "move" else chance.choice(PLACES),
        accountable=position.accountable if chance.random() < 0.5 else None,
        state=chance.choice([None, None, "good", "bad"]),
    )
    if motion is Motion.ADD and (known.serialized or chance.random() < 0.3):
        event = replace(event, resource=None, new_resource=new(number))
    elif motion is Motion.COPY or (motion is Motion.SHIFT and chance.random() < 0.3):
        event = replace(event, new_resource=new(number) if chance.random() < 0.7 else None)
    elif motion is Motion.PACK:
        boxes = [name for name in ("crate", "box") if name != position.resource]
        event = replace(event, to_resource=chance.choice([*boxes, None]), input_of=process)
    if motion is Motion.ENTER:
        event = replace(event, input_of=f"{process}-{number}")
    elif motion is Motion.LEAVE:
        event = replace(event, output_of=process, rest=chance.choice([None, *Rest]))
    elif motion is Motion.UNPACK:
        event = replace(event, output_of=process, within=chance.choice([None, within]))
    elif action == "consume":
        event = replace(event, input_of=process)
    elif action == "transfer":
        event = replace(event, receiver_tracked=chance.random() < 0.8)
    return event


def happen(before, seed, *, length=30):
    """Record what can be recorded; what cannot is refused with a reason and changes nothing.

    Yields the state before, the recorded event and the state after.
    """
    now = before
    chance = random.Random(seed)
    for number in range(length):
        pick = likely if list(now.all_positions()) and chance.random() < 0.9 else anything
        event = pick(chance, *((now,) if pick is likely else ()), number)
        copy = replace(now)
        done = None
        try:
            done = record(event, now, id=number, effective=AT, recorded=AT)
        except ValueFlowsError as refusal:
            said = refusal.en, refusal.fr
        if done is None:
            assert all(said)
            assert now == copy
            continue
        following = now.apply(done.outcome)
        yield now, done, following
        now = following


seeds = st.integers(0, 2**32)


def kinds(now):
    """How much there is of each kind."""
    total = {}
    for position, quantity in now.all_positions():
        kind = now.resources[position.resource].conforms_to, position.unit
        total[kind] = total.get(kind, 0) + quantity
    return {kind: quantity for kind, quantity in total.items() if quantity}


def check_sound(now):
    """Everything is somebody's and with somebody, once; contents are where their container is."""
    for resource, known in now.resources.items():
        stock = now.positions.get(resource, {})
        total = sum(stock.values())
        assert sum(by_accountable(now, resource).values()) == total
        assert sum(by_custodian(now, resource).values()) == total
        assert not known.serialized or total in {0, 1}
        assert {position.unit for position in stock} <= {known.unit}
        free = sum(amount for position, amount in stock.items() if position.within is None)
        assert sum(onhand_quantity(now, resource, agent) for agent in AGENTS) == free
        assert sum(accounting_quantity(now, resource, agent) for agent in AGENTS) == total
        for position in stock:
            if position.within and position.within.kind is HoldKind.CONTAINER:
                (outer,) = now.positions[position.within.ref]
                assert (outer.custodian, outer.place) == (position.custodian, position.place)
        if known.contained_in is not None:
            assert {position.within for position in stock} == {inside(known.contained_in)}


@given(seeds)
@settings(max_examples=200, deadline=None)
def test_nobody_ever_gives_what_they_do_not_have(seed):
    for _, _, now in happen(start(), seed):
        assert all(quantity > 0 for _, quantity in now.all_positions())
        check_sound(now)


@given(seeds)
@settings(max_examples=150, deadline=None)
def test_only_what_appears_or_disappears_changes_a_total(seed):
    for before, done, now in happen(start(), seed):
        expected = kinds(before)
        for step in done.outcome.steps:
            sums = sum(change.quantity for change in step.changes)
            motion = ACTIONS[step.action].motion
            if step.action == "transfer" and (step.to_resource is None or step.resource is None):
                assert step.resource is None or not done.event.receiver_tracked
            elif motion in {Motion.ADD, Motion.COPY} and sums:
                assert sums == step.quantity
            elif motion is Motion.TAKE and sums:
                assert -sums == step.quantity
            elif step.resource is not None:
                assert sums == 0
            for change in step.changes:
                known = now.resources.get(change.position.resource)
                kind = known.conforms_to, known.unit
                expected[kind] = expected.get(kind, 0) + change.quantity
        assert kinds(now) == {kind: quantity for kind, quantity in expected.items() if quantity}


@given(seeds)
@settings(max_examples=150, deadline=None)
def test_taking_everything_back_leads_back_to_the_start(seed):
    history = list(happen(start(), seed))
    now = history[-1][2] if history else start()
    for number, (before, done, after) in enumerate(reversed(history)):
        assert (now.positions, now.resources, now.marks) == (
            after.positions,
            after.resources,
            after.marks,
        )
        now = now.apply(reverse(done, now, id=f"back {number}", recorded=AT).outcome)
        assert (now.positions, now.resources, now.marks) == (
            before.positions,
            before.resources,
            before.marks,
        )


@given(seeds, st.data())
@settings(max_examples=100, deadline=None)
def test_taking_one_back_from_the_middle_is_exact_or_refused(seed, data):
    history = list(happen(start(), seed))
    if not history:
        return
    now = history[-1][2]
    one = data.draw(st.sampled_from(history))[1]
    try:
        back = reverse(one, now, id="back", recorded=AT)
    except CorrectionError as refusal:
        if refusal.code != "built-upon":
            raise
        return
    later = now.apply(back.outcome)
    for position in {*one.outcome.net}:
        assert later.quantity(position) == now.quantity(position) - one.outcome.net[position]
    assert all(quantity > 0 for _, quantity in later.all_positions())


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_the_stored_history_rebuilds_the_state(seed):
    history = list(happen(start(), seed))
    if history:
        assert replay([done for _, done, _ in history], start()) == history[-1][2]


@given(seeds)
@settings(max_examples=100, deadline=None)
def test_a_limit_is_never_exceeded(seed):
    before = start(StockPolicy(Overdraw.LIMIT, LIMIT))
    for _, _, now in happen(before, seed):
        for resource in now.resources:
            for agent in AGENTS:
                assert by_accountable(now, resource).get(agent, 0) >= -LIMIT
                assert by_custodian(now, resource).get(agent, 0) >= -LIMIT


@given(seeds)
@settings(max_examples=100, deadline=None)
def test_what_is_observed_below_zero_is_flagged(seed):
    before = start(StockPolicy(Overdraw.OBSERVE))
    for was, done, now in happen(before, seed):
        below = {
            position.resource
            for position, change in done.outcome.net.items()
            if change < 0 and now.quantity(position) < 0
        }
        assert {n.resource for n in done.outcome.notices if n.code == "overdrawn"} == below
        more = Event(
            "consume",
            provider="ana",
            resource="apples-ana",
            quantity=1000,
            from_place="barn",
            accountable="ana",
        )
        assert effects(more, was).notices  # an observed fact is never refused for want of stock


@given(seeds, st.sampled_from(list(Overdraw)))
@settings(max_examples=60, deadline=None)
def test_an_event_always_does_the_same(seed, overdraw):
    before = start(StockPolicy(overdraw, LIMIT if overdraw is Overdraw.LIMIT else 0))
    for now, done, _ in happen(before, seed):
        assert effects(done.event, now) == done.outcome


def test_the_random_histories_are_worth_something():
    """Every action is recorded many times over, with transfers implied and contents carried."""
    recorded = [done for seed in range(100) for _, done, _ in happen(start(), seed)]
    times = Counter(done.event.action for done in recorded)
    assert set(times) == set(ACTIONS)
    assert min(times.values()) >= 10
    causes = Counter(step.cause for done in recorded for step in done.outcome.steps)
    assert causes[Cause.IMPLIED] >= 50
    assert causes[Cause.REST] >= 5
    assert sum(len(done.outcome.net) > 3 for done in recorded) >= 20


def test_a_policy_has_a_limit_only_where_it_means_something():
    with pytest.raises(ValueError, match="limit"):
        StockPolicy(Overdraw.FORBID, 5)
    with pytest.raises(ValueError, match="limit"):
        StockPolicy(Overdraw.LIMIT, -5)
    assert start().policy("apples-ana") == StockPolicy()
    assert start().policy("unknown") == StockPolicy()
    assert Specification("apples").policy == StockPolicy()
