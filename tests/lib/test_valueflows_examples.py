"""The situations of the vocabulary's own examples, in our words, with our answers.

Replaying the 35 published examples by the table alone, forty of their quantities can be checked
and six come out otherwise than the example says; those six are the first tests. Then come the
others whose quantities are known, and how we answer where implementations disagree.
"""

import pytest
from valueflows_support import after, carried, inside, item, seen, state, thing

from chambre.lib.valueflows import (
    Event,
    NewResource,
    NotEnough,
    PairingError,
    Rest,
    UnknownAction,
    accounting_quantity,
    by_accountable,
    by_custodian,
    effects,
    find_action,
    onhand_quantity,
)


def numbers(now, resource, agent=None):
    """VF's two numbers."""
    return accounting_quantity(now, resource, agent), onhand_quantity(now, resource, agent)


# The six


@pytest.mark.parametrize(
    ("resource", "owner", "borrower"),
    [("cookbook", "library", "bob"), ("midsize car", "car rental", "ahmed")],
)
def test_what_is_lent_and_brought_back_is_on_hand_once(resource, owner, borrower):
    """The table alone decrements the same record twice and ends at minus one on hand."""
    before = state(item(resource, owner))
    assert numbers(before, resource) == (1, 1)
    lent = after(
        before, "transferCustody", provider=owner, receiver=borrower, resource=resource, quantity=1
    )
    assert numbers(lent, resource) == (1, 0)
    assert numbers(lent, resource, borrower) == (0, 1)
    back = after(
        lent, "transferCustody", provider=borrower, receiver=owner, resource=resource, quantity=1
    )
    assert numbers(back, resource) == (1, 1)
    assert numbers(back, resource, borrower) == (0, 0)
    assert back == before


def test_a_car_that_is_not_known_is_not_handed_over():
    """The car rental hands over another identifier than the car it shows before and after."""
    before = state(item("car 9df89", "car rental"))
    with pytest.raises(Exception, match="no resource car 97d65"):
        effects(
            Event("transferCustody", provider="car rental", receiver="ahmed", resource="car 97d65"),
            before,
        )


@pytest.fixture
def orchard():
    """Alice has 230 kg of apples; Claudia's truck and Bob's shop have records of their own."""
    return state(
        thing("apples-of-alice", "alice", 230, place="orchard"),
        thing("on-the-truck", "alice"),
        thing("apples-of-bob", "bob", place="shop"),
    )


APPLES = {"quantity": 30, "unit": "kg"}


def deliver_implied(now):
    """Claudia picks up at Alice's and drops at Bob's, in two hops."""
    now = after(
        now,
        "pickup",
        provider="alice",
        receiver="claudia",
        resource="apples-of-alice",
        to_resource="on-the-truck",
        input_of="hop 1",
        **APPLES,
    )
    assert seen(now)[("on-the-truck", "alice", "claudia", "orchard", carried("hop 1"))] == 30
    now = after(
        now,
        "dropoff",
        provider="claudia",
        resource="on-the-truck",
        output_of="hop 1",
        to_location="distribution center",
        **APPLES,
    )
    assert numbers(now, "on-the-truck", "claudia") == (0, 30)
    now = after(
        now, "pickup", provider="claudia", resource="on-the-truck", input_of="hop 2", **APPLES
    )
    return after(
        now,
        "dropoff",
        provider="claudia",
        receiver="bob",
        resource="on-the-truck",
        to_resource="apples-of-bob",
        to_location="shop",
        output_of="hop 2",
        **APPLES,
    )


def deliver_explicit(now):
    """The same with transfers of custody of their own."""
    now = after(
        now,
        "transferCustody",
        provider="alice",
        receiver="claudia",
        resource="apples-of-alice",
        to_resource="on-the-truck",
        **APPLES,
    )
    # The example keeps all 230 on Alice's first record; here the load has a record, also hers.
    hers = [accounting_quantity(now, name, "alice") for name in ("apples-of-alice", "on-the-truck")]
    assert hers == [200, 30]
    assert numbers(now, "on-the-truck", "claudia") == (0, 30)
    for hop, place in (("hop 1", "distribution center"), ("hop 2", "shop")):
        now = after(
            now, "pickup", provider="claudia", resource="on-the-truck", input_of=hop, **APPLES
        )
        now = after(
            now,
            "dropoff",
            provider="claudia",
            resource="on-the-truck",
            output_of=hop,
            to_location=place,
            **APPLES,
        )
    return after(
        now,
        "transferCustody",
        provider="claudia",
        receiver="bob",
        resource="on-the-truck",
        to_resource="apples-of-bob",
        **APPLES,
    )


@pytest.mark.parametrize("deliver", [deliver_implied, deliver_explicit])
def test_apples_are_carried_and_then_belong_to_who_has_them(orchard, deliver):
    """The example's transfer of rights names no resource, so by the table Alice keeps 230."""
    there = deliver(orchard)
    assert numbers(there, "apples-of-alice") == (200, 200)
    assert numbers(there, "apples-of-bob", "bob") == (0, 30)
    assert numbers(there, "apples-of-bob", "alice") == (30, 0)
    # What is transferred is the rights to what Bob has: the event names that record.
    done = after(
        there,
        "transferAllRights",
        provider="alice",
        receiver="bob",
        resource="apples-of-bob",
        **APPLES,
    )
    assert numbers(done, "apples-of-alice", "alice") == (200, 200)
    assert numbers(done, "apples-of-bob", "bob") == (30, 30)
    assert seen(done) == {
        ("apples-of-alice", "alice", "alice", "orchard"): 200,
        ("apples-of-bob", "bob", "bob", "shop"): 30,
    }
    # Naming nothing changes nothing: the flow is on record, the rights stay where they are.
    unnamed = after(there, "transferAllRights", provider="alice", receiver="bob", **APPLES)
    assert unnamed == there


def test_rejects_of_quality_control_leave_rights_and_stock_together():
    """The table alone leaves 1320 in the accounts and 1318 on hand."""
    before = state(
        thing("buckets", "mill", 320, unit="one"),
        thing("polymer", "mill", 2_455_000, unit="kilogram"),
        item("machine", "mill"),
        processes={"make": "make", "qt": "quality"},
    )
    now = after(
        before, "consume", provider="mill", resource="polymer", quantity=925_000, input_of="make"
    )
    now = after(
        now,
        "use",
        provider="mill",
        resource="machine",
        effort=642,
        effort_unit="minute-Time",
        input_of="make",
    )
    now = after(
        now, "produce", provider="mill", resource="buckets", quantity=1000, output_of="make"
    )
    now = after(now, "accept", provider="mill", resource="buckets", quantity=1000, input_of="qt")
    with pytest.raises(PairingError):
        after(
            now,
            "modify",
            provider="mill",
            resource="buckets",
            quantity=998,
            output_of="qt",
            state="pass",
        )
    now = after(
        now,
        "modify",
        provider="mill",
        resource="buckets",
        quantity=998,
        output_of="qt",
        state="pass",
        rest=Rest.LOWER,
    )
    now = after(now, "produce", provider="mill", resource="polymer", quantity=1_800, output_of="qt")
    assert numbers(now, "buckets") == (1318, 1318)
    assert numbers(now, "polymer") == (1_531_800, 1_531_800)
    assert numbers(now, "machine") == (1, 1)
    assert (now.resources["buckets"].state, now.resources["buckets"].stage) == ("pass", "quality")


# Others whose quantities agree


def test_making_a_desk():
    now = state(
        thing("desks", "mill", 8, unit="one"),
        thing("plywood", "mill", 130, unit="one"),
        item("design", "mill"),
        item("mill", "mill"),
    )
    now = after(now, "consume", provider="mill", resource="plywood", quantity=3, input_of="make")
    now = after(
        now,
        "use",
        provider="mill",
        resource="mill",
        effort=210,
        effort_unit="minute-Time",
        input_of="make",
    )
    now = after(
        now,
        "cite",
        provider="magazine",
        receiver="mill",
        resource="design",
        quantity=1,
        input_of="make",
    )
    now = after(
        now,
        "work",
        provider="alice",
        receiver="mill",
        effort=420,
        effort_unit="minute-Time",
        input_of="make",
    )
    now = after(now, "produce", provider="mill", resource="desks", quantity=1, output_of="make")
    assert {name: numbers(now, name) for name in ("desks", "plywood", "design", "mill")} == {
        "desks": (9, 9),
        "plywood": (127, 127),
        "design": (1, 1),
        "mill": (1, 1),
    }


def test_giving_a_workshop_uses_up_handouts_only():
    now = state(thing("handouts", "school", 100, unit="one"), item("printer", "school"))
    now = after(
        now, "consume", provider="school", resource="handouts", quantity=3, input_of="workshop"
    )
    now = after(
        now,
        "use",
        provider="school",
        resource="printer",
        effort=480,
        effort_unit="minute-Time",
        input_of="workshop",
    )
    for pupil in ("alice", "bob", "carol"):
        now = after(
            now,
            "deliverService",
            provider="school",
            receiver=pupil,
            quantity=1,
            unit="one",
            output_of="workshop",
        )
    assert numbers(now, "handouts") == (97, 97)
    assert numbers(now, "printer") == (1, 1)


@pytest.mark.parametrize("action", ["transfer", "move"])
def test_a_currency_goes_from_one_account_to_another(action):
    other = "alice" if action == "move" else "bob"
    before = state(
        thing("first", "alice", 540, unit="FAIR", conforms_to="coin"),
        thing("second", other, 480, unit="FAIR", conforms_to="coin"),
    )
    now = after(
        before,
        action,
        provider="alice",
        receiver=other,
        resource="first",
        to_resource="second",
        quantity=100,
    )
    assert (numbers(now, "first"), numbers(now, "second")) == ((440, 440), (580, 580))


def test_assembly_and_testing_leave_a_stage_and_a_state():
    now = state(
        item("cutter", "lab", stage="compressor"),
        thing("filters", "lab", 5, unit="one"),
        processes={"assemble": "air filter", "test": "test machine"},
    )
    now = after(now, "accept", provider="lab", resource="cutter", input_of="assemble")
    now = after(now, "consume", provider="lab", resource="filters", quantity=1, input_of="assemble")
    now = after(now, "modify", provider="lab", resource="cutter", output_of="assemble")
    assert (now.resources["cutter"].stage, now.resources["cutter"].state) == ("air filter", None)
    now = after(now, "accept", provider="lab", resource="cutter", input_of="test")
    now = after(now, "modify", provider="lab", resource="cutter", output_of="test", state="pass")
    assert (now.resources["cutter"].stage, now.resources["cutter"].state) == (
        "test machine",
        "pass",
    )
    assert numbers(now, "cutter") == (1, 1)


def test_a_cow_joins_the_herd_and_another_leaves_it():
    before = state(
        item("herd", "dairy"),
        item("cow 12", "dairy", within=inside("herd")),
        item("cow 40", "dairy", within=inside("herd")),
        item("cow 45", "dairy"),
    )
    now = after(before, "accept", provider="dairy", resource="herd", input_of="adding")
    now = after(now, "combine", provider="dairy", resource="cow 45", input_of="adding")
    now = after(now, "modify", provider="dairy", resource="herd", output_of="adding")
    now = after(now, "accept", provider="dairy", resource="herd", input_of="removing")
    now = after(now, "modify", provider="dairy", resource="herd", output_of="removing")
    now = after(now, "separate", provider="dairy", resource="cow 12", output_of="removing")
    assert {name: now.resources[name].contained_in for name in ("cow 12", "cow 40", "cow 45")} == {
        "cow 12": None,
        "cow 40": "herd",
        "cow 45": "herd",
    }
    assert {name: accounting_quantity(now, name) for name in now.resources} == {
        "herd": 1,
        "cow 12": 1,
        "cow 40": 1,
        "cow 45": 1,
    }


# Where implementations disagree: our resolution of every row


def test_row_pickup_and_dropoff_touch_what_is_on_hand_and_nothing_else():
    before = state(thing("apples", "ana", 30))
    now = after(before, "pickup", provider="ana", resource="apples", quantity=20, input_of="trip")
    assert numbers(now, "apples") == (30, 10)
    now = after(now, "dropoff", provider="ana", resource="apples", quantity=20, output_of="trip")
    assert numbers(now, "apples") == (30, 30)


def test_row_move_between_two_records_leaves_an_agents_accounts_alone():
    before = state(thing("here", "ana", 230, place="a"), thing("there", "ana", place="b"))
    now = after(before, "move", provider="ana", resource="here", to_resource="there", quantity=30)
    assert (numbers(now, "here"), numbers(now, "there")) == ((200, 200), (30, 30))
    mine = [accounting_quantity(now, name, "ana") for name in ("here", "there")]
    assert sum(mine) == accounting_quantity(before, "here", "ana") == 230


def test_row_transfer_of_one_record_changes_whose_and_with_whom_it_is():
    now = after(
        state(item("press", "ana")), "transfer", provider="ana", receiver="ben", resource="press"
    )
    assert numbers(now, "press") == (1, 1)
    assert numbers(now, "press", "ana") == (0, 0)
    assert (now.resources["press"].primary_accountable, now.resources["press"].custodian) == (
        "ben",
        "ben",
    )


def test_row_transfer_of_a_stock_without_another_goes_into_the_receivers_new_one():
    before = state(thing("apples", "ana", 13))
    now = after(
        before,
        "transfer",
        provider="ana",
        receiver="ben",
        resource="apples",
        quantity=1,
        new_resource=NewResource("apples-of-ben"),
    )
    assert numbers(now, "apples") == (12, 12)
    assert numbers(now, "apples-of-ben") == (1, 1)


def test_row_transfer_of_custody_of_one_record_changes_with_whom_it_is():
    before = state(thing("apples", "ana", 13))
    now = after(
        before, "transferCustody", provider="ana", receiver="ben", resource="apples", quantity=1
    )
    assert numbers(now, "apples") == (13, 12)
    assert numbers(now, "apples", "ben") == (0, 1)
    assert now.resources["apples"].primary_accountable == "ana"


def test_row_accept_and_modify_touch_what_is_on_hand_and_take_parts_too():
    before = state(thing("buckets", "ana", 10))
    now = after(before, "accept", provider="ana", resource="buckets", quantity=4, input_of="qa")
    assert numbers(now, "buckets") == (10, 6)
    now = after(now, "modify", provider="ana", resource="buckets", quantity=4, output_of="qa")
    assert numbers(now, "buckets") == (10, 10)


def test_row_pass_and_fail_are_gone():
    for name in ("pass", "fail"):
        with pytest.raises(UnknownAction, match=r"version 0\.5"):
            find_action(name)


def test_row_names_are_read_in_any_case_and_written_in_camel_case():
    outcome = effects(
        Event("deliver-service", provider="ana", receiver="ben", quantity=1, unit="one"), state()
    )
    assert outcome.steps[0].action == "deliverService"


# What went wrong in an implementation that was run


def test_no_more_is_taken_than_there_is():
    before = state(thing("stock", "ana", 10))
    with pytest.raises(NotEnough):
        after(before, "lower", provider="ana", resource="stock", quantity=25)


def test_a_borrower_is_no_owner_and_a_lender_stays_one():
    before = state(thing("stock", "ana", 10), thing("stock-of-ben", "ben", 1))
    now = after(
        before, "transferCustody", provider="ana", receiver="ben", resource="stock", quantity=3
    )
    assert by_accountable(now, "stock") == {"ana": 10}
    assert by_custodian(now, "stock") == {"ana": 7, "ben": 3}
    now = after(now, "lower", provider="ana", resource="stock", quantity=7)
    assert by_custodian(now, "stock") == {"ben": 3}
    now = after(
        now, "transferCustody", provider="ben", receiver="ana", resource="stock", quantity=3
    )
    assert by_custodian(now, "stock") == {"ana": 3}
    assert now.resources["stock"].custodian == "ana"


def test_the_stored_expansion_says_by_itself_what_happened():
    """Recording the steps as events of their own leads to the same positions."""
    before = state(thing("apples", "ana", 30), thing("apples-of-ben", "ben"), item("car", "ana"))
    events = [
        Event("consume", provider="ana", receiver="ben", resource="apples", quantity=4),
        Event("produce", provider="ana", receiver="ben", resource="apples", quantity=4),
        Event("accept", provider="ana", receiver="garage", resource="car", input_of="oil"),
    ]
    for event in events:
        outcome = effects(event, before)
        assert len(outcome.steps) == 2
        now = before
        for step in outcome.steps:
            now = after(
                now,
                step.action,
                provider=step.provider,
                receiver=step.receiver,
                resource=step.resource,
                to_resource=step.to_resource,
                quantity=step.quantity,
                unit=step.unit,
                input_of=event.input_of if step.action == event.action else None,
            )
        assert seen(now) == seen(before.apply(outcome))
