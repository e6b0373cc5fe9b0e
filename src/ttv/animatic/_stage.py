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
from ttv.animatic._layout import Area, Lane, Placed, arrange, cast_all
from ttv.animatic._motion import courses, followed, pan_room, strayed
from ttv.animatic._mount import Caster
from ttv.animatic._wake import Body, arc_of, draw_rings, draw_spray
from ttv.animatic.rigs import Actor
from ttv.animatic.scene import Framing, RigKind, Scene, Setting
from ttv.animatic.world import Grammar, Moment, Seeds, View, World, canvas_on, describe, vignette
from ttv.media import Format

_LINEAR: Final = skia.SamplingOptions(skia.FilterMode.kLinear)
_NEAREST: Final = skia.SamplingOptions(skia.FilterMode.kNearest)
#: Scenery grows with the framing, and the horizon of a close shot lies a little lower.
_SCENERY: Final = {Framing.WIDE: 1.0, Framing.MEDIUM: 1.22, Framing.CLOSE: 1.5}
#: Strength and height of a mirror image.
_MIRROR: Final = 0.3
_MIRRORED: Final = 0.7

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
        parts = cast_all(scene, seeds, cast)
        grounded = any(part.lane is Lane.GROUND for part in parts)
        described = describe(scene, grounded=grounded)
        path = CameraPath(scene.camera, 0.0, 1.0)
        self._over = path.oversize
        width, height = self._composed(format.width), self._composed(format.height)
        area = _area(scene, described, width, height)
        view = _view(described, area, path.headroom)
        placed = _fit_close(arrange(scene, parts, view, area, seeds), area, view)
        follows = followed(placed, scene.camera.move, area.unit)
        self._path = CameraPath(scene.camera, follows, area.unit, pan_room(placed, area.width))
        self._placed = placed
        self._courses = courses(placed, area, scene.setting, follows=follows, pan=self._path.pan)
        self._area, self._view = area, view
        pace = self._path.pace / format.fps
        self._world = World(scene, view, seeds, pace=pace, grounded=grounded)
        self._vignette = vignette(format.width, format.height, seeds, style=scene.style)
        self._grade = self._world.palette.grade
        self._shadow = _shadow(self._world)
        order = sorted(range(len(placed)), key=lambda at: (placed[at].near, -at))
        beyond = scene.setting is Setting.BEACH
        self._offing = [at for at in order if beyond and placed[at].lane is Lane.WATER]
        self._here = [at for at in order if at not in self._offing]
        self._hold = 1 if len(placed) <= 4 else 2 if len(placed) <= 8 else 3
        self._poses: dict[int, tuple[int, skia.Picture]] = {}
        count = 2 if path.parts else 1 if path.zooms or path.tilts else 0
        shape = (view.height, width, 4)
        #: What is composed before it goes through the lens: nothing, all, or far and near.
        self._plates: list[Frame] = [np.empty(shape, np.uint8) for _ in range(count)]

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
        if self._plates:
            self._resample(canvas, now)
        else:
            self._compose(canvas, canvas, now)
        canvas.drawImage(self._vignette, 0, 0, _NEAREST)
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
        for number in (*self._offing, *self._here):
            layer[...] = 0
            self._act(canvas, number, now)
            out[layer[:, :, 3] > 127] = number + 1
        layer[...] = 0
        self._world.veil(canvas, now)
        out[layer[:, :, 3] > 127] = 0
        return out

    def _composed(self, side: int) -> int:
        return math.ceil(side * self._over / 2) * 2

    def _moment(self, index: int) -> Moment:
        t = index / self._format.fps
        return Moment(t, self._path.travelled(t))

    def _compose(self, far: skia.Canvas, near: skia.Canvas, now: Moment) -> None:
        self._world.far(far, now)
        self._perform(near, self._offing, now)
        self._world.behind(near, now)
        self._perform(near, self._here, now)
        self._world.before(near, now)

    def _perform(self, canvas: skia.Canvas, numbers: Sequence[int], now: Moment) -> None:
        """Draw actors with their shadows, the farthest first."""
        for number in numbers:
            self._shade(canvas, number, now)
        for number in numbers:
            wet = self._placed[number].lane is Lane.WATER
            if wet:
                self._mirror(canvas, number, now)
            self._act(canvas, number, now)
            if wet:
                self._wet(canvas, number, now)

    def _mirror(self, canvas: skia.Canvas, number: int, now: Moment) -> None:
        """Draw what floats on calm water once more, upside down, faint and rocking."""
        bank, body = self._world.grammar.bank, self._body(number, now)
        if bank is None or self._courses[number].leap:
            return
        canvas.save()
        canvas.clipRect(
            skia.Rect.MakeLTRB(0.0, body.y, self._area.width, self._view.line(bank)),
            doAntiAlias=True,
        )
        canvas.translate(body.x, body.y)
        canvas.scale(1.0, -_MIRRORED)
        canvas.skew(0.03 * math.sin(1.3 * now.t), 0.0)
        canvas.translate(-body.x, -body.y)
        canvas.saveLayer(None, skia.Paint(Alphaf=_MIRROR))
        self._act(canvas, number, now)
        canvas.restore()
        canvas.restore()

    def _wet(self, canvas: skia.Canvas, number: int, now: Moment) -> None:
        """Draw the rings or the spray about a body in the water."""
        palette, body = self._world.palette, self._body(number, now)
        foam = palette.lit(palette.material("foam"), 1.0)
        if self._courses[number].leap:
            draw_spray(canvas, body, arc_of(now.t, self._placed[number].phase), foam)
        else:
            draw_rings(canvas, body, now.t, foam)

    def _body(self, number: int, now: Moment) -> Body:
        """Give the place of a body on the water line, where its anchor is at rest."""
        one = self._placed[number]
        x, y, _ = self._place(number, now)
        box = one.actor.box
        if self._courses[number].leap:
            y = one.y
        return Body(x + one.facing * (box.left + box.right) / 2 * one.scale, y, one.width / 2)

    def _resample(self, canvas: skia.Canvas, now: Moment) -> None:
        """Compose larger or taller than the frame, then look through the lens once."""
        far, near = self._plates[0], self._plates[-1]
        lens = self._lens(now, self._path.zoom(now.t))
        if near is far:
            self._compose(canvas_on(far), canvas_on(far), now)
            self._project(canvas, far, lens, solid=True)
            return
        near[...] = 0
        self._compose(canvas_on(far), canvas_on(near), now)
        seen = math.ceil(lens.mapXY(0.0, self._world.closed_from).y()) + 2
        canvas.save()
        canvas.clipRect(skia.Rect.MakeWH(self._format.width, seen))
        self._project(canvas, far, self._lens(now, self._path.far_zoom(now.t)), solid=True)
        canvas.restore()
        self._project(canvas, near, lens, solid=False)

    def _project(
        self, canvas: skia.Canvas, plate: Frame, lens: skia.Matrix, *, solid: bool
    ) -> None:
        height, width = plate.shape[:2]
        alpha = skia.kOpaque_AlphaType if solid else skia.kPremul_AlphaType
        info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, alpha)
        image = skia.Image.MakeFromRaster(skia.Pixmap(info, plate, width * 4))
        canvas.save()
        canvas.concat(lens)
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
        lead, course = self._placed[0], self._courses[0]
        box = lead.actor.box
        part = 0.72 if box.top - box.bottom > 1.4 * (box.right - box.left) else 0.5
        up = box.bottom + (box.top - box.bottom) * part
        places = [one.x for one in self._placed]
        middle = (min(places) + max(places)) / 2
        return middle + course.shift, lead.y - up * lead.scale

    def _place(self, number: int, now: Moment) -> tuple[float, float, float]:
        """Give where an actor's anchor is now, and its roll in degrees."""
        one, course = self._placed[number], self._courses[number]
        x = one.x + strayed(course, one.near, now.t, now.travelled)
        y, roll, unit = one.y, 0.0, self._area.unit
        slow = now.t * 0.9 + one.phase * 20.0
        if course.leap:
            arc = arc_of(now.t, one.phase)
            y -= course.leap * (0.4 + 0.7 * math.sin(arc))
            roll = -26.0 * math.cos(arc) * one.facing
        elif one.lane is not Lane.GROUND:
            y += math.sin(slow) * (0.014 if one.lane is Lane.AIR else 0.006) * unit
            x += math.sin(slow * 0.6 + 1.0) * 0.01 * unit
        return x, y, roll

    def _act(self, canvas: skia.Canvas, number: int, now: Moment) -> None:
        """Draw one actor in its place, light and style."""
        one = self._placed[number]
        x, y, roll = self._place(number, now)
        canvas.save()
        if one.lane is Lane.WATER and one.subject.rig is RigKind.BIRD:
            sunk = y + 0.1 * one.actor.box.top * one.scale
            canvas.clipRect(skia.Rect.MakeLTRB(0.0, 0.0, self._area.width, sunk), doAntiAlias=True)
        canvas.translate(x, y)
        canvas.rotate(roll)
        canvas.scale(one.scale * one.facing, one.scale)
        if self._grade is not None:
            canvas.saveLayer(None, skia.Paint(ColorFilter=self._grade.filter()))
        self._pose(canvas, number, now)
        if self._grade is not None:
            canvas.restore()
        canvas.restore()

    def _pose(self, canvas: skia.Canvas, number: int, now: Moment) -> None:
        """Draw the pose; in a crowd each holds one for some frames, in turn."""
        one = self._placed[number]
        light = self._world.light(one.near)
        if one.facing < 0:
            light = replace(light, key_side=-light.key_side)
        tempo, hold = self._courses[number].tempo, self._hold
        if hold == 1:
            one.actor.draw(canvas, now.t * tempo, light)
            return
        beat = (round(now.t * self._format.fps) + number) // hold
        held = self._poses.get(number)
        if held is None or held[0] != beat:
            recorder = skia.PictureRecorder()
            box = one.actor.box
            room = skia.Rect.MakeLTRB(box.left, -box.top, box.right, -box.bottom)
            room.outset(room.width(), room.height())
            t = (beat * hold - number) / self._format.fps
            one.actor.draw(recorder.beginRecording(room), t * tempo, light)
            held = (beat, recorder.finishRecordingAsPicture())
            self._poses[number] = held
        canvas.drawPicture(held[1])

    def _shade(self, canvas: skia.Canvas, number: int, now: Moment) -> None:
        """Lay the soft shadow that ties a subject to the ground."""
        one = self._placed[number]
        if one.lane is not Lane.GROUND:
            return
        x, _, _ = self._place(number, now)
        half = 0.5 * one.width * 0.86
        box = one.actor.box
        middle = x + one.facing * (box.left + box.right) / 2 * one.scale
        side = self._world.light(1.0).key_side
        canvas.save()
        canvas.translate(middle - side * half * 0.16, one.y)
        canvas.scale(half * 1.1, min(half * 0.15, 0.03 * self._area.unit))
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
