"""Webhooks: what happens to jobs reaches those who asked for it, whatever fails on the way."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import random
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from tests.integration.conftest import PLAN, Shop, Valkey
from tests.integration.receiver import Receiver, receiving, status
from tests.integration.waiting import eventually
from ttv import jobs, observability, tether, webhooks
from ttv.errors import Conflict, NotFound, Unavailable
from ttv.webhooks import Attempt, Courier, Event, Hooks, Issued, Post, Sender, Wish
from ttv.webhooks._schedule import WAITS

pytestmark = pytest.mark.anyio

#: When answers come, by our clock.
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LOOPBACK = webhooks.Guard(allow=(ip_network("127.0.0.0/8"),))


def links(job_id: str, state: str) -> dict[str, str]:
    return {"self": f"/v1/jobs/{job_id}", "state": state}


@dataclass(frozen=True)
class Office:
    """Endpoints, and a courier that works when the test says so."""

    shop: Shop
    hooks: Hooks
    post: Post
    courier: Courier
    sender: Sender

    async def run(self) -> None:
        """Send all that is due now."""
        while await self.courier.round():
            await self.courier.rest()

    async def open(self, url: str, *events: Event, tenant: str = "local") -> Issued:
        return await self.hooks.create(tenant, Wish(url, frozenset(events) or None))

    async def skip_wait(self, endpoint: str) -> None:
        """Let the time come for which the messages of an endpoint wait, and leases run out."""
        for part in ("due", "flying"):
            key = f"ttv:hook:{endpoint}:{part}"
            for message in await self.shop.redis.zrange(key, 0, -1):
                await self.shop.redis.zadd(key, {message: 1})
        await self.shop.redis.zadd("ttv:hooks:turns", {endpoint: 1})

    async def log(self, issued: Issued) -> list[Attempt]:
        endpoint = issued.endpoint
        return list(await self.hooks.attempts(endpoint.id, tenant=endpoint.tenant))

    async def state(self, issued: Issued) -> webhooks.Endpoint:
        return await self.hooks.get(issued.endpoint.id, tenant=issued.endpoint.tenant)

    async def cancel_one(self) -> jobs.Job:
        job = await self.shop.order()
        return await self.shop.store.cancel(job.id, tenant=job.tenant)


def office_of(shop: Shop, *, timeout_seconds: float = 20) -> Office:
    post = Post(shop.connection)
    sender = Sender(LOOPBACK, timeout_seconds=timeout_seconds, clock=NOW.timestamp)
    courier = Courier(post, sender, links=links, chance=random.Random(1))
    return Office(shop, Hooks(shop.connection, LOOPBACK), post, courier, sender)


@pytest.fixture
async def office(shop: Shop) -> Office:
    return office_of(shop)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def test_a_finished_job_is_told_once_and_the_signature_verifies(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url)
    job = await office.shop.order()
    await office.shop.finish(f"{job.id}:1:plan")
    await office.run()
    await office.run()
    (request,) = receiver.requests
    assert request.line == "POST /hook?for=films HTTP/1.1"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["content-type"] == "application/json"
    told = request.verified(issued.secret)
    assert told["type"] == "job.finished"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told["timestamp"])
    assert told["data"] == {
        "id": job.id,
        "status": "finished",
        "stage": "delivery",
        "attempt": 1,
        "links": links(job.id, "finished"),
    }
    assert "fox" not in request.body.decode()
    (attempt,) = await office.log(issued)
    assert (attempt.delivery, attempt.event, attempt.number) == (request.id, "job.finished", 1)
    assert (attempt.status, attempt.error, attempt.next_at) == (204, None, None)
    assert (await office.state(issued)).waiting == 0


async def test_a_message_names_the_request_that_the_job_was_made_by(
    office: Office, receiver: Receiver
) -> None:
    await office.open(receiver.url)
    store, terms = office.shop.store, jobs.Terms(request_id="req_1")
    job = (await store.create({"prompt": "a fox"}, steps=[PLAN], terms=terms)).job
    await store.cancel(job.id, tenant=job.tenant)
    await office.run()
    assert json.loads(receiver.requests[0].body)["data"]["request_id"] == "req_1"


async def test_tries_are_counted_by_how_they_ended(office: Office, receiver: Receiver) -> None:
    issued = await office.open(receiver.url)
    assert await office.hooks.outcomes() == {}
    receiver.answers = [status(500), status(204), status(410)]
    await office.cancel_one()
    await office.run()
    await office.skip_wait(issued.endpoint.id)
    await office.run()
    await office.cancel_one()
    await office.run()
    assert await office.hooks.outcomes() == {"waits": 1, "delivered": 1, "disabled": 1}


async def test_a_wrong_secret_does_not_verify(office: Office, receiver: Receiver) -> None:
    await office.open(receiver.url)
    other = await office.open(receiver.url, Event.STARTED)
    await office.cancel_one()
    await office.run()
    with pytest.raises(WebhookVerificationError):
        receiver.requests[0].verified(other.secret)


async def test_each_event_is_told_by_its_name_to_those_who_asked_for_it(
    office: Office, receiver: Receiver
) -> None:
    secret = (await office.open(receiver.url, *Event)).secret
    async with receiving() as picky:
        only = (await office.open(picky.url, Event.FAILED)).secret
        shop, told = office.shop, list[Any]()

        async def news() -> list[tuple[str, str, str]]:
            await office.run()
            found = [request.verified(secret) for request in receiver.requests[len(told) :]]
            told.extend(found)
            return [(one["type"], one["data"]["status"], one["data"]["stage"]) for one in found]

        job = await shop.order()
        claim = await shop.claim(f"{job.id}:1:plan")
        assert await news() == [("job.started", "started", "planning")]
        await shop.store.pause(job.id, tenant="local")
        assert await news() == [("job.paused", "started", "paused")]
        await shop.store.resume(job.id, tenant="local")
        assert await news() == []
        await shop.store.pause(job.id, tenant="local")
        assert await news() == [("job.paused", "started", "paused")]
        await shop.store.resume(job.id, tenant="local")
        await shop.leases.fail(claim, jobs.Failure("storage_full", "The disk is full.", "plan"))
        assert await news() == [("job.failed", "failed", "planning")]
        assert told[-1]["data"]["error"] == {
            "code": "storage_full",
            "message": "The disk is full.",
            "step": "plan",
        }
        await office.cancel_one()
        assert await news() == [("job.canceled", "canceled", "planning")]
        assert [request.verified(only)["type"] for request in picky.requests] == ["job.failed"]


async def test_a_receiver_that_was_down_gets_it_when_it_is_up(office: Office) -> None:
    async with receiving() as gone:
        issued = await office.open(gone.url)
    await office.cancel_one()
    waits = []
    for _ in range(3):
        await office.run()
        attempt = (await office.log(issued))[0]
        assert attempt.next_at is not None
        assert (attempt.status, attempt.error) == (None, "nothing answers there")
        waits.append((attempt.next_at - attempt.at) / 1000)
        await office.skip_wait(issued.endpoint.id)
    assert all(wait <= one <= 1.1 * wait for one, wait in zip(waits, WAITS, strict=False))
    assert (await office.state(issued)).failing_since is not None
    async with receiving(gone.port) as back:
        await office.run()
        assert len(back.requests) == 1
        back.requests[0].verified(issued.secret)
    assert [attempt.number for attempt in await office.log(issued)] == [4, 3, 2, 1]
    assert (await office.state(issued)).failing_since is None


async def test_one_that_takes_nothing_for_the_whole_schedule_is_disabled(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url)
    receiver.answers = [status(500)] * 50
    await office.cancel_one()
    for _ in range(len(WAITS) + 1):
        assert (await office.state(issued)).enabled
        await office.run()
        await office.skip_wait(issued.endpoint.id)
    state = await office.state(issued)
    assert not state.enabled
    assert state.disabled_because
    assert state.waiting == 0
    assert len(receiver.requests) == len(WAITS) + 1
    assert len({request.id for request in receiver.requests}) == 1
    assert len({request.body for request in receiver.requests}) == 1
    await office.cancel_one()
    await office.run()
    assert len(receiver.requests) == len(WAITS) + 1


async def test_a_message_given_up_disables_nothing_while_others_are_delivered(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url)
    receiver.answers = [status(500)]
    await office.cancel_one()
    await office.run()
    await office.cancel_one()
    await office.run()  # delivered
    receiver.answers = [status(500)] * 50
    for _ in range(len(WAITS)):
        await office.skip_wait(issued.endpoint.id)
        await office.run()
    state = await office.state(issued)
    assert (state.enabled, state.waiting) == (True, 0)


@pytest.mark.parametrize("code", [300, 301, 302, 303, 304, 305, 306, 307, 308])
async def test_a_redirect_is_a_failure_and_is_not_followed(
    office: Office, receiver: Receiver, code: int
) -> None:
    async with receiving() as elsewhere:
        issued = await office.open(receiver.url)
        receiver.answers = [status(code, f"Location: {elsewhere.url}")]
        await office.cancel_one()
        await office.run()
        assert elsewhere.connections == 0
    (attempt,) = await office.log(issued)
    assert attempt.status == code
    assert "redirects are not followed" in (attempt.error or "")
    assert attempt.next_at is not None


async def test_an_endpoint_that_is_gone_is_disabled_at_once(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url)
    receiver.answers = [status(410)]
    await office.cancel_one()
    await office.run()
    state = await office.state(issued)
    assert (state.enabled, state.waiting) == (False, 0)
    assert "410" in (state.disabled_because or "")
    with pytest.raises(Conflict):
        await office.hooks.ping(issued.endpoint.id, tenant="local")
    await office.hooks.update(issued.endpoint.id, Wish(enabled=True), tenant="local")
    await office.hooks.redeliver(issued.endpoint.id, receiver.requests[0].id, tenant="local")
    await office.run()
    assert receiver.requests[0].id == receiver.requests[1].id
    assert (await office.state(issued)).disabled_because is None


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (status(429, "Retry-After: 600"), 600),
        (status(503, "Retry-After: 999999999"), 86_400),
        (status(429, "Retry-After: 1"), WAITS[0]),
        (status(429, "Retry-After: -5"), WAITS[0]),
        (status(500, "Retry-After: 600"), WAITS[0]),
        (status(503, "Retry-After: Sun, 01 Mar 2026 12:10:00 GMT"), 600),
        (status(429, "Retry-After: Sunday, 01-Mar-26 12:10:00 GMT"), 600),
        (status(429, "Retry-After: Sun Mar 1 12:10:00 2026"), 600),
        (
            status(
                503,
                "Date: Sun, 01 Mar 2026 13:00:00 GMT",
                "Retry-After: Sun, 01 Mar 2026 13:20:00 GMT",
            ),
            1_200,
        ),
        (status(503, "Retry-After: Sun, 01 Mar 2026 11:00:00 GMT"), WAITS[0]),
        (status(503, "Retry-After: Sun, 01 Mar 9999999999999999999 12:10:00 GMT"), WAITS[0]),
        (status(503, "Retry-After: tomorrow"), WAITS[0]),
    ],
)
async def test_a_receiver_says_when_it_wants_to_be_tried_again(
    office: Office, receiver: Receiver, answer: bytes, seconds: float
) -> None:
    issued = await office.open(receiver.url)
    receiver.answers = [answer]
    await office.cancel_one()
    await office.run()
    (attempt,) = await office.log(issued)
    assert attempt.next_at is not None
    assert seconds <= (attempt.next_at - attempt.at) / 1000 <= 1.1 * seconds


@pytest.mark.parametrize("sent", [0, 10, len(status(200)) - 1, len(status(200)) + 3])
async def test_a_reply_that_does_not_come_to_its_end_is_cut_off(
    shop: Shop, receiver: Receiver, sent: int
) -> None:
    office = office_of(shop, timeout_seconds=0.3)
    issued = await office.open(receiver.url)
    receiver.answers = [status(200).replace(b"Length: 0", b"Length: 9") + b"a reply.."]
    receiver.stalls_after = sent
    await office.cancel_one()
    await office.run()
    (attempt,) = await office.log(issued)
    assert "did not answer in full" in (attempt.error or "")
    assert attempt.milliseconds < 5_000


async def test_no_more_than_a_little_of_a_reply_is_read(office: Office, receiver: Receiver) -> None:
    issued = await office.open(receiver.url)
    receiver.answers = [b"HTTP/1.1 200 OK\r\n\r\n" + bytes(50_000_000)]
    await office.cancel_one()
    await office.run()
    (attempt,) = await office.log(issued)
    assert (attempt.status, attempt.error) == (200, None)
    assert not receiver.taken


@pytest.mark.parametrize(
    "answer", [b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 50_000]
)
async def test_what_is_no_answer_is_a_failure(
    office: Office, receiver: Receiver, answer: bytes
) -> None:
    issued = await office.open(receiver.url)
    receiver.answers = [answer]
    await office.cancel_one()
    await office.run()
    (attempt,) = await office.log(issued)
    assert attempt.error
    assert attempt.next_at


async def test_a_courier_killed_after_the_send_leaves_it_to_another_under_the_same_id(
    office: Office, receiver: Receiver, shared_valkey: Valkey
) -> None:
    issued = await office.open(receiver.url)
    await office.cancel_one()
    module = ("-m", "tests.integration.courier", shared_valkey.url)
    courier = await asyncio.create_subprocess_exec(*tether.tied(sys.executable, *module))
    receiver.on_request = courier.kill
    await courier.wait()
    receiver.on_request = lambda: None
    assert len(receiver.requests) == 1
    await office.run()
    assert len(receiver.requests) == 1  # it is leased
    await office.skip_wait(issued.endpoint.id)
    await office.run()
    first, second = receiver.requests
    assert first.id == second.id
    second.verified(issued.secret)
    assert [attempt.number for attempt in await office.log(issued)] == [2]


async def test_who_lost_his_lease_notes_nothing(office: Office, receiver: Receiver) -> None:
    issued = await office.open(receiver.url)
    await office.cancel_one()
    (letter,) = await office.post.claim(10)
    await office.skip_wait(issued.endpoint.id)
    await office.run()
    late = await office.post.note(letter, webhooks.Reply(500, 1.0, "it answered 500"), 5)
    assert late == "late"
    assert [attempt.status for attempt in await office.log(issued)] == [204]


async def test_who_is_late_notes_what_nobody_else_has_taken(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url)
    await office.cancel_one()
    (letter,) = await office.post.claim(10)
    key = f"ttv:hook:{issued.endpoint.id}"
    await office.shop.redis.rename(f"{key}:flying", f"{key}:due")
    assert await office.post.note(letter, webhooks.Reply(204, 1.0), None) == "delivered"
    await office.run()
    assert receiver.requests == []
    assert (await office.state(issued)).waiting == 0


async def test_rotation_signs_with_both_secrets_for_a_day(
    office: Office, receiver: Receiver
) -> None:
    old = await office.open(receiver.url)
    new = await office.hooks.rotate(old.endpoint.id, tenant="local")
    assert new.secret != old.secret
    await office.cancel_one()
    await office.run()
    assert len(receiver.requests[0].headers["webhook-signature"].split(" ")) == 2
    for issued in (old, new):
        receiver.requests[0].verified(issued.secret)
    await office.shop.redis.hset(f"ttv:hook:{old.endpoint.id}", {"old_secret_until": 1})
    await office.cancel_one()
    await office.run()
    receiver.requests[1].verified(new.secret)
    with pytest.raises(WebhookVerificationError):
        receiver.requests[1].verified(old.secret)
    assert (await office.state(old)).old_secret_until is None


async def test_a_ping_tries_an_endpoint_out_whatever_it_asked_for(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url, Event.FAILED)
    message = await office.hooks.ping(issued.endpoint.id, tenant="local")
    await office.run()
    (request,) = receiver.requests
    assert request.id == message
    told = request.verified(issued.secret)
    assert (told["type"], told["data"]) == ("webhook.ping", {"id": issued.endpoint.id})


async def test_what_was_delivered_can_be_sent_again_by_hand(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url)
    await office.cancel_one()
    await office.run()
    for _ in range(2):
        await office.hooks.redeliver(issued.endpoint.id, receiver.requests[0].id, tenant="local")
    await office.run()
    first, second = receiver.requests
    assert (first.id, first.body) == (second.id, second.body)
    assert [attempt.number for attempt in await office.log(issued)] == [1, 1]
    with pytest.raises(NotFound):
        await office.hooks.redeliver(issued.endpoint.id, "msg_other", tenant="local")


async def test_what_is_on_its_way_is_not_sent_beside_itself(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url)
    await office.cancel_one()
    (letter,) = await office.post.claim(10)
    await office.hooks.redeliver(issued.endpoint.id, letter.message, tenant="local")
    await office.run()
    assert receiver.requests == []
    assert (await office.state(issued)).waiting == 1


async def test_a_dead_endpoint_does_not_delay_the_others(
    office: Office, receiver: Receiver
) -> None:
    async with receiving() as dead:
        dead.stalls_after = 0
        await office.open(dead.url)
        await office.open(receiver.url)
        for _ in range(30):
            await office.cancel_one()
        async with office.courier.at_work():
            await eventually(lambda: len(receiver.requests) == 30)
            assert 1 <= len(dead.requests) <= 4
            for task in list(office.courier._flying):
                task.cancel()


async def test_what_a_tenant_is_told_is_of_his_jobs_only(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url, tenant="globex")
    await office.cancel_one()
    await office.run()
    assert receiver.requests == []
    endpoint = issued.endpoint.id
    for call in (
        office.hooks.get(endpoint, tenant="local"),
        office.hooks.update(endpoint, Wish(enabled=False), tenant="local"),
        office.hooks.delete(endpoint, tenant="local"),
        office.hooks.rotate(endpoint, tenant="local"),
        office.hooks.ping(endpoint, tenant="local"),
        office.hooks.attempts(endpoint, tenant="local"),
        office.hooks.redeliver(endpoint, "msg_1", tenant="local"),
    ):
        with pytest.raises(NotFound):
            await call
    assert await office.hooks.list("local") == []
    assert (await office.state(issued)).enabled


@pytest.mark.parametrize("tenant", ["told", "turns", "token", "of"])
async def test_a_tenant_may_be_called_as_our_own_keys_are(
    office: Office, receiver: Receiver, tenant: str
) -> None:
    await office.open(receiver.url, tenant=tenant)
    job = (await office.shop.store.create({"prompt": "a fox"}, steps=[PLAN], tenant=tenant)).job
    await office.shop.store.cancel(job.id, tenant=tenant)
    await office.run()
    assert len(receiver.requests) == 1


async def test_a_job_of_a_tenant_without_endpoints_leaves_nothing_behind(office: Office) -> None:
    await office.cancel_one()
    assert await office.shop.redis.keys("ttv:hook*") == set()


async def test_an_event_is_stored_with_its_change_however_late_it_is_sent(
    office: Office, receiver: Receiver
) -> None:
    """Nothing runs between the script of the change and a courier of another process."""
    await office.open(receiver.url)
    job = await office.cancel_one()
    assert await office.shop.redis.llen("ttv:hooks:told") == 1
    await office_of(office.shop).run()
    assert job.id in receiver.requests[0].body.decode()


async def test_a_change_that_redis_forgot_and_that_is_made_again_is_the_same_message(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url)
    await office.cancel_one()
    again = await office.shop.redis.lrange("ttv:hooks:told", 0, -1)
    await office.run()
    await office.shop.redis.rpush("ttv:hooks:told", again)
    await office.run()
    assert len(receiver.requests) == 1
    kept = await office.shop.redis.hvals(f"ttv:hook:{issued.endpoint.id}:mail")
    assert [json.loads(mail)["state"] for mail in kept] == ["delivered"]


async def test_a_deleted_endpoint_leaves_nothing_behind(office: Office, receiver: Receiver) -> None:
    issued = await office.open(receiver.url)
    receiver.answers = [status(500)]
    await office.cancel_one()
    await office.run()
    await office.cancel_one()
    await office.hooks.delete(issued.endpoint.id, tenant="local")
    await office.run()
    assert len(receiver.requests) == 1
    assert await office.shop.redis.keys("ttv:hook*") == {"ttv:hooks:token", "ttv:hooks:outcomes"}


async def test_what_comes_due_for_a_disabled_endpoint_is_given_up_and_told(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url)
    receiver.answers = [status(500)]
    await office.cancel_one()
    await office.run()
    await office.hooks.update(issued.endpoint.id, Wish(enabled=False), tenant="local")
    await office.skip_wait(issued.endpoint.id)
    await office.run()
    assert len(receiver.requests) == 1
    assert "disabled" in ((await office.log(issued))[0].error or "")


async def test_only_so_many_endpoints_tries_and_messages_are_kept(
    office: Office, receiver: Receiver
) -> None:
    issued = await office.open(receiver.url)
    for _ in range(webhooks.MAX_ENDPOINTS - 1):
        await office.open(receiver.url, Event.FAILED)
    with pytest.raises(Conflict, match="delete one"):
        await office.open(receiver.url)
    for _ in range(110):
        await office.hooks.ping(issued.endpoint.id, tenant="local")
    await office.run()
    assert len(receiver.requests) == 110
    assert len(await office.log(issued)) == 100
    assert await office.shop.redis.hlen(f"ttv:hook:{issued.endpoint.id}:mail") == 100


async def test_no_secret_is_shown_or_logged(office: Office, receiver: Receiver) -> None:
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    observability.configure("worker", level="DEBUG", stream=stream)
    try:
        issued = await office.open(receiver.url)
        receiver.answers = [status(500)]
        await office.cancel_one()
        await office.run()
        observability.log.info(f"signed with {issued.secret}", action="test")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(capture=False)
    read = await office.shop.connection.script("hook_get", issued.endpoint.id, "local")
    told = stream.getvalue() + repr(issued) + repr(read)
    assert "webhook.waits" in told
    assert issued.secret.removeprefix("whsec_") not in told


async def test_a_courier_goes_on_when_redis_was_away(office: Office, receiver: Receiver) -> None:
    await office.open(receiver.url)

    class Away(Post):
        calls = 0

        async def claim(self, most: int) -> list[Any]:
            self.calls += 1
            if self.calls == 1:
                raise Unavailable
            return await super().claim(most)

    courier = Courier(
        Away(office.shop.connection), office.sender, links=links, chance=random.Random(1)
    )
    await office.cancel_one()
    async with courier.at_work():
        await eventually(lambda: bool(receiver.requests))
