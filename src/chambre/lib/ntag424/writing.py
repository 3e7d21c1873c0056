"""What is written on a tag when it is prepared: its file, and where the mirrors are (AN12196, § 5)."""

from __future__ import annotations

from dataclasses import dataclass

from chambre.lib.ntag424.messages import MAC_NAME, PICC_NAME

ROOM = 256
"""Bytes of the tag's NDEF file."""
_SCHEMES = (("https://www.", 2), ("http://www.", 1), ("https://", 4), ("http://", 3))
"""Abbreviations of the URI record (NFC Forum RTD URI 1.0)."""


@dataclass(frozen=True, slots=True)
class Ndef:
    """A tag's file and its settings.

    Attributes:
        octets: The file, length first.
        address: The address with zeros where the tag will write.
        picc_offset: ``PICCDataOffset``.
        mac_offset: ``SDMMACOffset``, and ``SDMMACInputOffset`` as well: nothing else is signed.
    """

    octets: bytes
    address: str
    picc_offset: int
    mac_offset: int


def ndef(uri: str) -> Ndef:
    """The file of a tag that opens an address and signs each tap.

    Args:
        uri: Address of the object, without a query.

    Raises:
        ValueError: It has a query, is not ASCII or does not fit on the tag.
    """
    if "?" in uri or "#" in uri or not uri.isascii():
        raise ValueError("an address without query, in ASCII")
    address = f"{uri}?{PICC_NAME}={'0' * 32}&{MAC_NAME}={'0' * 16}"
    prefix, code = next(
        ((start, number) for start, number in _SCHEMES if address.startswith(start)), ("", 0)
    )
    rest = address.removeprefix(prefix).encode()
    payload = bytes([code]) + rest
    if len(payload) > 255 or len(payload) + 6 > ROOM:
        raise ValueError("too long for a tag")
    record = bytes([0xD1, 1, len(payload)]) + b"U" + payload
    octets = len(record).to_bytes(2, "big") + record
    mac = len(octets) - 16
    return Ndef(octets, address, mac - len(f"&{MAC_NAME}=") - 32, mac)
