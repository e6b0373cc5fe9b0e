"""The graph of a film: how shots meet at their seams, and which step waits for which."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from ttv import outputs
from ttv.errors import InvalidRequest
from ttv.generators import Capabilities
from ttv.media import Format
from ttv.pipeline._order import Mode
from ttv.pipeline._step import Kind, Step, of_output, of_shot
from ttv.planning import Plan, Shot, ShotLimits, Transition


class Join(StrEnum):
    """How the head of a shot is fixed."""

    FREE = "free"  #: From words alone; the engine takes no picture.
    STILL = "still"  #: From a painted still, which is its frame 0.
    MEET = "meet"  #: From a painted still at which the shot before arrives: no cut, in parallel.
    CHAIN = "chain"  #: From the last frame of the segment before: no cut, one after the other.


@dataclass(frozen=True, slots=True)
class Seam:
    """The head of one shot: how it is fixed, why, and which frame of its scene it is."""

    join: Join
    reason: str
    #: Frame of the shot's scene that the still shows (``STILL``, ``MEET``).
    frame: int = 0


def shot_limits(engine: Capabilities, picture: Format) -> ShotLimits:
    """Say in frames which lengths an engine can make."""
    return ShotLimits(
        min_frames=picture.frames(engine.min_seconds),
        max_frames=int(engine.max_seconds * picture.fps),
        allowed=tuple(picture.frames(seconds) for seconds in engine.allowed_seconds),
    )


def check_lengths(plan: Plan, engine: Capabilities) -> None:
    """Refuse a plan with a shot that the engine cannot make; InvalidRequest names the shot."""
    limits = shot_limits(engine, plan.format)
    for number, shot in enumerate(plan.shots):
        if not limits.allow(shot.frames):
            raise InvalidRequest(
                f"shot {number + 1} lasts {plan.format.seconds(shot.frames):g} seconds; "
                f"{engine.model} makes {limits.describe(plan.format)}",
                param=f"shots[{number}].seconds",
            )


def seams(plan: Plan, mode: Mode, engine: Capabilities) -> tuple[Seam, ...]:
    """Choose the seam at the head of every shot.

    Raises InvalidRequest (``mode``) when the engine cannot join as asked: nothing is
    downgraded in silence.
    """
    chosen = [_opening(engine, mode)]
    start = 0
    for before, shot in pairwise(plan.shots):
        end = start + before.frames - 1
        seam = _seam(shot, mode, engine, scene_frame=end if _same_scene(before, shot) else 0)
        chosen.append(seam)
        start = seam.frame + 1 if seam.join is Join.MEET else 0
    return tuple(chosen)


def _same_scene(before: Shot, shot: Shot) -> bool:
    """Tell whether a shot is the next stretch of the same scene."""
    return shot.transition is Transition.CONTINUE and (
        (before.prompt, before.seed, before.camera, before.framing)
        == (shot.prompt, shot.seed, shot.camera, shot.framing)
    )


def _opening(engine: Capabilities, mode: Mode) -> Seam:
    if engine.first_frame:
        return Seam(Join.STILL, "the first shot opens on its keyframe")
    if mode is Mode.KEYFRAME:
        raise InvalidRequest(
            f"mode keyframe needs an engine that takes a first frame; {engine.model} does not",
            param="mode",
        )
    return Seam(Join.FREE, f"{engine.model} takes no first frame")


def _seam(shot: Shot, mode: Mode, engine: Capabilities, *, scene_frame: int) -> Seam:
    if mode is Mode.CHAINING and not shot.transition.takes_time:
        return _chain(engine, "mode chaining: each shot goes on from the one before")
    if shot.transition is not Transition.CONTINUE:
        if not engine.first_frame:
            return Seam(Join.FREE, f"{engine.model} takes no first frame")
        return Seam(Join.STILL, f"a {shot.transition.value} starts on a keyframe of its own")
    if engine.last_frame and engine.follows:
        return Seam(
            Join.MEET,
            "both sides meet at one keyframe, so they are made in parallel",
            frame=scene_frame,
        )
    if mode is Mode.KEYFRAME:
        raise InvalidRequest(
            f"mode keyframe cannot continue a shot: {engine.model} takes no last frame; "
            "use mode auto or chaining",
            param="mode",
        )
    return _chain(engine, f"the shot continues and {engine.model} takes no last frame")


def _chain(engine: Capabilities, reason: str) -> Seam:
    if not engine.follows:
        raise InvalidRequest(
            f"{engine.model} cannot go on from another segment; use cuts instead", param="mode"
        )
    return Seam(Join.CHAIN, reason)


def opening_steps() -> tuple[Step, ...]:
    """Give the steps of an order before it has a plan."""
    return (Step("plan", Kind.PLAN, weight=1.0),)


def steps(
    plan: Plan, heads: tuple[Seam, ...], *, pool: str, forms: tuple[str, ...] = ()
) -> tuple[Step, ...]:
    """Give every step after "plan", each with the steps whose results it reads.

    ``pool`` is that of the engine, in which segments wait; ``forms`` names the outputs.
    """
    numbers = range(1, len(plan.shots) + 1)
    painted = (Join.STILL, Join.MEET)
    stills = tuple(
        Step(of_shot(Kind.KEYFRAME, n), Kind.KEYFRAME, ("plan",), shot=n, weight=6.0)
        for n in numbers
        if heads[n - 1].join in painted
    )
    segments = tuple(
        Step(
            of_shot(Kind.SEGMENT, n),
            Kind.SEGMENT,
            ("plan", *(step for step, _ in pictures(n, heads).values())),
            shot=n,
            pool=pool,
            weight=float(plan.shots[n - 1].frames),
        )
        for n in numbers
    )
    names = tuple(step.name for step in segments)
    film = Step("film", Kind.FILM, ("plan", *names), weight=0.1 * plan.frames)
    made = (*stills, *segments, film, *(_output(name, plan, names) for name in forms))
    everything = ("plan", *(step.name for step in made))
    return (*made, Step("delivery", Kind.DELIVERY, everything, weight=2.0))


def _output(name: str, plan: Plan, segments: tuple[str, ...]) -> Step:
    """Give the step of an output."""
    output = outputs.find(name)
    needs = ("plan", "film", *(segments if output.reads_clips else ()))
    return Step(of_output(name), Kind.OUTPUT, needs, weight=output.weight * plan.frames)


def pictures(number: int, heads: tuple[Seam, ...]) -> dict[str, tuple[str, str]]:
    """Name the step and the role of every picture that fixes segment ``number``, by its use."""
    still, before = of_shot(Kind.KEYFRAME, number), of_shot(Kind.SEGMENT, number - 1)
    own = {
        Join.FREE: {},
        Join.STILL: {"first_frame": (still, "still")},
        Join.MEET: {"follows": (still, "still")},
        Join.CHAIN: {"follows": (before, "last_frame")},
    }[heads[number - 1].join]
    if number < len(heads) and heads[number].join is Join.MEET:
        return {**own, "last_frame": (of_shot(Kind.KEYFRAME, number + 1), "still")}
    return own


def followers(number: int, heads: tuple[Seam, ...]) -> tuple[int, ...]:
    """Number the shots that a new take of one makes anew: itself, and those chained on it."""
    chained = itertools.takewhile(
        lambda after: heads[after - 1].join is Join.CHAIN, range(number + 1, len(heads) + 1)
    )
    return (number, *chained)


def retaken_steps(
    number: int, heads: tuple[Seam, ...], *, forms: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Name the steps that a new take of shot ``number`` makes anew.

    A still of the shot's own is painted anew where prompt or seed are new; a still at which
    two shots meet stays, and the shot before with it.
    """
    own = heads[number - 1].join is Join.STILL
    still = (of_shot(Kind.KEYFRAME, number),) if own else ()
    segments = (of_shot(Kind.SEGMENT, shot) for shot in followers(number, heads))
    return (*still, *segments, "film", *map(of_output, forms), "delivery")
