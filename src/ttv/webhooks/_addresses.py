"""Which addresses are out in the open, so that a webhook may be sent there."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

#: What ``is_global`` of some version of Python lets pass and no receiver has.
_CLOSED: Final[tuple[Network, ...]] = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments, the metadata of a cloud among them
        "192.88.99.0/24",  # relays from IPv6 to IPv4
        "168.63.129.16/32",  # the host of a virtual machine at Azure
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # documentation
    )
)
#: All of IPv6 that is given to anybody: forms with an IPv4 address inside are outside of it.
_GIVEN: Final = IPv6Network("2000::/3")
#: Middle of an interface id that holds an IPv4 address (ISATAP), local and global.
_TUNNELS: Final = frozenset({0x00005EFE, 0x02005EFE})


def is_open(address: Address) -> bool:
    """Tell whether an address belongs to a host on the public Internet."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if any(address in network for network in _CLOSED):
        return False
    if isinstance(address, IPv4Address):
        return True
    tunnel = (int(address) >> 32) & 0xFFFFFFFF in _TUNNELS
    return address in _GIVEN and address.scope_id is None and not tunnel


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Tell whether an address is in one of these networks."""
    return any(address in network for network in networks)


def parse(text: str) -> Address | None:
    """Read an address in its one plain form; None for a name, or for any other form."""
    try:
        return ip_address(text)
    except ValueError:
        return None
