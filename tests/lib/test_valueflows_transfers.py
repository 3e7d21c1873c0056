"""Rights, custody and place move apart; identity stays with objects and splits with stocks."""

import pickle

import pytest
from valueflows_support import after, inside, item, put, seen, state, thing

from chambre.lib.valueflows import (
    Ambiguous,
    ContainerError,
    Event,
    Mismatch,
    NewResource,
    NotEnough,
    UnknownResource,
    ValueFlowsError,
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
def two_stocks():
    return state(
        thing("apples-of-ana", "ana", 10, place="barn"),
        thing("apples-of-ben", "ben", 1, place="shop"),
    )


# transfer


def test_transfer_of_an_object_keeps_its_identity():
    before = state(item("press", "ana", place="barn"))
    outcome = effects(Event("transfer", provider="ana", receiver="ben", resource="press"), before)
    done = before.apply(outcome)
    assert seen(done) == {("press", "ben", "ben", "barn"): 1}
    press = done.resources["press"]
    assert (press.primary_accountable, press.custodian, press.location) == ("ben", "ben", "barn")
    assert outcome.steps[0].to_resource == "press"  # stored, so that nobody has to guess


def test_transfer_takes_a_thing_where_the_event_says():
    before = state(item("press", "ana", place="barn"))
    done = after(
        before,
        "transfer",
        provider="ana",
        receiver="ben",
        resource="press",
        to_location="shed",
        state="sold",
    )
    assert seen(done) == {("press", "ben", "ben", "shed"): 1}
    assert (done.resources["press"].location, done.resources["press"].state) == ("shed", "sold")


def test_transfer_from_a_stock_goes_into_the_receivers_stock(two_stocks):
    outcome = effects(
        Event("transfer", provider="ana", receiver="ben", resource="apples-of-ana", quantity=4),
        two_stocks,
    )
    assert outcome.steps[0].to_resource == "apples-of-ben"
    assert seen(two_stocks.apply(outcome)) == {
        ("apples-of-ana", "ana", "ana", "barn"): 6,
        ("apples-of-ben", "ben", "ben", "shop"): 5,
    }
    named = effects(
        Event(
            "transfer",
            provider="ana",
            receiver="ben",
            resource="apples-of-ana",
            to_resource="apples-of-ben",
            quantity=4,
        ),
        two_stocks,
    )
    assert named == outcome


def test_transfer_splits_a_new_stock_off_like_the_old_one():
    before = state(
        thing("apples-of-ana", "ana", 10, place="barn", lot="L7", stage="sorted", state="ripe")
    )
    give = {"provider": "ana", "receiver": "ben", "resource": "apples-of-ana", "quantity": 4}
    data = refused(UnknownResource, "identity-needed", before, "transfer", **give)
    assert data["receiver"] == "ben"
    done = after(before, "transfer", **give, new_resource=NewResource("apples-of-ben"))
    assert seen(done) == {
        ("apples-of-ana", "ana", "ana", "barn"): 6,
        ("apples-of-ben", "ben", "ben", "barn"): 4,
    }
    new = done.resources["apples-of-ben"]
    assert (new.unit, new.conforms_to, new.lot, new.stage, new.state) == (
        "kg",
        "apples",
        "L7",
        "sorted",
        "ripe",
    )
    assert (new.primary_accountable, new.custodian, new.location) == ("ben", "ben", "barn")
    assert done.resources["apples-of-ana"].primary_accountable == "ana"


def test_another_lot_or_stage_is_another_stock():
    before = state(
        thing("apples-of-ana", "ana", 10, lot="L7"), thing("apples-of-ben", "ben", 1, lot="L8")
    )
    refused(
        UnknownResource,
        "identity-needed",
        before,
        "transfer",
        provider="ana",
        receiver="ben",
        resource="apples-of-ana",
        quantity=1,
    )


def test_which_of_two_stocks_receives_is_not_guessed(two_stocks):
    before = state(thing("apples-of-ana", "ana", 10), thing("one", "ben"), thing("two", "ben"))
    data = refused(
        Ambiguous,
        "ambiguous-destination",
        before,
        "transfer",
        provider="ana",
        receiver="ben",
        resource="apples-of-ana",
        quantity=1,
    )
    assert sorted(data["stocks"]) == ["one", "two"]


def test_one_namespace_may_name_the_same_resource_on_both_sides(two_stocks):
    done = after(
        two_stocks,
        "transfer",
        provider="ana",
        receiver="ben",
        resource="apples-of-ana",
        to_resource="apples-of-ana",
        quantity=4,
    )
    assert seen(done) == {
        ("apples-of-ana", "ana", "ana", "barn"): 6,
        ("apples-of-ana", "ben", "ben", "barn"): 4,
        ("apples-of-ben", "ben", "ben", "shop"): 1,
    }
    assert accounting_quantity(done, "apples-of-ana", "ben") == 4


def test_nobody_gives_what_they_only_hold_or_only_own(two_stocks):
    lent = after(
        two_stocks,
        "transferCustody",
        provider="ana",
        receiver="ben",
        resource="apples-of-ana",
        quantity=10,
    )
    for giver, taker in (("ana", "carl"), ("ben", "carl")):
        refused(
            NotEnough,
            "not-enough",
            lent,
            "transfer",
            provider=giver,
            receiver=taker,
            resource="apples-of-ana",
            quantity=1,
        )


def test_an_object_is_not_given_twice():
    before = state(item("press", "ana"))
    once = after(before, "transfer", provider="ana", receiver="ben", resource="press")
    refused(
        NotEnough, "not-enough", once, "transfer", provider="ana", receiver="carl", resource="press"
    )
    assert seen(once) == {("press", "ben", "ben"): 1}


def test_kinds_units_and_identity_do_not_mix(two_stocks):
    before = state(
        thing("apples-of-ana", "ana", 10),
        thing("pears", "ben", conforms_to="pears"),
        thing("litres", "ben", unit="litre"),
        item("apple-press", "ben", present=False, unit="kg", conforms_to="apples"),
    )
    give = {"provider": "ana", "receiver": "ben", "resource": "apples-of-ana", "quantity": 1}
    refused(Mismatch, "specification-differs", before, "transfer", **give, to_resource="pears")
    refused(Mismatch, "unit-differs", before, "transfer", **give, to_resource="litres")
    refused(
        Mismatch, "specification-differs", before, "transfer", **give, to_resource="apple-press"
    )


def test_a_customer_at_the_counter_keeps_no_stock_here(two_stocks):
    outcome = effects(
        Event(
            "transfer",
            provider="ben",
            receiver="customer",
            resource="apples-of-ben",
            quantity=1,
            receiver_tracked=False,
        ),
        two_stocks,
    )
    assert seen(two_stocks.apply(outcome)) == {("apples-of-ana", "ana", "ana", "barn"): 10}
    assert [(s.receiver, s.to_resource) for s in outcome.steps] == [("customer", None)]


def test_what_comes_from_outside_arrives(two_stocks):
    done = after(
        two_stocks,
        "transfer",
        provider="wholesaler",
        receiver="ben",
        to_resource="apples-of-ben",
        quantity=20,
    )
    assert seen(done)[("apples-of-ben", "ben", "ben", "shop")] == 21
    done = after(
        two_stocks,
        "transferCustody",
        provider="museum",
        receiver="ben",
        new_resource=NewResource("painting", "one", serialized=True),
    )
    assert seen(done)[("painting", "museum", "ben")] == 1
    assert done.resources["painting"].primary_accountable == "museum"
    done = after(
        two_stocks,
        "transferAllRights",
        provider="museum",
        receiver="ben",
        new_resource=NewResource("painting", "one", serialized=True),
    )
    assert seen(done)[("painting", "ben", "museum")] == 1


# transferCustody: loans


def test_a_loan_and_its_return():
    before = state(item("book", "library", place="shelf"))
    lent = after(before, "transferCustody", provider="library", receiver="bob", resource="book")
    assert seen(lent) == {("book", "library", "bob", "shelf"): 1}
    assert (accounting_quantity(lent, "book"), onhand_quantity(lent, "book")) == (1, 0)
    assert onhand_quantity(lent, "book", "bob") == 1
    book = lent.resources["book"]
    assert (book.primary_accountable, book.custodian) == ("library", "bob")
    back = after(lent, "transferCustody", provider="bob", receiver="library", resource="book")
    assert (accounting_quantity(back, "book"), onhand_quantity(back, "book")) == (1, 1)
    assert back == before


def test_a_loan_from_hand_to_hand_and_only_by_who_holds_it():
    before = state(item("book", "library"))
    lent = after(before, "transferCustody", provider="library", receiver="bob", resource="book")
    refused(
        NotEnough,
        "not-enough",
        lent,
        "transferCustody",
        provider="library",
        receiver="zoe",
        resource="book",
    )
    further = after(lent, "transferCustody", provider="bob", receiver="zoe", resource="book")
    assert seen(further) == {("book", "library", "zoe"): 1}
    home = after(further, "transferCustody", provider="zoe", receiver="library", resource="book")
    assert home == before


def test_lending_a_part_does_not_make_the_lender_a_stranger():
    before = state(thing("jars", "ana", 10, unit="one"))
    lent = after(
        before, "transferCustody", provider="ana", receiver="ben", resource="jars", quantity=3
    )
    assert seen(lent) == {("jars", "ana", "ana"): 7, ("jars", "ana", "ben"): 3}
    assert (accounting_quantity(lent, "jars"), onhand_quantity(lent, "jars")) == (10, 7)
    assert lent.resources["jars"].custodian == "ana"
    assert lent.resources["jars"].primary_accountable == "ana"
    less = after(lent, "lower", provider="ana", resource="jars", quantity=7)
    assert seen(less) == {("jars", "ana", "ben"): 3}
    assert less.resources["jars"].custodian == "ben"


def test_lending_into_a_record_of_the_borrowers_leaves_it_the_owners():
    before = state(thing("jars", "ana", 10, unit="one"), thing("truck-jars", "ana", unit="one"))
    lent = after(
        before,
        "transferCustody",
        provider="ana",
        receiver="ben",
        resource="jars",
        to_resource="truck-jars",
        quantity=3,
    )
    assert seen(lent) == {("jars", "ana", "ana"): 7, ("truck-jars", "ana", "ben"): 3}
    assert onhand_quantity(lent, "truck-jars", "ben") == 3
    assert accounting_quantity(lent, "truck-jars", "ben") == 0
    back = after(
        lent,
        "transferCustody",
        provider="ben",
        receiver="ana",
        resource="truck-jars",
        to_resource="jars",
        quantity=3,
    )
    assert seen(back) == seen(before)


def test_who_keeps_things_for_two_says_whose_go():
    before = put(
        state(thing("jars", "ana", 10, custodian="depot", unit="one")), "jars", "ben", "depot", 5
    )
    refused(
        Ambiguous,
        "ambiguous-source",
        before,
        "transferCustody",
        provider="depot",
        receiver="ben",
        resource="jars",
        quantity=5,
    )
    done = after(
        before,
        "transferCustody",
        provider="depot",
        receiver="ben",
        resource="jars",
        quantity=5,
        accountable="ben",
    )
    assert seen(done) == {("jars", "ana", "depot"): 10, ("jars", "ben", "ben"): 5}


# transferAllRights


def test_rights_pass_while_a_thing_stays_where_it_is():
    before = state(item("field", "ana", custodian="tenant", place="hill"))
    done = after(before, "transferAllRights", provider="ana", receiver="trust", resource="field")
    assert seen(done) == {("field", "trust", "tenant", "hill"): 1}
    field = done.resources["field"]
    assert (field.primary_accountable, field.custodian) == ("trust", "tenant")
    refused(
        NotEnough,
        "not-enough",
        before,
        "transferAllRights",
        provider="tenant",
        receiver="trust",
        resource="field",
    )


def test_rights_to_a_part_of_a_stock(two_stocks):
    done = after(
        two_stocks,
        "transferAllRights",
        provider="ana",
        receiver="ben",
        resource="apples-of-ana",
        quantity=4,
    )
    assert seen(done) == {
        ("apples-of-ana", "ana", "ana", "barn"): 6,
        ("apples-of-ben", "ben", "ana", "barn"): 4,
        ("apples-of-ben", "ben", "ben", "shop"): 1,
    }
    assert accounting_quantity(done, "apples-of-ben") == 5
    assert onhand_quantity(done, "apples-of-ben") == 1
    assert onhand_quantity(done, "apples-of-ben", "ana") == 4


def test_an_escrow_holds_without_owning():
    before = state(item("press", "ana"))
    held = after(before, "transferCustody", provider="ana", receiver="chamber", resource="press")
    sold = after(held, "transferAllRights", provider="ana", receiver="ben", resource="press")
    assert seen(sold) == {("press", "ben", "chamber"): 1}
    done = after(sold, "transferCustody", provider="chamber", receiver="ben", resource="press")
    assert seen(done) == {("press", "ben", "ben"): 1}


# move


def test_move_changes_the_place_and_nothing_else():
    before = state(thing("apples-of-ana", "ana", 10, place="barn"))
    done = after(
        before, "move", provider="ana", resource="apples-of-ana", quantity=4, to_location="shop"
    )
    assert seen(done) == {
        ("apples-of-ana", "ana", "ana", "barn"): 6,
        ("apples-of-ana", "ana", "ana", "shop"): 4,
    }
    assert done.resources == before.resources  # not all of it is at the shop
    rest = after(
        done,
        "move",
        provider="ana",
        resource="apples-of-ana",
        quantity=6,
        from_place="barn",
        to_location="shop",
    )
    assert seen(rest) == {("apples-of-ana", "ana", "ana", "shop"): 10}
    assert rest.resources["apples-of-ana"].location == "shop"
    assert accounting_quantity(rest, "apples-of-ana") == 10


def test_the_borrower_moves_what_stays_the_lenders():
    before = state(item("press", "ana", custodian="ben", place="barn"))
    done = after(before, "move", provider="ben", resource="press", to_location="shed")
    assert seen(done) == {("press", "ana", "ben", "shed"): 1}
    refused(
        NotEnough,
        "not-enough",
        before,
        "move",
        provider="ana",
        resource="press",
        to_location="shed",
    )


def test_move_between_ones_own_accounts():
    before = state(
        thing("first", "bob", 540, unit="FAIR", conforms_to="coin"),
        thing("second", "bob", 480, unit="FAIR", conforms_to="coin"),
    )
    done = after(
        before, "move", provider="bob", resource="first", to_resource="second", quantity=100
    )
    assert seen(done) == {("first", "bob", "bob"): 440, ("second", "bob", "bob"): 580}


def test_move_into_anothers_record_keeps_rights():
    before = state(thing("here", "ana", 5), thing("there", "ben"))
    done = after(before, "move", provider="ana", resource="here", to_resource="there", quantity=5)
    assert seen(done) == {("there", "ana", "ana"): 5}


# Containers


@pytest.fixture
def crate():
    """A crate of Ana's at the barn: six jars of hers and two of Ben's in a box inside it."""
    return state(
        item("crate", "ana", place="barn"),
        item("box", "ana", place="barn", within=inside("crate")),
        thing("jars", "ana", 6, unit="one", place="barn", within=inside("crate")),
        thing(
            "jars-of-ben", "ben", 2, unit="one", custodian="ana", place="barn", within=inside("box")
        ),
    )


def test_a_container_moves_with_everything_in_it(crate):
    done = after(crate, "move", provider="ana", resource="crate", to_location="market")
    assert seen(done) == {
        ("crate", "ana", "ana", "market"): 1,
        ("box", "ana", "ana", "market", inside("crate")): 1,
        ("jars", "ana", "ana", "market", inside("crate")): 6,
        ("jars-of-ben", "ben", "ana", "market", inside("box")): 2,
    }
    assert done.resources["jars"].location == "market"


def test_a_container_is_lent_with_everything_in_it_and_comes_back(crate):
    lent = after(crate, "transferCustody", provider="ana", receiver="carl", resource="crate")
    assert seen(lent) == {
        ("crate", "ana", "carl", "barn"): 1,
        ("box", "ana", "carl", "barn", inside("crate")): 1,
        ("jars", "ana", "carl", "barn", inside("crate")): 6,
        ("jars-of-ben", "ben", "carl", "barn", inside("box")): 2,
    }
    back = after(lent, "transferCustody", provider="carl", receiver="ana", resource="crate")
    assert back == crate


def test_selling_a_crate_does_not_sell_what_another_left_in_it(crate):
    sold = after(crate, "transfer", provider="ana", receiver="carl", resource="crate")
    assert seen(sold) == {
        ("crate", "carl", "carl", "barn"): 1,
        ("box", "carl", "carl", "barn", inside("crate")): 1,
        ("jars", "carl", "carl", "barn", inside("crate")): 6,
        ("jars-of-ben", "ben", "carl", "barn", inside("box")): 2,
    }
    data = refused(
        ContainerError,
        "contents-of-others",
        crate,
        "transfer",
        provider="ana",
        receiver="customer",
        resource="crate",
        receiver_tracked=False,
    )
    assert data["accountable"] == "ben"


def test_a_container_leaves_with_everything_in_it():
    before = state(
        item("basket", "ana"),
        thing("jars", "ana", 6, within=inside("basket")),
        thing("bread", "ana", 4),
    )
    done = after(
        before,
        "transfer",
        provider="ana",
        receiver="customer",
        resource="basket",
        receiver_tracked=False,
    )
    assert seen(done) == {("bread", "ana", "ana"): 4}


def test_a_container_does_not_go_in_parts():
    before = state(
        thing("crates", "ana", 2, unit="one"),
        thing("jars", "ana", 6, unit="one", within=inside("crates")),
    )
    data = refused(
        ContainerError,
        "container-whole",
        before,
        "move",
        provider="ana",
        resource="crates",
        quantity=1,
        to_location="shop",
    )
    assert (data["whole"], data["asked"]) == (2, 1)
    done = after(before, "move", provider="ana", resource="crates", quantity=2, to_location="shop")
    assert seen(done)[("jars", "ana", "ana", "shop", inside("crates"))] == 6


def test_what_is_in_a_container_is_not_given_without_taking_it_out(crate):
    refused(
        NotEnough,
        "contained",
        crate,
        "transfer",
        provider="ana",
        receiver="ben",
        resource="jars",
        quantity=1,
    )
    refused(
        NotEnough, "contained", crate, "move", provider="ana", resource="box", to_location="shop"
    )


def test_a_container_that_gets_another_name_keeps_its_contents():
    before = state(
        item("crate", "ana"),
        thing("jars", "ana", 6, within=inside("crate")),
        item("crate-of-ben", "ben", present=False),
    )
    done = after(
        before,
        "transfer",
        provider="ana",
        receiver="ben",
        resource="crate",
        to_resource="crate-of-ben",
    )
    assert seen(done) == {
        ("crate-of-ben", "ben", "ben"): 1,
        ("jars", "ben", "ben", None, inside("crate-of-ben")): 6,
    }
    assert done.resources["jars"].contained_in == "crate-of-ben"


def test_an_object_does_not_arrive_where_there_is_one_already():
    before = state(item("press", "ana"), item("press-of-ben", "ben"))
    data = refused(
        Mismatch,
        "serialized-quantity",
        before,
        "transfer",
        provider="ana",
        receiver="ben",
        resource="press",
        to_resource="press-of-ben",
    )
    assert data["quantity"] == 2


def test_every_refusal_can_be_shown_and_sent():
    for kind in ValueFlowsError.__subclasses__():
        for code, (english, french) in kind.texts.items():
            names = {part.split("}")[0] for part in (english + french).split("{")[1:]}
            error = kind(code, **dict.fromkeys(names, 1))
            assert error.en
            assert error.fr
            assert pickle.loads(pickle.dumps(error)).data == error.data
