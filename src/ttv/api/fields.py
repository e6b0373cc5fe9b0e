"""Turn what pydantic says of a request into sentences that name field, limit and way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from ttv.api.problems import InvalidFields
from ttv.errors import InvalidRequest
from ttv.hints import nearest

_Document = TypeVar("_Document", bound=BaseModel)

_MAX_NAME: Final = 64
#: What a field must be, by the first word of pydantic's error type.
_NOUNS: Final[Mapping[str, str]] = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "dict": "an object",
    "list": "a list",
    "bool": "true or false",
}

#: What to say of the error types that are about more than the type; the limits are pydantic's.
_SENTENCES: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "does not have the form that is described in /docs",
}


def read(kind: type[_Document], document: Mapping[str, Any]) -> _Document:
    """Check types and names of the fields of a body. Raises InvalidRequest naming them."""
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        raise refuse(error.errors(include_url=False), list(kind.model_fields)) from error


def refuse(errors: Iterable[Mapping[str, Any]], known: Sequence[str]) -> InvalidFields:
    """Make one refusal of all errors; ``known`` are the names that could have been meant."""
    return InvalidFields([_refusal(error, known) for error in errors])


def _refusal(error: Mapping[str, Any], known: Sequence[str]) -> InvalidRequest:
    name = _path(error["loc"])
    return InvalidRequest(f"{name} {_reason(error, name, known)}", param=name)


def _reason(error: Mapping[str, Any], name: str, known: Sequence[str]) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        near = nearest(name, known)
        return f"is not a known field; {f'did you mean {near}?' if near else 'remove it'}"
    noun = _NOUNS.get(kind.partition("_")[0], "something else; see /docs")
    sentence = _SENTENCES.get(kind, f"must be {noun}")
    limits = {word: _plain(value) for word, value in error.get("ctx", {}).items()}
    return sentence.format_map(limits).replace("'", "")


def _plain(value: object) -> object:
    """Write a whole number as people do: 31,622,400 and not 31622400.0."""
    return f"{value:,.0f}" if isinstance(value, float) and value.is_integer() else value


def _path(loc: Sequence[str | int]) -> str:
    """Write a location as a person would: ``plan.shots[2].prompt``."""
    path = ""
    for part in loc:
        step = f"[{part}]" if isinstance(part, int) else f".{part[:_MAX_NAME]}"
        path += step
    return path.removeprefix(".")
