"""Everything of this room over one Redis."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address

from ttv.access._door import Door
from ttv.access._keys import Keys
from ttv.access._rates import Rates
from ttv.access._scripts import teach
from ttv.access._secret import derived, key_secret
from ttv.redis import Connection
from ttv.settings import Settings


@dataclass(frozen=True, slots=True)
class Access:
    """The parts of this room; they live as long as the connection they were made over."""

    connection: Connection
    keys: Keys
    door: Door
    rates: Rates
    secret: bytes = field(repr=False)

    def derived(self, label: str) -> bytes:
        """Give the secret of one use, the same in every process of the service."""
        return derived(self.secret, label)


def over(connection: Connection, settings: Settings, *, host: str) -> Access:
    """Make the parts over a connection, for a service that listens on an address.

    Raises what ``key_secret`` raises.
    """
    teach(connection)
    secret = key_secret(settings)
    keys = Keys(connection, secret=secret)
    private = _is_loopback(host) and not settings.trusted_proxies
    return Access(
        connection=connection,
        keys=keys,
        door=Door(keys, mode=settings.auth, private=private),
        rates=Rates(connection),
        secret=secret,
    )


def _is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches what listens on an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
