"""The address of a client is read in every form in which a socket or a proxy writes it."""

import pytest

from app.web.client_address import network_of, parse_address


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::FFFF:cb00:7109", "203.0.113.9"),
        ("not an address", "unknown"),
    ],
)
def test_network_is_the_address_or_the_prefix_of_an_ipv6_client(client: str, network: str) -> None:
    """An IPv6 client usually has a whole /64, so all of its addresses count as one."""
    assert network_of(client) == network


@pytest.mark.parametrize("client", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_recognized_in_every_form(client: str) -> None:
    """A socket for both protocols names a client on this machine by an IPv4-mapped address."""
    address = parse_address(client)
    assert address is not None
    assert address.is_loopback
