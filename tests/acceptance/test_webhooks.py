"""A film that is finished is told to a receiver of the user's own, by the processes themselves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import httpx
import pytest

from tests.acceptance.commands import SMALL, Home, Service, until
from tests.integration.receiver import Receiver, receiving

pytestmark = pytest.mark.slow


@contextmanager
def listening() -> Iterator[Receiver]:
    """Listen on a thread of its own while commands run."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    opened = receiving()
    try:
        yield asyncio.run_coroutine_threadsafe(opened.__aenter__(), loop).result()
        asyncio.run_coroutine_threadsafe(opened.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_a_finished_film_is_told_once_and_the_signature_verifies(home: Home) -> None:
    home.environment["TTV_WEBHOOK_ALLOW"] = "127.0.0.0/8"
    with listening() as receiver, Service.running(home) as service:
        home.environment["TTV_URL"] = service.url
        made = home.ttv("webhooks", "create", receiver.url, "--json")
        assert made.returncode == 0, made.stderr
        webhook = json.loads(made.stdout)

        done = home.ttv("submit", "a red fox runs", "--seconds", "1", "--wait", *SMALL)

        assert done.returncode == 0, done.stderr
        job_id = done.stdout.strip()
        until(lambda: bool(receiver.requests), what="a message")
        (request,) = receiver.requests
        told = request.verified(webhook["secret"])
        assert told["type"] == "job.finished"
        assert told["data"]["id"] == job_id
        assert told["data"]["request_id"].startswith("req_")
        film = httpx.get(service.url + told["data"]["links"]["video"])
        assert film.headers["content-type"] == "video/mp4"

        listed = home.ttv("webhooks", "deliveries", webhook["id"], "--json").stdout
        (attempt,) = map(json.loads, listed.splitlines())
        assert (attempt["delivery_id"], attempt["status"]) == (request.id, 204)
        counted = httpx.get(f"{service.url}/metrics").text
        assert 'ttv_webhook_deliveries_total{outcome="delivered"} 1.0' in counted
        assert service.stop() == 0
        assert len(receiver.requests) == 1
