from __future__ import annotations

from ipaddress import ip_network

import pytest
from starlette.datastructures import Headers

from ttv.api.origin import base_url, client_ip, is_here

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("::1")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        # nobody is believed who is no proxy of ours
        ("192.0.2.9", ["198.51.100.1"], "192.0.2.9"),
        # one proxy, two proxies
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1", "10.0.0.2"], "198.51.100.1"),
        # what the client wrote itself stands left, and counts for nothing
        ("10.0.0.1", ["203.0.113.7, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["10.9.9.9, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["127.0.0.1", "198.51.100.1"], "198.51.100.1"),
        # a proxy that says nothing, or nonsense, is the client
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, 10.0.0.2, <script>"], "10.0.0.1"),
        # one address in several spellings is one
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("::1", ["2001:DB8:0::1"], "2001:db8::1"),
        (None, ["198.51.100.1"], "::"),
    ],
)
def test_the_client_is_the_last_hop_that_is_no_proxy_of_ours(
    peer: str | None, forwarded: list[str], client: str
) -> None:
    assert client_ip(peer, forwarded, TRUSTED) == client


@pytest.mark.parametrize(
    ("peer", "host", "proxied", "here"),
    [
        ("127.0.0.1", "localhost", {}, True),
        ("127.0.0.1", "127.0.0.1:8000", {}, True),
        ("::1", "[::1]:8000", {}, True),
        ("::ffff:127.0.0.1", "localhost:8000", {}, True),
        # somebody else's machine
        ("192.0.2.9", "localhost", {}, False),
        (None, "localhost", {}, False),
        # a proxy on this machine
        ("127.0.0.1", "localhost", {"X-Forwarded-For": "127.0.0.1"}, False),
        ("127.0.0.1", "localhost", {"Forwarded": "for=127.0.0.1"}, False),
        ("127.0.0.1", "localhost", {"Via": "1.1 proxy"}, False),
        # a browser on this machine, led here by a stranger's name
        ("127.0.0.1", "evil.example:8000", {}, False),
        ("127.0.0.1", "127.0.0.1.evil.example", {}, False),
        ("127.0.0.1", "localhost.evil.example", {}, False),
        ("127.0.0.1", "localhost:8000@evil.example", {}, False),
        ("127.0.0.1", "", {}, False),
    ],
)
def test_who_asks_from_this_machine_itself_is_told_from_who_does_not(
    peer: str | None, host: str, proxied: dict[str, str], here: bool
) -> None:
    assert is_here(peer, Headers({"host": host, **proxied})) is here


@pytest.mark.parametrize(
    ("peer", "headers", "base"),
    [
        # no proxy: what the client asked for
        ("192.0.2.9", {"host": "films.example:8000"}, "http://films.example:8000"),
        ("127.0.0.1", {"host": "localhost"}, "http://localhost"),
        ("192.0.2.9", {"host": "[::1]:8000"}, "http://[::1]:8000"),
        (None, {"host": "localhost"}, "http://localhost"),
        # a proxy that we trust, and that tells
        (
            "10.0.0.1",
            {"host": "films.example", "x-forwarded-proto": "https", "x-forwarded-for": "1.2.3.4"},
            "https://films.example",
        ),
        (
            "10.0.0.1",
            {"host": "api:8000", "x-forwarded-proto": "https", "x-forwarded-host": "films.example"},
            "https://films.example",
        ),
        # one that does not
        ("10.0.0.1", {"host": "api:8000"}, ""),
        ("10.0.0.1", {"host": "api:8000", "x-forwarded-host": "films.example"}, ""),
        # one that we do not know
        ("192.0.2.9", {"host": "api:8000", "x-forwarded-for": "1.2.3.4"}, ""),
        ("192.0.2.9", {"host": "api:8000", "x-forwarded-proto": "https"}, ""),
        ("192.0.2.9", {"host": "api:8000", "via": "1.1 proxy"}, ""),
        # what no address can be
        ("192.0.2.9", {}, ""),
        ("192.0.2.9", {"host": ""}, ""),
        ("192.0.2.9", {"host": "films.example/evil"}, ""),
        ("192.0.2.9", {"host": "me@films.example"}, ""),
        ("192.0.2.9", {"host": 'films.example"'}, ""),
        ("192.0.2.9", {"host": "films.example\nx"}, ""),
        ("10.0.0.1", {"host": "films.example", "x-forwarded-proto": "javascript"}, ""),
        ("10.0.0.1", {"host": "a", "x-forwarded-proto": "https, http"}, ""),
        (
            "10.0.0.1",
            {"host": "a", "x-forwarded-proto": "https", "x-forwarded-host": "b, c"},
            "",
        ),
    ],
)
def test_an_address_is_given_only_where_it_is_known_to_be_right(
    peer: str | None, headers: dict[str, str], base: str
) -> None:
    assert base_url(peer, "http", Headers(headers), TRUSTED) == base
