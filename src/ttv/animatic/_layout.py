"""Where the subjects stand and how large they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Final

import numpy as np

from ttv.animatic._mount import Caster, cast_with
from ttv.animatic.rigs import Actor, Light
from ttv.animatic.scene import Action, Framing, Move, RigKind, Scene, Setting, Subject
from ttv.animatic.world import Seeds, View, canvas_on

#: No more than this many of one kind are drawn.
MOST: Final = 12
_WET_SETTINGS: Final = {Setting.OCEAN, Setting.LAKE, Setting.BEACH}
_BOATS: Final = {"boat", "ship", "sailboat", "submarine"}
_SWIMS: Final = {Action.SWIM, Action.DIVE, Action.FLOAT}
_LIVING: Final = {RigKind.BIPED, RigKind.QUADRUPED, RigKind.BIRD}
#: Height of a person in units by framing, and the most of the picture a subject may take.
_PERSON: Final = {Framing.WIDE: 0.30, Framing.MEDIUM: 0.47, Framing.CLOSE: 1.0}
_WIDEST: Final = {Framing.WIDE: 0.56, Framing.MEDIUM: 0.64, Framing.CLOSE: 0.84}
_TALLEST: Final = {Framing.WIDE: 0.58, Framing.MEDIUM: 0.68, Framing.CLOSE: 1.3}
#: The least share of the frame that a lone subject covers.
_LEAST: Final = 0.024
#: How near sizes side by side are pulled together: 0 is alike, 1 is natural.
_PULL: Final = 0.55
#: So many stand in one row.
_ONE_ROW: Final = 4
#: A person's height in metres: the measure that sizes are pulled towards.
_MEASURE: Final = 1.7


class Lane(StrEnum):
    """What carries a subject."""

    GROUND = "ground"
    WATER = "water"
    AIR = "air"


@dataclass(frozen=True, slots=True)
class Area:
    """The picture to be filled: the frame in pixels and the measures of the setting."""

    width: int
    height: int
    unit: float
    framing: Framing
    #: Lines from the top of the frame in pixels.
    water: float
    air: float


@dataclass(frozen=True, slots=True)
class Part:
    """An actor before it has a place."""

    subject: Subject
    actor: Actor
    lane: Lane
    #: Square metres that its drawing covers.
    cover: float


@dataclass(frozen=True, slots=True)
class Placed:
    """One actor in the picture."""

    actor: Actor
    subject: Subject
    lane: Lane
    #: Which way it looks: 1 right, -1 left.
    facing: int
    #: Where its anchor is at the start, in pixels.
    x: float
    y: float
    #: Pixels of a metre.
    scale: float
    #: 1 in the front row, less behind it.
    near: float
    #: 0 to 1: shifts its slow rhythms against those of its like.
    phase: float

    @property
    def width(self) -> float:
        """Give its reach across in pixels."""
        return (self.actor.box.right - self.actor.box.left) * self.scale

    @property
    def speed(self) -> float:
        """Give its own speed over the ground in pixels a second, to the right."""
        return self.actor.speed * self.subject.pace * self.scale * self.facing


def lane_of(subject: Subject, actor: Actor, setting: Setting) -> Lane:
    """Say what carries a subject there."""
    if setting in _WET_SETTINGS:
        swims = subject.rig is RigKind.FISH or (subject.rig in _LIVING and subject.action in _SWIMS)
        if subject.noun in _BOATS or subject.on in _BOATS or swims:
            return Lane.WATER
        if setting is Setting.OCEAN and actor.grounded:
            return Lane.WATER
    if setting is Setting.SKY or not actor.grounded:
        return Lane.AIR
    return Lane.GROUND


def cast_all(scene: Scene, seeds: Seeds, cast: Caster) -> tuple[Part, ...]:
    """Make every actor of the scene, in the order of their ids."""
    parts = []
    for kind, subject in enumerate(scene.subjects):
        for index in range(min(MOST, max(1, subject.count))):
            rng = seeds.rng("cast", kind, index)
            actor = cast_with(subject, cast=cast, rng=rng, index=index)
            parts.append(Part(subject, actor, lane_of(subject, actor, scene.setting), cover(actor)))
    return tuple(parts)


def cover(actor: Actor) -> float:
    """Measure the square metres a drawing covers, by drawing it small a few times."""
    side, box = 96, actor.box
    wide, high = max(0.01, box.right - box.left), max(0.01, box.top - box.bottom)
    scale = side / max(wide, high)
    counts = []
    for at in range(3):
        pixels = np.zeros((side, side, 4), np.uint8)
        canvas = canvas_on(pixels)
        canvas.scale(scale, scale)
        canvas.translate(-box.left, box.top)
        actor.draw(canvas, 0.31 * at, Light())
        counts.append(int((pixels[:, :, 3] > 127).sum()))
    return max(1e-4, min(counts) / scale**2)


def size(part: Part, area: Area, *, many: int) -> float:
    """Give pixels per metre: natural sizes pulled together, never lost, never too large."""
    actor, subject = part.actor, part.subject
    box = actor.box
    wide, high = max(0.02, box.right - box.left), max(0.02, box.top - box.bottom)
    tall = max(0.05, actor.height)
    natural = math.pow(tall / _MEASURE, 0.36) * math.pow(subject.scale, 0.7)
    wanted = _PERSON[area.framing] * natural
    scale = wanted * area.unit / max(tall, 0.55 * high)
    least = math.sqrt(_LEAST * area.width * area.height / part.cover)
    most = min(
        _WIDEST[area.framing] * area.width / wide, _TALLEST[area.framing] * area.height / high
    )
    if many > 1:
        least *= math.pow(many, -0.34) * math.pow(min(1.0, subject.scale), 0.7)
        scale *= math.pow(many, -0.2)
        in_row = math.ceil(many / rows_of(many))
        spaces = in_row * 1.16 + (0.5 if many > _ONE_ROW else 0.0)
        most = min(most, 0.92 * area.width / (wide * spaces))
    return min(max(scale, least), most)


def _sizes(parts: Sequence[Part], area: Area) -> list[float]:
    """Give the sizes of those side by side: a duckling is seen to be less than a duck."""
    scales = [size(part, area, many=len(parts)) for part in parts]
    heights = [max(0.05, part.actor.height) for part in parts]
    grown = [height * part.subject.scale for height, part in zip(heights, parts, strict=True)]
    alive = [at for at, part in enumerate(parts) if part.subject.rig in _LIVING]
    if alive:
        tallest = max(alive, key=grown.__getitem__)
        reach = scales[tallest] * heights[tallest]
        for at in alive:
            share = math.pow(grown[at] / grown[tallest], _PULL)
            scales[at] = min(scales[at], reach * share / heights[at])
    return scales


def rows_of(count: int) -> int:
    """Choose in how many rows so many stand."""
    return 1 if count <= _ONE_ROW else 2 if count <= 8 else 3


def arrange(
    scene: Scene, parts: Sequence[Part], view: View, area: Area, seeds: Seeds
) -> tuple[Placed, ...]:
    """Place every actor: on a third, facing where it moves, in rows, none on top of another."""
    rng = seeds.rng("layout")
    lanes: dict[Lane, list[int]] = {}
    for at, part in enumerate(parts):
        lanes.setdefault(part.lane, []).append(at)
    placed: dict[int, Placed] = {}
    for number, members in enumerate(lanes.values()):
        rows = rows_of(len(members))
        scales = _sizes([parts[at] for at in members], area)
        fresh = [
            _stand(parts[at], scales[place], view, area, rng, place % rows)
            for place, at in enumerate(members)
        ]
        spread = _spread(fresh, scene, area, rng, other=number % 2 == 1)
        placed.update(zip(members, spread, strict=True))
    return tuple(placed[at] for at in range(len(parts)))


def _stand(part: Part, scale: float, view: View, area: Area, rng: Random, row: int) -> Placed:
    """Give one actor its row; its place across comes later."""
    actor, top = part.actor, view.height - area.height
    near = 1.0 - (0.1 if part.lane is Lane.AIR else 0.2) * row
    if part.lane is Lane.GROUND:
        y = view.line(near)
    elif part.lane is Lane.WATER:
        y = top + area.water - (1 - near) * 0.5 * (area.water - (view.horizon - top))
    else:
        middle = (actor.box.top + actor.box.bottom) / 2 * scale * near
        half = (actor.box.top - actor.box.bottom) / 2 * scale * near
        lift = ((0.0, -0.19, 0.2)[row] + rng.uniform(-0.03, 0.03)) * area.height
        y = top + min(max(area.air + lift, half * 1.05), area.height * 0.97 - half) + middle
    phase = rng.random()
    facing = 1 if part.subject.facing >= 0 else -1
    return Placed(actor, part.subject, part.lane, facing, 0.0, y, scale * near, near, phase)


def _spread(
    members: Sequence[Placed], scene: Scene, area: Area, rng: Random, *, other: bool
) -> list[Placed]:
    """Set a lane's members side by side about the third they belong to."""
    middle = _middle(members[0], scene, area, alone=len(members) == 1)
    if other:
        middle = area.width - middle
    order = sorted(
        range(len(members)),
        key=lambda at: (_ahead(at, members), -members[at].facing, _rank(at, members)),
    )
    rows: dict[float, list[int]] = {}
    for at in order:
        rows.setdefault(members[at].near, []).append(at)
    out = list(members)
    ranks = list(rows.values())
    centres = _file(members, order) if len(rows) == 1 else _ranks(members, ranks, area.width)
    half = max(one.width for one in members) / 2
    span = max(centres.values()) - min(centres.values()) + 2 * half
    squeeze = min(1.0, (0.95 * area.width - 2 * half) / max(1.0, span - 2 * half))
    left = min(max(middle - (span - 2 * half) * squeeze / 2, half), area.width - half)
    left = min(left, 0.975 * area.width - half - (span - 2 * half) * squeeze)
    for at, centre in centres.items():
        one = members[at]
        box = one.actor.box
        anchor = -one.facing * (box.left + box.right) / 2 * one.scale
        shake = rng.uniform(-0.04, 0.04) * one.width * squeeze
        out[at] = replace(one, x=left + centre * squeeze + anchor + shake)
    return out


def _file(members: Sequence[Placed], order: Sequence[int]) -> dict[int, float]:
    """Give the middles of a single file, each as far from the next as both are wide."""
    gap = 0.12 * max(one.width for one in members)
    centres, reached = {}, 0.0
    for place, at in enumerate(order):
        wide = members[at].width
        reached += 0.0 if place == 0 else wide / 2
        centres[at] = reached
        reached += wide / 2 + gap
    return centres


def _ranks(
    members: Sequence[Placed], rows: Sequence[Sequence[int]], across: float
) -> dict[int, float]:
    """Give the middles of several rows, each seen through the gaps of the one before."""
    widest = max(one.width for one in members)
    pitch = min(max(1.16 * widest, 0.85 * across / (len(rows[0]) + 0.5)), 1.9 * widest)
    return {
        at: (place + 0.5 * (number % 2)) * pitch
        for number, row in enumerate(rows)
        for place, at in enumerate(row)
    }


def _ahead(at: int, members: Sequence[Placed]) -> int:
    """Put things where the first subject, if it is alive, looks."""
    lead, one = members[0], members[at]
    return lead.facing * (lead.subject.rig in _LIVING and one.subject.rig is RigKind.OBJECT)


def _rank(at: int, members: Sequence[Placed]) -> int:
    """Order those that look right with the first in front, at the right end."""
    return -at if members[at].facing > 0 else at


def _middle(lead: Placed, scene: Scene, area: Area, *, alone: bool) -> float:
    """Choose the third: look room ahead, room to come for what the camera passes."""
    camera = scene.camera.move
    third = 0.45 if area.framing is Framing.CLOSE else 0.37 if alone else 0.43
    if camera in {Move.PAN_LEFT, Move.PAN_RIGHT} and lead.actor.speed == 0:
        return area.width * (0.66 if camera is Move.PAN_RIGHT else 0.34)
    return area.width * (third if lead.facing > 0 else 1.0 - third)
