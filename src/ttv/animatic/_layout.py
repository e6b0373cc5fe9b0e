"""Where the subjects stand, how large they are and how they travel through the picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Final, Protocol

from ttv.animatic.rigs import Actor
from ttv.animatic.scene import Action, Framing, Move, RigKind, Scene, Setting, Subject
from ttv.animatic.world import Seeds, View

#: No more than this many of one kind are drawn.
MOST: Final = 12
_WATER_SETTINGS: Final = {Setting.OCEAN, Setting.LAKE}
_OPEN_SETTINGS: Final = {Setting.SKY, Setting.SPACE, Setting.UNDERWATER}
_AFLOAT: Final = {Action.SWIM, Action.SAIL, Action.FLOAT, Action.DIVE}
_BOATS: Final = {"boat", "ship", "sailboat"}
#: Height of a person in units by framing, and the most of the picture a subject may take.
_PERSON: Final = {Framing.WIDE: 0.30, Framing.MEDIUM: 0.52, Framing.CLOSE: 1.05}
_WIDEST: Final = {Framing.WIDE: 0.56, Framing.MEDIUM: 0.7, Framing.CLOSE: 0.86}
_TALLEST: Final = {Framing.WIDE: 0.58, Framing.MEDIUM: 0.74, Framing.CLOSE: 1.35}
#: Share of its box that a drawing covers, at the least, and the least share of the frame.
_FILL: Final = 0.34
_LEAST: Final = 0.026
#: A person's height in metres: the measure that sizes are pulled towards.
_MEASURE: Final = 1.7


class Caster(Protocol):
    """Makes the actor of a subject."""

    def __call__(self, subject: Subject, *, rng: Random, index: int) -> Actor:
        """Make the ``index``-th of its kind."""


class Lane(StrEnum):
    """What carries a subject."""

    GROUND = "ground"
    WATER = "water"
    AIR = "air"


@dataclass(frozen=True, slots=True)
class Placed:
    """One subject in the picture."""

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
    #: Pixels a second over the ground, and pixels it may stray over the picture.
    speed: float = 0.0
    room: float = 0.0
    #: How fast its own time runs, so that its feet keep pace with the ground.
    tempo: float = 1.0

    @property
    def width(self) -> float:
        """Give its reach across in pixels."""
        return (self.actor.box.right - self.actor.box.left) * self.scale


def lane_of(subject: Subject, actor: Actor, setting: Setting) -> Lane:
    """Say what carries a subject there."""
    if setting in _OPEN_SETTINGS and not actor.grounded:
        return Lane.AIR
    if setting in {Setting.SKY, Setting.SPACE}:
        return (
            Lane.AIR if subject.rig is not RigKind.BIPED or setting is Setting.SKY else Lane.GROUND
        )
    afloat = subject.noun in _BOATS or subject.rig is RigKind.FISH or subject.action in _AFLOAT
    if setting is Setting.OCEAN and (afloat or actor.grounded):
        return Lane.WATER
    if setting is Setting.LAKE and afloat and subject.noun != "hot-air balloon":
        return Lane.WATER
    return Lane.GROUND if actor.grounded else Lane.AIR


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


def cast_all(scene: Scene, seeds: Seeds, cast: Caster) -> tuple[tuple[Subject, Actor], ...]:
    """Make every actor of the scene, in the order of their ids."""
    actors = []
    for kind, subject in enumerate(scene.subjects):
        for index in range(min(MOST, max(1, subject.count))):
            rng = seeds.rng("cast", kind, index)
            actors.append((subject, cast(subject, rng=rng, index=index)))
    return tuple(actors)


def size(subject: Subject, actor: Actor, area: Area, *, many: int) -> float:
    """Give pixels per metre: natural sizes pulled together, never lost, never too large."""
    tall = max(0.05, actor.height)
    wanted = _PERSON[area.framing] * (tall / _MEASURE) ** 0.36 * subject.scale**0.7
    wide = max(0.02, actor.box.right - actor.box.left)
    high = max(0.02, actor.box.top - actor.box.bottom)
    scale = wanted * area.unit / max(tall, 0.55 * high)
    least = math.sqrt(_LEAST * area.width * area.height / (wide * high * _FILL))
    most = min(
        _WIDEST[area.framing] * area.width / wide, _TALLEST[area.framing] * area.height / high
    )
    if many > 1:
        least *= many**-0.3
        scale *= many**-0.22
        most = min(most, 1.35 * area.width / (wide * min(many, 7) ** 0.8))
    return min(max(scale, least), most)


def arrange(
    scene: Scene, pairs: Sequence[tuple[Subject, Actor]], view: View, area: Area, seeds: Seeds
) -> tuple[Placed, ...]:
    """Place every actor: on a third, facing where it moves, in rows, none on top of another."""
    rng = seeds.rng("layout")
    lanes: dict[Lane, list[int]] = {}
    for at, (subject, actor) in enumerate(pairs):
        lanes.setdefault(lane_of(subject, actor, scene.setting), []).append(at)
    placed: dict[int, Placed] = {}
    for lane, members in lanes.items():
        scales = [size(*pairs[at], area, many=len(members)) for at in members]
        fresh = [
            _stand(pairs[at], lane, scale, view=view, area=area, row=row, rng=rng)
            for at, scale, row in zip(members, scales, _rows(len(members)), strict=True)
        ]
        shared = len(lanes) > 1 and lane is not Lane.GROUND
        for at, one in zip(members, _spread(fresh, scene, area, rng, shared=shared), strict=True):
            placed[at] = one
    return tuple(placed[at] for at in range(len(pairs)))


def _rows(count: int) -> list[int]:
    """Deal a lane's members onto rows, the first of them in front."""
    rows = 1 if count <= 3 else 2 if count <= 7 else 3
    return [at % rows for at in range(count)]


def _stand(
    pair: tuple[Subject, Actor],
    lane: Lane,
    scale: float,
    *,
    view: View,
    area: Area,
    row: int,
    rng: Random,
) -> Placed:
    """Give one actor its row; its place across comes later."""
    subject, actor = pair
    near = 1.0 - 0.13 * row
    middle = (actor.box.top + actor.box.bottom) / 2 * scale * near
    if lane is Lane.GROUND:
        y = view.line(near)
    elif lane is Lane.WATER:
        y = view.height - area.height + area.water - (1 - near) * 0.45 * area.unit
    else:
        lift = (0.0, -0.17, 0.16)[row] * area.height + rng.uniform(-0.03, 0.03) * area.height
        high = max(0.5 * (actor.box.top - actor.box.bottom) * scale, 0.0)
        y = (
            view.height
            - area.height
            + min(max(area.air * 1.0 + lift, high * 0.9), area.height - high * 0.8)
        )
        y += middle
    return Placed(actor, subject, lane, subject.facing, 0.0, y, scale * near, near, rng.random())


def _spread(
    members: list[Placed], scene: Scene, area: Area, rng: Random, *, shared: bool
) -> list[Placed]:
    """Set the members of a lane side by side about the third they belong to."""
    order = sorted(range(len(members)), key=lambda at: (-members[at].facing, _rank(at, members)))
    rows: dict[float, list[int]] = {}
    for at in order:
        rows.setdefault(members[at].near, []).append(at)
    out = list(members)
    lead = members[0]
    middle = _middle(lead, scene, area, alone=len(members) == 1)
    if shared:
        middle = area.width - middle
    for number, row in enumerate(rows.values()):
        gaps = [members[at].width for at in row]
        gap = 0.16 * max(gaps)
        total = sum(gaps) + gap * (len(row) - 1)
        squeeze = min(1.0, 0.92 * area.width / total)
        left = min(
            max(middle - total * squeeze / 2, 0.04 * area.width),
            area.width * 0.96 - total * squeeze,
        )
        left += (
            number
            * 0.35
            * max(gaps)
            * squeeze
            * (1 if len(rows) > 1 and total < 0.7 * area.width else 0)
        )
        for at, wide in zip(row, gaps, strict=True):
            one = members[at]
            box = one.actor.box
            reach = (-box.left if one.facing > 0 else box.right) * one.scale
            shake = rng.uniform(-0.1, 0.1) * gap
            out[at] = replace(one, x=left + reach * squeeze + shake)
            left += (wide + gap) * squeeze
    return out


def _rank(at: int, members: list[Placed]) -> int:
    """Order those that look right with the first in front, at the right end."""
    return -at if members[at].facing > 0 else at


def _middle(lead: Placed, scene: Scene, area: Area, *, alone: bool) -> float:
    """Choose the third: look room ahead, room to come for what the camera passes."""
    camera = scene.camera.move
    third = 0.37 if alone else 0.42
    if area.framing is Framing.CLOSE:
        third = 0.45
    if camera in {Move.PAN_LEFT, Move.PAN_RIGHT} and lead.actor.speed == 0:
        return area.width * (0.66 if camera is Move.PAN_RIGHT else 0.34)
    return area.width * (third if lead.facing > 0 else 1.0 - third)


def set_going(
    placed: Sequence[Placed],
    *,
    follows: float,
    pan: float,
    area: Area,
    tell: Callable[[Placed], bool],
) -> tuple[Placed, ...]:
    """Give every actor its speed against the camera; ``tell`` says whose feet set its pace."""
    out = []
    for one in placed:
        own = one.actor.speed * one.scale * one.facing
        if follows and own * follows > 0:
            wanted = follows * one.near
            tempo = min(1.7, max(0.55, wanted / own)) if tell(one) else 1.0
            out.append(replace(one, speed=own * tempo, tempo=tempo, room=0.07 * area.width))
        elif own:
            limit = 0.115 * area.width
            speed = math.copysign(min(abs(own), limit), own)
            tempo = max(0.45, abs(speed / own))
            ahead = area.width * 0.86 - one.x if own > 0 else one.x - area.width * 0.14
            out.append(replace(one, speed=speed, tempo=tempo, room=max(0.1 * area.width, ahead)))
        else:
            out.append(replace(one, speed=0.0, room=math.inf if pan or follows else 0.0))
    return tuple(out)


def strayed(one: Placed, t: float, travelled: float) -> float:
    """Give how far an actor has moved across the picture, softly held inside its room."""
    gone = one.speed * t - travelled * one.near
    if math.isinf(one.room):
        return gone
    return one.room * math.tanh(gone / one.room) if one.room else 0.0
