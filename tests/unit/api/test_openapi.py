from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from ttv.api.problems import KINDS
from ttv.api.schemas import Links

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.json"


@pytest.fixture
def schema(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_the_committed_description_is_that_of_the_app(schema: dict[str, Any]) -> None:
    current = json.dumps(schema, indent=2) + "\n"
    assert COMMITTED.read_text() == current, (
        "the API changed: curl -s localhost:8000/openapi.json"
        " | python -m json.tool --indent 2 > docs/openapi.json"
    )


def test_operations_are_named_in_one_style(schema: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(schema)]
    assert len(names) == len(set(names))
    verbs = "create|get|list|cancel|pause|resume|retry|reproduce|regenerate|estimate|delete|revoke"
    verbs += "|rotate|update|test|redeliver"
    assert all(re.fullmatch(rf"({verbs})[A-Z][A-Za-z]+", name) for name in names)


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    for reference in references(schema):
        _, components, kind, name = reference.split("/")
        assert name in schema[components][kind]


def test_every_document_is_used(schema: dict[str, Any]) -> None:
    used = {reference.rpartition("/")[2] for reference in references(schema)}
    used |= {
        scheme
        for _, _, operation in operations(schema)
        for way in operation["security"]
        for scheme in way
    }
    for documents in schema["components"].values():
        assert set(documents) <= used


def test_every_operation_is_described_and_may_fail_inside(schema: dict[str, Any]) -> None:
    for _, _, operation in operations(schema):
        assert operation["description"].endswith(".")
        assert "500" in operation["responses"]
        assert "422" not in operation["responses"]


def test_every_route_that_names_a_job_may_not_find_it(schema: dict[str, Any]) -> None:
    for path, _, operation in operations(schema):
        if "{job_id}" in path:
            assert {"404", "503"} <= set(operation["responses"])


def test_every_kind_of_problem_is_declared_somewhere(schema: dict[str, Any]) -> None:
    declared = {
        code
        for _, _, operation in operations(schema)
        for response in operation["responses"].values()
        for content in response.get("content", {}).values()
        for code in content.get("examples", ())
    }
    # A wrong method has no operation that could declare it.
    assert declared == set(KINDS) - {"method_not_allowed"}


def test_every_link_of_a_job_is_a_route(schema: dict[str, Any]) -> None:
    for address in Links.of("{job_id}").model_dump().values():
        assert address in schema["paths"]
