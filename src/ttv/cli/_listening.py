"""The port of the service: opened before anything starts, so that a taken one is told at once."""

from __future__ import annotations

import errno
import socket
from typing import Final

from ttv.errors import Conflict, InvalidRequest, TtvError

_BACKLOG: Final = 1_024
#: Where what listens on every address is reached.
_REACHED_AT: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing listens here


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket, which processes may share; port 0 takes a free one.

    Raises Conflict when the port is taken, InvalidRequest for an address that cannot be.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise InvalidRequest(f"{host} is no address of this machine", param="api_host") from error
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise _refusal(error, host, port) from error
    return listening


def url(host: str, port: int) -> str:
    """Give the address under which this machine reaches what listens on a host and port."""
    name = _REACHED_AT.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def _refusal(error: OSError, host: str, port: int) -> TtvError:
    if error.errno == errno.EADDRINUSE:
        return Conflict(
            f"port {port} on {host} is taken, perhaps by another ttv; stop it, "
            f"or choose another port: --port {port + 1}"
        )
    if error.errno == errno.EACCES:
        return InvalidRequest(
            f"port {port} is for the system; choose one above 1023: --port 8001", param="api_port"
        )
    return InvalidRequest(f"{host} is no address of this machine", param="api_host")
