"""The states of a job and of a step, and the only moves between them.

``docs/states.md`` draws these tables and the Lua scripts are given them, so that a move
which is not here is refused everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"  #: Accepted and stored; no worker has begun it.
    STARTED = "started"  #: A worker has claimed a step of it at least once.
    FINISHED = "finished"  #: Every step is done; the film is there.
    FAILED = "failed"  #: A step cannot succeed, or the deadline passed; what was made is kept.
    CANCELED = "canceled"  #: The user stopped it.

    @property
    def terminal(self) -> bool:
        """Tell whether nothing follows by itself: only a person can begin another attempt."""
        return MOVES[self] == {State.QUEUED}


class StepState(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"  #: A step that it needs is not done.
    READY = "ready"  #: Any worker of its pool may claim it once it is due.
    RUNNING = "running"  #: A worker holds a lease on it.
    DONE = "done"  #: Its result is stored.
    FAILED = "failed"  #: It cannot succeed, or used up its attempts.
    CANCELED = "canceled"  #: Its job was cancelled before it was done.


#: From each state of a job to the states that may follow. Back to queued: another attempt,
#: which only retry and remake begin.
MOVES: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.QUEUED: frozenset({State.STARTED, State.FAILED, State.CANCELED}),
        State.STARTED: frozenset({State.FINISHED, State.FAILED, State.CANCELED}),
        State.FINISHED: frozenset({State.QUEUED}),
        State.FAILED: frozenset({State.QUEUED}),
        State.CANCELED: frozenset({State.QUEUED}),
    }
)

#: From each state of a step to the states that may follow within an attempt at its job; the
#: next attempt begins its steps anew. Back to ready: a retry, a lease that ran out, a worker
#: that drains, a person who must decide.
STEP_MOVES: Final[Mapping[StepState, frozenset[StepState]]] = MappingProxyType(
    {
        StepState.WAITING: frozenset({StepState.READY, StepState.CANCELED}),
        StepState.READY: frozenset({StepState.RUNNING, StepState.CANCELED}),
        StepState.RUNNING: frozenset(
            {StepState.READY, StepState.DONE, StepState.FAILED, StepState.CANCELED}
        ),
        StepState.DONE: frozenset(),
        StepState.FAILED: frozenset(),
        StepState.CANCELED: frozenset(),
    }
)


class Stage(StrEnum):
    """What a job is busy with, in the order of a film's life; last, nothing."""

    PLANNING = "planning"
    KEYFRAMES = "keyframes"
    SEGMENTS = "segments"
    ASSEMBLY = "assembly"
    DELIVERY = "delivery"
    PAUSED = "paused"  #: No step starts until the job is resumed; ``Job.hold`` says why.


#: The stage that each kind of step belongs to.
STAGES: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "plan": Stage.PLANNING,
        "keyframe": Stage.KEYFRAMES,
        "segment": Stage.SEGMENTS,
        "film": Stage.ASSEMBLY,
        "output": Stage.ASSEMBLY,
        "delivery": Stage.DELIVERY,
    }
)
