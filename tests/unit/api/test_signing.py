"""Signed addresses: ours are known again, and nothing else is."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ttv.api.signing import BadLink, LinkExpired, Signer
from ttv.errors import InvalidRequest, TtvError

SIGNER = Signer(b"s" * 32)
PATH = "/v1/artifacts/films/2026-11/job/film.mp4"
NAMES = ("type", "disposition")
WORDS = {"type": "video/mp4", "disposition": 'inline; filename="job-film.mp4"'}
NOW = 1_795_000_000
THEN = NOW + 3_600

#: What may be in a parameter: every text that UTF-8 can carry.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def link(**words: str) -> tuple[str, str]:
    """Give the path and the query of a link."""
    parts = urlsplit(SIGNER.sign(PATH, expires=THEN, **(words or WORDS)))
    return parts.path, parts.query


def check(path: str, query: str, *, now: float = NOW) -> dict[str, str]:
    return dict(SIGNER.check(path, query.encode(), names=NAMES, now=now))


def test_a_link_gives_back_what_was_signed() -> None:
    assert check(*link()) == {"expires": str(THEN), **WORDS}


def test_the_signature_is_an_hmac_of_path_and_parameters() -> None:
    path, query = link()
    pairs = dict(parse_qsl(query))
    shown = pairs.pop("signature")
    text = json.dumps(["ttv link 1", path, sorted(map(list, pairs.items()))], separators=(",", ":"))
    assert shown == hmac.new(b"s" * 32, text.encode(), sha256).hexdigest()


def test_a_link_works_up_to_its_last_second() -> None:
    assert check(*link(), now=THEN - 0.001)
    for now in (THEN, THEN + 1e9):
        with pytest.raises(LinkExpired, match="/artifact"):
            check(*link(), now=now)


def test_an_expired_link_that_was_changed_is_a_bad_one() -> None:
    path, query = link()
    with pytest.raises(BadLink):
        check(path + "x", query, now=THEN + 1)


def without(query: str, name: str) -> str:
    return urlencode([pair for pair in parse_qsl(query) if pair[0] != name])


def instead(query: str, name: str, value: str) -> str:
    return urlencode([(n, value if n == name else v) for n, v in parse_qsl(query)])


CHANGES: dict[str, Callable[[str], str]] = {
    "longer": lambda query: instead(query, "expires", str(THEN + 1)),
    "for ever": lambda query: instead(query, "expires", "9" * 12),
    "never": lambda query: instead(query, "expires", ""),
    "another form of the number": lambda query: instead(query, "expires", f"0{THEN}"),
    "digits of others": lambda query: instead(query, "expires", str(THEN).replace("1", "\u0661")),
    "another type": lambda query: instead(query, "type", "text/html"),
    "another name": lambda query: instead(query, "disposition", "inline"),
    "no signature": lambda query: instead(query, "signature", ""),
    "another signature": lambda query: instead(query, "signature", "0" * 64),
    "a signature in capitals": lambda query: query[:-64] + query[-64:].upper(),
    "a signature and more": lambda query: query + "00",
    "a signature cut short": lambda query: query[:-1],
    "not of ASCII": lambda query: instead(query, "signature", "é" * 32),
}
BROKEN: dict[str, Callable[[str], str]] = {
    "nothing": lambda _: "",
    "one word": lambda _: "film",
    "without its end": lambda query: without(query, "expires"),
    "without its signature": lambda query: without(query, "signature"),
    "a parameter more": lambda query: query + "&user=me",
    "a parameter more, in front": lambda query: "user=me&" + query,
    "an empty parameter more": lambda query: query + "&x=",
    "the end twice": lambda query: query + f"&expires={THEN}",
    "the end twice, the later first": lambda query: f"expires={THEN + 9}&" + query,
    "the type twice": lambda query: query + "&type=text/html",
    "the signature twice": lambda query: query + "&signature=" + query[-64:],
    "a name in capitals": lambda query: query.replace("type=", "Type="),
    "other signs between": lambda query: query.replace("&", ";"),
    "very many": lambda query: "&".join([query] * 1_000),
    "broken UTF-8": lambda query: query.replace("type=", "type=%ff"),
    "a stray sign": lambda query: query + "&",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_link_is_refused(change: Callable[[str], str]) -> None:
    path, query = link()
    assert change(query) != query
    with pytest.raises(BadLink, match="changed"):
        check(path, change(query))


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_a_link_that_is_not_whole_is_refused(change: Callable[[str], str]) -> None:
    path, query = link()
    with pytest.raises(InvalidRequest, match="each once"):
        check(path, change(query))


@pytest.mark.parametrize(
    "path",
    [
        PATH + "/",
        PATH.upper(),
        PATH.replace("film.mp4", "other.mp4"),
        PATH.replace("/films/", "/films//"),
        "/v1/artifacts/films/../" + PATH,
        "/v1/playback" + PATH.removeprefix("/v1/artifacts"),
        "",
    ],
)
def test_a_link_is_for_one_path(path: str) -> None:
    with pytest.raises(BadLink):
        check(path, link()[1])


def test_a_link_of_another_service_is_refused() -> None:
    parts = urlsplit(Signer(b"t" * 32).sign(PATH, expires=THEN, **WORDS))
    with pytest.raises(BadLink):
        check(parts.path, parts.query)


def test_the_order_of_parameters_and_how_they_are_escaped_do_not_matter() -> None:
    path, query = link()
    pairs = parse_qsl(query)
    other = "&".join(f"{name}={quote(value, safe='')}" for name, value in reversed(pairs))
    assert check(path, other) == check(path, query)


@given(type_=texts, disposition=texts, expires=st.integers(NOW + 1, 10**12 - 1))
def test_every_word_is_given_back_as_it_was_signed(
    type_: str, disposition: str, expires: int
) -> None:
    signed = SIGNER.sign(PATH, expires=expires, type=type_, disposition=disposition)
    path, _, query = signed.partition("?")
    told = {"expires": str(expires), "type": type_, "disposition": disposition}
    assert check(path, query) == told


@given(
    one=st.tuples(texts, texts, texts),
    other=st.tuples(texts, texts, texts),
)
def test_no_two_links_have_one_signature(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assume(one != other)
    shown = {
        SIGNER.sign(path, expires=THEN, type=kind, disposition=name)[-64:]
        for path, kind, name in (one, other)
    }
    assert len(shown) == 2


@given(st.data())
def test_a_link_with_any_byte_changed_is_refused_or_means_the_same(data: st.DataObject) -> None:
    path, query = link()
    at = data.draw(st.integers(0, len(query) - 1))
    sign = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    changed = query[:at] + sign + query[at + 1 :]
    try:
        told = check(path, changed)
    except (BadLink, InvalidRequest):
        return
    assert told == check(path, query)


@given(path=texts, query=st.binary(max_size=200))
def test_whatever_is_sent_is_refused_as_a_problem(path: str, query: bytes) -> None:
    with pytest.raises(TtvError):
        SIGNER.check(path, query, names=NAMES, now=NOW)


def test_the_secret_is_not_shown() -> None:
    assert "ssss" not in repr(SIGNER)
