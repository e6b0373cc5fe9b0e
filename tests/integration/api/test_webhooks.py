"""Webhooks over HTTP, with our own client."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from coredis import Redis

from tests.integration.api.conftest import Service, running
from tests.integration.conftest import Valkey
from tests.integration.receiver import Receiver, receiving, status
from ttv.api import job_links
from ttv.artifacts import Store
from ttv.client import Client
from ttv.errors import Conflict, InvalidRequest, NotFound
from ttv.settings import Settings
from ttv.webhooks import Courier, Guard, Post, Sender

pytestmark = pytest.mark.anyio

PUBLIC = "https://93.184.216.34/hook"


@dataclass(frozen=True)
class House:
    service: Service
    ttv: Client
    courier: Courier

    async def send(self) -> None:
        """Send all that is due."""
        while await self.courier.round():
            await self.courier.rest()


@pytest.fixture
async def house(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> AsyncIterator[House]:
    allow = (ip_network("127.0.0.1/32"),)
    settings = Settings(data_dir=tmp_path, webhook_allow=allow)
    async with running(shared_valkey, store, settings) as service:
        transport = httpx.ASGITransport(service.app)
        courier = Courier(
            Post(service.jobs.connection),
            Sender(Guard(allow)),
            links=job_links,
            chance=random.Random(1),
        )
        async with Client("http://localhost", transport=transport) as ttv:
            yield House(service, ttv, courier)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def test_a_webhook_is_made_tried_changed_and_removed(
    house: House, receiver: Receiver
) -> None:
    hooks = house.ttv.webhooks
    made = await hooks.create(receiver.url, events=["job.finished"], description="the desk")
    assert made.events == ("job.finished",)
    delivery = await hooks.test(made.id)
    await house.send()
    assert receiver.requests[0].id == delivery
    assert receiver.requests[0].verified(made.secret)["type"] == "webhook.ping"
    new = await hooks.rotate(made.id)
    assert new.old_secret_until is not None
    await hooks.redeliver(made.id, delivery)
    await house.send()
    receiver.requests[1].verified(new.secret)
    assert [one.status for one in await hooks.deliveries(made.id)] == [204, 204]
    changed = await hooks.update(made.id, enabled=False)
    assert (changed.enabled, changed.events, changed.description) == (
        False,
        ("job.finished",),
        "the desk",
    )
    with pytest.raises(Conflict):
        await hooks.test(made.id)
    assert await hooks.list() == (await hooks.get(made.id),)
    await hooks.delete(made.id)
    with pytest.raises(NotFound):
        await hooks.get(made.id)


async def test_a_finished_film_is_told_with_its_addresses(house: House, receiver: Receiver) -> None:
    made = await house.ttv.webhooks.create(receiver.url)
    job = await house.service.create(prompt="a red fox")
    await house.service.finish(job["id"])
    await house.send()
    data = receiver.requests[0].verified(made.secret)["data"]
    assert (data["id"], data["status"]) == (job["id"], "finished")
    for link in data["links"].values():
        assert (await house.service.http.get(link)).status_code == 200


async def test_the_secret_is_in_the_answer_that_made_it_and_in_no_other(house: House) -> None:
    http = house.service.http
    made = await http.post("/v1/webhooks", json={"url": PUBLIC})
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    address = made.headers["location"]
    assert made.json()["secret"].startswith("whsec_")
    for answer in (
        await http.get("/v1/webhooks"),
        await http.get(address),
        await http.patch(address, json={}),
        await http.get(f"{address}/deliveries"),
    ):
        assert answer.status_code == 200
        assert "whsec_" not in answer.text


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({}, "url"),
        ({"url": 5}, "url"),
        ({"url": "http://example.com/"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": PUBLIC, "events": []}, "events"),
        ({"url": PUBLIC, "events": ["job.exploded"]}, "events[0]"),
        ({"url": PUBLIC, "description": "a\nb"}, "description"),
        ({"url": PUBLIC, "secret": "whsec_mine"}, "secret"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field(
    house: House, asked: dict[str, object], param: str
) -> None:
    refused = await house.service.http.post("/v1/webhooks", json=asked)
    assert (refused.status_code, refused.json()["param"]) == (400, param)
    made = await house.ttv.webhooks.create(PUBLIC)
    if asked:
        changed = await house.service.http.patch(f"/v1/webhooks/{made.id}", json=asked)
        assert (changed.status_code, changed.json()["param"]) == (400, param)
        assert changed.json()["errors"][0]["pointer"].startswith(f"/{param.partition('[')[0]}")


async def test_only_so_many_are_kept(house: House) -> None:
    for _ in range(10):
        await house.ttv.webhooks.create(PUBLIC)
    with pytest.raises(Conflict, match="10 webhooks"):
        await house.ttv.webhooks.create(PUBLIC)


async def test_how_an_endpoint_does_is_shown(house: House, receiver: Receiver) -> None:
    hooks = house.ttv.webhooks
    made = await hooks.create(receiver.url)
    receiver.answers = [status(500), status(410)]
    first = await hooks.test(made.id)
    await house.send()
    shown = await hooks.get(made.id)
    assert (shown.waiting, shown.delivered_at) == (1, None)
    assert shown.failing_since is not None
    (attempt,) = await hooks.deliveries(made.id)
    assert (attempt.delivery_id, attempt.status, attempt.error) == (first, 500, "it answered 500")
    await hooks.test(made.id)
    await house.send()
    shown = await hooks.get(made.id)
    assert (shown.enabled, shown.disabled_because is not None) == (False, True)
    with pytest.raises(InvalidRequest):
        await hooks.update(made.id, events=[])
