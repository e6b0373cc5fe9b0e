"""The world of one scene: everything in the picture that is not a subject."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import skia

from ttv.animatic.rigs import Light
from ttv.animatic.scene import Scene, TimeOfDay
from ttv.animatic.world._baked import Baked, Shelf
from ttv.animatic.world._effect import Live, Moment
from ttv.animatic.world._grammar import Grammar, Item, Layer, Play
from ttv.animatic.world._look import Look, View
from ttv.animatic.world._palette import Palette, palette
from ttv.animatic.world._seeds import Seeds
from ttv.animatic.world._settings import describe
from ttv.animatic.world._sky import disc_of, sky

#: Layers at least this near move with the subjects in a dolly.
NEAR_GROUP: Final = 0.34
_NEAREST: Final = skia.SamplingOptions(skia.FilterMode.kNearest)


@dataclass(frozen=True, slots=True)
class _Show:
    """A layer or effect that is ready to draw."""

    near: float
    layer: Layer | None
    baked: Baked | None
    live: Live | None
    unit: float

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw it at that moment."""
        if self.live is not None:
            self.live.draw(canvas, now)
            return
        assert self.layer is not None  # noqa: S101  # a show is one of the two
        assert self.baked is not None  # noqa: S101  # a show is one of the two
        layer = self.layer
        x = layer.drift * self.unit * now.t - layer.near * now.travelled
        heave = layer.heave * self.unit * math.sin(math.tau * now.t / layer.period + layer.near * 9)
        if layer.ripple:
            self.baked.ripple(canvas, x, now.t)
        else:
            paint = None if layer.alpha == 1.0 else skia.Paint(Alphaf=layer.alpha)
            self.baked.draw(canvas, x, round(heave), paint)


class World:
    """Draw the surroundings of the subjects, depth by depth."""

    def __init__(
        self, scene: Scene, view: View, seeds: Seeds, *, pace: float, grounded: bool = True
    ) -> None:
        """Set the scene; ``pace`` is the camera's steady speed in pixels a frame."""
        self.view = view
        self.palette: Palette = palette(scene)
        self._grammar: Grammar = describe(scene, grounded=grounded)
        self._seeds = seeds
        self._pace = pace
        budget = max(48_000_000, view.width * view.height * 4 * 22)
        self._shelf = Shelf(capacity_bytes=budget)
        self._disc = (
            disc_of(view, self.palette, moon=scene.time is TimeOfDay.NIGHT)
            if self._grammar.sun
            else None
        )
        self._sky = sky(view, self.palette, seeds, self._disc)
        self._back = self._open(self._grammar.back, "back")
        self._front = self._open(self._grammar.front, "front")

    @property
    def grammar(self) -> Grammar:
        """Give the setting's description."""
        return self._grammar

    def light(self, near: float) -> Light:
        """Give the light that falls on a subject at that depth."""
        return self.palette.light(near)

    def far(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw the sky and everything far away; covers the whole canvas."""
        canvas.drawImage(self._sky, 0, 0, _NEAREST)
        for show in self._back:
            if show.near < NEAR_GROUP:
                show.draw(canvas, now)

    def behind(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw what stands near, but behind the subjects."""
        for show in self._back:
            if show.near >= NEAR_GROUP:
                show.draw(canvas, now)

    def before(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw what stands or falls in front of the subjects."""
        for show in self._front:
            show.draw(canvas, now)

    def veil(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw only the solid layers that can hide a subject."""
        for show in self._front:
            if show.baked is not None:
                show.draw(canvas, now)

    def _open(self, items: Sequence[Item], part: str) -> list[_Show]:
        return [self._show(item, f"{part}{at}") for at, item in enumerate(items)]

    def _show(self, item: Item, place: str) -> _Show:
        art = item.art if isinstance(item, Layer) else item.effect
        name = f"{place}.{type(art).__name__}"
        look = Look(self.view, self.palette, self._seeds, item.near, name)
        unit = self.view.unit
        if isinstance(item, Play):
            return _Show(item.near, None, None, item.effect.open(look), unit)
        pace = abs(self._pace * item.near) + abs(item.drift) * unit / 24.0
        baked = Baked(item.art, look, self._shelf, blur=item.blur * unit / 1000.0, pace=pace)
        return _Show(item.near, item, baked, None, unit)
