"""Taps: NXP's published examples, and what must hold for every tag, tap and mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.ntag424 import (
    Tap,
    TapRefusal,
    answer,
    diversify,
    ndef,
    open_file_data,
    open_tap,
)
from chambre.lib.ntag424.keys import cmac, decrypt

ZERO = bytes(16)
keys = st.binary(min_size=16, max_size=16)
uids = st.binary(min_size=7, max_size=7)
counters = st.integers(0, 2**24 - 1)


def test_an12196_encrypted_number_and_counter_with_signature():
    picc, mac = "EF963FF7828658A599F3041510671E88", "94EED9EE65337086"

    tap = open_tap(picc, mac, meta_key=ZERO, file_key=ZERO)

    assert tap == Tap(bytes.fromhex("04DE5F1EACC040"), 61)
    assert decrypt(ZERO, bytes.fromhex(picc)).hex() == "c704de5f1eacc0403d0000da5cf60941"
    filler = bytes.fromhex("da5cf60941")
    made = answer(tap.uid, 61, meta_key=ZERO, file_key=ZERO, filler=filler)
    assert made == (picc, mac)


def test_an12196_session_key_of_the_signature():
    said = bytes.fromhex("3CC30001008004DE5F1EACC0403D0000")

    session = cmac(ZERO, said)

    assert session.hex() == "3fb5f6e3a807a03d5e3570ace393776f"
    assert cmac(session, b"").hex() == "e194c7ee12d9f7ee8a65c8331b704386"


def test_an12196_encrypted_part_of_the_file_signed_with_it():
    sealed, name = "94592FDE69FA06E8E3B6CA686A22842B", b"&cmac="
    tap = open_tap(
        "FDE4AFA99B5C820A2C1BB0F1C792D0EB",
        "C48B89C17A233B2C",
        meta_key=ZERO,
        file_key=ZERO,
        signed=sealed.encode() + name,
    )

    assert tap == Tap(bytes.fromhex("04958CAA5C5E80"), 1)
    assert open_file_data(sealed, tap, file_key=ZERO) == b"x" * 16


def test_an10922_key_of_one_tag():
    master = bytes.fromhex("00112233445566778899AABBCCDDEEFF")
    uid, purpose = bytes.fromhex("04782E21801D80"), bytes.fromhex("3042F54E585020416275")

    assert diversify(master, uid, purpose).hex().upper() == "A8DD63A3B89D54B37CA802473FDA9175"


def test_an12196_file_of_a_tag():
    written = ndef("https://choose.url.com/ntag424")

    assert (written.picc_offset, written.mac_offset) == (0x20, 0x43)
    head = "0051D1014D550463686F6F73652E75726C2E636F6D2F6E7461673432343F653D"
    assert written.octets.hex().upper() == head + "30" * 32 + "26633D" + "30" * 16
    assert written.address == f"https://choose.url.com/ntag424?e={'0' * 32}&c={'0' * 16}"


@given(keys, keys, uids, counters, st.binary(min_size=5, max_size=5))
def test_what_a_tag_answers_is_read_back(meta, file, uid, counter, filler):
    picc, mac = answer(uid, counter, meta_key=meta, file_key=file, filler=filler)

    assert open_tap(picc, mac, meta_key=meta, file_key=file) == Tap(uid, counter)
    assert open_tap(picc.lower(), mac.lower(), meta_key=meta, file_key=file) == Tap(uid, counter)


@given(uids, counters, st.integers(0, 191))
def test_one_changed_bit_is_no_tap(uid, counter, bit):
    meta, file = b"m" * 16, b"f" * 16
    both = bytearray(bytes.fromhex("".join(answer(uid, counter, meta_key=meta, file_key=file))))
    both[bit // 8] ^= 1 << bit % 8
    picc, mac = both[:16].hex(), both[16:].hex()

    with pytest.raises(TapRefusal) as refused:
        open_tap(picc, mac, meta_key=meta, file_key=file)
    assert refused.value.code == "tap-signature"


@given(keys, keys, uids, counters)
def test_the_key_of_another_tag_proves_nothing(meta, file, uid, counter):
    picc, mac = answer(uid, counter, meta_key=meta, file_key=file)
    other = bytes([file[0] ^ 1]) + file[1:]

    with pytest.raises(TapRefusal):
        open_tap(picc, mac, meta_key=meta, file_key=other)


@pytest.mark.parametrize(
    ("picc", "mac"),
    [("", ""), ("EF", "94"), ("EF963FF7828658A599F3041510671E8", "94EED9EE65337086"),
     ("EF963FF7828658A599F3041510671EZZ", "94EED9EE65337086"),
     ("EF963FF7828658A599F3041510671E88", "94EED9EE6533708é"),
     (" EF963FF7828658A599F3041510671E8", "94EED9EE65337086")],
)  # fmt: skip
def test_other_texts_are_refused_as_such(picc, mac):
    with pytest.raises(TapRefusal) as refused:
        open_tap(picc, mac, meta_key=ZERO, file_key=ZERO)
    assert refused.value.code == "tap-form"


def test_a_tag_without_counter_proves_nothing():
    """A mirror of the number alone (0x87) is good for ever: it is never taken."""
    from chambre.lib.ntag424.keys import encrypt
    from chambre.lib.ntag424.messages import _signature

    uid = bytes(range(7))
    picc = encrypt(ZERO, b"\x87" + uid + bytes(8)).hex()
    mac = _signature(ZERO, uid, bytes(3), b"").hex()

    with pytest.raises(TapRefusal):
        open_tap(picc, mac, meta_key=ZERO, file_key=ZERO)


@given(keys, uids, uids)
def test_tags_have_different_keys_of_one_master(master, one, other):
    purpose = b"chambre.sdm.file"
    assert (diversify(master, one, purpose) == diversify(master, other, purpose)) == (one == other)
    assert diversify(master, one, purpose) != master


@pytest.mark.parametrize(
    ("master", "uid", "purpose"),
    [(b"short", bytes(7), bytes(10)), (ZERO, bytes(7), b"few"), (ZERO, bytes(7), bytes(25))],
)
def test_keys_of_other_lengths_are_refused(master, uid, purpose):
    with pytest.raises(ValueError, match="bytes"):
        diversify(master, uid, purpose)


@pytest.mark.parametrize("uri", ["https://a.test/x?y", "https://é.test/", f"https://{'a' * 250}"])
def test_addresses_that_do_not_fit_on_a_tag_are_refused(uri):
    with pytest.raises(ValueError, match=r"query|tag"):
        ndef(uri)
