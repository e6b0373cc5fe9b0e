from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from ttv.api.body import MAX_DEPTH, parse, read_json, read_optional_json
from ttv.api.problems import BodyTooLarge, BodyTooSlow, InvalidJson, UnsupportedMediaType
from ttv.errors import InvalidRequest

JSON = {"content-type": "application/json"}


def read(
    chunks: Sequence[bytes],
    headers: dict[str, str] = JSON,
    *,
    limit: int = 64,
    reader: Callable[..., Coroutine[Any, Any, dict[str, object]]] = read_json,
) -> dict[str, object]:
    waiting = list(chunks)

    async def receive() -> Message:
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "method": "POST", "headers": raw}, receive)
    return asyncio.run(reader(request, limit=limit, seconds=10))


def test_an_object_is_read_from_however_many_pieces() -> None:
    assert read([b'{"a"', b": 1", b"}"]) == {"a": 1}


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        'Application/JSON;charset="UTF-8"',
    ],
)
def test_json_in_utf_8_is_taken(media_type: str) -> None:
    assert read([b"{}"], {"content-type": media_type}) == {}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_anything_else_is_an_unsupported_media_type(headers: dict[str, str]) -> None:
    with pytest.raises(UnsupportedMediaType):
        read([b"{}"], headers)


def test_a_body_may_be_left_out_where_it_is_optional() -> None:
    assert read([b""], {}, reader=read_optional_json) == {}
    assert read([b'{"a": 1}'], reader=read_optional_json) == {"a": 1}
    with pytest.raises(UnsupportedMediaType):
        read([b"{}"], {}, reader=read_optional_json)


def test_the_limit_counts_the_bytes_that_arrive() -> None:
    assert read([b'{"a": 1}'], limit=8) == {"a": 1}
    with pytest.raises(BodyTooLarge, match="limit of 8 bytes"):
        read([b'{"a": ', b"11}"], JSON | {"content-length": "1"}, limit=8)


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    parts: list[Message] = [{"type": "http.request", "body": b'{"a', "more_body": True}]

    async def receive() -> Message:
        if not parts:
            await asyncio.Event().wait()
        return parts.pop()

    headers = [(b"content-type", b"application/json")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    with pytest.raises(BodyTooSlow, match="did not arrive within"):
        asyncio.run(read_json(request, limit=64, seconds=0.01))


def test_reading_stops_at_the_limit() -> None:
    with pytest.raises(BodyTooLarge):
        read([b"x" * 9, b"never read"], limit=8)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "the body is empty"),
        (b" ", "line 1, column 2"),
        (b'{"a": }', "line 1, column 7"),
        (b"{} {}", "not valid JSON"),
        (b"\xff", "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'{"a": 1, "a": 1}', "a field twice"),
        (b'{"a": {"b": 1, "b": 2}}', "a field twice"),
        (b'{"a": NaN}', "NaN and Infinity"),
        (b'{"a": -Infinity}', "NaN and Infinity"),
        (b"[" * 50_000, "nested deeper"),
    ],
)
def test_what_has_no_single_meaning_is_refused(raw: bytes, sentence: str) -> None:
    with pytest.raises(InvalidJson, match=sentence):
        parse(raw)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 20, "9" * 5_000])
@pytest.mark.parametrize(
    ("document", "field"), [('{"a": %s}', "a"), ('{"a": {"b": [1, %s]}}', "a.b[1]")]
)
def test_a_number_that_is_too_large_is_refused_by_its_field(
    document: str, field: str, number: str
) -> None:
    with pytest.raises(InvalidRequest, match="is too large a number") as caught:
        parse((document % number).encode())
    assert caught.value.param == field


def test_a_whole_number_is_one_however_it_is_written() -> None:
    read = parse(b'{"a": 24.0, "b": 2.4e1, "c": 2.5}')
    assert read == {"a": 24, "b": 24, "c": 2.5}
    assert isinstance(read["a"], int)


@pytest.mark.parametrize(("levels", "fits"), [(MAX_DEPTH, True), (MAX_DEPTH + 1, False)])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"b":', "}")])
def test_nesting_has_a_limit(levels: int, fits: bool, opening: str, closing: str) -> None:
    inside = levels - 1
    raw = ('{"a":' + opening * inside + "1" + closing * inside + "}").encode()
    if fits:
        assert "a" in parse(raw)
    else:
        with pytest.raises(InvalidJson, match="nested deeper than 16 levels"):
            parse(raw)


@pytest.mark.parametrize(
    ("document", "param"),
    [
        ({"prompt": "a\x00b"}, "prompt"),
        ({"plan": {"shots": [{"prompt": "\ud800"}]}}, "plan.shots[0].prompt"),
        ({"plan": {"\udfff": 1}}, "plan"),
        ({"\x00": 1}, ""),
    ],
)
def test_unusable_text_is_refused_by_its_field(document: object, param: str) -> None:
    with pytest.raises(InvalidRequest, match="NUL or half of a surrogate pair") as caught:
        parse(json.dumps(document).encode())
    assert caught.value.param == param


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert parse(b'{"a": "\\ud83e\\udd8a"}') == {"a": "\U0001f98a"}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        assert isinstance(parse(raw), dict)
    except InvalidRequest as refused:
        json.dumps(refused.message).encode()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_any_json_is_read_as_it_is_or_refused(document: dict[str, object]) -> None:
    raw = json.dumps(document).encode()
    try:
        assert parse(raw) == document
    except InvalidRequest as refused:
        json.dumps(refused.message).encode()
