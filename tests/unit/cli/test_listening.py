from __future__ import annotations

import socket

import pytest

from ttv.cli._listening import listen, url
from ttv.errors import Conflict, InvalidRequest


def test_a_port_that_is_taken_is_told_with_the_way_out() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(Conflict, match=rf"port {port} .* is taken.*--port {port + 1}"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_an_address_of_another_machine_is_told(host: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        listen(host, 0)
    assert caught.value.param == "api_host"


def test_what_listens_takes_connections_before_anyone_answers() -> None:
    with listen("127.0.0.1", 0) as listening:
        socket.create_connection(listening.getsockname()).close()


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - for a moment, and nobody answers
        ("localhost", "localhost"),
    ],
)
def test_the_address_is_one_that_this_machine_reaches(host: str, name: str) -> None:
    assert url(host, 8000) == f"http://{name}:8000"


def test_an_address_of_version_6_stands_in_brackets() -> None:
    assert url("::", 8000) == "http://[::1]:8000"
