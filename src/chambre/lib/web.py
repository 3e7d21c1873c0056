"""Other machines: which addresses are in the public internet, and what an answer is."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

_TRANSLATED = tuple(
    ipaddress.ip_network(one)
    for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""IPv6 addresses within which an IPv4 address of another network may be meant."""


@dataclass(frozen=True, slots=True)
class Response:
    """What another machine answered.

    Attributes:
        status: HTTP status.
        headers: In any case.
        body: As it came, unpacked.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """A header without regard to case; empty when it is absent."""
        for key, value in self.headers.items():
            if key.casefold() == name.casefold():
                return value
        return ""


def is_public(address: str) -> bool:
    """Whether an address lies in the public internet.

    Raises:
        ValueError: It is a name, or nothing that is an address.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None:
        found = mapped
    if found.version == 6 and any(found in network for network in _TRANSLATED):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved
