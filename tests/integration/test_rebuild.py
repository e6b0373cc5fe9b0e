from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Shop
from tests.integration.test_pipeline_film import FOX, Diary, order_of
from ttv.jobs import Cost, EventKind, State, StepState, Terms
from ttv.pipeline import Commission, Pipeline
from ttv.settings import Settings
from ttv.wiring.films import open_pipeline
from ttv.wiring.rebuild import Rebuilt, restored

pytestmark = pytest.mark.anyio

JOB = "job_01JGJ0000000000000000000AA"
HOME = f"films/2025-01/{JOB}"
RECORD: Mapping[str, Any] = {
    "id": JOB,
    "tenant": "acme",
    "attempt": 2,
    "terms": {"key": "key-1", "priority": 1, "max_cost": 2_000_000},
    "created_at": 1_000,
    "started_at": 2_000,
    "finished_at": 3_000,
    "warnings": ["drew a cat for 'lynx'"],
    "cost": {"estimate": 900_000, "reserved": 0, "spent": 850_000},
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
async def pipeline(data: Path) -> AsyncIterator[Pipeline]:
    async with open_pipeline(Settings(data_dir=data)) as opened:
        yield opened
        await opened.discard(HOME)


async def deliver(
    pipeline: Pipeline, folder: Path, record: Mapping[str, Any] = RECORD, *, to: str = HOME
) -> None:
    """Leave a film in the store as a worker does."""
    await pipeline.make(
        order_of(FOX),
        workspace=folder / Path(to).name,
        commission=Commission(to, record={"job": dict(record)}),
        watcher=Diary(),
        slots=2,
    )


async def test_a_job_is_restored_from_its_film(
    shop: Shop, pipeline: Pipeline, tmp_path: Path
) -> None:
    await deliver(pipeline, tmp_path)
    assert await restored(pipeline, shop.store) == Rebuilt(restored=1)

    job = await shop.store.get(JOB, tenant="acme")
    assert (job.state, job.attempt, job.progress) == (State.FINISHED, 2, 1)
    assert (job.created_at, job.started_at, job.finished_at) == (1_000, 2_000, 3_000)
    assert job.terms == Terms(key="key-1", priority=1, max_cost=2_000_000)
    assert job.cost == Cost(estimate=900_000, spent=850_000)
    assert job.request == order_of(FOX).to_json()
    assert {step.state for step in job.steps} == {StepState.DONE}
    needs = ("plan", "keyframe-1", "segment-1", "film")
    assert (job.steps[-1].name, job.steps[-1].needs) == ("delivery", needs)
    assert job.result == job.steps[-1].result
    assert job.result
    for file in job.result["files"].values():
        found = await pipeline.store.stat(file["key"])
        assert found
        assert found.sha256 == file["sha256"]
    listed = await shop.store.list("acme", state=State.FINISHED)
    assert [job.id for job in listed.jobs] == [JOB]
    assert [event.kind for event in (await shop.store.events(JOB)).events] == [EventKind.FINISHED]


async def test_a_job_that_is_known_is_left_alone(
    shop: Shop, pipeline: Pipeline, tmp_path: Path
) -> None:
    await deliver(pipeline, tmp_path)
    await restored(pipeline, shop.store)
    before = await shop.store.get(JOB)
    assert await restored(pipeline, shop.store) == Rebuilt(known=1)
    assert await shop.store.get(JOB) == before

    await shop.store.delete(JOB, tenant="acme")
    assert await restored(pipeline, shop.store) == Rebuilt(known=1)


async def test_a_restored_job_can_be_made_again_in_part(
    shop: Shop, pipeline: Pipeline, tmp_path: Path
) -> None:
    await deliver(pipeline, tmp_path)
    await restored(pipeline, shop.store)
    job = await shop.store.get(JOB)
    job = await shop.store.remake(
        JOB, tenant="acme", request=job.request, stale={"segment-1", "film", "delivery"}
    )
    assert job.attempt == 3
    assert job.step("plan").state is StepState.DONE
    assert job.step("segment-1").state is StepState.READY


async def test_of_several_attempts_the_newest_is_restored(
    shop: Shop, pipeline: Pipeline, tmp_path: Path
) -> None:
    for attempt in (1, 2, 10):
        to = HOME if attempt == 1 else f"{HOME}/attempt-{attempt}"
        await deliver(pipeline, tmp_path, {**RECORD, "attempt": attempt}, to=to)

    assert await restored(pipeline, shop.store) == Rebuilt(restored=1)

    job = await shop.store.get(JOB)
    assert job.attempt == 10
    assert job.result
    assert job.result["files"]["film"]["key"] == f"{HOME}/attempt-10/film.mp4"


async def test_an_attempt_that_lacks_something_gives_way_to_an_older_one_in_silence(
    shop: Shop, pipeline: Pipeline, tmp_path: Path
) -> None:
    await deliver(pipeline, tmp_path, {**RECORD, "attempt": 1})
    await deliver(pipeline, tmp_path, to=f"{HOME}/attempt-2")
    await pipeline.store.delete(f"{HOME}/attempt-2/poster.png")

    assert await restored(pipeline, shop.store) == Rebuilt(restored=1)
    assert (await shop.store.get(JOB)).attempt == 1

    await pipeline.store.delete(f"{HOME}/film.mp4")
    keys = [film.key for film in (await restored(pipeline, shop.store)).unreadable]
    assert keys == [f"{HOME}/attempt-2/manifest.json", f"{HOME}/manifest.json"]


async def test_the_command_says_what_it_found(
    shop: Shop, pipeline: Pipeline, data: Path, tmp_path: Path
) -> None:
    await deliver(pipeline, tmp_path)
    broken = tmp_path / "broken.json"
    await asyncio.to_thread(broken.write_text, "{}")
    other = "films/2025-02/other"
    for name in ("film.mp4", "poster.png", "plan.json", "manifest.json"):
        await pipeline.store.put(f"{other}/{name}", broken, content_type="application/json")
    try:
        first = await rebuild(shop, data)
        again = json.loads(await rebuild(shop, data, "--json"))
    finally:
        await pipeline.discard(other)
    reason = "the manifest lacks something: 'version'"
    assert first.splitlines() == [
        "restored       1",
        "known          0",
        "unreadable     1",
        f"  {other}/manifest.json: {reason}",
    ]
    assert (again["restored"], again["known"], len(again["unreadable"])) == (0, 1, 1)


async def rebuild(shop: Shop, data: Path, *arguments: str) -> str:
    """Run the command, and give what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ttv", "rebuild", "--data-dir", str(data), *arguments),
        env={**os.environ, "REDIS_URL": shop.connection.url, "TTV_REDIS_PERSISTENCE": "trust"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaint = await process.communicate()
    assert process.returncode == 0, complaint.decode()
    return printed.decode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": "job_1"}, "the manifest names no job"),
        ({"tenant": "acme:x"}, "the manifest names no tenant"),
        ({"id": 7}, "the manifest does not tell the id of its job"),
        ({"created_at": None}, "the manifest does not tell the created_at of its job"),
    ],
)
async def test_a_film_of_no_job_is_reported(
    shop: Shop, pipeline: Pipeline, tmp_path: Path, change: Mapping[str, Any], reason: str
) -> None:
    await deliver(pipeline, tmp_path, {**RECORD, **change})
    (film,) = (await restored(pipeline, shop.store)).unreadable
    assert (film.key, film.reason) == (f"{HOME}/manifest.json", reason)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{", "lacks something"),
        ("[]", "lacks something"),
        (json.dumps({"version": 99}), "its version is 99"),
        (json.dumps({"version": 1}), "lacks something: 'order'"),
    ],
)
async def test_a_broken_manifest_is_reported(
    shop: Shop, pipeline: Pipeline, tmp_path: Path, document: str, reason: str
) -> None:
    await deliver(pipeline, tmp_path)
    broken = tmp_path / "manifest.json"
    await asyncio.to_thread(broken.write_text, document)
    await pipeline.store.put(f"{HOME}/manifest.json", broken, content_type="application/json")
    (film,) = (await restored(pipeline, shop.store)).unreadable
    assert reason in film.reason


async def test_a_film_without_its_picture_is_reported(
    shop: Shop, pipeline: Pipeline, tmp_path: Path
) -> None:
    await deliver(pipeline, tmp_path)
    await pipeline.store.delete(f"{HOME}/film.mp4")
    (film,) = (await restored(pipeline, shop.store)).unreadable
    assert film.reason == "there is no film beside the manifest"
