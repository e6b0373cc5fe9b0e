from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ttv.jobs import STAGES, Advance, Failure, Job, Outcome, Stage, State, Step, StepState, advance

KINDS = tuple(STAGES)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Step, ...]:
    """Draw steps that each need some of those before them."""
    steps: list[Step] = []
    for number in range(draw(st.integers(1, 12))):
        before = [step.name for step in steps]
        needs = draw(st.lists(st.sampled_from(before), unique=True)) if before else []
        steps.append(Step(f"step-{number}", draw(st.sampled_from(KINDS)), needs=tuple(needs)))
    return tuple(steps)


def job_of(*steps: Step, state: State = State.STARTED) -> Job:
    return Job("job_x", "local", {}, created_at=0, state=state, steps=steps)


def apply(job: Job, what: Advance) -> Job:
    """Do with a record what the scripts do."""
    steps = tuple(
        replace(step, state=StepState.READY) if step.name in what.ready else step
        for step in job.steps
    )
    state = State.FINISHED if what.finished else job.state
    return replace(job, steps=steps, stage=what.stage, state=state)


def change(job: Job, name: str, state: StepState) -> Job:
    steps = (replace(step, state=state) if step.name == name else step for step in job.steps)
    return replace(job, steps=tuple(steps))


@given(graphs(), st.data())
def test_every_step_runs_once_after_what_it_needs_until_the_job_is_finished(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    job, ran = job_of(*steps), list[str]()
    while job.state is State.STARTED:
        what = advance(job)
        job = apply(job, what)
        assert apply(job, advance(job)) == job
        if what.finished:
            break
        name = data.draw(st.sampled_from(sorted(what.ready)))
        assert set(job.step(name).needs) <= set(ran)
        if data.draw(st.booleans()):  # an attempt that fails and is repeated
            job = change(job, name, StepState.RUNNING)
            assert name not in advance(job).ready
            job = change(job, name, StepState.READY)
        ran.append(name)
        job = change(job, name, StepState.RUNNING).settled(name, Outcome({}))
    assert sorted(ran) == sorted(step.name for step in steps)


@given(graphs(), st.sampled_from([State.FINISHED, State.FAILED, State.CANCELED]))
def test_nothing_runs_in_a_job_that_is_over(steps: tuple[Step, ...], state: State) -> None:
    what = advance(job_of(*steps, state=state))
    assert (what.ready, what.finished) == ((), False)


@given(graphs())
def test_nothing_begins_in_a_job_that_is_held(steps: tuple[Step, ...]) -> None:
    held = replace(job_of(*steps), hold=Failure("paused", "Wait."))
    assert advance(held).ready == ()
    assert advance(held.resumed()) == advance(job_of(*steps))


def test_a_held_job_whose_last_step_is_done_is_finished() -> None:
    held = replace(job_of(Step("film", "film")), hold=Failure("paused", "Wait."))
    assert advance(held.settled("film", Outcome({}))).finished


@given(graphs(), st.data())
def test_nothing_runs_beside_a_failed_step(steps: tuple[Step, ...], data: st.DataObject) -> None:
    broken = data.draw(st.sampled_from(steps)).name
    assert advance(change(job_of(*steps), broken, StepState.FAILED)).ready == ()


@given(graphs(), st.data())
def test_a_stage_that_was_left_does_not_come_back(
    steps: tuple[Step, ...], data: st.DataObject
) -> None:
    job, order = job_of(*steps), list(STAGES.values())
    for step in data.draw(st.permutations(steps)):
        before = advance(job).stage
        job = change(job, step.name, StepState.DONE)
        assert order.index(advance(job).stage) >= order.index(before)
    assert advance(job).stage is Stage.DELIVERY


def test_what_runs_is_not_to_be_enqueued_again() -> None:
    job = job_of(
        Step("plan", "plan", state=StepState.DONE),
        Step("segment-1", "segment", needs=("plan",), state=StepState.RUNNING),
        Step("segment-2", "segment", needs=("plan",), state=StepState.READY),
        Step("segment-3", "segment", needs=("plan",)),
        Step("film", "film", needs=("segment-1", "segment-2", "segment-3")),
    )
    assert advance(job) == Advance(("segment-2", "segment-3"), Stage.SEGMENTS, finished=False)
