"""What a tag writes into its address at each tap, and how it is proved (NXP AN12196, § 3.4).

The tag mirrors its number and its counter, encrypted (``e``), and a signature over them (``c``).
The keys of a session come from the key of the file, the number and the counter, so that a signature
is good for one counter of one tag.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from chambre.lib.ntag424.keys import KEY, cmac, decrypt, encrypt
from chambre.lib.refusal import Refusal

PICC_NAME, MAC_NAME = "e", "c"
"""Names of the two parameters in the address."""
UID, COUNTER = 7, 3
"""Bytes of a tag's number, and of its counter (least significant first)."""
_BOTH_MIRRORED = 0xC7
"""PICCDataTag: number (bit 7) and counter (bit 6) are there, the number has seven bytes."""
_SV1, _SV2 = bytes.fromhex("c33c00010080"), bytes.fromhex("3cc300010080")
_HEX = re.compile(r"[0-9A-Fa-f]*")


class TapRefusal(Refusal):
    """What was sent is no tap of this tag."""

    texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "tap-form": (
            "This does not look like what a tag writes.",
            "Cela ne ressemble pas à ce qu’une puce écrit.",
        ),
        "tap-signature": (
            "The signature of the tag is wrong.",
            "La signature de la puce est fausse.",
        ),
    }


@dataclass(frozen=True, slots=True)
class Tap:
    """A proved tap.

    Attributes:
        uid: Number of the tag, 7 bytes.
        counter: How often it was tapped, from 0 to 2²⁴ − 1; never twice the same.
    """

    uid: bytes
    counter: int


def open_tap(picc: str, mac: str, *, meta_key: bytes, file_key: bytes, signed: bytes = b"") -> Tap:
    """Read and prove what a tag wrote.

    Args:
        picc: Encrypted number and counter, 32 hexadecimal digits (``PICCENCData``).
        mac: Signature, 16 hexadecimal digits (``SDMMAC``).
        meta_key: The key that opens ``picc`` (``SDMMetaReadKey``).
        file_key: The key of the signature (``SDMFileReadKey``).
        signed: What else the signature covers, as the tag wrote it: everything between
            ``SDMMACInputOffset`` and ``SDMMACOffset``; nothing when they are the same.

    Raises:
        TapRefusal: ``tap-form``, or ``tap-signature`` when it is not of this tag.
    """
    opened = decrypt(meta_key, _octets(picc, KEY))
    given = _octets(mac, KEY // 2)
    uid, count = opened[1 : 1 + UID], opened[1 + UID : 1 + UID + COUNTER]
    wanted = _signature(file_key, uid, count, signed)
    # Under a wrong key the first byte is chance: both are one refusal, in one time.
    if not hmac.compare_digest(wanted, given) or opened[0] != _BOTH_MIRRORED:
        raise TapRefusal("tap-signature")
    return Tap(uid, int.from_bytes(count, "little"))


def open_file_data(sealed: str, tap: Tap, *, file_key: bytes) -> bytes:
    """Decrypt the part of the file that a tag mirrors encrypted (``SDMENCFileData``).

    Args:
        sealed: Hexadecimal digits, a multiple of 32.
        tap: The proved tap that it came with.
        file_key: ``SDMFileReadKey``.

    Raises:
        TapRefusal: ``tap-form``.
    """
    octets = _octets(sealed, None)
    count = tap.counter.to_bytes(COUNTER, "little")
    session = cmac(file_key, _SV1 + tap.uid + count)
    start = encrypt(session, count + bytes(KEY - COUNTER))
    return decrypt(session, octets, start)


def answer(
    uid: bytes, counter: int, *, meta_key: bytes, file_key: bytes, filler: bytes = bytes(5)
) -> tuple[str, str]:
    """What a tag writes at a tap: for tests, the demonstration and simulators.

    Args:
        uid: Its number, 7 bytes.
        counter: Of this tap.
        meta_key: See :func:`open_tap`.
        file_key: See :func:`open_tap`.
        filler: The five bytes of chance after the counter.

    Returns:
        ``PICCENCData`` and ``SDMMAC`` in hexadecimal digits.

    Raises:
        ValueError: A number or filler of another length.
        OverflowError: A counter that has no place in three bytes.
    """
    if len(uid) != UID or len(filler) != KEY - 1 - UID - COUNTER:
        raise ValueError("a number has 7 bytes, its filler 5")
    count = counter.to_bytes(COUNTER, "little")
    sealed = encrypt(meta_key, bytes([_BOTH_MIRRORED]) + uid + count + filler)
    return sealed.hex().upper(), _signature(file_key, uid, count, b"").hex().upper()


def _signature(file_key: bytes, uid: bytes, count: bytes, signed: bytes) -> bytes:
    """Every second byte of the whole CMAC under the key of this session."""
    return cmac(cmac(file_key, _SV2 + uid + count), signed)[1::2]


def _octets(text: str, size: int | None) -> bytes:
    """Hexadecimal digits as bytes: so many, or whole blocks."""
    wrong = len(text) != 2 * size if size else not text or len(text) % (2 * KEY)
    if wrong or not _HEX.fullmatch(text):
        raise TapRefusal("tap-form")
    return bytes.fromhex(text)
