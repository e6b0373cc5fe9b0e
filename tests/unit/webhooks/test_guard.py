"""No webhook goes where its tenant could not go himself."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import httpcore
import pytest

from tests.unit.webhooks.corpus import NAMES, refused
from ttv.errors import InvalidRequest
from ttv.webhooks import Guard, Sender, _guard
from ttv.webhooks._target import Target

pytestmark = pytest.mark.anyio

CORPUS = sorted(set(refused()))
PUBLIC = "93.184.216.34"


@dataclass
class Names:
    """A name server of an attacker: it reads every form of an address, and has its own list."""

    answers: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if host in self.answers:
            answers = self.answers[host]
            return answers.pop(0) if len(answers) > 1 else answers[0]
        try:
            return [socket.inet_ntoa(socket.inet_aton(host))]
        except OSError:
            return ["127.0.0.1"]


@dataclass
class Network(httpcore.AsyncNetworkBackend):
    """Notes who is dialled, and connects to a real socket of this machine whoever it is."""

    port: int
    reply: list[bytes] | None = None
    dialled: list[tuple[str, int]] = field(default_factory=list)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature of httpcore
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append((host, port))
        real = await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self.port)
        if self.reply is None:
            return real
        await real.aclose()
        return httpcore.AsyncMockStream(list(self.reply))


@dataclass(frozen=True)
class World:
    names: Names
    network: Network
    listening: socket.socket

    def sender(self, guard: Guard) -> Sender:
        return Sender(guard, network=self.network, context=ssl.create_default_context())

    def connections(self) -> int:
        """Count the connections that came in, and drop them."""
        count = 0
        while True:
            try:
                self.listening.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1


@asynccontextmanager
async def a_world(reply: list[bytes] | None = None) -> AsyncIterator[World]:
    with socket.create_server(("127.0.0.1", 0), backlog=400) as listening:
        listening.setblocking(False)
        names = Names({name: [answer] for name, answer in NAMES})
        yield World(names, Network(listening.getsockname()[1], reply), listening)


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 120


async def test_nobody_is_dialled_for_any_url_of_the_corpus() -> None:
    async with a_world() as world:
        sender = world.sender(Guard(resolve=world.names))
        sentences = {}
        for url in CORPUS:
            reply = await sender.send(url, b"{}", {})
            assert reply.status is None, url
            sentences[url] = reply.error
        assert world.network.dialled == []
        assert world.connections() == 0
        assert all(text and text.startswith("url ") for text in sentences.values()), sentences


async def test_every_url_of_the_corpus_is_refused_by_its_field() -> None:
    guard = Guard(resolve=Names({name: [answer] for name, answer in NAMES}))
    for url in CORPUS:
        with pytest.raises(InvalidRequest) as refusal:
            await guard.addresses(Target.read(url))
        assert refusal.value.param == "url", url


async def test_a_public_host_is_dialled_at_the_address_that_was_checked() -> None:
    async with a_world([b"HTTP/1.1 204 No Content\r\n\r\n"]) as world:
        # It names another address from the second lookup on.
        world.names.answers["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
        sender = world.sender(Guard(resolve=world.names))
        assert (await sender.send("https://rebind.example:8443/a", b"{}", {})).delivered
        assert world.network.dialled == [(PUBLIC, 8443)]
        assert world.names.asked == ["rebind.example"]
        refused = await sender.send("https://rebind.example:8443/a", b"{}", {})
        assert not refused.delivered
        assert len(world.network.dialled) == 1
        assert world.connections() == 1


@pytest.mark.parametrize("code", [300, 301, 302, 303, 304, 305, 306, 307, 308])
@pytest.mark.parametrize("to", ["http://169.254.169.254/", "https://127.0.0.1/", "//10.0.0.1/"])
async def test_a_redirect_leads_nowhere(code: int, to: str) -> None:
    answer = f"HTTP/1.1 {code} Go\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()
    async with a_world([answer]) as world:
        sender = world.sender(Guard(resolve=world.names))
        reply = await sender.send(f"https://{PUBLIC}/", b"{}", {})
        assert (reply.status, reply.delivered) == (code, False)
        assert world.network.dialled == [(PUBLIC, 443)]


async def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with a_world([b"HTTP/1.1 204 No Content\r\n\r\n"]) as world:
        sender = world.sender(Guard(resolve=world.names))
        assert (await sender.send(f"https://{PUBLIC}/", b"{}", {})).delivered
        assert world.network.dialled == [(PUBLIC, 443)]


@pytest.mark.parametrize("url", ["http://example.com/", "https://example.com:25/"])
async def test_what_no_lookup_could_make_good_is_not_looked_up(url: str) -> None:
    async with a_world() as world:
        with pytest.raises(InvalidRequest, match="port 443 or 8443"):
            await Guard(resolve=world.names).addresses(Target.read(url))
        assert world.names.asked == []


async def test_a_name_that_is_not_answered_for_in_time_has_no_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def silent(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return [host, str(port)]

    monkeypatch.setattr(_guard, "_PATIENCE", 0.01)
    with pytest.raises(InvalidRequest, match="public addresses"):
        await Guard(resolve=silent).addresses(Target.read("https://example.com/"))


async def test_what_exists_in_our_network_is_not_told() -> None:
    async with a_world() as world:
        sender = world.sender(Guard(resolve=world.names))
        private = await sender.send("https://redis/", b"{}", {})
        unknown = await sender.send("https://nobody.example/", b"{}", {})
        assert private.error == unknown.error


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://10.0.0.5:9000/hook",
            "http://[fd00::5]/hook",
            "http://inside:81/",
            "http://inside/",
        ),
        *("https://10.1.2.3/", f"https://{PUBLIC}/", "https://[2606:4700::1]:8443/?a=%20b"),
    ],
)
async def test_networks_that_the_operator_allows_are_open_also_without_tls(url: str) -> None:
    allow = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    async with a_world() as world:
        world.names.answers["inside"] = [["10.9.9.9", "fd00::9"]]
        assert await Guard(allow, world.names).addresses(Target.read(url))


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "https://192.168.0.1/", "http://outside/", "https://outside:81/"),
        *("https://[::ffff:10.0.0.1]/", "http://mixed/", f"http://{PUBLIC}/", "https://redis/"),
    ],
)
async def test_what_is_allowed_opens_nothing_else(url: str) -> None:
    async with a_world() as world:
        world.names.answers |= {"outside": [[PUBLIC]], "mixed": [["10.0.0.1", PUBLIC]]}
        with pytest.raises(InvalidRequest):
            await Guard((ip_network("10.0.0.0/8"),), world.names).addresses(Target.read(url))


async def test_the_second_address_gets_its_turn() -> None:
    class Half(Network):
        async def connect_tcp(self, host: str, *args: Any, **named: Any) -> Any:
            stream = await super().connect_tcp(host, *args, **named)
            if host == PUBLIC:
                await stream.aclose()
                raise httpcore.ConnectError
            return stream

    async with a_world() as world:
        world.names.answers["two.example"] = [[PUBLIC, "93.184.216.35"]]
        network = Half(world.network.port, [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])
        sender = Sender(Guard(resolve=world.names), network=network)
        assert (await sender.send("https://two.example/", b"{}", {})).delivered
        assert [host for host, _ in network.dialled] == [PUBLIC, "93.184.216.35"]
