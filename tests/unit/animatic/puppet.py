"""A subject for tests: a plain block with a known reach and speed."""

from __future__ import annotations

import random
from dataclasses import dataclass

import skia

from ttv.animatic.rigs import Box, Light
from ttv.animatic.scene import Action, RigKind, Subject

MOVING = {Action.WALK, Action.RUN, Action.FLY, Action.SWIM, Action.DRIVE, Action.SAIL}


@dataclass(frozen=True, slots=True)
class Puppet:
    """A block that bobs once a second."""

    height: float
    speed: float
    grounded: bool
    box: Box

    def draw(self, canvas: skia.Canvas, t: float, light: Light) -> None:
        box, bob = self.box, 0.04 * self.height * (t % 1.0)
        rect = skia.Rect.MakeLTRB(box.left, bob - box.top, box.right, -box.bottom)
        canvas.drawRect(rect, skia.Paint(Color=light.fill((0.9, 0.2, 0.1))))


def puppet(subject: Subject, *, rng: random.Random, index: int) -> Puppet:
    """Cast any noun as a block of a metre by a metre and a half."""
    free = subject.rig in {RigKind.BIRD, RigKind.FISH}
    box = Box(-0.75, 0.75, -0.5, 0.5) if free else Box(-0.75, 0.75, 0.0, 1.0)
    speed = 1.4 if subject.action in MOVING else 0.0
    return Puppet(1.0, speed, not free, box)
