"""Say in a sentence what is wrong with a setting and what it may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from pydantic import ValidationError as Refused
from pydantic_core import PydanticUndefined

from ttv import hints
from ttv.errors import InvalidRequest
from ttv.settings._model import Settings


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it was found, and the place to correct it."""

    value: object
    #: Such as ``API_PORT (environment)`` or ``api_port (api_config.yaml)``.
    place: str


def nearest(name: str, known: Iterable[str]) -> str:
    """Say what an unknown name may have been meant for."""
    near = hints.nearest(name, known)
    return f"; did you mean {near}?" if near else "; remove it"


def explain(refused: Refused, given: Mapping[str, Given]) -> NoReturn:
    """Turn the first refusal of the model into a sentence."""
    field = str(refused.errors(include_url=False, include_input=False)[0]["loc"][0])
    place = given[field].place if field in given else field
    default = Settings.model_fields[field].default
    has_default = default is not None and default is not PydanticUndefined
    way_out = "change it, or remove it" + (f" for the default, {default}" if has_default else "")
    raise InvalidRequest(f"{place} must be {limit(field)}; {way_out}", param=field) from refused


def limit(field: str) -> str:
    """Say what a setting may be, from its schema."""
    schema: dict[str, Any] = Settings.model_json_schema()["properties"][field]
    if "description" in schema:
        return str(schema["description"])
    schema = {**schema, **schema.get("anyOf", [{}])[0]}
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    noun = {
        "integer": "a whole number",
        "number": "a number",
        "string": "text",
        "object": "a mapping of back ends to their options",
    }[schema["type"]]
    low = schema.get("minimum")
    if low is None:
        return noun
    return f"{noun} from {low:.0f} to {schema['maximum']:.0f}"
