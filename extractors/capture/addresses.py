"""Which network addresses may be fetched from: public ones only, checked after the name is resolved."""

import ipaddress
import socket

from smallprint.errors import DocumentError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# NAT64 addresses carry an IPv4 address inside an IPv6 one (RFC 6052); the inner address is what counts.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IPV4_BITS = 0xFFFFFFFF


def is_public(address: Address) -> bool:
    """Whether an address is reachable on the public internet; loopback, private, link-local, metadata are not."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & _IPV4_BITS)
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
        resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise DocumentError(
            "unreachable", f"the name {host!r} does not resolve", advice="check the address", transient=True
        ) from error
    addresses = [ipaddress.ip_address(str(socket_address[0]).partition("%")[0]) for *_, socket_address in resolved]
    for address in addresses:
        if not allow_private and not is_public(address):
            subject = f"{host} is" if host == str(address) else f"{host} is {address},"
            raise DocumentError(
                "private_address",
                f"{subject} an address inside a private network, which is not fetched",
                advice="use --allow-private if this server is yours",
            )
    return str(addresses[0])
