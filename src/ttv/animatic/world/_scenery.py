"""Scenery that stands alone: framing trees, furrows, seas of cloud, paths, bridges, falls."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import skia

from ttv.animatic.world._effect import Live, Moment
from ttv.animatic.world._flora import PLANTS
from ttv.animatic.world._look import Look, Span, falling, flat, polygon, shining, stroke
from ttv.animatic.world._palette import argb, mix
from ttv.animatic.world._seeds import Floats, terrain
from ttv.animatic.world._sky import Clouds
from ttv.animatic.world._terrain import outline


@dataclass(frozen=True, slots=True)
class Edge:
    """Dark boughs close to the lens that hang into the picture from above."""

    tone: str
    leafy: bool = False

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Hang one tuft at the corner of the resting picture, and others along the way."""
        step = look.view.width * 1.7
        for at in range(int((span.left - step) // step), int((span.right + step) // step) + 1):
            rng = look.seeds.rng(look.name, "edge", at)
            x = at * step + look.view.width * (1.0 if at % 2 == 0 else 0.9)
            for _ in range(7):
                self._bough(canvas, x, look, (rng.random(), rng.random(), rng.random()))

    def _paint(self, look: Look, shade: float) -> skia.Paint:
        palette = look.palette
        tone = mix(palette.material(self.tone), palette.shadow, 0.42)
        return flat(mix(palette.lit(tone, 1.0, shade), palette.haze, 0.7 * palette.veil))

    def _bough(
        self, canvas: skia.Canvas, x: float, look: Look, dice: tuple[float, float, float]
    ) -> None:
        unit = look.unit
        y = unit * (0.05 * dice[0] - 0.06)
        way = 1 if dice[1] < 0.5 else -1
        x += way * 0.05 * unit * dice[0]
        long = unit * (0.14 + 0.2 * dice[2])
        paint = self._paint(look, 0.4 + 0.2 * dice[2])
        droop = long * (0.12 + 0.3 * dice[0])
        if not self.leafy:
            points = [(x, y)]
            steps = 6
            for step in range(1, steps + 1):
                part = step / steps
                px, py = x + way * long * part, y + droop * part**1.5
                points += [
                    (px - way * long * 0.05, py + long * 0.2 * (1.1 - part)),
                    (px, py + long * 0.04),
                ]
            points.append((x + way * long * 0.5, y - long * 0.03 + droop * 0.3))
            canvas.drawPath(polygon(points), paint)
            return
        canvas.drawLine(x, y, x + way * long, y + droop, stroke((0, 0, 0), 0.004 * unit, 0.6))
        leaves = skia.Path()
        for step in range(10):
            part = 0.25 + 0.75 * step / 9
            px, py = x + way * long * part, y + droop * part
            size = long * (0.16 + 0.05 * ((step * 7) % 3))
            hang = (step % 3 - 1) * size * 0.6
            leaves.addOval(
                skia.Rect.MakeLTRB(
                    px - size * 0.62,
                    py + hang - size * 0.32,
                    px + size * 0.62,
                    py + hang + size * 0.36,
                )
            )
        canvas.drawPath(leaves, paint)


@dataclass(frozen=True, slots=True)
class Furrows:
    """Rows of crop that run along the field in soft bands."""

    light: str
    dark: str

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Band the field, denser towards the horizon."""
        unit, top = look.unit, look.base
        bottom = look.view.line(0.56)
        for row in range(9):
            part = (row + 0.5) / 9
            y = top + (bottom - top) * part**1.5

            def line(xs: Floats, y: float = y, row: int = row) -> Floats:
                return y + 0.008 * unit * terrain(
                    look.key("furrow", row), xs / (0.8 * unit), octaves=2
                )

            thick = 0.012 * unit * (0.3 + part)
            shape = outline(span, line, look.view.height)
            cut = skia.Path(shape)
            cut.offset(0, thick)
            canvas.save()
            canvas.clipPath(cut, skia.ClipOp.kDifference, doAntiAlias=True)
            canvas.drawPath(shape, look.fill(self.dark if row % 2 else self.light, 0.9, alpha=0.5))
            canvas.restore()


@dataclass(frozen=True, slots=True)
class CloudSea:
    """A floor of clouds seen from above."""

    height: float

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Heap billows along the line and fill down from them."""
        unit, palette, base = look.unit, look.palette, look.base
        tops, feet = Clouds((0, 0), (1, 1), 1).tones(look)
        air = palette.air(look.near) * 0.7
        haze = palette.graded(palette.haze)
        tops, feet = mix(tops, haze, air), mix(feet, haze, air)
        side = 1.0 if palette.place[0] >= 0.5 else -1.0
        body, lights = skia.Path(), skia.Path()
        body.addRect(skia.Rect.MakeLTRB(span.left - 9, base, span.right + 9, look.view.height + 9))
        for x, rng in span.cells(
            look, "billows", every=self.height * 0.34 * unit, reach=self.height * 1.6 * unit
        ):
            swell = 0.6 + 0.5 * float(
                terrain(look.key("swell"), np.array([x / (0.7 * unit)]), octaves=2)[0]
            )
            size = self.height * unit * rng.uniform(0.25, 0.8) * max(0.4, swell)
            y = base + size * 0.15
            body.addCircle(x, y, size)
            lights.addCircle(x + side * size * 0.14, y - size * 0.16, size * 0.82)
        paint = falling(
            base - self.height * unit,
            base + 0.3 * unit,
            [argb(tops), argb(feet), argb(mix(feet, haze, 0.4))],
            [0, 0.6, 1],
        )
        canvas.drawPath(body, paint)
        canvas.save()
        canvas.clipPath(body, doAntiAlias=True)
        lit = mix(tops, palette.graded(palette.key), 0.4)
        canvas.drawPath(
            lights,
            falling(
                base - self.height * unit, base + 0.02 * unit, [argb(lit, 0.75), argb(lit, 0.0)]
            ),
        )
        canvas.restore()


@dataclass(frozen=True, slots=True)
class Trail:
    """A trodden path that winds along below the subjects."""

    material: str = "soil"
    thick: float = 0.05

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Lay the band between two wandering edges."""
        unit, base, key = look.unit, look.base, look.key("trail")
        xs = np.arange(span.left - 12, span.right + 24, 12.0)
        middle = base + 0.03 * unit * terrain(key, xs / (1.1 * unit), octaves=2)
        half = self.thick * unit * (0.5 + 0.12 * terrain(key + 1, xs / (0.2 * unit), octaves=2))
        upper = [(float(x), float(y)) for x, y in zip(xs, middle - half, strict=True)]
        lower = [(float(x), float(y)) for x, y in zip(xs, middle + half, strict=True)]
        body = polygon(upper + lower[::-1])
        paint = falling(
            base - self.thick * unit,
            base + self.thick * unit,
            [argb(look.colour(self.material, 0.92)), argb(look.colour(self.material, 1.1))],
        )
        canvas.drawPath(body, paint)
        for x, rng in span.cells(look, "stones", every=0.05 * unit, reach=0.02 * unit):
            y = base + rng.uniform(-0.6, 0.6) * self.thick * unit
            size = unit * rng.uniform(0.002, 0.005)
            canvas.drawOval(
                skia.Rect.MakeLTRB(x - size * 1.5, y - size * 0.7, x + size * 1.5, y + size * 0.7),
                look.fill("rock", 0.9, alpha=0.7),
            )


@dataclass(frozen=True, slots=True)
class Rails:
    """A railway along the line that subjects stand on."""

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Lay ballast, sleepers and two rails, the nearer under the wheels."""
        unit, base = look.unit, look.base
        left, right = span.left - 2, span.right + 2
        bed = [(left, base - 0.022 * unit), (right, base - 0.022 * unit)]
        bed += [(right, base + 0.03 * unit), (left, base + 0.03 * unit)]
        canvas.drawPath(polygon(bed), look.blend("rock_dark", "soil_dark", 0.4, 0.9))
        for x, rng in span.cells(look, "ballast", every=0.016 * unit, reach=0.02 * unit):
            size = unit * rng.uniform(0.003, 0.006)
            y = base + rng.uniform(-0.02, 0.03) * unit
            stone = skia.Rect.MakeLTRB(x - size * 1.4, y - size * 0.7, x + size * 1.4, y + size)
            canvas.drawOval(stone, look.fill("rock", rng.uniform(0.75, 1.1)))
        step = 0.058 * unit
        for at in range(int(left // step) - 1, int(right // step) + 2):
            x, lean, wide = at * step, 0.3 * step, 0.34 * step
            top, foot = base - 0.016 * unit, base + 0.016 * unit
            corners = [(x, top), (x + wide, top), (x + lean + wide, foot), (x + lean, foot)]
            canvas.drawPath(polygon(corners), look.fill("timber_dark", 0.85))
        for y, thick in ((base - 0.012 * unit, 0.004), (base + 0.004 * unit, 0.006)):
            canvas.drawRect(
                skia.Rect.MakeLTRB(left, y - thick * unit, right, y), look.fill("metal", 1.05)
            )
            canvas.drawRect(
                skia.Rect.MakeLTRB(left, y, right, y + 0.5 * thick * unit),
                look.fill("metal_dark", 0.7),
            )


@dataclass(frozen=True, slots=True)
class Bridge:
    """An arched stone bridge over a stream."""

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Build one in every long cell."""
        unit = look.unit
        step = 2.4 * unit
        for at in range(int((span.left - unit) // step), int((span.right + unit) // step) + 1):
            x, y = (at + 0.42) * step, look.base
            wide, tall = 0.62 * unit, 0.16 * unit
            water = skia.Rect.MakeLTRB(
                x - wide * 0.42, y - 0.01 * unit, x + wide * 0.42, y + 0.05 * unit
            )
            canvas.drawOval(water, look.fill("water"))
            body = skia.Path()
            body.moveTo(x - wide, y)
            body.cubicTo(
                x - wide * 0.5, y - tall * 0.5, x - wide * 0.4, y - tall * 1.25, x, y - tall * 1.25
            )
            body.cubicTo(
                x + wide * 0.4, y - tall * 1.25, x + wide * 0.5, y - tall * 0.5, x + wide, y
            )
            body.close()
            arch = skia.Path()
            arch.addOval(
                skia.Rect.MakeLTRB(
                    x - wide * 0.34, y - tall * 0.86, x + wide * 0.34, y + tall * 0.86
                )
            )
            canvas.save()
            canvas.clipPath(arch, skia.ClipOp.kDifference, doAntiAlias=True)
            canvas.drawPath(body, look.fill("rock"))
            canvas.clipPath(body, doAntiAlias=True)
            joints = stroke(look.colour("rock_dark"), max(1.0, 0.003 * unit), 0.6)
            for row in range(7):
                ry = y - tall * 0.2 * row
                canvas.drawLine(x - wide, ry, x + wide, ry, joints)
                for column in range(15):
                    cx = x - wide + wide * 2 * (column + 0.5 * (row % 2)) / 15
                    canvas.drawLine(cx, ry, cx, ry - tall * 0.2, joints)
            canvas.restore()
            rail = skia.Path()
            rail.moveTo(x - wide, y - tall * 0.04)
            rail.cubicTo(
                x - wide * 0.5, y - tall * 0.56, x - wide * 0.4, y - tall * 1.33, x, y - tall * 1.33
            )
            rail.cubicTo(
                x + wide * 0.4,
                y - tall * 1.33,
                x + wide * 0.5,
                y - tall * 0.56,
                x + wide,
                y - tall * 0.04,
            )
            canvas.drawPath(
                rail,
                stroke(look.colour("snow" if look.palette.snowy else "rock", 1.12), 0.022 * unit),
            )


@dataclass(frozen=True, slots=True)
class Cliff:
    """The wall of rock that a waterfall comes down, with trees on its rim."""

    x: float = 0.7

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Raise the wall in ledges from the left and carry it out of the picture."""
        canvas.clipRect(span.rect(look.view))
        unit, y = look.unit, look.base
        x, rng = look.view.width * self.x, look.seeds.rng(look.name, "cliff")
        points = [(x - 0.52 * unit, y + 0.02 * unit)]
        for step in range(1, 7):
            part = step / 6
            px, py = x - unit * (0.52 - 0.4 * part), y - unit * 0.46 * part**0.8
            points += [(px - 0.035 * unit, py + 0.05 * unit * rng.random()), (px, py)]
        points += [(x + 1.4 * unit, y - 0.49 * unit), (x + 1.4 * unit, y + 0.02 * unit)]
        for _ in range(9):
            tree, tall = x + rng.uniform(-0.1, 1.3) * unit, unit * rng.uniform(0.08, 0.17)
            PLANTS["conifer"](canvas, tree, y - 0.46 * unit, tall, rng, look)
        wall = polygon(points)
        top, low = argb(look.colour("rock", 1.02)), argb(look.colour("rock_dark", 0.9))
        canvas.drawPath(wall, falling(y - 0.46 * unit, y, [top, low]))
        canvas.clipPath(wall, doAntiAlias=True)
        for row in range(1, 9):
            ly = y - 0.46 * unit * row / 9
            for _ in range(9):
                lx, half = x + rng.uniform(-0.5, 1.3) * unit, unit * rng.uniform(0.02, 0.09)
                edge = ly + rng.uniform(-0.02, 0.02) * unit
                facet = [
                    (lx - half, edge),
                    (lx + half, edge - 0.01 * unit),
                    (lx + half * 0.8, edge + 0.03 * unit),
                ]
                canvas.drawPath(
                    polygon(facet), look.fill(rng.choice(("rock", "rock_dark")), 0.86, 0.5)
                )
        slot = skia.Rect.MakeLTRB(x - 0.1 * unit, y - 0.5 * unit, x + 0.1 * unit, y + 0.02 * unit)
        canvas.drawRect(slot, look.fill("rock_dark", 0.62))
        rim = look.fill("snow" if look.palette.snowy else "grass_dark")
        canvas.drawRect(
            skia.Rect.MakeLTRB(x - unit, y - 0.5 * unit, x + 1.4 * unit, y - 0.448 * unit), rim
        )


@dataclass(frozen=True, slots=True)
class Falls:
    """Water that pours down a cliff into spray."""

    x: float = 0.7

    def open(self, look: Look) -> Live:
        """Throw the strands."""
        return _Falls(look, self)


class _Falls:
    def __init__(self, look: Look, spec: Falls) -> None:
        self._look, self._x = look, spec.x * look.view.width
        rng = look.seeds.rng(look.name, "falls")
        self._strands = [(rng.uniform(-1, 1), rng.random(), rng.random()) for _ in range(30)]
        self._sheet = look.blend("water_light", "foam", 0.4)
        self._pens = [
            stroke(look.colour(tone), 0.007 * look.unit, alpha)
            for tone, alpha in (("foam", 0.85), ("water", 0.4))
        ]

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Let the strands run down and the spray puff."""
        look, unit = self._look, self._look.unit
        x, foot = self._x - look.near * now.travelled, look.base + 0.015 * unit
        top, half = foot - 0.455 * unit, 0.07 * unit
        canvas.drawPath(
            polygon(
                [
                    (x - half * 0.86, top),
                    (x + half * 0.86, top),
                    (x + half * 1.1, foot),
                    (x - half * 1.1, foot),
                ]
            ),
            self._sheet,
        )
        for at, (across, phase, pace) in enumerate(self._strands):
            run = (phase + now.t * (0.7 + 0.5 * pace)) % 1.2
            a, b = max(0.0, run - 0.22), min(1.0, run)
            if a < b:
                sx = x + across * half
                canvas.drawLine(
                    sx,
                    top + (foot - top) * a,
                    sx + across * 4,
                    top + (foot - top) * b,
                    self._pens[at % 2],
                )
        for at in range(5):
            puff = 0.045 * unit * (1 + 0.25 * math.sin(now.t * 2.3 + at * 1.9))
            px = x + (at - 2) * 0.035 * unit
            canvas.drawCircle(px, foot, puff, shining(px, foot, puff, look.colour("foam"), 0.8))
