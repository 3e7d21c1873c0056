"""A mistake is taken back exactly and recorded again; what was recorded stays."""

from datetime import UTC, datetime

import pytest
from valueflows_support import LIMIT_50, after, inside, item, seen, state, thing

from chambre.lib.valueflows import (
    Cause,
    CorrectionError,
    Event,
    NewResource,
    NotEnough,
    balances,
    correct,
    effects,
    record,
    replay,
    reverse,
)


def day(number, hour=12):
    return datetime(2026, 4, number, hour, tzinfo=UTC)


@pytest.fixture
def mill():
    return state(thing("plywood", "mill", 130, unit="one", place="yard"))


def consumed(before, quantity, **rest):
    event = Event(
        "consume", provider="mill", resource="plywood", quantity=quantity, input_of="making", **rest
    )
    return record(event, before, id="e1", effective=day(8), recorded=day(8, 18))


def test_a_reversal_is_the_exact_negative_at_todays_record_date(mill):
    first = consumed(mill, 3, state="opened")
    now = mill.apply(first.outcome)
    back = reverse(first, now, id="e2", recorded=day(20))
    assert (back.corrects, back.effective, back.recorded) == ("e1", day(8), day(20))
    assert [(s.action, s.cause, s.quantity) for s in back.outcome.steps] == [
        ("consume", Cause.REVERSAL, -3)
    ]
    assert back.outcome.net == {position: -q for position, q in first.outcome.net.items()}
    restored = now.apply(back.outcome)
    assert seen(restored) == seen(mill)
    assert restored.resources == mill.resources


def test_three_sheets_were_five(mill):
    first = consumed(mill, 3)
    now = mill.apply(first.outcome)
    event = Event("consume", provider="mill", resource="plywood", quantity=5, input_of="making")
    back, again = correct(first, event, now, ids=("e2", "e3"), recorded=day(20))
    assert [r.corrects for r in (back, again)] == ["e1", "e1"]
    assert (again.effective, again.recorded) == (day(8), day(20))
    done = now.apply(back.outcome).apply(again.outcome)
    assert seen(done) == {("plywood", "mill", "mill", "yard"): 125}
    history = [first, back, again]
    key = next(iter(first.outcome.net))
    assert balances(history)[key] == -5
    assert balances(history, known=day(10))[key] == -3  # as was known then
    assert balances(history, effective=day(9))[key] == -5  # as is known today of the day after
    assert balances(history, effective=day(7)) == {}


def test_seven_hours_were_six():
    before = state()
    first = record(
        Event("work", provider="alice", receiver="mill", effort=420, effort_unit="minute-Time"),
        before,
        id="w1",
        effective=day(8),
        recorded=day(8),
    )
    event = Event("work", provider="alice", receiver="mill", effort=360, effort_unit="minute-Time")
    back, again = correct(
        first, event, before.apply(first.outcome), ids=("w2", "w3"), recorded=day(9)
    )
    assert [step.effort for r in (first, back, again) for step in r.outcome.steps] == [
        420,
        -420,
        360,
    ]


def test_an_event_is_taken_back_once_and_a_reversal_never(mill):
    first = consumed(mill, 3)
    now = mill.apply(first.outcome)
    back = reverse(first, now, id="e2", recorded=day(20))
    now = now.apply(back.outcome)
    with pytest.raises(CorrectionError) as refused:
        reverse(first, now, id="e3", recorded=day(21))
    assert refused.value.code == "already-reversed"
    with pytest.raises(CorrectionError) as refused:
        reverse(back, now, id="e3", recorded=day(21))
    assert refused.value.code == "reversal-of-reversal"


def test_what_others_built_upon_is_not_pulled_away():
    before = state()
    made = record(
        Event("produce", provider="ana", quantity=10, new_resource=NewResource("jars", "one")),
        before,
        id="e1",
        effective=day(1),
        recorded=day(1),
    )
    now = before.apply(made.outcome)
    now = after(
        now,
        "transfer",
        provider="ana",
        receiver="customer",
        resource="jars",
        quantity=8,
        receiver_tracked=False,
    )
    shown = seen(now)
    with pytest.raises(CorrectionError) as refused:
        reverse(made, now, id="e3", recorded=day(3))
    assert refused.value.code == "built-upon"
    assert (refused.value.data["available"], refused.value.data["asked"]) == (2, 10)
    assert seen(now) == shown
    # Ten were nine: together with the re-entry it is possible.
    nine = Event("raise", provider="ana", resource="jars", quantity=9)
    back, again = correct(made, nine, now, ids=("e3", "e4"), recorded=day(3))
    assert seen(now.apply(back.outcome).apply(again.outcome)) == {("jars", "ana", "ana"): 1}
    with pytest.raises(CorrectionError):
        correct(
            made,
            Event("raise", provider="ana", resource="jars", quantity=7),
            now,
            ids=("e3", "e4"),
            recorded=day(3),
        )


def test_a_correction_that_cannot_be_either_is_refused(mill):
    first = consumed(mill, 3)
    now = mill.apply(first.outcome)
    event = Event("consume", provider="mill", resource="plywood", quantity=131)
    with pytest.raises(NotEnough):
        correct(first, event, now, ids=("e2", "e3"), recorded=day(20))


def test_a_resource_that_should_not_be_is_taken_back_and_can_be_made_again():
    before = state(thing("apples", "ana", 10))
    give = Event(
        "transfer",
        provider="ana",
        receiver="ben",
        resource="apples",
        quantity=4,
        new_resource=NewResource("apples-of-ben"),
    )
    first = record(give, before, id="e1", effective=day(1), recorded=day(1))
    now = before.apply(first.outcome)
    back = reverse(first, now, id="e2", recorded=day(2))
    assert [one.id for one in back.outcome.removed] == ["apples-of-ben"]
    restored = now.apply(back.outcome)
    assert restored.resources == before.resources
    assert seen(
        after(
            restored,
            "transfer",
            provider="ana",
            receiver="ben",
            resource="apples",
            quantity=5,
            new_resource=NewResource("apples-of-ben"),
        )
    ) == {
        ("apples", "ana", "ana"): 5,
        ("apples-of-ben", "ben", "ben"): 5,
    }


def test_a_resource_into_which_more_was_put_stays():
    before = state(thing("apples", "ana", 10))
    first = record(
        Event(
            "transfer",
            provider="ana",
            receiver="ben",
            resource="apples",
            quantity=4,
            new_resource=NewResource("apples-of-ben"),
        ),
        before,
        id="e1",
        effective=day(1),
        recorded=day(1),
    )
    now = after(
        before.apply(first.outcome), "raise", provider="ben", resource="apples-of-ben", quantity=2
    )
    back = reverse(first, now, id="e2", recorded=day(2))
    assert back.outcome.removed == ()
    assert seen(now.apply(back.outcome)) == {
        ("apples", "ana", "ana"): 10,
        ("apples-of-ben", "ben", "ben"): 2,
    }


def test_a_value_that_was_set_again_is_left_and_flagged():
    before = state(item("press", "ana", state="clean"))
    first = record(
        Event("use", provider="ana", resource="press", state="dirty"),
        before,
        id="e1",
        effective=day(1),
        recorded=day(1),
    )
    now = after(
        before.apply(first.outcome), "use", provider="ana", resource="press", state="broken"
    )
    back = reverse(first, now, id="e2", recorded=day(2))
    assert [(n.code, n.detail["value"]) for n in back.outcome.notices] == [
        ("attribute-superseded", "broken")
    ]
    assert now.apply(back.outcome).resources["press"].state == "broken"


def test_taking_back_a_pickup_frees_the_process():
    before = state(thing("apples", "ana", 10))
    event = Event(
        "pickup",
        provider="ana",
        receiver="carrier",
        resource="apples",
        quantity=10,
        input_of="trip",
    )
    first = record(event, before, id="e1", effective=day(1), recorded=day(1))
    now = before.apply(first.outcome)
    restored = now.apply(reverse(first, now, id="e2", recorded=day(1)).outcome)
    assert (seen(restored), restored.marks) == (seen(before), frozenset())
    assert effects(event, restored).net == first.outcome.net


def test_taking_back_the_sale_of_a_full_crate_brings_everything_back():
    before = state(
        item("crate", "ana"),
        thing("jars", "ana", 6, within=inside("crate")),
        thing("guests", "ben", 2, custodian="ana", within=inside("crate")),
    )
    first = record(
        Event("transfer", provider="ana", receiver="carl", resource="crate"),
        before,
        id="e1",
        effective=day(1),
        recorded=day(1),
    )
    now = before.apply(first.outcome)
    restored = now.apply(reverse(first, now, id="e2", recorded=day(1)).outcome)
    assert (seen(restored), restored.resources) == (seen(before), before.resources)


def test_a_reversal_respects_a_limit():
    before = state(
        thing("a", "ana", unit="CRD", conforms_to="credit"),
        thing("b", "ben", unit="CRD", conforms_to="credit"),
        policy=LIMIT_50,
        kind="credit",
    )
    first = record(
        Event("transfer", provider="ana", receiver="ben", resource="a", quantity=50),
        before,
        id="e1",
        effective=day(1),
        recorded=day(1),
    )
    now = before.apply(first.outcome)
    now = after(now, "transfer", provider="ben", receiver="ana", resource="b", quantity=60)
    with pytest.raises(CorrectionError) as refused:
        reverse(first, now, id="e2", recorded=day(2))
    assert refused.value.code == "built-upon"
    assert refused.value.data["available"] == -60


def test_a_state_is_rebuilt_from_what_was_stored(mill):
    first = consumed(mill, 3)
    now = mill.apply(first.outcome)
    back = reverse(first, now, id="e2", recorded=day(20))
    assert replay([first, back], mill) == now.apply(back.outcome)
    assert replay([]).positions == {}
