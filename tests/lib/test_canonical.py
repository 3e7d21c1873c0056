"""The byte form, the digests and the seals that a stranger must be able to recompute."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chambre.lib.canonical import (
    GENESIS,
    NotCanonical,
    canonical,
    digest,
    inclusion_proof,
    leaf_hash,
    merkle_root,
    microseconds,
    seal_digest,
    verify_inclusion,
)

NOON = datetime(2026, 1, 1, 12, 0, 0, 1, tzinfo=UTC)

# Inputs and roots of the reference implementation of RFC 6962.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

scalars = st.none() | st.booleans() | st.integers() | st.text()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


class Colour(StrEnum):
    RED = "red"


class Number(IntEnum):
    ONE = 1


def test_a_record_has_one_form():
    record = {"é": "œuf", "b": [1, None, True], "a": {"day": date(2026, 1, 31), "n": -5}}
    assert canonical(record) == (
        '{"a":{"day":"2026-01-31","n":-5},"b":[1,null,true],"é":"œuf"}'.encode()
    )
    assert canonical(dict(reversed(record.items()))) == canonical(record)


def test_times_are_utc_with_six_decimals():
    summer = timezone(timedelta(hours=2))
    at = datetime(2026, 6, 1, 10, 0, tzinfo=summer)
    assert canonical(at) == b'"2026-06-01T08:00:00.000000Z"'
    assert canonical(at.astimezone(UTC)) == canonical(at)


def test_other_kinds_that_have_one_text():
    uuid = UUID("12345678-1234-5678-1234-567812345678")
    assert canonical([uuid, b"\x00\xff", (1, 2)]) == (
        b'["12345678-1234-5678-1234-567812345678","00ff",[1,2]]'
    )
    assert canonical({"a": Colour.RED, "b": Number.ONE}) == b'{"a":"red","b":1}'


def test_keys_are_sorted_by_code_point():
    assert canonical({"\U0001f34e": 1, "\ufb33": 2, "Z": 3, "a": 4}) == (
        '{"Z":3,"a":4,"\ufb33":2,"\U0001f34e":1}'.encode()
    )


def test_text_is_kept_as_written():
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    assert canonical(composed) != canonical(decomposed)
    assert canonical('"\\\n\x01/') == rb'"\"\\\n\u0001/"'


@pytest.mark.parametrize(
    "wrong",
    [
        1.0,
        {"a": {"b": [0.5]}},
        float("nan"),
        Decimal("1.50"),
        Fraction(1, 2),
        {1: "a"},
        {"a": {None: 1}},
        datetime(2026, 1, 1),
        {"s": {1, 2}},
        object(),
        "\ud800",
    ],
)
def test_what_has_no_single_form_is_refused(wrong):
    with pytest.raises(NotCanonical):
        canonical(wrong)


def test_endless_nesting_is_refused():
    deep: list = []
    deep.append(deep)
    with pytest.raises(NotCanonical):
        canonical(deep)


@given(values)
def test_the_form_reads_back_as_the_same_value_and_is_stable(value):
    form = canonical(value)
    back = json.loads(form)
    assert back == value
    assert canonical(back) == form


@given(values, values)
def test_two_values_share_a_digest_only_if_they_are_equal(one, other):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (digest(one) == digest(other)) == same


def test_a_digest_says_what_it_is_about():
    value = {"a": 1}
    assert digest(value) == hashlib.sha256(b'chambre:record:1\x00{"a":1}').digest()
    assert digest(value, about="event") != digest(value)
    for wrong in ("", "a\x00b"):
        with pytest.raises(ValueError, match="NUL"):
            digest(value, about=wrong)


def test_roots_are_those_of_rfc_6962():
    assert [merkle_root(LEAVES[:n]).hex() for n in range(9)] == ROOTS


def test_a_proof_is_the_one_of_rfc_6962():
    # The audit path of the last of seven leaves: two levels have no right neighbour.
    leaves = LEAVES[:7]
    proof = inclusion_proof(leaves, 6)
    four = merkle_root(leaves[:4])
    two = hashlib.sha256(b"\x01" + leaf_hash(leaves[4]) + leaf_hash(leaves[5])).digest()
    assert proof == [two, four]
    assert verify_inclusion(leaves[6], index=6, count=7, proof=proof, root=merkle_root(leaves))


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_every_leaf_can_be_proved_and_nothing_else(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, proof, count = merkle_root(leaves), inclusion_proof(leaves, index), len(leaves)
    assert verify_inclusion(leaves[index], index=index, count=count, proof=proof, root=root)

    def refused(leaf=leaves[index], **changed):
        facts = {"index": index, "count": count, "proof": proof, "root": root} | changed
        return not verify_inclusion(leaf, **facts)

    assert refused(leaves[index] + b"x")
    assert refused(root=hashlib.sha256(root).digest())
    assert refused(proof=[*proof, root])
    assert refused(index=-1)
    assert refused(index=count)
    if proof:
        assert refused(proof=proof[:-1])
        assert refused(proof=[*proof[:-1], bytes(32)])
        assert refused(proof=[*proof[:-1], proof[-1][:31]])
    other = data.draw(st.integers(0, count - 1))
    if leaves[other] != leaves[index]:
        assert refused(index=other)


@given(st.integers(1, 200), st.data())
@settings(max_examples=60)
def test_a_proof_holds_for_one_size_of_tree_only(count, data):
    leaves = [bytes([n]) for n in range(count)]
    index = data.draw(st.integers(0, count - 1))
    proof, root = inclusion_proof(leaves, index), merkle_root(leaves)
    for wrong in {1, count - 1, count + 1, count * 2} - {count}:
        if verify_inclusion(leaves[index], index=index, count=wrong, proof=proof, root=root):
            # The path may have the same shape in a larger tree; the seal's digest covers the
            # count, which is what a verifier takes it from.
            assert len(inclusion_proof([b""] * wrong, index)) == len(proof)


def test_no_proof_for_a_leaf_that_is_not_there():
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, 8)
    with pytest.raises(IndexError):
        inclusion_proof([], 0)


def test_a_leaf_cannot_pass_for_a_node():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert merkle_root([left + right]) != merkle_root([b"a", b"b"])


def test_a_seal_covers_all_that_it_says():
    root = merkle_root(LEAVES)
    said = {"kind": "entry", "at": NOON}
    seal = seal_digest(GENESIS, 1, 8, 8, root, **said)
    assert (
        seal
        == hashlib.sha256(
            b"chambre:seal:2\x00"
            + bytes(32)
            + bytes([0, 0, 0, 0, 0, 0, 0, 1])
            + bytes([0, 0, 0, 0, 0, 0, 0, 8]) * 2
            + (1_767_268_800_000_001).to_bytes(8, "big")
            + root
            + b"entry"
        ).digest()
    )
    others = {
        seal_digest(seal, 1, 8, 8, root, **said),
        seal_digest(GENESIS, 0, 8, 8, root, **said),
        seal_digest(GENESIS, 1, 9, 8, root, **said),
        seal_digest(GENESIS, 1, 8, 7, root, **said),
        seal_digest(GENESIS, 1, 8, 8, merkle_root(LEAVES[::-1]), **said),
        seal_digest(GENESIS, 1, 8, 8, root, kind="event", at=NOON),
        seal_digest(GENESIS, 1, 8, 8, root, kind="entry", at=NOON + timedelta(microseconds=1)),
    }
    assert len(others) == 7
    assert seal not in others


def test_a_moment_without_a_zone_is_no_moment_of_a_seal():
    assert microseconds(NOON) == 1_767_268_800_000_001
    assert microseconds(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1
    with pytest.raises(NotCanonical):
        microseconds(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("previous", "first", "last", "count", "root"),
    [
        (b"", 1, 2, 2, bytes(32)),
        (bytes(32), 1, 2, 2, bytes(31)),
        (bytes(32), 2, 1, 1, bytes(32)),
        (bytes(32), -1, 1, 1, bytes(32)),
        (bytes(32), 1, 2, 3, bytes(32)),
        (bytes(32), 1, 2, 0, bytes(32)),
        (bytes(32), 1, 2**64, 1, bytes(32)),
    ],
)
def test_a_seal_that_makes_no_sense_is_refused(previous, first, last, count, root):
    with pytest.raises(ValueError, match=r"digest|range"):
        seal_digest(previous, first, last, count, root, kind="entry", at=NOON)


@given(
    st.lists(
        st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=4), min_size=2, max_size=5
    ),
    st.data(),
)
def test_changing_anything_sealed_changes_every_later_seal(batches, data):
    def chain(batches):
        seals, at = [GENESIS], 1
        for batch in batches:
            end = at + len(batch) - 1
            root = merkle_root(batch)
            seals.append(seal_digest(seals[-1], at, end, len(batch), root, kind="k", at=NOON))
            at = end + 1
        return seals

    which = data.draw(st.integers(0, len(batches) - 1))
    place = data.draw(st.integers(0, len(batches[which]) - 1))
    changed = [list(batch) for batch in batches]
    changed[which][place] += b"!"
    before, after = chain(batches), chain(changed)
    assert before[: which + 1] == after[: which + 1]
    assert all(a != b for a, b in zip(before[which + 1 :], after[which + 1 :], strict=True))
