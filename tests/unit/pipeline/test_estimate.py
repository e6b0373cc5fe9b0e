"""What films cost and what takes make stale, as the pipeline tells before anything is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from tests.unit.pipeline.desk import ENGINE, Fate, Provider, Terminal
from ttv import backends
from ttv.artifacts import Store
from ttv.errors import InvalidRequest
from ttv.generators import Capabilities
from ttv.media import Format
from ttv.pipeline import Mode, Order, Pipeline
from ttv.planning import Plan, Shot, Transition

pytestmark = pytest.mark.anyio

FULL = replace(ENGINE, first_frame=True, last_frame=True, follows=True)
CHAINED = replace(FULL, last_frame=False)
FREE = replace(ENGINE, price_per_second=0)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def pipeline_of(engine: Capabilities, folder: Path) -> Pipeline:
    return Pipeline(
        planners={"builtin": backends.build("ttv.planning", "builtin", {})},
        painters={"animatic": backends.build("ttv.keyframes", "animatic", {})},
        generators={"animatic": Terminal(Provider(looks_up=True), Fate(), engine)},
        store=cast(Store, backends.build("ttv.artifacts", "disk", {"folder": str(folder)})),
    )


def plan_of(*transitions: Transition) -> Plan:
    shots = [Shot("a fox", 48, 1), *(Shot("a fox", 24, 1, way) for way in transitions)]
    return Plan("a fox", tuple(shots), Format(), seed=1)


def order_of(plan: Plan, mode: Mode = Mode.AUTO) -> Order:
    return Order(plan=plan, format=plan.format, mode=mode)


async def test_a_film_costs_what_its_segments_cost(tmp_path: Path) -> None:
    plan = plan_of(Transition.CUT)

    estimate = await pipeline_of(FULL, tmp_path).estimate(order_of(plan))

    assert [(line.shot, line.seconds, line.cost) for line in estimate.lines] == [
        (1, 2, 600_000),
        (2, 1, 300_000),
    ]
    assert (estimate.cost, estimate.shots, estimate.seconds) == (900_000, 2, 3)
    assert estimate.steps == len(["plan", *("still", "segment") * 2, "film", "delivery"])
    assert (estimate.engine, estimate.exact) == ("dear", True)
    assert list(tmp_path.iterdir()) == []


async def test_a_prompt_is_planned_to_be_priced(tmp_path: Path) -> None:
    order = Order(prompt="a red fox runs. then it sleeps", frames=96)

    estimate = await pipeline_of(FULL, tmp_path).estimate(order)

    assert (estimate.seconds, estimate.cost) == (4, 1_200_000)


async def test_an_order_that_costs_more_than_it_may_is_refused(tmp_path: Path) -> None:
    dear, order = pipeline_of(FULL, tmp_path), order_of(plan_of())
    await dear.check_cost(order, 600_000)

    with pytest.raises(InvalidRequest, match=r"about 0\.60 .* more than the 0\.59") as caught:
        await dear.check_cost(order, 590_000)

    assert caught.value.param == "max_cost"
    await pipeline_of(FREE, tmp_path).check_cost(order, 0)


CONTINUE, CUT = Transition.CONTINUE, Transition.CUT


@pytest.mark.parametrize(
    ("transitions", "engine", "shot", "stale"),
    [
        ((CUT, CUT), FULL, 2, ["keyframe-2", "segment-2"]),
        ((CONTINUE, CONTINUE), FULL, 2, ["segment-2"]),
        ((CONTINUE, CONTINUE), FULL, 1, ["keyframe-1", "segment-1"]),
        ((CONTINUE, CONTINUE), CHAINED, 1, ["keyframe-1", "segment-1", "segment-2", "segment-3"]),
        ((CONTINUE, CUT, CONTINUE), CHAINED, 2, ["segment-2"]),
        ((CUT, CONTINUE, CONTINUE), CHAINED, 3, ["segment-3", "segment-4"]),
        ((CUT,), ENGINE, 1, ["segment-1"]),
    ],
)
def test_a_take_makes_stale_only_what_comes_of_its_shot(
    transitions: Sequence[Transition],
    engine: Capabilities,
    shot: int,
    stale: list[str],
    tmp_path: Path,
) -> None:
    plan = plan_of(*transitions)
    order, pipeline = order_of(plan).retaken(shot), pipeline_of(engine, tmp_path)

    assert list(pipeline.stale(order, plan, shot)) == [*stale, "film", "delivery"]
    cost = pipeline.stale_cost(order, plan, shot)
    assert [f"segment-{line.shot}" for line in cost.lines] == [
        step for step in stale if step.startswith("segment")
    ]
    assert cost.steps == len(stale) + 2


@pytest.mark.parametrize(
    ("shot", "prompt", "param"), [(3, None, "shot"), (1, "fox " * 2_000, "prompt")]
)
def test_a_take_that_cannot_be_made_is_refused_beforehand(
    tmp_path: Path, shot: int, prompt: str | None, param: str
) -> None:
    plan = plan_of(Transition.CUT)
    order = order_of(plan).retaken(shot, prompt=prompt)

    with pytest.raises(InvalidRequest) as caught:
        pipeline_of(FULL, tmp_path).stale(order, plan, shot)

    assert caught.value.param == param
