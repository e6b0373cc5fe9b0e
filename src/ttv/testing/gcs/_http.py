"""A call, its answer, and the refusals between them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


class Refused(Exception):
    """The service does not do what a call asks for."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it arrived."""

    method: str
    #: As it was sent, with its escapes.
    path: str
    search: str
    #: By their names in lower case.
    headers: Mapping[str, str]
    body: bytes
    #: Where the caller reaches the service.
    base: str

    @property
    def query(self) -> dict[str, str]:
        """Give the parameters behind the question mark."""
        return dict(parse_qsl(self.search, keep_blank_values=True))

    @property
    def wanted_generation(self) -> int | None:
        """Give the generation that the object must have: 0 means that there must be none."""
        return self.number("ifGenerationMatch")

    @property
    def generation(self) -> int | None:
        """Give the generation that is asked for; none means the newest."""
        return self.number("generation")

    def number(self, name: str) -> int | None:
        """Read a parameter that is a whole number. Raises Refused."""
        text = self.query.get(name)
        try:
            return None if text is None else int(text)
        except ValueError as error:
            raise Refused(400, f"Invalid value for {name}") from error

    def json(self) -> dict[str, Any]:
        """Read the body. Raises Refused."""
        try:
            document = json.loads(self.body or b"{}")
        except ValueError as error:
            raise Refused(400, "Parse Error") from error
        if not isinstance(document, dict):
            raise Refused(400, "Parse Error")
        return document


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller is told."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Whether the body is bytes of an object, which may break off.
    media: bool = False
    #: Whether the call has changed an object.
    changed: bool = False


def answered(document: object, *, changed: bool = False) -> Answer:
    """Answer with JSON."""
    body = json.dumps(document).encode()
    return Answer(200, body, {"Content-Type": "application/json; charset=UTF-8"}, changed=changed)


def refusal(status: int, message: str) -> Answer:
    """Answer with an error in the form of the API."""
    document = {"error": {"code": status, "message": message, "errors": [{"message": message}]}}
    headers = {"Content-Type": "application/json; charset=UTF-8"}
    return Answer(status, json.dumps(document).encode(), headers)
