"""Which addresses are called: none of this machine's own, of its link or of a cloud's inside, unless it is listed.

A private network (10.0.0.0/8 and the like) is where agencies are, so it is called like any other.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import PlainSerializer, PlainValidator

Network = IPv4Network | IPv6Network

#: Where clouds tell a machine about itself, beside the link-local one.
_INSIDE = frozenset({"100.100.100.200", "192.0.0.192", "fd00:ec2::254"})
_NAT64 = IPv6Network("64:ff9b::/96")


def _network(given: object) -> Network:
    if isinstance(given, Network):
        return given
    try:
        return ip_network(given, strict=False) if isinstance(given, str) else ip_network("")
    except ValueError:
        raise ValueError("expected an address or a network such as 127.0.0.1 or 169.254.7.0/24") from None


#: An address or network in a model.
Allowed = Annotated[Network, PlainValidator(_network), PlainSerializer(str, return_type=str)]


def may_be_called(address: str, allowed: Sequence[Network]) -> bool:
    """Whether a connection to this address may carry a request."""
    try:
        found = _plain(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    return any(found in network for network in allowed) or not _is_inside(found)


def refused_as_written(url: str, allowed: Sequence[Network]) -> bool:
    """Whether a URL names an address, or this machine, that may not be called. Other names are not looked up."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return not may_be_called("127.0.0.1", allowed)
    return _is_address(host) and not may_be_called(host, allowed)


def refused_as_resolved(host: str, allowed: Sequence[Network]) -> list[str]:
    """The addresses of a name that may not be called. Raises OSError where it cannot be looked up."""
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    return sorted(address for address in found if not may_be_called(address, allowed))


def words_of(refused: Iterable[str]) -> str:
    """How people are told."""
    return f"{', '.join(refused)} is this machine's own, of its link or of a cloud's inside: list it under 'allow'"


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one, where there is one."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _is_inside(address: IPv4Address | IPv6Address) -> bool:
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or str(address) in _INSIDE
        or (isinstance(address, IPv4Address) and address in IPv4Network("0.0.0.0/8"))
    )
