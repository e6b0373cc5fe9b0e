from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from ttv.api.connections import Listening


@pytest.fixture
def shared() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as shared:
        yield shared


def test_a_server_leaves_the_shared_queue_of_new_connections_as_long_as_it_is(
    shared: socket.socket,
) -> None:
    with Listening(shared) as door:
        door.listen(1)
        # The system lets a connection in as long as the queue has room for it.
        waiting = [socket.create_connection(shared.getsockname(), timeout=5) for _ in range(32)]
        for connection in waiting:
            connection.close()
