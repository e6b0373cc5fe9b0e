from __future__ import annotations

from dataclasses import replace

import pytest

from ttv.errors import InvalidRequest
from ttv.jobs import Failure, Job, Outcome, State, Step, StepId, StepState, is_job_id, new_job_id

JOB = Job(
    id="job_01JGJ0000000000000000000ZZ",
    tenant="local",
    request={},
    created_at=0,
    steps=(Step("plan", "plan", state=StepState.RUNNING), Step("film", "film", needs=("plan",))),
)


@pytest.mark.parametrize("name", ["", "Plan", "segment_1", "a:b", "-a", "a--b", "a/b", "plan\n"])
def test_a_step_has_a_plain_name(name: str) -> None:
    with pytest.raises(InvalidRequest):
        Step(name, "plan")


@pytest.mark.parametrize(
    "change", [{"kind": "paint"}, {"pool": "tpu"}, {"weight": 0}, {"weight": float("nan")}]
)
def test_a_step_that_cannot_be_is_refused(change: dict[str, str | float]) -> None:
    with pytest.raises(InvalidRequest):
        replace(Step("plan", "plan"), **change)  # type: ignore[arg-type]  # wrong on purpose


def test_the_id_of_a_step_is_read_back() -> None:
    text = JOB.step_id("film")
    assert text == "job_01JGJ0000000000000000000ZZ:1:film"
    assert StepId.parse(text) == StepId(JOB.id, 1, "film")


def test_settling_keeps_the_result_and_adds_what_was_planned() -> None:
    added = Step("delivery", "delivery", needs=("film",))
    after = JOB.settled("plan", Outcome({"shots": 2}, (added,), warnings=("No yak.",)))
    assert after.step("plan").state is StepState.DONE
    assert after.step("plan").result == {"shots": 2}
    assert after.steps[1:] == (JOB.step("film"), replace(added, planned_by="plan"))
    assert after.warnings == ("No yak.",)


def test_a_warning_is_told_once() -> None:
    warned = replace(JOB, warnings=("No yak.",))
    assert warned.settled("plan", Outcome({}, warnings=("No yak.",))).warnings == ("No yak.",)


@pytest.mark.parametrize(
    "step",
    [
        Step("film", "film"),
        Step("segment-1", "segment", needs=("segment-1",)),
        Step("segment-1", "segment", needs=("nobody",)),
    ],
    ids=["the name is taken", "it needs itself", "it needs nobody"],
)
def test_steps_that_do_not_fit_are_refused(step: Step) -> None:
    with pytest.raises(InvalidRequest):
        JOB.settled("plan", Outcome({}, (step,)))


def finished_film() -> Job:
    """Give a finished film of two shots, the second going on from the first."""
    shots = (
        Step("segment-1", "segment", needs=("plan",)),
        Step("segment-2", "segment", needs=("plan", "segment-1")),
        Step("film", "film", needs=("segment-1", "segment-2")),
    )
    job = replace(JOB, steps=(Step("plan", "plan"),), state=State.FINISHED)
    job = job.settled("plan", Outcome({}, shots))
    for step in shots:
        job = job.settled(step.name, Outcome({"made": step.name}))
    return job


@pytest.mark.parametrize(
    ("stale", "again"),
    [
        ([], set()),
        (["film"], {"film"}),
        (["segment-2"], {"segment-2", "film"}),
        (["segment-1"], {"segment-1", "segment-2", "film"}),
    ],
)
def test_the_next_attempt_keeps_what_is_done_and_not_stale(
    stale: list[str], again: set[str]
) -> None:
    job = finished_film()
    after = job.renewed(stale)
    assert (after.attempt, after.state) == (2, State.QUEUED)
    assert [step.name for step in after.steps] == [step.name for step in job.steps]
    for step in after.steps:
        anew = Step(step.name, step.kind, step.needs, planned_by=step.planned_by)
        assert step == (anew if step.name in again else job.step(step.name))


def test_a_plan_that_is_made_again_plans_its_steps_again() -> None:
    assert finished_film().renewed(["plan"]).steps == (Step("plan", "plan"),)


def test_the_next_attempt_has_no_hold_and_forgets_why_steps_failed() -> None:
    failure = Failure("failed", "It broke.", "film")
    failed = replace(JOB.step("film"), state=StepState.FAILED, attempts=4, error=failure)
    job = replace(JOB, state=State.STARTED, hold=failure, steps=(JOB.steps[0], failed))
    after = job.renewed()
    assert (after.hold, after.state) == (None, State.STARTED)
    assert after.steps == (Step("plan", "plan"), Step("film", "film", needs=("plan",)))


def test_a_new_id_is_an_id() -> None:
    assert is_job_id(new_job_id())


@pytest.mark.parametrize("text", ["", "job_", "job_01JGJ", "job_01JGJ0000000000000000000zz", "x"])
def test_other_texts_are_no_ids(text: str) -> None:
    assert not is_job_id(text)
