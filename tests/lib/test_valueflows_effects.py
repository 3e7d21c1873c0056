"""Every action by itself: the exact positions before and after, and what is refused."""

import pytest
from valueflows_support import (
    LIMIT_50,
    OBSERVE,
    after,
    inside,
    item,
    put,
    seen,
    state,
    thing,
    worked_on,
)

from chambre.lib.valueflows import (
    ACTIONS,
    Ambiguous,
    BadEvent,
    Cause,
    ContainerError,
    Event,
    Mismatch,
    NewResource,
    NotEnough,
    Rest,
    UnknownResource,
    accounting_quantity,
    effects,
    needs_new_resource,
    onhand_quantity,
)


def refused(error, code, before, action, **event):
    """The event is refused with this code; what is said is said in both languages."""
    with pytest.raises(error) as caught:
        effects(Event(action, **event), before)
    assert caught.value.code == code
    assert caught.value.en
    assert caught.value.fr
    assert caught.value.en != caught.value.fr
    return caught.value.data


@pytest.fixture
def farm():
    """Ten kilograms of apples in Ana's barn."""
    return state(thing("apples-of-ana", "ana", 10, place="barn"))


# produce


def test_produce_adds_to_a_stock(farm):
    done = after(farm, "produce", provider="ana", resource="apples-of-ana", quantity=5)
    assert seen(done) == {("apples-of-ana", "ana", "ana", "barn"): 15}


def test_produce_creates_a_resource_with_its_place_stage_and_state():
    before = state(processes={"pressing": "press"})
    outcome = effects(
        Event(
            "produce",
            provider="ana",
            new_resource=NewResource("juice", "litre", "apple-juice", lot="L1"),
            quantity=40,
            output_of="pressing",
            to_location="cellar",
            state="fresh",
        ),
        before,
    )
    done = before.apply(outcome)
    assert seen(done) == {("juice", "ana", "ana", "cellar"): 40}
    juice = done.resources["juice"]
    assert outcome.created == (juice,)
    assert (juice.primary_accountable, juice.custodian, juice.location) == ("ana", "ana", "cellar")
    assert (juice.stage, juice.state, juice.lot, juice.unit) == ("press", "fresh", "L1", "litre")


def test_produce_for_somebody_else_hands_it_over_as_well():
    before = state()
    outcome = effects(
        Event(
            "produce",
            provider="joiner",
            receiver="ana",
            new_resource=NewResource("desk", "one", serialized=True),
        ),
        before,
    )
    assert [(step.action, step.cause) for step in outcome.steps] == [
        ("produce", Cause.EVENT),
        ("transfer", Cause.IMPLIED),
    ]
    assert [sorted(change.quantity for change in step.changes) for step in outcome.steps] == [
        [1],
        [-1, 1],
    ]
    done = before.apply(outcome)
    assert seen(done) == {("desk", "ana", "ana"): 1}
    assert done.resources["desk"].primary_accountable == "ana"


def test_produce_from_ones_own_stock_into_the_customers(farm):
    before = state(
        thing("bread-of-ben", "ben", 3, conforms_to="bread"),
        thing("bread-of-ana", "ana", conforms_to="bread"),
    )
    done = after(
        before, "produce", provider="ben", receiver="ana", resource="bread-of-ben", quantity=2
    )
    assert seen(done) == {("bread-of-ben", "ben", "ben"): 3, ("bread-of-ana", "ana", "ana"): 2}


def test_produce_into_the_receivers_stock(farm):
    done = after(
        farm, "produce", provider="ben", receiver="ana", resource="apples-of-ana", quantity=2
    )
    assert seen(done) == {("apples-of-ana", "ana", "ana", "barn"): 12}


def test_produce_into_a_strangers_stock_is_refused(farm):
    data = refused(
        Mismatch,
        "not-accountable",
        farm,
        "produce",
        provider="ben",
        resource="apples-of-ana",
        quantity=2,
    )
    assert data["accountable"] == "ana"


def test_produce_of_an_object_that_exists_is_refused():
    before = state(item("press", "ana"))
    refused(Mismatch, "serialized-quantity", before, "produce", provider="ana", resource="press")


def test_produce_of_what_is_not_inventoried_changes_nothing(farm):
    outcome = effects(Event("produce", provider="ana", quantity=4, unit="kg"), farm)
    assert outcome.changes == []
    assert [(step.action, step.quantity, step.unit) for step in outcome.steps] == [
        ("produce", 4, "kg")
    ]


def test_produce_needs_a_new_identifier(farm):
    refused(
        UnknownResource,
        "resource-exists",
        farm,
        "produce",
        provider="ana",
        new_resource=NewResource("apples-of-ana", "kg"),
        quantity=1,
    )
    refused(
        BadEvent,
        "two-resources",
        farm,
        "produce",
        provider="ana",
        quantity=1,
        resource="apples-of-ana",
        new_resource=NewResource("more", "kg"),
    )


# consume


def test_consume_takes_from_a_stock(farm):
    done = after(
        farm,
        "consume",
        receiver="ana",
        resource="apples-of-ana",
        quantity=4,
        input_of="pressing",
        state="opened",
    )
    assert seen(done) == {("apples-of-ana", "ana", "ana", "barn"): 6}
    assert done.resources["apples-of-ana"].state == "opened"


def test_consume_to_the_last_and_not_further(farm):
    assert seen(after(farm, "consume", provider="ana", resource="apples-of-ana", quantity=10)) == {}
    data = refused(
        NotEnough,
        "not-enough",
        farm,
        "consume",
        provider="ana",
        resource="apples-of-ana",
        quantity=11,
    )
    assert (data["available"], data["asked"], data["agent"]) == (10, 11, "ana")


def test_consume_of_what_another_provides_passes_it_on_first(farm):
    outcome = effects(
        Event("consume", provider="ana", receiver="ben", resource="apples-of-ana", quantity=4), farm
    )
    assert [(s.action, s.cause, s.provider, s.receiver) for s in outcome.steps] == [
        ("transfer", Cause.IMPLIED, "ana", "ben"),
        ("consume", Cause.EVENT, "ben", "ben"),
    ]
    done = farm.apply(outcome)
    assert seen(done) == {("apples-of-ana", "ana", "ana", "barn"): 6}
    assert done.resources["apples-of-ana"].primary_accountable == "ana"


def test_consume_through_the_receivers_own_stock():
    before = state(thing("apples-of-ana", "ana", 10), thing("apples-of-ben", "ben", 1))
    done = after(
        before,
        "consume",
        provider="ana",
        receiver="ben",
        resource="apples-of-ana",
        to_resource="apples-of-ben",
        quantity=4,
    )
    assert seen(done) == {("apples-of-ana", "ana", "ana"): 6, ("apples-of-ben", "ben", "ben"): 1}


def test_consume_of_what_is_only_borrowed_has_to_say_whose_it_is():
    before = state(thing("apples-of-ana", "ana", 10, custodian="ben"))
    refused(
        NotEnough,
        "not-enough",
        before,
        "consume",
        provider="ben",
        resource="apples-of-ana",
        quantity=1,
    )
    done = after(
        before, "consume", provider="ben", resource="apples-of-ana", quantity=1, accountable="ana"
    )
    assert seen(done) == {("apples-of-ana", "ana", "ben"): 9}


# use, cite, work, deliverService


def test_use_changes_no_quantity_and_may_set_a_state():
    before = state(item("press", "ana", place="barn"))
    outcome = effects(
        Event(
            "use",
            provider="ana",
            receiver="ben",
            resource="press",
            effort=150,
            effort_unit="minute-Time",
            input_of="pressing",
            state="dirty",
        ),
        before,
    )
    assert outcome.changes == []
    done = before.apply(outcome)
    assert seen(done) == seen(before)
    assert done.resources["press"].state == "dirty"


def test_use_by_the_borrower_and_not_by_who_has_lent_it():
    before = state(item("press", "ana", custodian="ben"))
    assert effects(Event("use", provider="ben", resource="press"), before).changes == []
    assert effects(Event("use", provider="ana", receiver="ben", resource="press"), before)
    refused(NotEnough, "not-held", before, "use", provider="ana", resource="press")


def test_use_of_what_nobody_holds_is_flagged_where_facts_are_observed():
    before = state(item("press", "ana", custodian="ben"), policy=OBSERVE, kind="tool")
    outcome = effects(Event("use", provider="ana", resource="press"), before)
    assert [notice.code for notice in outcome.notices] == ["not-held"]


def test_cite_leaves_knowledge_as_it_is():
    before = state(item("plans", "ana", state="v1"))
    for count in (1, 1, 1):
        outcome = effects(
            Event(
                "cite",
                provider="ana",
                receiver="ben",
                resource="plans",
                quantity=count,
                input_of="making",
            ),
            before,
        )
        assert outcome.changes == []
        assert before.apply(outcome) == before
    refused(UnknownResource, "resource-unknown", before, "cite", provider="ana", resource="none")


def test_work_has_hours_and_may_say_how_many_people():
    before = state()
    outcome = effects(
        Event(
            "work",
            provider="ana",
            receiver="chamber",
            quantity=3,
            unit="one",
            effort=420,
            effort_unit="minute-Time",
            input_of="harvest",
        ),
        before,
    )
    assert outcome.changes == []
    assert [(s.action, s.provider, s.receiver) for s in outcome.steps] == [
        ("work", "ana", "chamber")
    ]


def test_a_service_changes_no_stock():
    outcome = effects(
        Event(
            "deliverService",
            provider="ana",
            receiver="ben",
            quantity=1,
            unit="one",
            output_of="course",
            input_of="project",
        ),
        state(),
    )
    assert outcome.changes == []
    assert [step.action for step in outcome.steps] == ["deliverService"]


def test_a_service_that_hands_over_a_thing_transfers_it():
    before = state(
        thing("leaflets", "ana", 100, conforms_to="leaflet"),
        thing("leaflets-of-ben", "ben", conforms_to="leaflet"),
    )
    outcome = effects(
        Event("deliverService", provider="ana", receiver="ben", resource="leaflets", quantity=3),
        before,
    )
    assert [(s.action, s.cause) for s in outcome.steps] == [
        ("deliverService", Cause.EVENT),
        ("transfer", Cause.IMPLIED),
    ]
    assert seen(before.apply(outcome)) == {
        ("leaflets", "ana", "ana"): 97,
        ("leaflets-of-ben", "ben", "ben"): 3,
    }


def test_an_implication_can_be_ruled_out():
    before = state(item("press", "ana"))
    outcome = effects(
        Event("deliverService", provider="ana", receiver="ben", resource="press", implied=False),
        before,
    )
    assert outcome.changes == []


# raise, lower


def test_raise_counts_more_and_lower_less(farm):
    more = after(farm, "raise", provider="ana", resource="apples-of-ana", quantity=2)
    assert seen(more) == {("apples-of-ana", "ana", "ana", "barn"): 12}
    less = after(farm, "lower", provider="ana", resource="apples-of-ana", quantity=2)
    assert seen(less) == {("apples-of-ana", "ana", "ana", "barn"): 8}


def test_raise_opens_a_stock_where_it_is():
    before = state()
    done = after(
        before,
        "raise",
        receiver="ana",
        new_resource=NewResource("jars", "one"),
        quantity=120,
        to_location="cellar",
        state="clean",
    )
    assert seen(done) == {("jars", "ana", "ana", "cellar"): 120}
    jars = done.resources["jars"]
    assert (jars.primary_accountable, jars.custodian, jars.location, jars.state) == (
        "ana",
        "ana",
        "cellar",
        "clean",
    )


def test_an_inventory_at_the_borrowers():
    before = state(thing("jars", "ana", 20, custodian="ben"))
    done = after(before, "lower", provider="ana", custodian="ben", resource="jars", quantity=3)
    assert seen(done) == {("jars", "ana", "ben"): 17}
    done = after(done, "raise", provider="ana", custodian="ben", resource="jars", quantity=1)
    assert seen(done) == {("jars", "ana", "ben"): 18}


def test_lower_never_goes_below_nothing(farm):
    refused(
        NotEnough,
        "not-enough",
        farm,
        "lower",
        provider="ana",
        resource="apples-of-ana",
        quantity=25,
    )


def test_an_opening_balance_below_zero_only_where_debts_are_allowed():
    new = NewResource("account", "EUR", "money")
    refused(NotEnough, "not-enough", state(), "lower", provider="ana", new_resource=new, quantity=5)
    before = state(policy=LIMIT_50, kind="money")
    done = after(before, "lower", provider="ana", new_resource=new, quantity=5)
    assert seen(done) == {("account", "ana", "ana"): -5}
    refused(
        NotEnough, "limit-exceeded", before, "lower", provider="ana", new_resource=new, quantity=51
    )


@pytest.mark.parametrize("action", ["raise", "lower", "move", "combine", "separate"])
def test_what_one_agent_does_alone_has_no_second(farm, action):
    refused(
        BadEvent,
        "agents-must-match",
        farm,
        action,
        provider="ana",
        receiver="ben",
        resource="apples-of-ana",
        quantity=1,
    )


# copy


def test_copy_gives_the_receiver_one_and_leaves_the_original():
    before = state(item("plans", "ana", state="v1", place="server", conforms_to="plans"))
    outcome = effects(
        Event(
            "copy",
            provider="ana",
            receiver="ben",
            resource="plans",
            state="v2",
            new_resource=NewResource("plans-of-ben"),
            to_location="laptop",
        ),
        before,
    )
    done = before.apply(outcome)
    assert seen(done) == {
        ("plans", "ana", "ana", "server"): 1,
        ("plans-of-ben", "ben", "ben", "laptop"): 1,
    }
    copied = done.resources["plans-of-ben"]
    assert (copied.conforms_to, copied.state, copied.serialized) == ("plans", "v2", True)
    assert done.resources["plans"] == before.resources["plans"]


def test_copy_into_a_stock_of_copies():
    before = state(
        thing("handout", "ana", 1, unit="one", conforms_to="handout"),
        thing("handouts-of-ben", "ben", 4, unit="one", conforms_to="handout"),
    )
    done = after(
        before,
        "copy",
        provider="ana",
        receiver="ben",
        resource="handout",
        quantity=6,
        to_resource="handouts-of-ben",
    )
    assert seen(done) == {("handout", "ana", "ana"): 1, ("handouts-of-ben", "ben", "ben"): 10}


def test_copy_of_one_thing_into_a_stock_of_another_is_refused(farm):
    before = state(thing("apples-of-ana", "ana", 1), thing("pears", "ben", 1, conforms_to="pears"))
    refused(
        Mismatch,
        "specification-differs",
        before,
        "copy",
        provider="ana",
        receiver="ben",
        resource="apples-of-ana",
        to_resource="pears",
        quantity=1,
    )


# policies


def test_credit_goes_down_to_its_limit():
    before = state(
        thing("credit-of-ana", "ana", 10, unit="CRD", conforms_to="credit"),
        thing("credit-of-ben", "ben", unit="CRD", conforms_to="credit"),
        policy=LIMIT_50,
        kind="credit",
    )
    done = after(
        before, "transfer", provider="ana", receiver="ben", resource="credit-of-ana", quantity=60
    )
    assert seen(done) == {("credit-of-ana", "ana", "ana"): -50, ("credit-of-ben", "ben", "ben"): 60}
    data = refused(
        NotEnough,
        "limit-exceeded",
        before,
        "transfer",
        provider="ana",
        receiver="ben",
        resource="credit-of-ana",
        quantity=61,
    )
    assert (data["after"], data["limit"]) == (-51, -50)
    refused(
        NotEnough,
        "limit-exceeded",
        done,
        "transfer",
        provider="ana",
        receiver="ben",
        resource="credit-of-ana",
        quantity=1,
    )
    back = after(
        done, "transfer", provider="ben", receiver="ana", resource="credit-of-ben", quantity=60
    )
    assert seen(back) == seen(before)


def test_the_limit_is_on_all_that_an_agent_has_of_it():
    before = put(
        state(
            thing("credit", "ana", 30, unit="CRD", place="here", conforms_to="credit"),
            policy=LIMIT_50,
            kind="credit",
        ),
        "credit",
        "ana",
        "ana",
        20,
        place="there",
    )
    done = after(before, "lower", provider="ana", resource="credit", quantity=100)
    assert seen(done) == {("credit", "ana", "ana", "here"): -50}
    refused(
        NotEnough,
        "limit-exceeded",
        before,
        "lower",
        provider="ana",
        resource="credit",
        quantity=101,
    )


def test_the_limit_also_holds_for_what_is_with_an_agent():
    before = put(
        state(
            thing(
                "credit",
                "ana",
                19,
                custodian="ben",
                unit="CRD",
                conforms_to="credit",
                within=worked_on("p"),
            ),
            policy=LIMIT_50,
            kind="credit",
        ),
        "credit",
        "ben",
        "ben",
        -60,
    )
    refused(
        NotEnough,
        "limit-exceeded",
        before,
        "modify",
        provider="ben",
        resource="credit",
        accountable="ana",
        quantity=9,
        output_of="p",
        rest=Rest.LOWER,
    )


def test_facts_from_elsewhere_are_taken_and_flagged():
    before = state(thing("apples-of-ana", "ana", 10, place="barn"), policy=OBSERVE)
    outcome = effects(
        Event("consume", provider="ana", resource="apples-of-ana", quantity=25), before
    )
    assert [(n.code, n.resource, n.detail["after"]) for n in outcome.notices] == [
        ("overdrawn", "apples-of-ana", -15)
    ]
    assert seen(before.apply(outcome)) == {("apples-of-ana", "ana", "ana", "barn"): -15}
    enough = effects(
        Event("consume", provider="ana", resource="apples-of-ana", quantity=10), before
    )
    assert enough.notices == ()


# What an event has to say


@pytest.mark.parametrize(
    ("code", "action", "event"),
    [
        ("agent-needed", "consume", {}),
        ("agent-needed", "transfer", {"provider": "ana"}),
        ("agent-needed", "transfer", {"receiver": "ana"}),
        ("agents-must-differ", "transfer", {"provider": "ana", "receiver": "ana"}),
        ("quantity-needed", "consume", {"provider": "ana", "quantity": None}),
        ("quantity-not-positive", "consume", {"provider": "ana", "quantity": 0}),
        ("quantity-not-positive", "consume", {"provider": "ana", "quantity": -3}),
        ("quantity-not-positive", "consume", {"provider": "ana", "quantity": 1.5}),
        (
            "quantity-not-applicable",
            "consume",
            {"provider": "ana", "effort": 5, "effort_unit": "hour"},
        ),
        ("unit-needed", "use", {"provider": "ana", "effort": 5}),
        ("unit-needed", "consume", {"provider": "ana", "resource": None}),
        ("process-not-applicable", "consume", {"provider": "ana", "output_of": "p"}),
        ("process-not-applicable", "produce", {"provider": "ana", "input_of": "p"}),
        ("process-not-applicable", "raise", {"provider": "ana", "input_of": "p"}),
        ("process-needed", "pickup", {"provider": "ana"}),
        ("process-needed", "combine", {"provider": "ana"}),
        ("resource-needed", "combine", {"provider": "ana", "resource": None, "unit": "kg"}),
        ("resource-not-applicable", "consume", {"provider": "ana", "to_resource": "other"}),
        (
            "resource-not-applicable",
            "consume",
            {"provider": "ana", "new_resource": NewResource("other")},
        ),
        (
            "resource-not-applicable",
            "consume",
            {"provider": "ana", "receiver": "ben", "new_resource": NewResource("other")},
        ),
        (
            "resource-not-applicable",
            "transfer",
            {"provider": "ana", "receiver": "ben", "within": inside("box")},
        ),
        (
            "resource-not-applicable",
            "transferCustody",
            {"provider": "ana", "receiver": "ben", "receiver_tracked": False},
        ),
        (
            "two-resources",
            "transfer",
            {
                "provider": "ana",
                "receiver": "ben",
                "to_resource": "x",
                "new_resource": NewResource("y"),
            },
        ),
        ("nothing-moves", "move", {"provider": "ana"}),
        ("rest-not-applicable", "consume", {"provider": "ana", "rest": "lower"}),
    ],
)
def test_events_that_contradict_themselves_are_refused(farm, code, action, event):
    event = {"resource": "apples-of-ana", "quantity": 1} | event
    refused(BadEvent, code, farm, action, **event)


def test_a_quantity_in_another_unit_is_refused(farm):
    data = refused(
        Mismatch,
        "unit-differs",
        farm,
        "consume",
        provider="ana",
        resource="apples-of-ana",
        quantity=1,
        unit="litre",
    )
    assert data == {"resource": "apples-of-ana", "expected": "kg", "given": "litre"}
    same = after(farm, "consume", provider="ana", resource="apples-of-ana", quantity=1, unit="kg")
    assert seen(same) == {("apples-of-ana", "ana", "ana", "barn"): 9}


def test_new_things_need_a_unit():
    refused(
        BadEvent,
        "unit-needed",
        state(),
        "raise",
        provider="ana",
        quantity=1,
        new_resource=NewResource("x"),
    )
    done = after(
        state(), "raise", provider="ana", quantity=1, unit="one", new_resource=NewResource("x")
    )
    assert done.resources["x"].unit == "one"


def test_of_a_single_object_there_is_one():
    before = state(item("press", "ana"))
    refused(
        Mismatch,
        "serialized-quantity",
        before,
        "consume",
        provider="ana",
        resource="press",
        quantity=2,
    )
    assert seen(after(before, "consume", provider="ana", resource="press")) == {}


def test_whose_and_where_is_never_guessed(farm):
    before = put(farm, "apples-of-ana", "ana", "ana", 5, place="shop")
    data = refused(
        Ambiguous,
        "ambiguous-source",
        before,
        "consume",
        provider="ana",
        resource="apples-of-ana",
        quantity=3,
    )
    assert data["count"] == 2
    done = after(
        before, "consume", provider="ana", resource="apples-of-ana", quantity=3, from_place="shop"
    )
    assert seen(done) == {
        ("apples-of-ana", "ana", "ana", "barn"): 10,
        ("apples-of-ana", "ana", "ana", "shop"): 2,
    }
    everything = after(before, "consume", provider="ana", resource="apples-of-ana", quantity=15)
    assert seen(everything) == {}


def test_what_is_inside_something_is_not_free(farm):
    before = put(farm, "apples-of-ana", "ana", "ana", 5, place="barn", within=inside("crate"))
    data = refused(
        NotEnough,
        "contained",
        before,
        "consume",
        provider="ana",
        resource="apples-of-ana",
        quantity=12,
    )
    assert (data["available"], data["contained"]) == (10, 5)
    before = put(farm, "apples-of-ana", "ana", "ana", 5, place="barn", within=worked_on("p"))
    data = refused(
        NotEnough,
        "in-process",
        before,
        "transfer",
        provider="ana",
        receiver="ben",
        resource="apples-of-ana",
        quantity=12,
    )
    assert (data["available"], data["inside"]) == (10, 5)
    refused(
        NotEnough,
        "not-enough",
        before,
        "consume",
        provider="ana",
        resource="apples-of-ana",
        quantity=16,
    )


def test_what_broke_inside_can_be_written_off_where_it_is(farm):
    before = put(farm, "apples-of-ana", "ana", "ana", 5, place="barn", within=inside("crate"))
    done = after(
        before,
        "lower",
        provider="ana",
        resource="apples-of-ana",
        quantity=2,
        within=inside("crate"),
    )
    assert seen(done)[("apples-of-ana", "ana", "ana", "barn", inside("crate"))] == 3
    refused(
        NotEnough,
        "not-enough",
        before,
        "lower",
        provider="ana",
        resource="apples-of-ana",
        quantity=6,
        within=inside("crate"),
    )


def test_a_new_resource_is_asked_for_only_when_it_is_needed(farm):
    give = Event("transfer", provider="ana", receiver="ben", resource="apples-of-ana", quantity=1)
    assert needs_new_resource(give, farm)
    with_stock = state(thing("apples-of-ana", "ana", 10), thing("apples-of-ben", "ben"))
    assert not needs_new_resource(give, with_stock)
    assert not needs_new_resource(
        Event("consume", provider="ana", resource="apples-of-ana", quantity=1), farm
    )


@pytest.mark.parametrize("name", list(ACTIONS))
def test_nothing_inventoried_means_that_nothing_changes(name):
    if name in {"combine", "separate"}:
        return
    event = Event(name, provider="ana", receiver="ana", quantity=None)
    if name in {"transfer", "transferCustody", "transferAllRights"}:
        event = Event(name, provider="ana", receiver="ben")
    before = state()
    outcome = effects(event, before)
    assert outcome.changes == []
    assert before.apply(outcome) == before
    assert outcome.steps[-1].action == name


def test_an_event_leaves_its_state_alone(farm):
    shown = seen(farm)
    effects(Event("consume", provider="ana", resource="apples-of-ana", quantity=4), farm)
    assert seen(farm) == shown


def test_the_two_numbers_of_vf_are_somebodys():
    before = state(thing("apples-of-ana", "ana", 7))
    before = put(before, "apples-of-ana", "ana", "ben", 3)
    assert accounting_quantity(before, "apples-of-ana") == 10
    assert onhand_quantity(before, "apples-of-ana") == 7
    assert accounting_quantity(before, "apples-of-ana", "ben") == 0
    assert onhand_quantity(before, "apples-of-ana", "ben") == 3
    with pytest.raises(UnknownResource):
        onhand_quantity(before, "none")


def test_a_container_with_things_inside_is_not_consumed_outside_a_process():
    before = state(item("crate", "ana"), thing("jars", "ana", 6, within=inside("crate")))
    refused(
        ContainerError, "container-not-empty", before, "consume", provider="ana", resource="crate"
    )
    refused(
        ContainerError, "container-not-empty", before, "lower", provider="ana", resource="crate"
    )
