"""What the client reads is what the API writes: its documents are made by the API's own models."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar, get_args, get_type_hints

import httpx
import pytest
from pydantic import BaseModel

from tests.unit.client.documents import JOB_ID, job
from ttv import client
from ttv.api import (
    cost_schemas,
    file_schemas,
    schemas,
    segment_schemas,
    webhook_schemas,
    workshop_schemas,
)
from ttv.client import Client
from ttv.errors import Permanent

T = TypeVar("T")
PAIRS: list[tuple[type[Any], type[BaseModel]]] = [
    (client.Job, schemas.Job),
    (client.Event, schemas.Entry),
    (client.Artifact, schemas.Artifact),
    (client.Output, schemas.Output),
    (client.FilePage, file_schemas.FilePage),
    (client.Estimate, cost_schemas.FilmEstimate),
    (client.JobCost, cost_schemas.JobCost),
    (client.Usage, cost_schemas.Usage),
    (client.Segment, segment_schemas.Segment),
    (client.Regeneration, segment_schemas.Regeneration),
    (client.BackEnds, workshop_schemas.BackEnds),
    (client.Queue, workshop_schemas.Queue),
    (client.DeadLetters, workshop_schemas.DeadLetterPage),
    (client.WebhookList, webhook_schemas.WebhookList),
    (client.NewWebhook, webhook_schemas.NewWebhook),
    (client.SentMessage, webhook_schemas.SentMessage),
    (client.DeliveryLog, webhook_schemas.DeliveryLog),
]


def parts(annotation: Any) -> Iterator[Any]:
    """Give the types that an annotation is made of."""
    yield annotation
    for part in get_args(annotation):
        yield from parts(part)


def missing(value: type[Any], model: type[BaseModel]) -> Iterator[str]:
    """Name the fields of a value that the document, or one inside it, does not have."""
    hints = get_type_hints(value)
    for field in fields(value):
        if field.name not in model.model_fields:
            yield f"{value.__name__}.{field.name}"
            continue
        inner = [part for part in parts(hints[field.name]) if is_dataclass(part)]
        shown = [
            part
            for part in parts(model.model_fields[field.name].annotation)
            if isinstance(part, type) and issubclass(part, BaseModel)
        ]
        for one, other in zip(inner, shown, strict=True):
            assert isinstance(one, type)
            yield from missing(one, other)


@pytest.mark.parametrize(("value", "model"), PAIRS, ids=lambda one: one.__name__)
def test_the_api_writes_every_field_that_the_client_reads(
    value: type[Any], model: type[BaseModel]
) -> None:
    assert list(missing(value, model)) == []


def answered(document: object, use: Callable[[Client], Awaitable[T]]) -> T:
    async def scenario() -> T:
        answer = httpx.Response(200, json=document)
        transport = httpx.MockTransport(lambda _: answer)
        async with Client("http://ttv.test", transport=transport) as client:
            return await use(client)

    return asyncio.run(scenario())


def test_money_is_read_to_the_millionth_of_a_dollar() -> None:
    document = {
        "estimate": None,
        "reserved": 0.1,
        "spent": 0.200001,
        "max_cost": 12.5,
        "steps": [{"step": "segment-1", "reserved": 0.1, "spent": 0.200001}],
    }

    cost = answered(document, lambda client: client.cost(JOB_ID))

    assert cost.reserved + cost.spent == Decimal("0.300001")
    assert cost.max_cost == Decimal("12.5")
    assert cost.estimate is None
    assert cost.steps[0].spent == Decimal("0.200001")


def test_a_job_tells_its_hold_and_its_terms() -> None:
    document = job(
        hold={"code": "over_budget", "message": "too dear", "step": "segment-1"},
        attempt=2,
        priority="high",
        deadline="2030-01-31T09:00:00Z",
        max_cost=0.1,
        cost={"estimate": 0.42, "reserved": 0, "spent": 0.21},
    )

    held = answered(document, lambda client: client.get(JOB_ID))

    assert held.undecided
    assert not held.ended
    assert held.hold == client.Failure("over_budget", "too dear", "segment-1")
    assert held.deadline == datetime(2030, 1, 31, 9, tzinfo=UTC)
    assert (held.attempt, held.priority, held.max_cost) == (2, "high", Decimal("0.1"))
    assert held.cost == client.Cost(Decimal("0.42"), Decimal(0), Decimal("0.21"))


def test_a_pause_of_the_user_needs_no_decision() -> None:
    paused = job(hold={"code": "paused", "message": "paused", "step": None})

    assert not answered(paused, lambda client: client.get(JOB_ID)).undecided


@pytest.mark.parametrize("document", [{}, [], "welcome", job(progress="far")])
def test_an_answer_of_something_else_is_told(document: object) -> None:
    with pytest.raises(Permanent, match="is it a TTV service"):
        answered(document, lambda client: client.get(JOB_ID))
