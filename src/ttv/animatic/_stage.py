"""The stage: draws any frame of a scene, as a pure function of scene, seed and frame number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import skia
from numpy.typing import NDArray

from ttv.animatic import rigs
from ttv.animatic._camera import CameraPath
from ttv.animatic._layout import (
    Area,
    Caster,
    Lane,
    Placed,
    arrange,
    cast_all,
    set_going,
    strayed,
)
from ttv.animatic.rigs import Actor
from ttv.animatic.scene import Framing, Move, RigKind, Scene
from ttv.animatic.world import Grammar, Moment, Seeds, View, World, canvas_on, describe, vignette
from ttv.media import Format

_LINEAR: Final = skia.SamplingOptions(skia.FilterMode.kLinear)
_NEAREST: Final = skia.SamplingOptions(skia.FilterMode.kNearest)
#: Scenery grows with the framing, and the horizon of a close shot lies a little lower.
_SCENERY: Final = {Framing.WIDE: 1.0, Framing.MEDIUM: 1.22, Framing.CLOSE: 1.5}
#: Speeds in units a second above this look like a blur; the subject slows down with them.
_TOP_SPEED: Final = 0.85

Frame = NDArray[np.uint8]


class Stage:
    """Everything that is set up once for a scene; frames may be asked for in any order."""

    def __init__(
        self,
        scene: Scene,
        format: Format,  # noqa: A002  # the house's word for size and frame rate
        *,
        seed: int,
        cast: Caster = rigs.cast,
    ) -> None:
        """Cast, place and light the scene for pictures of that format."""
        self._scene = scene
        self._format = format
        seeds = Seeds(seed)
        pairs = cast_all(scene, seeds, cast)
        grounded = any(actor.grounded for _, actor in pairs)
        described = describe(scene, grounded=grounded)
        path = CameraPath(scene.camera, 0.0, 1.0)
        self._over = path.oversize
        width, height = self._composed(format.width), self._composed(format.height)
        area = _area(scene, described, width, height)
        view = _view(described, area, path.headroom)
        placed = _fit_close(arrange(scene, pairs, view, area, seeds), area, view)
        follows = self._followed(placed, area)
        self._path = CameraPath(scene.camera, follows, area.unit)
        self._placed = set_going(
            placed,
            follows=follows,
            pan=self._path.pan,
            area=area,
            tell=lambda one: one.lane is Lane.GROUND,
        )
        self._area, self._view = area, view
        pace = self._path.pace / format.fps
        self._world = World(scene, view, seeds, pace=pace, grounded=grounded)
        self._vignette = vignette(format.width, format.height, seeds)
        self._grade = self._world.palette.grade
        self._shadow = _shadow(self._world)
        self._far = np.empty((view.height, width, 4), np.uint8)
        self._near = np.empty((view.height, width, 4), np.uint8) if path.parts else None

    @property
    def actors(self) -> tuple[Actor, ...]:
        """Give the actors; the k-th (from 1) is drawn as id k."""
        return tuple(one.actor for one in self._placed)

    def frame(self, index: int) -> Frame:
        """Draw frame ``index`` as a new opaque BGRA array of (height, width, 4)."""
        now = self._moment(index)
        size = (self._format.height, self._format.width, 4)
        out: Frame = np.empty(size, np.uint8)
        canvas = canvas_on(out)
        if self._direct:
            self._compose(canvas, canvas, now)
        else:
            self._resample(canvas, now)
        canvas.drawImage(self._vignette, 0, 0, _NEAREST)
        out[:, :, 3] = 255
        return out

    def ids(self, index: int) -> Frame:
        """Tell which actor shows where, a quarter of the size: 0 is the world, k the k-th."""
        now = self._moment(index)
        height, width = self._format.height // 4, self._format.width // 4
        out: Frame = np.zeros((height, width), np.uint8)
        layer: Frame = np.empty((height, width, 4), np.uint8)
        canvas = canvas_on(layer)
        canvas.concat(skia.Matrix.Scale(0.25, 0.25))
        canvas.concat(self._lens(now, self._path.zoom(now.t)))
        for number in self._order():
            layer[...] = 0
            self._act(canvas, self._placed[number], now)
            out[layer[:, :, 3] > 127] = number + 1
        layer[...] = 0
        self._world.veil(canvas, now)
        out[layer[:, :, 3] > 127] = 0
        return out

    @property
    def _direct(self) -> bool:
        return not (self._path.zooms or self._path.tilts)

    def _composed(self, side: int) -> int:
        return math.ceil(side * self._over / 2) * 2

    def _moment(self, index: int) -> Moment:
        t = index / self._format.fps
        return Moment(t, self._path.travelled(t))

    def _followed(self, placed: Sequence[Placed], area: Area) -> float:
        """Choose the speed of a camera that goes with the first subject, or 0."""
        move = self._scene.camera.move
        if not placed or move is Move.STATIC:
            return 0.0
        lead = placed[0]
        own = lead.actor.speed * lead.scale * lead.facing
        away = {Move.PAN_LEFT: 1, Move.PAN_RIGHT: -1}.get(move, 0)
        if own * away > 0:
            return 0.0
        mixed = any(one.actor.speed == 0 and one.lane is Lane.GROUND for one in placed)
        if own and mixed and move is not Move.TRACK:
            return 0.0
        if not own:
            return 0.06 * area.unit * lead.facing if move is Move.TRACK else 0.0
        return math.copysign(min(abs(own), _TOP_SPEED * area.unit), own)

    def _compose(self, far: skia.Canvas, near: skia.Canvas, now: Moment) -> None:
        self._world.far(far, now)
        self._world.behind(near, now)
        for number in self._order():
            self._shade(near, self._placed[number], now)
        for number in self._order():
            self._act(near, self._placed[number], now)
        self._world.before(near, now)

    def _order(self) -> list[int]:
        return sorted(range(len(self._placed)), key=lambda at: (self._placed[at].near, -at))

    def _resample(self, canvas: skia.Canvas, now: Moment) -> None:
        """Compose larger or taller than the frame, then look through the lens once."""
        far = canvas_on(self._far)
        if self._near is None:
            self._compose(far, far, now)
        else:
            self._near[...] = 0
            self._compose(far, canvas_on(self._near), now)
        plates = [(self._far, self._path.far_zoom(now.t), skia.kOpaque_AlphaType)]
        if self._near is not None:
            plates.append((self._near, self._path.zoom(now.t), skia.kPremul_AlphaType))
        for plate, zoom, alpha in plates:
            height, width = plate.shape[:2]
            info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, alpha)
            image = skia.Image.MakeFromRaster(skia.Pixmap(info, plate, width * 4))
            canvas.save()
            canvas.concat(self._lens(now, zoom))
            canvas.drawImage(image, 0, 0, _LINEAR)
            canvas.restore()

    def _lens(self, now: Moment, zoom: float) -> skia.Matrix:
        """Map the composed picture to the frame."""
        area, over = self._area, self._over
        top = self._view.height - area.height - self._path.raised(now.t) * area.height
        x, y = self._focus()
        matrix = skia.Matrix.Scale(1.0 / over, 1.0 / over)
        matrix.preTranslate(0.0, -top)
        matrix.preTranslate(x, y)
        matrix.preScale(zoom, zoom)
        matrix.preTranslate(-x, -y)
        return matrix

    def _focus(self) -> tuple[float, float]:
        """Give the point that a zoom leaves in place."""
        area = self._area
        if not self._placed:
            return area.width * 0.5, self._view.height - area.height * 0.45
        lead = self._placed[0]
        box = lead.actor.box
        return lead.x, lead.y - (box.top + box.bottom) / 2 * lead.scale

    def _place(self, one: Placed, now: Moment) -> tuple[float, float, float]:
        """Give where an actor's anchor is now, and its roll in degrees."""
        x = one.x + strayed(one, now.t, now.travelled)
        y, roll = one.y, 0.0
        slow = now.t * 0.9 + one.phase * 20.0
        if one.lane is Lane.WATER and one.subject.rig is not RigKind.FISH:
            y += math.sin(slow * 1.7) * 0.008 * self._area.unit
            roll = math.sin(slow * 1.3) * 1.6
        elif one.lane is not Lane.GROUND:
            y += math.sin(slow) * 0.014 * self._area.unit
            x += math.sin(slow * 0.6 + 1.0) * 0.01 * self._area.unit
        return x, y, roll

    def _act(self, canvas: skia.Canvas, one: Placed, now: Moment) -> None:
        """Draw one actor in its place, light and style."""
        x, y, roll = self._place(one, now)
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate(roll)
        canvas.scale(one.scale * one.facing, one.scale)
        if self._grade is not None:
            canvas.saveLayer(None, skia.Paint(ColorFilter=self._grade.filter()))
        light = self._world.light(one.near)
        if one.facing < 0:
            light = replace(light, key_side=-light.key_side)
        one.actor.draw(canvas, now.t * one.tempo, light)
        if self._grade is not None:
            canvas.restore()
        canvas.restore()

    def _shade(self, canvas: skia.Canvas, one: Placed, now: Moment) -> None:
        """Lay the soft shadow that ties a subject to the ground."""
        if one.lane is not Lane.GROUND:
            return
        x, y, _ = self._place(one, now)
        half = 0.5 * one.width * 0.86
        box = one.actor.box
        middle = x + one.facing * (box.left + box.right) / 2 * one.scale
        side = self._world.light(1.0).key_side
        canvas.save()
        canvas.translate(middle - side * half * 0.22, y)
        canvas.scale(half * 1.15, min(half * 0.16, 0.035 * self._area.unit))
        canvas.drawCircle(0.0, 0.0, 1.0, self._shadow)
        canvas.restore()


def _area(scene: Scene, grammar: Grammar, width: int, height: int) -> Area:
    framing = scene.camera.framing
    water = grammar.water if grammar.water is not None else grammar.ground
    unit = min(float(height), 1.12 * width)
    return Area(width, height, unit, framing, water * height, grammar.air * height)


def _view(grammar: Grammar, area: Area, headroom: float) -> View:
    """Lay out the lines of the picture, with room above for a tilt."""
    extra = math.ceil(headroom * area.height / 2) * 2
    ground = {Framing.WIDE: 0.0, Framing.MEDIUM: 0.08, Framing.CLOSE: 0.12}[area.framing]
    return View(
        width=area.width,
        height=area.height + extra,
        unit=area.unit * _SCENERY[area.framing],
        horizon=extra + grammar.horizon * area.height,
        ground=extra + (grammar.ground + ground) * area.height,
    )


def _fit_close(placed: tuple[Placed, ...], area: Area, view: View) -> tuple[Placed, ...]:
    """Let a tall subject of a close shot stand below the frame, its head in sight."""
    out = []
    for one in placed:
        top = one.y - one.actor.box.top * one.scale
        least = view.height - area.height + 0.07 * area.height
        out.append(
            replace(one, y=one.y + max(0.0, least - top)) if one.lane is Lane.GROUND else one
        )
    return tuple(out)


def _shadow(world: World) -> skia.Paint:
    colour = world.palette.graded(world.palette.shadow)
    red, green, blue = (round(255 * part) for part in colour)
    shades = [skia.Color(red, green, blue, alpha) for alpha in (120, 92, 30, 0)]
    shader = skia.GradientShader.MakeRadial(skia.Point(0, 0), 1.0, shades, [0, 0.35, 0.75, 1])
    return skia.Paint(Shader=shader, AntiAlias=True)
