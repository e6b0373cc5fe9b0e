"""Read a request body as JSON that has exactly one meaning.

Python's reader is lenient where RFC 8259 leaves room; here the limits are ours: bytes counted
as they arrive, UTF-8, no duplicate key, no NaN or infinity, no half of a surrogate pair, no NUL,
nesting of at most ``MAX_DEPTH``.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from starlette.requests import Request

from ttv.api import accept
from ttv.api.problems import BodyTooLarge, BodyTooSlow, InvalidJson, UnsupportedMediaType
from ttv.errors import InvalidRequest

MAX_DEPTH: Final = 16
#: Whole numbers that every JSON reader keeps exact have fewer digits than this (RFC 7493).
_MAX_DIGITS: Final = 19
#: A field name is repeated in a refusal up to this length.
_MAX_NAME: Final = 64
_UNUSABLE: Final = re.compile(r"[\x00\ud800-\udfff]")


async def read_json(request: Request, *, limit: int, seconds: float) -> dict[str, Any]:
    """Read the one JSON object of a request body.

    Raises UnsupportedMediaType, BodyTooLarge, BodyTooSlow, InvalidJson, or InvalidRequest for
    a field.
    """
    _check_type(request)
    return parse(await _read(request, limit, seconds))


async def read_optional_json(request: Request, *, limit: int, seconds: float) -> dict[str, Any]:
    """Read the one JSON object of a body that may be left out, which counts as an empty one.

    Raises what ``read_json`` does.
    """
    raw = await _read(request, limit, seconds)
    if not raw:
        return {}
    _check_type(request)
    return parse(raw)


def parse(raw: bytes) -> dict[str, Any]:
    """Parse the bytes of a JSON object. Raises InvalidJson, or InvalidRequest for a field."""
    if not raw:
        raise InvalidJson("the body is empty; send a JSON object: see /docs")
    try:
        document = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_number,
            parse_int=_exact,
        )
    except UnicodeDecodeError as error:
        raise InvalidJson("the body is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidJson(f"the body is not valid JSON ({where})") from error
    except RecursionError as error:
        raise _too_deep() from error
    if not isinstance(document, dict):
        raise InvalidJson("the body must be a JSON object, with its fields in braces: see /docs")
    for path, depth, value in _values(document):
        if depth > MAX_DEPTH:
            raise _too_deep()
        if isinstance(value, float) and not math.isfinite(value):
            raise InvalidRequest(f"{path} is too large a number; /docs tells its limit", param=path)
        if isinstance(value, str) and _UNUSABLE.search(value):
            raise InvalidRequest(
                f"{path or 'a field name'} holds NUL or half of a surrogate pair; "
                "send valid Unicode text",
                param=path,
            )
    return document


async def _read(request: Request, limit: int, seconds: float) -> bytes:
    raw = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                raw += chunk
                if len(raw) > limit:
                    raise BodyTooLarge(
                        f"the body is larger than the limit of {limit} bytes; send less"
                    )
    except TimeoutError as error:
        raise BodyTooSlow(f"the body did not arrive within {seconds:g} seconds") from error
    return bytes(raw)


def _check_type(request: Request) -> None:
    """Refuse a body that does not say it is plain JSON in UTF-8."""
    media_type, *parameters = request.headers.get("content-type", "").lower().split(";")
    charsets = {p.partition("=")[2].strip(' "') for p in parameters if "charset" in p}
    if media_type.strip() != accept.JSON or charsets - {"utf-8"}:
        raise UnsupportedMediaType
    if request.headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMediaType("the body must not be compressed")


def _values(document: dict[str, Any]) -> Iterator[tuple[str, int, str | float]]:
    """Give every text and number with its field and depth, and for each name and level an entry."""
    waiting: list[tuple[str, int, Any]] = [("", 1, document)]
    while waiting:
        path, depth, value = waiting.pop()
        if isinstance(value, str | float):
            yield path, depth - 1, value
        elif isinstance(value, dict):
            yield "", depth, ""
            for key, item in value.items():
                yield path, depth, key
                name = key[:_MAX_NAME]
                waiting.append((f"{path}.{name}" if path else name, depth + 1, item))
        elif isinstance(value, list):
            yield "", depth, ""
            waiting.extend((f"{path}[{i}]", depth + 1, item) for i, item in enumerate(value))


def _too_deep() -> InvalidJson:
    return InvalidJson(f"the body is nested deeper than {MAX_DEPTH} levels; flatten it")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise InvalidJson("the body has a field twice; keep one")
    return document


def _refuse_constant(_: str) -> NoReturn:
    raise InvalidJson("NaN and Infinity are not JSON numbers")


def _number(text: str) -> float:
    """Read a number with a fraction or an exponent; 2.0 is the whole number 2, as in JSON."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _exact(text: str) -> float:
    """Read a whole number; one that readers do not keep exact is infinite here."""
    return int(text) if len(text) <= _MAX_DIGITS else math.inf
