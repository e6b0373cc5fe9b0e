"""Where a request comes from, as far as it can be believed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from starlette.datastructures import Headers

#: Headers that proxies add.
_OF_PROXIES: Final = ("x-forwarded-for", "forwarded", "via", "x-real-ip")
_NAMED: Final = re.compile(r"([^:\[\]]+|\[[0-9a-fA-F:.]+\])(?::\d+)?")
_HOST: Final = re.compile(r"([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?", re.ASCII)
#: Headers in which proxies say what the client asked for.
_ASKED_FOR: Final = ("x-forwarded-proto", "x-forwarded-host")
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


def is_here(peer: str | None, headers: Headers) -> bool:
    """Tell whether a request comes from this machine itself.

    What a proxy on it hands over does not. Nor does what asks for the machine by another name
    than localhost: a page of a stranger can make a browser here do that, when the stranger lets
    his name lead to this machine (DNS rebinding).
    """
    address = _read(peer or "") or _NOWHERE
    host = _NAMED.fullmatch(headers.get("host", ""))
    named = host is not None and (host[1] == "localhost" or _is_loopback(host[1].strip("[]")))
    return address.is_loopback and named and not any(name in headers for name in _OF_PROXIES)


def base_url(
    peer: str | None,
    scheme: str,
    headers: Headers,
    trusted: Sequence[IPv4Network | IPv6Network],
) -> str:
    """Give what stands before a path for the client; nothing where that is not known to be right.

    A proxy that we trust has to name the scheme (``X-Forwarded-Proto``), and the host unless it
    hands on that of the client. Through any other proxy neither is known.
    """
    address = _read(peer or "") or _NOWHERE
    host = headers.get("host", "")
    if any(address in network for network in trusted):
        scheme = headers.get("x-forwarded-proto", "")
        host = headers.get("x-forwarded-host", host)
    elif any(name in headers for name in (*_OF_PROXIES, *_ASKED_FOR)):
        return ""
    known = scheme in {"http", "https"} and _HOST.fullmatch(host)
    return f"{scheme}://{host}" if known else ""


def _is_loopback(text: str) -> bool:
    address = _read(text)
    return address is not None and address.is_loopback


def _read(text: str) -> _Address | None:
    """Read an address; one of IPv4 in the clothes of IPv6 is one of IPv4."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
