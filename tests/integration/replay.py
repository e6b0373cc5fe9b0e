"""What a job must be, told from its journal alone by the tables of states."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from ttv.jobs import MOVES, STEP_MOVES, Event, EventKind, Job, State, StepState

#: What the end of an attempt at a step makes of it.
_ENDINGS = {
    EventKind.DONE: StepState.DONE,
    EventKind.RETRYING: StepState.READY,
    EventKind.EXPIRED: StepState.READY,
    EventKind.RELEASED: StepState.READY,
    EventKind.HELD: StepState.READY,
    EventKind.FAILED: StepState.FAILED,
    EventKind.STEP_FAILED: StepState.FAILED,
}
#: What the other events make of their job.
_JOB_ENDINGS = {
    EventKind.FINISHED: State.FINISHED,
    EventKind.FAILED: State.FAILED,
    EventKind.OVERDUE: State.FAILED,
    EventKind.CANCELED: State.CANCELED,
}


class Illegal(AssertionError):
    """Something happened that the tables of states do not allow."""


@dataclass
class Replay:
    """Follows one job event by event; raises Illegal at the first that must not be."""

    state: State | None = None
    attempt: int = 1
    revision: int = 0
    held: bool = False
    progress: float = 0.0
    #: Steps that were ever claimed in this attempt, or kept from the one before.
    steps: dict[str, StepState] = field(default_factory=dict)

    def follow(self, events: Iterable[Event], kept: dict[int, Collection[str]]) -> None:
        """Take what happened; ``kept`` names, by attempt, the done steps that it began with."""
        for event in events:
            self._expect(event.revision == self.revision + 1, event)
            self.revision = event.revision
            self._take(event, kept)
            self._expect(self.progress <= event.progress <= 1, event)
            self.progress = event.progress

    def agrees_with(self, job: Job) -> None:
        """Compare with the record of the job."""
        known = {step.name: step.state for step in job.steps}
        assert (self.state, self.attempt, self.held, self.revision) == (
            job.state,
            job.attempt,
            job.hold is not None,
            job.revision,
        )
        for state in (StepState.RUNNING, StepState.DONE, StepState.FAILED):
            told = {name for name, now in self.steps.items() if now is state}
            assert told == {name for name, now in known.items() if now is state}, state

    def _take(self, event: Event, kept: dict[int, Collection[str]]) -> None:
        match event.kind:
            case EventKind.CREATED:
                self._expect(self.state is None, event)
                self.state = State.QUEUED
            case EventKind.STARTED | EventKind.CLAIMED:
                self._claim(event)
            case EventKind.PROGRESS:
                self._expect(self.steps[event.step or ""] is StepState.RUNNING, event)
            case EventKind.PAUSED | EventKind.RESUMED:
                self._expect(not self._over, event)
                self.held = event.kind is EventKind.PAUSED
            case EventKind.RETRIED | EventKind.REMADE:
                self._begin_again(event, kept[self.attempt + 1])
            case _:
                self._end(event)

    def _claim(self, event: Event) -> None:
        self._expect(not self.held and not self._over, event)
        if event.kind is EventKind.STARTED:
            self._move(State.STARTED, event)
        self._expect(self.state is State.STARTED, event)
        self._move_step(StepState.RUNNING, event)

    def _end(self, event: Event) -> None:
        """Take the end of an attempt at a step, of a job, or of both."""
        if event.step is not None:
            self._move_step(_ENDINGS[event.kind], event)
        if event.kind is EventKind.HELD:
            self._expect(not self._over, event)
            self.held = True
        if event.kind in _JOB_ENDINGS:
            self._move(_JOB_ENDINGS[event.kind], event)
            self.held = False
        if event.kind in {EventKind.CANCELED, EventKind.OVERDUE}:
            self.steps = {
                name: StepState.CANCELED if StepState.CANCELED in STEP_MOVES[state] else state
                for name, state in self.steps.items()
            }

    def _begin_again(self, event: Event, kept: Collection[str]) -> None:
        done = {name for name, state in self.steps.items() if state is StepState.DONE}
        if event.kind is EventKind.RETRIED:
            self._expect(self.state in {State.FAILED, State.CANCELED}, event)
            self._expect(done == {*kept}, event)
        self._expect(self._over or self.held, event)
        self._expect(done.issuperset(kept), event)
        if self._over:
            self._move(State.QUEUED, event)
        self.attempt, self.held, self.progress = self.attempt + 1, False, 0.0
        self.steps = dict.fromkeys(kept, StepState.DONE)

    @property
    def _over(self) -> bool:
        return self.state is None or self.state.terminal

    def _move(self, to: State, event: Event) -> None:
        self._expect(self.state is not None and to in MOVES[self.state], event)
        self.state = to

    def _move_step(self, to: StepState, event: Event) -> None:
        name = event.step or ""
        now = self.steps.get(name, StepState.READY)
        self._expect(to in STEP_MOVES[now], event)
        self.steps[name] = to

    def _expect(self, allowed: bool, event: Event) -> None:
        if not allowed:
            raise Illegal(f"{event} after {self}")
