"""Where an endpoint is, read once: what is checked is what is connected to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from ttv.errors import InvalidRequest
from ttv.webhooks._addresses import Address, parse

MAX_URL: Final = 2_000
#: The ports on which the world is spoken to.
PORTS: Final = (443, 8443)
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_MAX_HOST: Final = 253

#: A URL of printable ASCII: no blanks, no controls, no backslash, no fragment, no user.
_URL: Final = re.compile(
    r"(?P<scheme>[A-Za-z]+)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>[/?][!$-;=?-Z_a-z~\[\]%]*)?",
    re.ASCII,
)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?|_[a-z0-9-]{1,62}", re.ASCII)
#: What some resolvers read as a number, and so as an address in disguise.
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint's URL in its parts."""

    scheme: str
    #: In lower case; an IPv6 address without brackets.
    host: str
    port: int
    #: Path and query, never empty.
    path: str
    #: The host as an address; None where it is a name.
    address: Address | None

    @classmethod
    def read(cls, url: str) -> Self:
        """Read a URL. Raises InvalidRequest for one that means different things to different
        readers, or that no webhook may have.
        """
        match = _URL.fullmatch(url) if len(url) <= MAX_URL else None
        if match is None:
            raise _refused(
                f"must be a plain URL such as https://example.com/hook: ASCII, at most {MAX_URL} "
                "characters, without user, password or fragment; write a name of other letters in "
                "its ASCII form (xn--...)"
            )
        scheme = match["scheme"].lower()
        if scheme not in _DEFAULT_PORTS:
            raise _refused("must begin with https://")
        port = int(match["port"] or _DEFAULT_PORTS[scheme])
        if not 1 <= port <= 65_535:
            raise _refused("names a port that does not exist")
        host = match["host"].lower().strip("[]")
        path = match["path"] or "/"
        return cls(
            scheme=scheme,
            host=host,
            port=port,
            path=path if path.startswith("/") else f"/{path}",
            address=_address(host, bracketed=match["host"].startswith("[")),
        )

    @property
    def plain(self) -> bool:
        """Tell whether it is as strangers' endpoints must be: encrypted, on a port for it."""
        return self.scheme == "https" and self.port in PORTS

    @property
    def authority(self) -> str:
        """Give what the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def _address(host: str, *, bracketed: bool) -> Address | None:
    """Read a host as an address; None for a name. Refuses what is neither."""
    address = parse(host)
    if bracketed:
        if address is None or address.version != 6:
            raise _refused("has brackets around what is no IPv6 address")
        return address
    labels = host.split(".")
    if address is None and _NUMBER.fullmatch(labels[-1]):
        raise _refused("names an address in a form that is not plain; write it as 192.0.2.1")
    if address is None and (len(host) > _MAX_HOST or not all(map(_LABEL.fullmatch, labels))):
        raise _refused("names no host; write it as example.com, without a dot at the end")
    return address


def _refused(why: str) -> InvalidRequest:
    return InvalidRequest(f"url {why}", param="url")
