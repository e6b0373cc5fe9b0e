"""Drawings as data: parts with a shape, a fill and a motion, read from YAML.

A part has one shape (``blob`` smooth through its points, ``disc``, ``bar``, ``bone``, ``line``,
``eye``) or is a group of ``parts``. Its motions name a channel: a rhythm of this file, or a
value the rig supplies (an ear's angle, the ground covered). Units are the rig's own, y up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Literal

import skia
from pydantic import ConfigDict

from ttv.animatic.rigs._curve import append_bone, bar, disc, outline, parse_points, strand
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs._port import Rgb
from ttv.animatic.rigs._rhythm import pulse, scatter, wander, wave


@dataclass(frozen=True, slots=True)
class Puffs:
    """Smoke, steam, spray or sparks that leave a point and fade."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    count: int = 6
    #: Seconds that one puff lives.
    life: float = 3.0
    #: Where a puff has gone at the end of its life.
    drift: tuple[float, float] = (0.0, 60.0)
    #: Radius at birth and at the end.
    size: tuple[float, float] = (4.0, 12.0)
    alpha: float = 0.5
    #: Sideways wander of the way.
    stray: float = 6.0
    shine: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One shape of a drawing and how it moves; known by its identity."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    blob: str | None = None
    disc: tuple[float, ...] | None = None
    bar: tuple[float, ...] | None = None
    bone: tuple[float, ...] | None = None
    line: str | None = None
    #: Centre and radius of an eye that looks ahead and blinks.
    eye: tuple[float, float, float] | None = None
    puffs: Puffs | None = None
    parts: tuple[Part, ...] = ()
    #: Name of a fill in the palette.
    fill: str = "body"
    shade: float = 1.0
    alpha: float = 1.0
    #: Width of the shaded edge; 0 is flat.
    depth: float = 0.0
    #: Width of a line, or of the rim of a shape that is hollow.
    width: float = 2.0
    hollow: bool = False
    #: Pivot of the motions, or the source of puffs and halos.
    at: tuple[float, float] = (0.0, 0.0)
    #: Channel, its period in seconds, degrees.
    turn: tuple[str, float, float] | None = None
    #: Channel, period, reach in x and y.
    move: tuple[str, float, float, float] | None = None
    #: Channel, period, change of size across and up.
    size: tuple[str, float, float, float] | None = None
    #: Offset of the rhythm in cycles.
    phase: float = 0.0
    #: Gives light itself: always, in the dark ("lamp"), or is only seen then ("night").
    shine: bool | Literal["lamp", "night"] = False
    #: Radius of the halo round ``at`` of a part that shines.
    halo: float = 0.0
    #: Distance from ``at`` over which a beam fades; 0 is a solid light.
    fade: float = 0.0
    #: Marking: parts drawn only where this one is.
    inside: tuple[Part, ...] = ()


Kit = Sequence[Part]

_RHYTHMS: Mapping[str, Callable[[float], float]] = {
    "sway": wave,
    "spin": lambda cycles: cycles,
    "flicker": lambda cycles: wander(cycles * 6.3, 0.4),
    "beat": lambda cycles: abs(wave(cycles / 2)),
    "nod": lambda cycles: pulse(cycles, 0.35),
    "flap": lambda cycles: math.cos(2 * math.pi * cycles) - 1.0,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """What a kit needs to know to be drawn at an instant."""

    t: float
    #: Values of the rig's own channels ("ear", "jaw", "lid", "travel").
    values: Mapping[str, float]
    palette: Mapping[str, Rgb]
    #: Shift of every rhythm, so that copies are out of step.
    phase: float = 0.0

    def channel(self, name: str, period: float, phase: float) -> float:
        """Read a channel: a value of the rig, or a rhythm of the time."""
        rhythm = _RHYTHMS.get(name)
        if rhythm is None:
            return self.values.get(name, 0.0) / period
        return rhythm(self.t / period + phase + self.phase)


@cache
def shape(part: Part) -> skia.Path:
    """Build the static path of a part, once."""
    if part.blob is not None:
        return outline(*parse_points(part.blob))
    if part.disc is not None:
        x, y, *axes = part.disc
        return disc((x, y), *axes)
    if part.bar is not None:
        return bar(*part.bar)
    if part.bone is not None:
        x0, y0, r0, x1, y1, r1 = part.bone
        path = skia.Path()
        append_bone(path, (x0, y0), r0, (x1, y1), r1)
        return path
    if part.line is not None:
        return strand(parse_points(part.line)[0])
    return skia.Path()


def draw_kit(pen: Pen, kit: Kit, moment: Moment, *, shade: float = 1.0) -> None:
    """Draw the parts in order, each with its motion at the moment."""
    for part in kit:
        with ExitStack() as frames:
            _enter(frames, pen, part, moment)
            _draw_part(pen, part, moment, shade * part.shade)


def _enter(frames: ExitStack, pen: Pen, part: Part, moment: Moment) -> None:
    x, y = part.at
    if part.move is not None:
        name, period, across, up = part.move
        value = moment.channel(name, period, part.phase)
        frames.enter_context(pen.frame(value * across, value * up))
    if part.turn is not None:
        name, period, degrees = part.turn
        value = moment.channel(name, period, part.phase)
        frames.enter_context(pen.frame(x, y, turn=math.radians(degrees * value)))
        frames.enter_context(pen.frame(-x, -y))
    if part.size is not None:
        name, period, across, up = part.size
        value = moment.channel(name, period, part.phase)
        frames.enter_context(pen.stretch(x, y, 1 + across * value, 1 + up * value))


def _draw_part(pen: Pen, part: Part, moment: Moment, shade: float) -> None:
    if part.parts:
        draw_kit(pen, part.parts, moment, shade=shade)
        return
    colour = moment.palette[part.fill]
    if part.eye is not None:
        _draw_eye(pen, part.eye, colour, moment.values.get("lid", 0.0), shade)
    elif part.puffs is not None:
        _draw_puffs(pen, part, part.puffs, moment)
    elif part.shine:
        _draw_shining(pen, part, colour, shade)
    elif part.line is not None or part.hollow:
        pen.stroke(shape(part), colour, width=part.width, shade=shade, alpha=part.alpha)
    elif part.depth:
        pen.solid(shape(part), colour, depth=part.depth, shade=shade)
    else:
        pen.fill(shape(part), colour, shade=shade, alpha=part.alpha)
    if part.inside:
        with pen.inside(shape(part)):
            draw_kit(pen, part.inside, moment, shade=shade)


def _draw_shining(pen: Pen, part: Part, colour: Rgb, shade: float) -> None:
    burning = 1.0 if part.shine is True else pen.light.darkness
    path = shape(part)
    if burning < 1.0 and part.shine == "lamp":
        pen.fill(path, colour, shade=shade * 0.9, alpha=part.alpha)
    if burning > 0.0:
        if part.halo:
            pen.halo(*part.at, part.halo, colour, alpha=0.45 * burning)
        if part.fade:
            pen.beam(path, colour, part.at, part.fade, alpha=part.alpha * burning)
        else:
            pen.shine(path, colour, alpha=part.alpha * burning)


def _draw_eye(
    pen: Pen, eye: tuple[float, float, float], colour: Rgb, lid: float, shade: float
) -> None:
    x, y, radius = eye
    if lid > 0.8:
        lash = strand([(x - radius, y), (x, y - radius * 0.55), (x + radius, y)])
        pen.stroke(lash, colour, width=radius * 0.5, shade=shade)
        return
    pen.fill(disc((x, y), radius, radius * (1 - lid)), colour, shade=shade)
    if lid < 0.5:
        spot = disc((x + radius * 0.3, y + radius * 0.34), radius * 0.4)
        pen.fill(spot, (1.0, 1.0, 1.0))


def _draw_puffs(pen: Pen, part: Part, puffs: Puffs, moment: Moment) -> None:
    colour = moment.palette[part.fill]
    x0, y0 = part.at
    for index in range(puffs.count):
        age = (moment.t / puffs.life + index / puffs.count + moment.phase) % 1.0
        stray = puffs.stray * (scatter(index, 0.7) * 2 - 1) * age
        x = x0 + puffs.drift[0] * age + stray
        y = y0 + puffs.drift[1] * age**0.8
        radius = puffs.size[0] + (puffs.size[1] - puffs.size[0]) * age
        alpha = puffs.alpha * min(1.0, age * 6) * (1 - age)
        draw = pen.shine if puffs.shine else pen.fill
        draw(disc((x, y), radius), colour, alpha=alpha)
