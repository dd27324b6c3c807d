"""Which network addresses may be fetched from: public ones only, judged after the name is resolved."""

import ipaddress
import socket

from smallprint.errors import DocumentError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Address families that carry an IPv4 address inside an IPv6 one; the inner address is what counts.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether an address is reachable on the public internet; loopback, private, link-local, metadata are not."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int, *, allow_private: bool) -> str:
    """The address to connect to, so that the name cannot resolve to another one between check and connection.

    Raises:
        DocumentError: ``unreachable`` when the name does not resolve, ``private_address`` when any of its
            addresses is not public.

    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise DocumentError(
            "unreachable", f"the name {host!r} does not resolve", advice="check the address", transient=True
        ) from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        if not allow_private and not is_public(address):
            raise DocumentError(
                "private_address",
                f"{_named(host, address)} an address inside a private network, which is not fetched",
                advice="use --allow-private if this server is yours",
            )
    return str(addresses[0])


def _named(host: str, address: Address) -> str:
    return f"{host} is" if host == str(address) else f"{host} is {address},"
