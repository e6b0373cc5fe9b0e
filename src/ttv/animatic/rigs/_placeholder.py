"""A labelled card for a noun that nobody has drawn yet; it moves with the action."""

from __future__ import annotations

import random
from functools import cache
from importlib.resources import as_file, files

import skia

from ttv.animatic.rigs._curve import bar, disc
from ttv.animatic.rigs._figure import Figure, figure, vary
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs._rhythm import wave
from ttv.animatic.scene import Action, Subject

#: Seconds of a step, its height in units and units a second, by action.
_WALKS: dict[Action, tuple[float, float, float]] = {
    Action.WALK: (0.62, 8.0, 70.0),
    Action.RUN: (0.4, 16.0, 190.0),
    Action.JUMP: (0.9, 58.0, 90.0),
    Action.DANCE: (0.5, 14.0, 0.0),
    Action.DRIVE: (0.5, 2.0, 260.0),
}
#: Actions off the ground, with their speed.
_FLIGHTS: dict[Action, float] = {
    Action.FLY: 220.0,
    Action.HOVER: 0.0,
    Action.FLOAT: 0.0,
    Action.SWIM: 70.0,
    Action.DIVE: 70.0,
    Action.SAIL: 80.0,
    Action.FALL: 0.0,
}
_FILLS = {"body": "#f4ead6", "body-dark": "#d9c7a4", "ink": "#3a3340", "trim": "#d9794e"}


@cache
def font_face() -> skia.Typeface:
    """Load the bundled typeface."""
    with as_file(files("ttv.animatic.rigs") / "fonts" / "DejaVuSans.ttf") as path:
        return skia.Typeface.MakeFromFile(str(path))


def placeholder(subject: Subject, *, rng: random.Random, index: int) -> Figure:
    """Cast a card that carries the user's word."""
    variation = vary(rng, index)
    palette = variation.palette(_FILLS, subject.colour)
    font = skia.Font(font_face(), 24.0)
    label = subject.noun
    width = max(84.0, font.measureText(label) + 36.0)
    if width > 190.0:
        font.setSize(24.0 * 154.0 / (width - 36.0))
        width = 190.0
    text = label_path(font, label)
    airborne = subject.action in _FLIGHTS
    period, lift, speed = _WALKS.get(subject.action, (2.6, 1.6, 0.0))
    base = -46.0 if airborne else 0.0

    def paint(pen: Pen, t: float) -> None:
        step = abs(wave(t / period / 2))
        tilt = 0.07 * wave(t / period / 2 + 0.25) * min(1.0, lift / 8)
        squash = 1 - 0.06 * (1 - step) * min(1.0, lift / 14)
        rise = 4 * wave(t / 3.0) if airborne else lift * step
        turn = 0.09 * wave(t / 3.7) if airborne else tilt
        with pen.frame(0, rise, turn=turn), pen.stretch(0, base, 2 - squash, squash):
            for side, lead in ((-1, 0.0), (1, 0.5)):
                foot = 0.5 * min(lift, 9.0) * max(0.0, wave(t / period / 2 + lead))
                x = side * width * 0.22 - 9
                pen.form(bar(x, base + foot, 22, 22, 8), palette["trim"], depth=3)
            pen.form(bar(-width / 2, base + 13, width, 80, 20), palette["body"], depth=6)
            pen.fill(bar(-width / 2 + 16, base + 28, width - 32, 3, 1.5), palette["trim"])
            pen.fill(disc((9, base + 75), 4.4), palette["ink"])
            pen.fill(disc((31, base + 75), 4.4), palette["ink"])
            with pen.frame(0, base + 42):
                pen.fill(text, palette["ink"])

    return figure(
        paint,
        unit=0.01 * variation.size,
        height=92.0,
        speed=_FLIGHTS.get(subject.action, speed),
        grounded=not airborne,
        cycle=7.4,
        variation=variation,
    )


def label_path(font: skia.Font, label: str) -> skia.Path:
    """Set a word as a path, y up, centred on the origin."""
    path = skia.Path()
    glyphs = font.textToGlyphs(label)
    left = -font.measureText(label) / 2
    for glyph, at in zip(glyphs, font.getXPos(glyphs), strict=True):
        outline = font.getPath(glyph)
        if outline is not None:
            path.addPath(outline, left + at, 0)
    path.transform(skia.Matrix.Scale(1, -1))
    return path
