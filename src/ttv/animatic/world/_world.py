"""The world of one scene: everything in the picture that is not a subject."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
import skia

from ttv.animatic.rigs import Light
from ttv.animatic.scene import Scene, Setting, TimeOfDay
from ttv.animatic.world._baked import Baked, Pixels, Shelf, closed_from, cropped, paper
from ttv.animatic.world._effect import Live, Moment
from ttv.animatic.world._grammar import Grammar, Item, Layer, Play
from ttv.animatic.world._look import Look, View
from ttv.animatic.world._palette import Palette, palette
from ttv.animatic.world._seeds import Seeds
from ttv.animatic.world._settings import describe
from ttv.animatic.world._sky import Disc, disc_of, face, passed, passing, sky
from ttv.animatic.world._terrain import Ridge

#: Layers at least this near move with the subjects in a dolly.
NEAR_GROUP: Final = 0.34
#: Painted tiles that are kept: a slow pan shows about so many pictures of them at once.
_SHELF_FRAMES: Final = 48
_SHELF_BYTES: Final = 48_000_000
#: Where sun and moon touch the horizon itself.
_LEVEL: Final = {Setting.OCEAN, Setting.BEACH, Setting.DESERT, Setting.SKY}
#: Where else sun and moon may stand, in parts of the width.
_PLACES: Final = (0.86, 0.5, 0.3, 0.14)
_NEAREST: Final = skia.SamplingOptions(skia.FilterMode.kNearest)


def _covered(pixels: Pixels, disc: Disc) -> float:
    """Tell how much of sun or moon is hidden; a little does not count."""
    left, right = (max(0, round(disc.x + side * disc.radius)) for side in (-1, 1))
    top, bottom = (max(0, round(disc.y + side * disc.radius)) for side in (-1, 1))
    return max(0.15, float((pixels[top:bottom, left:right, 3] > 0).mean()))


class _Show(Protocol):
    """Something ready to draw, at its depth."""

    @property
    def near(self) -> float:
        """Give its nearness."""

    @property
    def solid(self) -> bool:
        """Say whether it can hide a subject."""

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw it at that moment."""


@dataclass(frozen=True, slots=True)
class _Moving:
    """A layer that the camera, the wind or the swell moves."""

    layer: Layer
    baked: Baked
    unit: float
    solid: bool = True

    @property
    def near(self) -> float:
        """Give its nearness."""
        return self.layer.near

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Copy it to where it is."""
        layer = self.layer
        x = layer.drift * self.unit * now.t - layer.near * now.travelled
        if layer.ripple:
            self.baked.ripple(canvas, x, now.t)
            return
        # It only sinks from where it was painted: a rise would bare the foot of the picture.
        swing = 1.0 + math.sin(math.tau * now.t / layer.period + layer.near * 9)
        self.baked.draw(canvas, x, round(layer.heave * self.unit * swing))


@dataclass(frozen=True, slots=True)
class _Playing:
    """An effect."""

    near: float
    live: Live
    solid: bool = False

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Let it play."""
        self.live.draw(canvas, now)


@dataclass(frozen=True, slots=True)
class _Merged:
    """Neighbouring layers of a picture where nothing moves, in one image."""

    near: float
    image: skia.Image
    top: int
    #: From this row on nothing behind it shows.
    closed: int
    solid: bool = True

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:  # noqa: ARG002  # it stands still
        """Copy it."""
        canvas.drawImage(self.image, 0, self.top, _NEAREST)


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
        budget = max(_SHELF_BYTES, view.width * view.height * 4 * _SHELF_FRAMES)
        self._shelf = Shelf(capacity_bytes=budget)
        far = [item for item in self._grammar.back if item.near < NEAR_GROUP]
        self._disc = (
            disc_of(view, self.palette, moon=scene.time is TimeOfDay.NIGHT)
            if self._grammar.sun
            else None
        )
        self._passage = scene.passage
        if self._disc and scene.passage:
            self._disc = passing(self._disc, view, hilly=scene.setting not in _LEVEL)
        if self._disc and {"sun", "moon"} & set(scene.sky):
            self._disc = self._uncovered(self._disc, far)
            place = (self._disc.x / view.width, self.palette.place[1])
            self.palette = replace(self.palette, place=place)
            self._shelf.clear()
        self._sky = sky(view, self.palette, seeds, self._disc)
        near = [item for item in self._grammar.back if item.near >= NEAR_GROUP]
        self._far = self._open(far, "far")
        self._near = self._open(near, "near")
        self._front = self._open(self._grammar.front, "front")

    @property
    def grammar(self) -> Grammar:
        """Give the setting's description."""
        return self._grammar

    @property
    def closed_from(self) -> int:
        """Give the row from which on the near layers hide everything far."""
        merged = [show.closed for show in self._near if isinstance(show, _Merged)]
        return min(merged, default=self.view.height)

    def light(self, near: float) -> Light:
        """Give the light that falls on a subject at that depth."""
        return self.palette.light(near)

    def far(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw the sky and everything far away; covers the whole canvas."""
        canvas.drawImage(self._sky, 0, 0, _NEAREST)
        if self._disc:
            way = self._passage
            disc = passed(self._disc, self.view, way, now.t) if way else self._disc
            face(canvas, disc, self.palette)
        for show in self._far:
            show.draw(canvas, now)

    def behind(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw what stands near, but behind the subjects."""
        for show in self._near:
            show.draw(canvas, now)

    def before(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw what stands or falls in front of the subjects."""
        for show in self._front:
            show.draw(canvas, now)

    def veil(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw only the solid layers that can hide a subject."""
        for show in self._front:
            if show.solid:
                show.draw(canvas, now)

    def _open(self, items: Sequence[Item], part: str) -> list[_Show]:
        shows: list[_Show] = []
        resting: list[_Moving] = []
        for at, item in enumerate(items):
            show = self._show(item, f"{part}{at}")
            if isinstance(show, _Moving) and self._rests(show.layer):
                resting.append(show)
                continue
            shows += self._merge(resting)
            resting = []
            shows.append(show)
        return shows + self._merge(resting)

    def _uncovered(self, disc: Disc, far: Sequence[Item]) -> Disc:
        """Move a sun or moon that was named out from behind the peaks."""
        view = self.view
        pixels: Pixels = np.zeros((view.height, view.width, 4), np.uint8)
        canvas, still = paper(pixels), Moment(0.0, 0.0)
        for at, item in enumerate(far):
            if isinstance(item, Layer) and isinstance(item.art, Ridge):
                self._show(item, f"far{at}").draw(canvas, still)
        places = (disc, *(replace(disc, x=view.width * x) for x in _PLACES))
        return min(places, key=lambda place: _covered(pixels, place))

    def _rests(self, layer: Layer) -> bool:
        return not (self._pace * layer.near or layer.drift or layer.heave or layer.ripple)

    def _merge(self, resting: Sequence[_Moving]) -> list[_Show]:
        """Paint layers that never move into one image; it has no rows that are empty."""
        if not resting:
            return []
        pixels: Pixels = np.zeros((self.view.height, self.view.width, 4), np.uint8)
        canvas, still = paper(pixels), Moment(0.0, 0.0)
        for show in resting:
            show.draw(canvas, still)
        self._shelf.clear()
        tile = cropped(pixels)
        closed = closed_from(pixels)
        return [_Merged(resting[0].near, tile.image, tile.top, closed)] if tile else []

    def _show(self, item: Item, place: str) -> _Moving | _Playing:
        art = item.art if isinstance(item, Layer) else item.effect
        name = f"{place}.{type(art).__name__}"
        look = Look(self.view, self.palette, self._seeds, item.near, name)
        unit = self.view.unit
        if isinstance(item, Play):
            return _Playing(item.near, item.effect.open(look))
        pace = abs(self._pace * item.near) + abs(item.drift) * unit / 24.0
        baked = Baked(item.art, look, self._shelf, blur=item.blur * unit / 1000.0, pace=pace)
        return _Moving(item, baked, unit)
