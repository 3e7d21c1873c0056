"""Tickets that are worth units without a network: signed by the chamber, taken once.

A ticket is one line of text that a QR code holds: ``CHB1.`` and, in base64url, its facts in canonical JSON
and their Ed25519 signature (RFC 8032). Whoever has the chamber's public key can say without a network
whether it is genuine, what it is worth and until when. Whether it was taken already only the chamber knows.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from chambre.lib.canonical import canonical
from chambre.lib.devices.signing import from_text, to_text

HEAD = "CHB1"
LONGEST = 600
_DOMAIN = b"chambre:credit-ticket:1\x00"


class TicketRefusal(ValueError):
    """It is no ticket of this chamber; ``reason`` is ``form`` or ``signature``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket says.

    Attributes:
        serial: Its number, which nobody can guess.
        chamber: Short name of the chamber.
        unit: ``CRD`` or ``HUR``.
        amount: Hundredths of a unit, or minutes.
        until: Last day on which it is taken.
    """

    serial: str
    chamber: str
    unit: str
    amount: int
    until: dt.date


def write_ticket(ticket: Ticket, private_key: bytes) -> str:
    """The text of a ticket; the same ticket and key give the same text.

    Args:
        ticket: What it says.
        private_key: The 32 bytes of the chamber's Ed25519 key.
    """
    facts = canonical(
        {
            "s": ticket.serial,
            "c": ticket.chamber,
            "u": ticket.unit,
            "a": ticket.amount,
            "d": ticket.until.isoformat(),
        }
    )
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(_DOMAIN + facts)
    return f"{HEAD}.{to_text(facts)}.{to_text(signature)}"


def read_ticket(text: str, public_key: bytes) -> Ticket:
    """What a genuine ticket says.

    Args:
        text: As it was scanned or typed; spaces do not matter.
        public_key: The 32 bytes of the chamber's public key.

    Raises:
        TicketRefusal: It is no ticket, or not signed with this key.
    """
    parts = "".join(text.split()).split(".")
    if len(text) > LONGEST or len(parts) != 3 or parts[0] != HEAD:
        raise TicketRefusal("form")
    try:
        facts, signature = from_text(parts[1]), from_text(parts[2])
        said = json.loads(facts)
        found = Ticket(
            str(said["s"]), str(said["c"]), str(said["u"]), said["a"],
            dt.date.fromisoformat(said["d"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, RecursionError):
        raise TicketRefusal("form") from None
    if type(found.amount) is not int or found.amount <= 0:
        raise TicketRefusal("form")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _DOMAIN + facts)
    except InvalidSignature:
        raise TicketRefusal("signature") from None
    return found
