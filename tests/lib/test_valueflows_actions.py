"""The table of actions: equal to the vocabulary's, except where we say that it is not."""

import pytest

from chambre.lib.valueflows import ACTIONS, NORMATIVE, OVERRIDES, Cell, Motion, UnknownAction
from chambre.lib.valueflows.actions import COLUMNS, find_action

# Read off all_vf.TTL of ValueFlows 1.0.0, a dash for notApplicable.
TURTLE = """
action            status   i/o         pairs    create     quantity accounting         onhand             location contained accountable stage  state
produce           stable   output      -        optional   resource increment          increment          new      -      new      update update
consume           stable   input       -        -          resource decrement          decrement          -        -      -        -      update
use               stable   input       -        -          both     -                  -                  -        -      -        -      update
work              stable   input       -        -          effort   -                  -                  -        -      -        -      -
cite              stable   input       -        -          resource -                  -                  -        -      -        -      update
deliverService    stable   outputInput -        -          resource -                  -                  -        -      -        -      -
pickup            stable   input       dropoff  -          resource -                  decrement          update   -      -        -      update
dropoff           stable   output      pickup   -          resource -                  increment          update   -      -        update update
accept            stable   input       modify   -          resource -                  decrement          update   -      -        -      update
modify            stable   output      accept   -          resource -                  increment          update   -      -        update update
combine           unstable input       -        -          resource -                  decrement          -        update -        -      update
separate          testing  output      -        -          resource -                  increment          -        remove -        update update
transferCustody   testing  -           -        optionalTo resource -                  decrementIncrement updateTo -      -        -      updateTo
transferAllRights testing  -           -        optionalTo resource decrementIncrement -                  -        -      updateTo -      updateTo
transfer          stable   -           -        optionalTo resource decrementIncrement decrementIncrement updateTo -      updateTo -      updateTo
move              testing  -           -        optionalTo resource decrementIncrement decrementIncrement updateTo -      -        -      updateTo
copy              unstable -           -        optionalTo resource incrementTo        incrementTo        new      -      new      -      updateTo
raise             stable   -           -        optional   resource increment          increment          -        -      new      -      update
lower             stable   -           -        optional   resource decrement          decrement          -        -      new      -      update
"""  # noqa: E501
ROWS = [line.split() for line in TURTLE.strip().splitlines()[1:]]
FIELDS = list(COLUMNS.values())[:11]


def test_there_are_nineteen_actions():
    assert len(ROWS) == 19
    assert list(NORMATIVE) == list(ACTIONS) == [row[0] for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_normative_table_is_the_vocabularys(row):
    rule = NORMATIVE[row[0]]
    assert rule.status == row[1]
    cells = [
        "-" if cell in {None, Cell.NONE} else str(cell)
        for cell in (getattr(rule, field) for field in FIELDS)
    ]
    assert cells == row[2:]
    assert rule.custodian is Cell.NONE
    assert rule.implied_transfer is None


def test_every_difference_is_an_override_with_its_reason_and_source():
    different = {
        (name, column, str(getattr(ACTIONS[name], field)))
        for name in ACTIONS
        for column, field in COLUMNS.items()
        if getattr(ACTIONS[name], field) != getattr(NORMATIVE[name], field)
    }
    assert different == {
        ("work", "eventQuantity", "both"),
        ("pickup", "createResource", "optionalTo"),
        ("dropoff", "createResource", "optionalTo"),
        ("accept", "createResource", "optionalTo"),
        ("modify", "createResource", "optionalTo"),
        ("raise", "locationEffect", "new"),
        ("produce", "custodianEffect", "new"),
        ("raise", "custodianEffect", "new"),
        ("lower", "custodianEffect", "new"),
        ("copy", "custodianEffect", "new"),
        ("transfer", "custodianEffect", "updateTo"),
        ("transferCustody", "custodianEffect", "updateTo"),
        ("produce", "impliedTransfer", "transfer"),
        ("consume", "impliedTransfer", "transfer"),
        ("deliverService", "impliedTransfer", "transfer"),
        ("pickup", "impliedTransfer", "transferCustody"),
        ("dropoff", "impliedTransfer", "transferCustody"),
        ("accept", "impliedTransfer", "transferCustody"),
        ("modify", "impliedTransfer", "transferCustody"),
    }
    told = {(name, o.cell, o.ours) for o in OVERRIDES for name in o.actions}
    assert told == different
    assert all(override.reason and override.source for override in OVERRIDES)


def test_pairs_are_mutual_and_implied_transfers_exist():
    for rule in ACTIONS.values():
        if rule.pairs_with:
            assert ACTIONS[rule.pairs_with].pairs_with == rule.id
        if rule.implied_transfer:
            assert ACTIONS[rule.implied_transfer].motion is Motion.SHIFT


def test_what_an_action_does_follows_from_its_cells():
    by_motion = {}
    for rule in ACTIONS.values():
        by_motion.setdefault(rule.motion, []).append(rule.id)
    assert by_motion == {
        Motion.ADD: ["produce", "raise"],
        Motion.TAKE: ["consume", "lower"],
        Motion.NONE: ["use", "work", "cite", "deliverService"],
        Motion.ENTER: ["pickup", "accept"],
        Motion.LEAVE: ["dropoff", "modify"],
        Motion.PACK: ["combine"],
        Motion.UNPACK: ["separate"],
        Motion.SHIFT: ["transferCustody", "transferAllRights", "transfer", "move"],
        Motion.COPY: ["copy"],
    }


def test_every_action_has_words_for_people():
    assert len({rule.fr for rule in ACTIONS.values()}) == 19
    assert len({rule.en for rule in ACTIONS.values()}) == 19
    assert ACTIONS["separate"].en == "separate"  # the vocabulary's label is "unpack"


@pytest.mark.parametrize("name", list(ACTIONS))
def test_actions_are_read_as_other_systems_write_them(name):
    kebab = "".join(f"-{c.lower()}" if c.isupper() else c for c in name)
    for text in (
        name,
        kebab,
        kebab.replace("-", "_"),
        kebab.replace("-", " "),
        name.upper(),
        f"vf:{name}",
        f"https://w3id.org/valueflows/ont/vf#{name}",
        f"http://w3id.org/valueflows#{kebab}",
        f" {name} ",
    ):
        assert find_action(text) is ACTIONS[name]


def test_names_of_before_version_one_are_read():
    assert find_action("pack").id == "combine"
    assert find_action("unpack").id == "separate"
    assert find_action("transfer-complete").id == "transfer"


@pytest.mark.parametrize("text", ["pass", "fail", "vf:pass", "FAIL"])
def test_removed_actions_say_what_to_record_instead(text):
    with pytest.raises(UnknownAction) as refused:
        find_action(text)
    assert refused.value.code == "action-removed"
    assert "accept and modify" in refused.value.en
    assert "à la version 0.5" in refused.value.fr


@pytest.mark.parametrize("text", ["", "give", "producer", "raise lower", "x" * 500])
def test_other_words_are_refused(text):
    with pytest.raises(UnknownAction) as refused:
        find_action(text)
    assert refused.value.code == "action-unknown"
    assert len(refused.value.en) < 100
