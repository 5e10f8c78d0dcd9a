"""Read the address of a client, which a proxy or a socket may write in several ways."""

from ipaddress import IPv4Address, IPv6Address, ip_address

_UNKNOWN = "unknown"


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address in `text`, or None if it is not one.

    A socket for both protocols names an IPv4 client by an IPv4-mapped address (RFC 4291).
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def network_of(client: str) -> str:
    """Return the address that a limit counts; an IPv6 client owns a /64, so its prefix counts."""
    address = parse_address(client)
    if address is None:
        return _UNKNOWN
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
