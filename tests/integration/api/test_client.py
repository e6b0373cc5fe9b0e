"""Our own client against the app itself: both mean the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.integration.api.conftest import FILM, Service
from ttv.client import Client
from ttv.errors import Conflict, InvalidRequest, NotFound
from ttv.jobs import Failure

pytestmark = pytest.mark.anyio

DEAR = {"prompt": "a red fox", "seconds": 4, "generator": "dear"}


@pytest.fixture
async def ttv(service: Service) -> AsyncIterator[Client]:
    transport = httpx.ASGITransport(service.app)
    async with Client("http://localhost", transport=transport) as client:
        yield client


async def test_a_film_is_priced_asked_for_and_held(service: Service, ttv: Client) -> None:
    estimate = await ttv.estimate(DEAR)
    with pytest.raises(InvalidRequest) as refused:
        await ttv.create(DEAR, max_cost=0.01)
    assert refused.value.param == "max_cost"
    job = await ttv.create(DEAR, max_cost=1.5, priority="high")
    assert (await ttv.pause(job.id)).hold
    assert (await ttv.resume(job.id)).hold is None
    with pytest.raises(Conflict):
        await ttv.delete(job.id)
    cost = await ttv.cost(job.id)
    assert (float(estimate.cost), float(cost.spent)) == (0.2, 0)
    await ttv.cancel(job.id)
    assert (await ttv.retry(job.id)).attempt == 2
    await ttv.cancel(job.id)
    await ttv.delete(job.id)
    with pytest.raises(NotFound):
        await ttv.get(job.id)


async def test_a_segment_is_looked_at_and_made_anew(service: Service, ttv: Client) -> None:
    job = await ttv.create(DEAR)
    await service.film(job.id)
    first, second = await ttv.segments(job.id)
    assert (first.number, second.prompt) == (1, "a den")
    told = await ttv.preview(job.id, 2)
    assert tuple(told.stale) == ("keyframe-2", "segment-2", "film", "delivery")
    again = await ttv.regenerate(job.id, 2, prompt="a cave")
    assert again.attempt == 2
    with pytest.raises(Conflict):
        await ttv.regenerate(job.id, 2)


class Lossy(httpx.ASGITransport):
    """Loses the first answer to a change of a segment."""

    lost = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if request.url.path.endswith("/regenerate") and not self.lost:
            self.lost = True
            raise httpx.ReadError("the connection broke")
        return answer


async def test_a_take_whose_answer_was_lost_is_bought_once(service: Service) -> None:
    async with Client("http://localhost", transport=Lossy(service.app)) as ttv:
        job = await ttv.create(DEAR)
        await service.film(job.id)
        again = await ttv.regenerate(job.id, 2)
    stored = await service.jobs.store.get(job.id)
    assert again.attempt == stored.attempt == 2
    assert [take["number"] for take in stored.request["takes"]] == [1]


async def test_a_purchase_in_doubt_is_made_again(service: Service, ttv: Client) -> None:
    job = await ttv.create(DEAR)
    await service.film(job.id, segments=0)
    claim = await service.jobs.leases.claim(f"{job.id}:1:segment-1", worker="ann")
    assert claim
    await service.jobs.leases.hold(claim, Failure("outcome_unknown", "It may be there."))
    assert (await ttv.buy_again(job.id)).hold is None


async def test_the_workshop_is_looked_at(service: Service, ttv: Client) -> None:
    job = await ttv.create(DEAR)
    claim = await service.jobs.leases.claim(f"{job.id}:1:plan", worker="ann")
    assert claim
    await service.jobs.leases.fail(claim, Failure("failed", "It cannot be."))
    assert [engine.name for engine in (await ttv.backends()).generators] == ["animatic", "dear"]
    assert (await ttv.queue()).workers == 1
    assert (await ttv.usage(days=2)).tenant == "local"
    (letter,) = (await ttv.dead_letters()).letters
    assert (letter.job_id, letter.message) == (job.id, "It cannot be.")


async def test_every_form_of_a_film_is_listed_linked_and_saved(
    service: Service, ttv: Client, tmp_path: Path
) -> None:
    job = await ttv.create({"prompt": "a red fox"})
    await service.finish(job.id)
    listed = await ttv.outputs(job.id)
    assert [output.name for output in listed] == ["film", "poster", "plan", "manifest"]
    linked = await ttv.artifact(job.id, expires_seconds=60)
    assert (await service.http.get(linked.url)).content == FILM
    saved = await ttv.download(job.id, tmp_path / "fox.mp4")
    assert (tmp_path / "fox.mp4").read_bytes() == FILM
    assert saved.sha256 == linked.sha256
    poster = await ttv.download(job.id, tmp_path / "fox.png", output="poster")
    assert (poster.file, poster.size) == ("poster.png", 3)
    with pytest.raises(NotFound, match="it has film, poster, plan, manifest"):
        await ttv.download(job.id, tmp_path / "fox.gif", output="gif")


async def test_a_download_goes_on_with_the_same_film_only(
    service: Service, ttv: Client, tmp_path: Path
) -> None:
    job = await ttv.create({"prompt": "a red fox"})
    await service.finish(job.id)
    film = await ttv.artifact(job.id)
    assert film.sha256
    part = tmp_path / f".fox.mp4.{film.sha256[:12]}.part"
    part.write_bytes(FILM[:5_000])
    loaded: list[int] = []
    await ttv.download(job.id, tmp_path / "fox.mp4", lambda have, _: loaded.append(have))
    assert loaded[0] > 5_000
    assert (tmp_path / "fox.mp4").read_bytes() == FILM
