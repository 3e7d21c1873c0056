"""Which addresses are in the public internet."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.web import Response, is_public

PRIVATE = ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_a_machine_in_the_public_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0", "fc00::1", "ff02::1"],
)
def test_a_machine_that_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.sampled_from(PRIVATE), st.integers(0, 2**24 - 1))
def test_a_neighbour_is_one_however_it_is_written(network: str, number: int) -> None:
    """Also within IPv6: mapped, translated (RFC 6052) and by 6to4 (RFC 3056)."""
    inside = ipaddress.ip_network(network)
    four = inside[number % inside.num_addresses]
    six = int(ipaddress.IPv6Address("64:ff9b::")) + int(four)
    tunnel = (0x2002 << 112) + (int(four) << 80)

    assert not is_public(str(four))
    assert not is_public(f"::ffff:{four}")
    assert not is_public(str(ipaddress.IPv6Address(six)))
    assert not is_public(str(ipaddress.IPv6Address(tunnel)))


def test_a_name_is_no_address() -> None:
    with pytest.raises(ValueError, match="exemple"):
        is_public("exemple.org")


def test_a_header_is_found_in_any_case() -> None:
    answer = Response(200, {"Content-Type": "text/calendar"}, b"")

    assert answer.header("content-type") == "text/calendar"
    assert answer.header("Location") == ""
