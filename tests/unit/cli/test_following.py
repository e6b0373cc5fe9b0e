from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Iterator, Sequence

import httpx
import pytest
from rich.console import Console

from tests.unit.client.documents import JOB_ID, job
from ttv.cli._following import follow, left_running
from ttv.client import Client
from ttv.errors import OnHold, Permanent, StorageFull


def step(shot: int, status: str, progress: float, attempts: int = 1) -> dict[str, object]:
    return {
        "name": f"segment-{shot}",
        "kind": "segment",
        "shot": shot,
        "status": status,
        "progress": progress,
        "attempts": attempts,
    }


STATES = (
    job(status="queued", steps=[], progress=0.0, message=""),
    job(steps=[step(1, "running", 0.5), step(2, "ready", 0.0)], progress=0.3),
    job(steps=[step(1, "done", 1.0), step(2, "running", 0.1, 2)], progress=0.7),
    job(
        status="finished",
        steps=[step(1, "done", 1.0), step(2, "done", 1.0)],
        progress=1.0,
        warnings=["shot 1: did not draw: unicorn"],
    ),
)


def followed(states: Sequence[dict[str, object]], *, terminal: bool) -> str:
    answers: Iterator[httpx.Response] = (
        httpx.Response(200, json=state, headers={"ETag": f'"{number}"'})
        for number, state in enumerate(states)
    )

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/plan"):
            return httpx.Response(200, json={"shots": [{"prompt": "a [red] fox"}, {"prompt": "b"}]})
        for _ in range(20):  # a job takes longer than the answer about its plan
            await asyncio.sleep(0)
        return next(answers)

    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, color_system=None, width=80)

    async def scenario() -> None:
        transport = httpx.MockTransport(answer)
        async with Client("http://ttv.test", transport=transport) as client:
            await follow(client, JOB_ID, console)

    asyncio.run(scenario())
    return out.getvalue()


def test_a_log_gets_a_line_for_each_new_thing() -> None:
    assert followed(STATES, terminal=False).splitlines() == [
        f"{JOB_ID}: queued",
        f"{JOB_ID}: started",
        "shot 1: working",
        "shot 2: queued",
        "shot 1: done",
        "shot 2: working, attempt 2",
        f"{JOB_ID}: finished",
        "shot 2: done",
        "warning: shot 1: did not draw: unicorn",
    ]


def test_a_terminal_gets_a_row_for_each_shot() -> None:
    text = followed(STATES, terminal=True)

    rows = [re.sub(r"\x1b\[[0-9;?]*\w", "", line).split() for line in text.splitlines()]
    assert ["shot", "2", "b"] in [row[:3] for row in rows]
    assert "a [red] fox" in text
    assert "100%" in text


@pytest.mark.parametrize(("code", "family"), [("storage_full", StorageFull), ("failed", Permanent)])
def test_a_job_that_fails_is_an_error_of_its_family(code: str, family: type[Exception]) -> None:
    failed = job(status="failed", error={"code": code, "message": "the disk is full", "step": None})

    with pytest.raises(family, match=f"{JOB_ID} failed: the disk is full") as caught:
        followed([failed], terminal=False)
    assert type(caught.value) is family


def test_a_shot_that_is_refused_is_made_with_other_words() -> None:
    error = {"code": "content_rejected", "message": "Change the prompt.", "step": "segment-2"}
    failed = job(status="failed", error=error, steps=[step(1, "done", 1.0), step(2, "failed", 0.0)])

    with pytest.raises(Permanent, match=f"ttv regenerate {JOB_ID} 2 --prompt TEXT"):
        followed([failed], terminal=False)


def test_a_job_that_was_canceled_is_no_success() -> None:
    with pytest.raises(Permanent, match="was canceled"):
        followed([job(status="canceled")], terminal=False)


PAUSED = {"code": "paused", "message": "The job was paused; resume it to go on.", "step": None}


def test_a_paused_job_is_waited_for_and_says_how_it_goes_on() -> None:
    states = (job(steps=[], hold=PAUSED), job(steps=[]), job(status="finished", steps=[]))

    assert followed(states, terminal=False).splitlines() == [
        f"{JOB_ID}: paused (go on: ttv resume {JOB_ID})",
        f"{JOB_ID}: started",
        f"{JOB_ID}: finished",
    ]
    assert f"ttv resume {JOB_ID}" in followed(states, terminal=True)


@pytest.mark.parametrize(
    ("code", "max_cost", "way"),
    [
        ("over_budget", 0.3, f"ttv resume {JOB_ID} --max-cost USD"),
        ("over_budget", None, f"ttv resume {JOB_ID}"),
        ("unfunded", None, f"ttv resume {JOB_ID}"),
        ("outcome_unknown", None, f"ttv resume {JOB_ID} --buy-again"),
    ],
)
@pytest.mark.parametrize("terminal", [True, False])
def test_a_job_that_waits_for_a_decision_ends_the_watching_with_the_way_on(
    code: str, max_cost: float | None, way: str, *, terminal: bool
) -> None:
    hold = {"code": code, "message": "A person must decide.", "step": "segment-1"}

    with pytest.raises(OnHold, match=r"is held: A person must decide\.") as caught:
        followed([job(hold=hold, max_cost=max_cost)], terminal=terminal)
    assert way in caught.value.message
    assert caught.value.exit_code == 75


def test_a_job_that_starts_later_says_when() -> None:
    later = job(status="queued", steps=[], start_at="2030-01-31T09:00:00Z")

    said = followed([later, job(status="finished", steps=[])], terminal=False)

    assert said.startswith(f"{JOB_ID}: queued, starts 2030-01-31 ")


def test_who_stops_watching_is_told_that_the_job_goes_on() -> None:
    assert JOB_ID in left_running(JOB_ID).message
    assert left_running(JOB_ID).exit_code == 130
