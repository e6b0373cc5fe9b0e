"""Where a request comes from, as far as it can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_Address = IPv4Address | IPv6Address
#: The address of a peer that has none.
_NOWHERE: Final = IPv6Address("::")


def client_ip(
    peer: str | None, forwarded: Sequence[str], trusted: Sequence[IPv4Network | IPv6Network]
) -> str:
    """Give the address of the client.

    It is that of the peer, unless the peer is a proxy that we trust: then that of the last hop
    in ``X-Forwarded-For`` (its lines are ``forwarded``) that is no proxy of ours. What stands
    left of it was written by others, and counts for nothing.
    """
    address = _read(peer or "") or _NOWHERE
    hops = [hop for line in forwarded for hop in line.split(",")]
    while hops and any(address in network for network in trusted):
        hop = _read(hops.pop())
        if hop is None:
            break
        address = hop
    return str(address)


def is_here(peer: str | None, forwarded: Sequence[str]) -> bool:
    """Tell whether a request comes from this machine, and through no proxy on it."""
    address = _read(peer or "") or _NOWHERE
    return address.is_loopback and not forwarded


def _read(text: str) -> _Address | None:
    """Read an address; one of IPv4 in the clothes of IPv6 is one of IPv4."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
