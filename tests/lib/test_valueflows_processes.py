"""What goes into a process comes out of it, or its loss is recorded; containers are packed."""

import pytest
from valueflows_support import after, carried, inside, item, put, seen, state, thing, worked_on

from chambre.lib.valueflows import (
    Ambiguous,
    BadEvent,
    Cause,
    ContainerError,
    Event,
    Hold,
    HoldKind,
    NewResource,
    NotEnough,
    PairingError,
    Rest,
    accounting_quantity,
    effects,
    onhand_quantity,
)


def refused(error, code, before, action, **event):
    with pytest.raises(error) as caught:
        effects(Event(action, **event), before)
    assert caught.value.code == code
    return caught.value.data


@pytest.fixture
def farm():
    return state(thing("apples", "ana", 30, place="barn"), processes={"trip": None, "qa": "test"})


# pickup, dropoff


def test_what_is_picked_up_is_on_nobodys_hands_until_it_is_dropped(farm):
    on_the_way = after(
        farm, "pickup", provider="ana", resource="apples", quantity=20, input_of="trip"
    )
    assert seen(on_the_way) == {
        ("apples", "ana", "ana", "barn"): 10,
        ("apples", "ana", "ana", "barn", carried("trip")): 20,
    }
    assert (accounting_quantity(on_the_way, "apples"), onhand_quantity(on_the_way, "apples")) == (
        30,
        10,
    )
    there = after(
        on_the_way,
        "dropoff",
        provider="ana",
        resource="apples",
        quantity=20,
        output_of="trip",
        to_location="shop",
        state="fresh",
    )
    assert seen(there) == {
        ("apples", "ana", "ana", "barn"): 10,
        ("apples", "ana", "ana", "shop"): 20,
    }
    assert onhand_quantity(there, "apples") == 30
    assert there.resources["apples"].state == "fresh"


def test_a_carrier_takes_custody_at_pickup_and_gives_it_at_dropoff(farm):
    outcome = effects(
        Event(
            "pickup",
            provider="ana",
            receiver="carrier",
            resource="apples",
            quantity=30,
            input_of="trip",
        ),
        farm,
    )
    assert [(s.action, s.cause, s.provider, s.receiver) for s in outcome.steps] == [
        ("transferCustody", Cause.IMPLIED, "ana", "carrier"),
        ("pickup", Cause.EVENT, "carrier", "carrier"),
    ]
    on_the_way = farm.apply(outcome)
    assert seen(on_the_way) == {("apples", "ana", "carrier", "barn", carried("trip")): 30}
    outcome = effects(
        Event(
            "dropoff",
            provider="carrier",
            receiver="ben",
            resource="apples",
            quantity=30,
            output_of="trip",
            to_location="shop",
        ),
        on_the_way,
    )
    assert [(s.action, s.cause, s.provider, s.receiver) for s in outcome.steps] == [
        ("dropoff", Cause.EVENT, "carrier", "carrier"),
        ("transferCustody", Cause.IMPLIED, "carrier", "ben"),
    ]
    there = on_the_way.apply(outcome)
    assert seen(there) == {("apples", "ana", "ben", "shop"): 30}
    assert there.resources["apples"].primary_accountable == "ana"


def test_a_round_with_several_stops(farm):
    now = after(farm, "pickup", provider="ana", resource="apples", quantity=30, input_of="trip")
    for stop, quantity, rest in (("shop", 12, Rest.LATER), ("school", 10, Rest.LATER)):
        now = after(
            now,
            "dropoff",
            provider="ana",
            resource="apples",
            quantity=quantity,
            output_of="trip",
            to_location=stop,
            rest=rest,
        )
    now = after(
        now,
        "dropoff",
        provider="ana",
        resource="apples",
        quantity=8,
        output_of="trip",
        to_location="barn",
    )
    assert seen(now) == {
        ("apples", "ana", "ana", "shop"): 12,
        ("apples", "ana", "ana", "school"): 10,
        ("apples", "ana", "ana", "barn"): 8,
    }


def test_less_out_than_in_has_to_be_explained(farm):
    now = after(farm, "pickup", provider="ana", resource="apples", quantity=20, input_of="trip")
    drop = {"provider": "ana", "resource": "apples", "quantity": 19, "output_of": "trip"}
    data = refused(PairingError, "loss-unexplained", now, "dropoff", **drop)
    assert data["missing"] == 1
    outcome = effects(Event("dropoff", **drop, rest=Rest.LOWER), now)
    assert [(s.action, s.cause, s.quantity) for s in outcome.steps] == [
        ("dropoff", Cause.EVENT, 19),
        ("lower", Cause.REST, 1),
    ]
    there = now.apply(outcome)
    assert seen(there) == {("apples", "ana", "ana", "barn"): 29}
    later = after(now, "dropoff", **drop, rest=Rest.LATER)
    assert seen(later)[("apples", "ana", "ana", "barn", carried("trip"))] == 1
    lost = after(
        later, "lower", provider="ana", resource="apples", quantity=1, within=carried("trip")
    )
    assert seen(lost) == seen(there)


def test_more_out_than_in_is_refused(farm):
    now = after(farm, "pickup", provider="ana", resource="apples", quantity=20, input_of="trip")
    data = refused(
        PairingError,
        "more-out-than-in",
        now,
        "dropoff",
        provider="ana",
        resource="apples",
        quantity=21,
        output_of="trip",
    )
    assert (data["inside"], data["asked"]) == (20, 21)


def test_only_what_went_in_comes_out_and_by_who_brought_it_in(farm):
    drop = {"resource": "apples", "quantity": 1, "output_of": "trip"}
    refused(PairingError, "not-in-process", farm, "dropoff", provider="ana", **drop)
    now = after(farm, "pickup", provider="ana", resource="apples", quantity=20, input_of="trip")
    refused(PairingError, "not-in-process", now, "dropoff", provider="ben", **drop)
    refused(
        PairingError,
        "not-in-process",
        now,
        "dropoff",
        provider="ana",
        resource="apples",
        quantity=1,
        output_of="qa",
    )
    refused(PairingError, "process-mixes-pairings", now, "modify", provider="ana", **drop)


def test_one_pairing_in_a_process(farm):
    now = after(farm, "pickup", provider="ana", resource="apples", quantity=10, input_of="trip")
    again = {"provider": "ana", "resource": "apples", "quantity": 5, "input_of": "trip"}
    refused(PairingError, "already-in-process", now, "pickup", **again)
    data = refused(PairingError, "process-mixes-pairings", now, "accept", **again)
    assert data["present"] == "pickup"
    assert after(now, "combine", **again)  # packing on the way is no second pairing
    done = after(now, "dropoff", provider="ana", resource="apples", quantity=10, output_of="trip")
    refused(PairingError, "already-in-process", done, "pickup", **again)
    second = after(done, "pickup", **(again | {"input_of": "trip two"}))
    assert seen(second)[("apples", "ana", "ana", "barn", carried("trip two"))] == 5


def test_two_resources_may_ride_together(farm):
    before = state(thing("apples", "ana", 30), thing("pears", "ana", 5, conforms_to="pears"))
    now = after(before, "pickup", provider="ana", resource="apples", quantity=30, input_of="trip")
    now = after(now, "pickup", provider="ana", resource="pears", quantity=5, input_of="trip")
    now = after(now, "dropoff", provider="ana", resource="pears", quantity=5, output_of="trip")
    assert seen(now) == {
        ("pears", "ana", "ana"): 5,
        ("apples", "ana", "ana", None, carried("trip")): 30,
    }


def test_more_than_is_there_is_not_picked_up(farm):
    refused(
        NotEnough,
        "not-enough",
        farm,
        "pickup",
        provider="ana",
        receiver="carrier",
        resource="apples",
        quantity=31,
        input_of="trip",
    )
    refused(
        NotEnough,
        "not-enough",
        farm,
        "pickup",
        provider="carrier",
        resource="apples",
        quantity=1,
        input_of="trip",
    )


def test_a_loaded_crate_is_carried_with_its_load():
    before = state(
        item("crate", "ana", place="barn"),
        thing("jars", "ben", 6, custodian="ana", place="barn", within=inside("crate")),
    )
    now = after(
        before, "pickup", provider="ana", receiver="carrier", resource="crate", input_of="trip"
    )
    assert seen(now) == {
        ("crate", "ana", "carrier", "barn", carried("trip")): 1,
        ("jars", "ben", "carrier", "barn", inside("crate")): 6,
    }
    now = after(
        now,
        "dropoff",
        provider="carrier",
        receiver="ben",
        resource="crate",
        output_of="trip",
        to_location="shop",
    )
    assert seen(now) == {
        ("crate", "ana", "ben", "shop"): 1,
        ("jars", "ben", "ben", "shop", inside("crate")): 6,
    }


# accept, modify


def test_a_repair_with_custody_and_a_stage():
    before = state(item("car", "alice", place="home"), processes={"oil": "oil change"})
    outcome = effects(
        Event(
            "accept",
            provider="alice",
            receiver="garage",
            resource="car",
            input_of="oil",
            to_location="garage",
        ),
        before,
    )
    assert [(s.action, s.cause) for s in outcome.steps] == [
        ("transferCustody", Cause.IMPLIED),
        ("accept", Cause.EVENT),
    ]
    now = before.apply(outcome)
    assert seen(now) == {("car", "alice", "garage", "garage", worked_on("oil")): 1}
    assert (accounting_quantity(now, "car"), onhand_quantity(now, "car")) == (1, 0)
    assert onhand_quantity(now, "car", "garage") == 0
    now = after(
        now,
        "modify",
        provider="garage",
        receiver="alice",
        resource="car",
        output_of="oil",
        state="ready",
    )
    assert seen(now) == {("car", "alice", "alice", "garage"): 1}
    assert (now.resources["car"].stage, now.resources["car"].state) == ("oil change", "ready")
    assert (accounting_quantity(now, "car"), onhand_quantity(now, "car")) == (1, 1)


def test_rejects_are_lowered_so_that_rights_and_stock_do_not_drift():
    before = state(thing("buckets", "mill", 1320, unit="one"), processes={"qa": "test"})
    now = after(before, "accept", provider="mill", resource="buckets", quantity=1000, input_of="qa")
    assert (accounting_quantity(now, "buckets"), onhand_quantity(now, "buckets")) == (1320, 320)
    out = {
        "provider": "mill",
        "resource": "buckets",
        "quantity": 998,
        "output_of": "qa",
        "state": "pass",
    }
    refused(PairingError, "loss-unexplained", now, "modify", **out)
    outcome = effects(Event("modify", **out, rest=Rest.LOWER), now)
    done = now.apply(outcome)
    assert (accounting_quantity(done, "buckets"), onhand_quantity(done, "buckets")) == (1318, 1318)
    assert (done.resources["buckets"].state, done.resources["buckets"].stage) == ("pass", "test")
    # 320 buckets never went through, and are said to have passed: somebody should look.
    assert [(n.code, n.detail["quantity"], n.detail["total"]) for n in outcome.notices] == [
        ("partial-attribute", 998, 1318)
    ]


def test_what_passed_may_come_out_as_its_own_stock():
    before = state(thing("buckets", "mill", 1320, unit="one"), processes={"qa": "test"})
    now = after(before, "accept", provider="mill", resource="buckets", quantity=1000, input_of="qa")
    outcome = effects(
        Event(
            "modify",
            provider="mill",
            resource="buckets",
            quantity=998,
            output_of="qa",
            state="pass",
            rest=Rest.CONSUME,
            new_resource=NewResource("good buckets"),
        ),
        now,
    )
    done = now.apply(outcome)
    assert outcome.notices == ()
    assert seen(done) == {("buckets", "mill", "mill"): 320, ("good buckets", "mill", "mill"): 998}
    assert done.resources["good buckets"].stage == "test"
    assert done.resources["buckets"].stage is None
    assert [step.action for step in outcome.steps] == ["modify", "consume"]


def test_what_goes_in_may_be_recorded_in_another_stock():
    before = state(thing("laundry", "ana", 10), thing("wash", "ana"))
    now = after(
        before,
        "accept",
        provider="ana",
        receiver="washer",
        resource="laundry",
        to_resource="wash",
        quantity=4,
        input_of="qa",
    )
    assert seen(now) == {
        ("laundry", "ana", "ana"): 6,
        ("wash", "ana", "washer", None, worked_on("qa")): 4,
    }
    now = after(
        now,
        "modify",
        provider="washer",
        receiver="ana",
        resource="wash",
        to_resource="laundry",
        quantity=4,
        output_of="qa",
    )
    assert seen(now) == {("laundry", "ana", "ana"): 10}


# combine, separate


def test_things_go_into_a_container_and_come_out(farm):
    before = state(item("crate", "ana", place="barn"), thing("jars", "ana", 6, unit="one"))
    packed = after(
        before,
        "combine",
        provider="ana",
        resource="jars",
        quantity=6,
        to_resource="crate",
        state="packed",
    )
    assert seen(packed) == {
        ("crate", "ana", "ana", "barn"): 1,
        ("jars", "ana", "ana", "barn", inside("crate")): 6,
    }
    jars = packed.resources["jars"]
    assert (jars.contained_in, jars.state, jars.location) == ("crate", "packed", "barn")
    assert (accounting_quantity(packed, "jars"), onhand_quantity(packed, "jars")) == (6, 0)
    out = after(packed, "separate", provider="ana", resource="jars", quantity=6)
    assert seen(out) == {("crate", "ana", "ana", "barn"): 1, ("jars", "ana", "ana", "barn"): 6}
    assert out.resources["jars"].contained_in is None


def test_a_part_of_a_stock_goes_into_a_container():
    before = state(item("crate", "ana"), thing("jars", "ana", 10, unit="one"))
    packed = after(
        before, "combine", provider="ana", resource="jars", quantity=6, to_resource="crate"
    )
    assert seen(packed) == {
        ("crate", "ana", "ana"): 1,
        ("jars", "ana", "ana"): 4,
        ("jars", "ana", "ana", None, inside("crate")): 6,
    }
    assert packed.resources["jars"].contained_in is None
    refused(
        NotEnough, "not-enough", packed, "separate", provider="ana", resource="jars", quantity=7
    )
    out = after(packed, "separate", provider="ana", resource="jars", quantity=2)
    assert onhand_quantity(out, "jars") == 6


def test_out_of_which_of_two_containers_is_not_guessed():
    before = put(
        state(item("a", "ana"), item("b", "ana"), thing("jars", "ana", 6, within=inside("a"))),
        "jars",
        "ana",
        "ana",
        4,
        within=inside("b"),
    )
    refused(
        Ambiguous,
        "ambiguous-source",
        before,
        "separate",
        provider="ana",
        resource="jars",
        quantity=1,
    )
    out = after(before, "separate", provider="ana", resource="jars", quantity=1, within=inside("b"))
    assert seen(out)[("jars", "ana", "ana", None, inside("b"))] == 3


def test_a_container_is_filled_by_who_holds_it():
    before = state(item("crate", "ana", custodian="ben"), thing("jars", "ana", 6))
    refused(
        ContainerError,
        "container-not-held",
        before,
        "combine",
        provider="ana",
        resource="jars",
        quantity=1,
        to_resource="crate",
    )
    gone = state(item("crate", "ana", present=False), thing("jars", "ana", 6))
    refused(
        ContainerError,
        "container-not-held",
        gone,
        "combine",
        provider="ana",
        resource="jars",
        quantity=1,
        to_resource="crate",
    )


def test_nothing_is_inside_itself():
    before = state(
        item("a", "ana"), item("b", "ana", within=inside("a")), item("c", "ana", within=inside("b"))
    )
    for outer in ("a", "b", "c"):
        refused(
            ContainerError,
            "container-inside-itself",
            before,
            "combine",
            provider="ana",
            resource="a",
            to_resource=outer,
        )


def test_what_is_not_inside_anything_cannot_be_taken_out(farm):
    refused(
        ContainerError,
        "not-inside",
        farm,
        "separate",
        provider="ana",
        resource="apples",
        quantity=1,
    )
    before = state(item("crate", "ana"), thing("jars", "ana", 6, within=inside("crate")))
    refused(
        ContainerError,
        "not-inside",
        before,
        "separate",
        provider="ben",
        resource="jars",
        quantity=1,
    )


def test_a_process_packs_what_it_produces_and_another_unpacks_it():
    before = state(
        item("tray", "clinic"),
        item("gown-1", "clinic"),
        item("gown-2", "clinic"),
        processes={"packing": "pack", "unpacking": "unpack"},
    )
    now = before
    for resource in ("tray", "gown-1", "gown-2"):
        now = after(now, "combine", provider="clinic", resource=resource, input_of="packing")
    packing = Hold(HoldKind.PACKING, "packing")
    assert seen(now) == {
        (name, "clinic", "clinic", None, packing): 1 for name in ("tray", "gown-1", "gown-2")
    }
    assert onhand_quantity(now, "gown-1") == 0
    now = after(
        now,
        "produce",
        provider="clinic",
        output_of="packing",
        new_resource=NewResource("package", "one", serialized=True),
    )
    assert seen(now) == {
        ("package", "clinic", "clinic"): 1,
        **{
            (name, "clinic", "clinic", None, inside("package")): 1
            for name in ("tray", "gown-1", "gown-2")
        },
    }
    assert now.resources["gown-2"].contained_in == "package"
    now = after(now, "transferCustody", provider="clinic", receiver="laundry", resource="package")
    assert seen(now)[("gown-1", "clinic", "laundry", None, inside("package"))] == 1

    # The package is the clinic's: who opens it says whose it is.
    now = after(
        now,
        "consume",
        provider="laundry",
        resource="package",
        accountable="clinic",
        input_of="unpacking",
    )
    assert now.resources["gown-1"].contained_in is None
    for resource in ("tray", "gown-1", "gown-2"):
        now = after(now, "separate", provider="laundry", resource=resource, output_of="unpacking")
    assert seen(now) == {(name, "clinic", "laundry"): 1 for name in ("tray", "gown-1", "gown-2")}
    assert onhand_quantity(now, "gown-1", "laundry") == 1
    assert accounting_quantity(now, "gown-1") == 1
    assert now.resources["gown-1"].stage == "unpack"


def test_what_was_laid_out_for_packing_can_be_put_back():
    before = state(item("gown", "clinic"))
    now = after(before, "combine", provider="clinic", resource="gown", input_of="packing")
    now = after(now, "separate", provider="clinic", resource="gown", output_of="packing")
    assert seen(now) == seen(before)
    refused(BadEvent, "process-needed", before, "combine", provider="clinic", resource="gown")


def test_a_container_that_was_consumed_in_parts_is_refused():
    before = state(
        thing("boxes", "ana", 2, unit="one"), thing("jars", "ana", 6, within=inside("boxes"))
    )
    refused(
        ContainerError,
        "container-whole",
        before,
        "consume",
        provider="ana",
        resource="boxes",
        quantity=1,
        input_of="opening",
    )
