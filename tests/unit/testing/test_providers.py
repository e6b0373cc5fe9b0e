from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from ttv.generators._token import signed
from ttv.testing.providers import Emulator, Studio, kling, runway

pytestmark = pytest.mark.anyio

KLING = {"model_name": "kling-v2-6", "prompt": "a fox", "duration": "5", "external_task_id": "a"}
RUNWAY = {"model": "gen4.5", "promptText": "a fox", "ratio": "1280:720", "duration": 5}
RUNWAY_HEADERS = {
    "Authorization": f"Bearer {runway.API_KEY}",
    "X-Runway-Version": runway.VERSION,
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Clock:
    """A clock that a test moves on."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def studio(tmp_path: Path, clock: Clock) -> Studio:
    return Studio(tmp_path, seconds_per_clip=10, slots=1, clock=clock, size="128x72")


@pytest.fixture
async def at_runway(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(runway.create_app(studio))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://runway", headers=RUNWAY_HEADERS
    ) as client:
        yield client


@pytest.fixture
async def at_kling(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    token = signed(kling.ACCESS_KEY, kling.SECRET_KEY, now=time.time())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(kling.create_app(studio)),
        base_url="http://kling",
        headers={"Authorization": f"Bearer {token}"},
    ) as client:
        yield client


@pytest.mark.parametrize(
    "change",
    [
        {"model": "gen9"},
        {"ratio": "16:9"},
        {"duration": 11},
        {"duration": "5"},
        {"promptText": ""},
        {"promptText": "a" * 1_001},
        {"seed": -1},
        {"fps": 24},
    ],
)
async def test_runway_takes_nothing_that_it_has_not_published(
    at_runway: httpx.AsyncClient, studio: Studio, change: Mapping[str, object]
) -> None:
    answer = await at_runway.post("/v1/text_to_video", json={**RUNWAY, **change})

    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert list(studio.charges()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"model_name": "kling-v9"},
        {"duration": 5},
        {"duration": "7"},
        {"aspect_ratio": "4:3"},
        {"mode": "fast"},
        {"seed": 1},
    ],
)
async def test_kling_takes_nothing_that_it_has_not_published(
    at_kling: httpx.AsyncClient, studio: Studio, change: Mapping[str, object]
) -> None:
    answer = await at_kling.post("/v1/videos/text2video", json={**KLING, **change})

    assert (answer.status_code, answer.json()["code"]) == (400, 1201)
    assert list(studio.charges()) == []


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer key_1"}, {"X-Runway-Version": "1"}])
async def test_runway_asks_for_its_key_and_version(
    at_runway: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await at_runway.post("/v1/text_to_video", json=RUNWAY, headers=headers)

    assert answer.status_code in (400, 401)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", 1001),
        ("a.b", 1002),
        (signed(kling.ACCESS_KEY, "another", now=time.time()), 1000),
        (signed("another", kling.SECRET_KEY, now=time.time()), 1000),
        (signed(kling.ACCESS_KEY, kling.SECRET_KEY, now=time.time() + 3_600), 1003),
        (signed(kling.ACCESS_KEY, kling.SECRET_KEY, now=time.time() - 3_600), 1004),
    ],
)
async def test_kling_asks_for_a_good_token(
    at_kling: httpx.AsyncClient, token: str, code: int
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = await at_kling.post("/v1/videos/text2video", json=KLING, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, code)


async def told(client: httpx.AsyncClient, task: str) -> Any:
    return (await client.get(f"/v1/tasks/{task}")).json()


async def test_a_second_task_waits_for_the_slot_of_the_first(
    at_runway: httpx.AsyncClient, clock: Clock
) -> None:
    first, second = [
        (await at_runway.post("/v1/text_to_video", json=RUNWAY)).json()["id"] for _ in range(2)
    ]

    assert (await told(at_runway, second))["status"] == "THROTTLED"
    clock.now = 10.0
    assert (await told(at_runway, first))["status"] == "SUCCEEDED"
    assert (await told(at_runway, second))["status"] == "RUNNING"
    clock.now = 20.0
    done = await told(at_runway, second)
    assert (done["status"], done["cost"]) == ("SUCCEEDED", {"credits": 60})
    clip = await at_runway.get(done["output"][0])
    assert (clip.status_code, clip.headers["content-type"]) == (200, "video/mp4")


async def test_kling_finds_a_task_by_the_name_of_its_customer_and_takes_none_twice(
    at_kling: httpx.AsyncClient, studio: Studio
) -> None:
    taken = (await at_kling.post("/v1/videos/text2video", json=KLING)).json()
    again = await at_kling.post("/v1/videos/text2video", json=KLING)
    found = (await at_kling.get("/v1/videos/text2video/a")).json()

    assert taken["data"]["task_status"] == "submitted"
    assert (again.status_code, again.json()["code"]) == (400, 1201)
    assert found["data"]["task_id"] == taken["data"]["task_id"]
    assert (await at_kling.get("/v1/videos/image2video/a")).status_code == 404
    assert [(charge.key, charge.amount) for charge in studio.charges()] == [("a", 210_000)]


def test_an_emulator_that_is_stopped_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    with Emulator("kling"):
        assert len(list(tmp_path.iterdir())) == 1

    assert list(tmp_path.iterdir()) == []
