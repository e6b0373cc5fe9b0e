from __future__ import annotations

from dataclasses import replace

import pytest

from ttv.jobs import Job, Step, StepState, Terms
from ttv.jobs._forecast import Paces, Pool, Rival, Turn, forecast, makespan, position

SLOTS = {"cpu": 2, "gpu": 1, "remote": 1}
POOLS = {name: Pool(slots=2, crowd=0, busy=0) for name in SLOTS}
BUSY = {name: Pool(slots=2, crowd=1, busy=2) for name in SLOTS}
PACES = Paces(
    film=60.0,
    work={"cpu": 40.0},
    steps={("plan", "cpu"): 1.0, ("segment", "cpu"): 2.0, ("film", "cpu"): 3.0},
)
STEPS = (
    Step("plan", "plan", state=StepState.DONE),
    Step("segment-1", "segment", needs=("plan",), weight=10),
    Step("segment-2", "segment", needs=("plan",), weight=10),
    Step("segment-3", "segment", needs=("plan",), weight=10),
    Step("film", "film", needs=("segment-1", "segment-2", "segment-3")),
)
JOB = Job(id="job_1", tenant="one", request={}, created_at=0, started_at=1000, steps=STEPS)
NEW = replace(JOB, started_at=None, steps=(Step("plan", "plan"),))


def eta(job: Job = JOB, **changes: object) -> int | None:
    moment = {"before": None, "started": 0, "now": 1000, "paces": PACES, "pools": POOLS, **changes}
    paces, pools = moment.pop("paces"), moment.pop("pools")
    return forecast(job, paces, pools, **moment)  # type: ignore[arg-type]  # as the tests name them


@pytest.mark.parametrize(
    ("turn", "rivals", "expected"),
    [
        (Turn("b", 0, 1, 0, 0, "plan"), [], 0),
        (Turn("b", 0, 1, 0, 3, "plan"), [], 3),
        (Turn("b", 0, 1, 0, 0, "plan"), [Rival("a", 0, 1, 0, 9)], 1),
        (Turn("b", 0, 1, 0, 0, "plan"), [Rival("c", 0, 1, 0, 9)], 0),
        (Turn("b", 5, 1, 0, 0, "plan"), [Rival("c", 0, 1, 0, 9)], 5),
        (Turn("b", 5, 1, 0, 0, "plan"), [Rival("c", 0, 1, 2, 9)], 3),
        (Turn("b", 5, 1, 0, 0, "plan"), [Rival("c", 0, 1, 0, 2)], 2),
        (Turn("b", 0, 1, 0, 2, "plan"), [Rival("c", 0, 2, 0, 9)], 6),
        (Turn("b", 0, 1, 1, 0, "plan"), [Rival("c", 0.5, 1, 0, 9)], 1),
        (Turn("b", 0, 1, 0, 0, "plan"), [Rival("c", 7, 1, 0, 9)], 0),
    ],
    ids=[
        "alone",
        "behind its own",
        "after who has the earlier name",
        "before who has the later name",
        "a tenant that was served much",
        "steps that have begun are no jobs",
        "no more than wait",
        "a rival of twice the weight",
        "behind a step that has begun",
        "a rival that comes later",
    ],
)
def test_a_job_comes_after_those_whose_virtual_time_is_earlier(
    turn: Turn, rivals: list[Rival], expected: int
) -> None:
    assert position(turn, 1.0, rivals) == expected


def test_steps_run_beside_each_other_as_far_as_there_are_slots() -> None:
    seconds = {"segment-1": 20.0, "segment-2": 20.0, "segment-3": 20.0, "film": 3.0}
    assert makespan(STEPS, seconds, SLOTS) == 43
    assert makespan(STEPS, seconds, {**SLOTS, "cpu": 3}) == 23
    assert makespan(STEPS, {}, SLOTS) == 0


def test_a_film_takes_what_its_steps_take() -> None:
    assert eta() == 43


def test_what_is_made_already_is_not_counted() -> None:
    half = replace(STEPS[1], fraction=0.5)
    assert eta(replace(JOB, steps=(STEPS[0], half, STEPS[2], STEPS[4]))) == 23


def test_tenants_share_the_slots() -> None:
    assert eta(pools={**POOLS, "cpu": Pool(slots=2, crowd=2, busy=2)}) == 63


def test_a_film_that_is_not_planned_takes_what_films_took_of_late() -> None:
    assert eta(NEW) == 60
    assert eta(replace(NEW, started_at=1000), now=21_000) == 40
    assert eta(replace(NEW, started_at=1000), now=99_000) == 0


def test_a_film_that_waits_comes_after_those_before_it() -> None:
    assert eta(NEW, before=0) == 60
    assert eta(NEW, before=4) == 140
    assert eta(NEW, before=0, started=2, pools=BUSY) == 80


def test_a_film_whose_time_is_yet_to_come_waits_for_it_first() -> None:
    assert eta(replace(NEW, terms=Terms(start_at=31_000))) == 90


def test_two_digits_are_told_and_no_more() -> None:
    assert eta(NEW, before=57) == 1200


@pytest.mark.parametrize(
    "changes",
    [
        {"paces": replace(PACES, steps={})},
        {"pools": {**POOLS, "cpu": Pool(slots=0, crowd=0, busy=0)}},
        {"job": NEW, "paces": replace(PACES, film=None)},
    ],
    ids=["steps of a new kind", "no worker", "no film was ever finished"],
)
def test_nothing_is_told_that_is_not_known(changes: dict[str, object]) -> None:
    assert eta(**changes) is None  # type: ignore[arg-type]  # as the tests name them
