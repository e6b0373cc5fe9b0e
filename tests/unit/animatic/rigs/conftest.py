"""Pictures of actors, small and cheap."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
import skia

from ttv.animatic.rigs import Actor, Box, Light, cast
from ttv.animatic.scene import Action, RigKind, Subject

Pixels: TypeAlias = npt.NDArray[np.uint8]
Shot: TypeAlias = Callable[..., Pixels]
Casting: TypeAlias = Callable[..., Actor]


@pytest.fixture(scope="session")
def casting() -> Casting:
    """Cast by name with a fixed seed."""

    def make(
        noun: str,
        rig: RigKind,
        action: Action = Action.STAND,
        *,
        colour: str | None = None,
        index: int = 0,
        seed: int = 5,
    ) -> Actor:
        subject = Subject(noun, rig, action=action, colour=colour)
        return cast(subject, rng=random.Random(seed), index=index)

    return make


@pytest.fixture(scope="session")
def shot() -> Shot:
    """Draw an actor into a small picture; RGBA rows, top first."""

    def draw(
        actor: Actor, t: float, *, side: int = 120, light: Light | None = None, room: float = 1.0
    ) -> Pixels:
        box: Box = actor.box
        width, height = box.right - box.left, box.top - box.bottom
        scale = side / (max(width, height) * room)
        surface = skia.Surface(side, side)
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorTRANSPARENT)
        canvas.translate(
            side / 2 - (box.left + box.right) / 2 * scale,
            side / 2 + (box.bottom + box.top) / 2 * scale,
        )
        canvas.scale(scale, scale)
        actor.draw(canvas, t, light or Light())
        image = surface.makeImageSnapshot()
        return np.array(image.toarray(colorType=skia.kRGBA_8888_ColorType), dtype=np.uint8)

    return draw
