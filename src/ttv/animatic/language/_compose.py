"""Words to a Scene: choose among the findings, and fill in what was not said."""

from __future__ import annotations

import random
from typing import Final

from ttv.animatic.language._cast import MAX_COUNT
from ttv.animatic.language._findings import Findings, Part
from ttv.animatic.language._light import choose_light, hide
from ttv.animatic.language._manner import TRAVELS, habit
from ttv.animatic.language._place import choose_place
from ttv.animatic.language._reader import read
from ttv.animatic.language._senses import Kind
from ttv.animatic.scene import (
    Action,
    Camera,
    Framing,
    Move,
    RigKind,
    Scene,
    Setting,
    Subject,
    Understanding,
    Weather,
)
from ttv.seeds import derive

CAMERA_SPEEDS: Final = {"slow": 0.5, "fast": 1.8}
#: The camera's own tempo where the prompt names no move: it should not be noticed.
_QUIET: Final = 0.5


def compose(
    prompt: str, *, seed: int, camera: str | None = None, framing: str | None = None
) -> Scene:
    """Read a prompt into a Scene; equal arguments give an equal Scene.

    Never fails: what it does not know becomes a placeholder or is reported in
    ``Scene.understanding``, which accounts for every word. The words of ``camera`` and
    ``framing`` win over those in the prompt.
    """
    findings = read(prompt)
    light = choose_light(findings)
    place = choose_place(findings, light.time)
    hide(findings, place.setting)
    asked = _Shooting(findings, camera, framing)
    facing = _facing(asked.move)
    subjects = tuple(
        _subject(part, place.setting, facing, seed) for part in (*findings.parts, *findings.things)
    )
    return Scene(
        setting=place.setting,
        subjects=subjects,
        time=light.time_shown,
        weather=light.weather or Weather.CLEAR,
        season=light.season_shown,
        camera=asked.camera(subjects),
        sky=light.sky,
        passage=light.passage,
        props=place.props,
        style=light.style,
        understanding=asked.understanding(),
    )


class _Shooting:
    """Camera and framing: those of the arguments, of the prompt, or quiet ones."""

    def __init__(self, findings: Findings, camera: str | None, framing: str | None) -> None:
        self._findings = findings
        self._own = [read(text) for text in (camera, _long(framing)) if text]
        self.move = self._choose(Kind.MOVE)
        self.framing = self._choose(Kind.FRAMING)

    def _choose(self, kind: Kind) -> str | None:
        said = [(at, mark) for at, mark in self._findings.marks if mark.kind is kind]
        own = [mark for words in self._own for _, mark in words.marks if mark.kind is kind]
        if not own:
            return said[0][1].value if said else None
        for at, mark in said:
            if mark.value != own[0].value:
                self._findings.ledger.outdo(at, own[0].value.replace("_", " "))
        return own[0].value

    def camera(self, subjects: tuple[Subject, ...]) -> Camera:
        """Give the camera; unasked, it goes with a subject on its way or drifts slowly."""
        few = len(subjects) in (1, 2) and sum(subject.count for subject in subjects) <= 2
        framing = Framing(self.framing or (Framing.MEDIUM if few else Framing.WIDE))
        paces = [words.camera_pace for words in (*self._own, self._findings) if words.camera_pace]
        speed = CAMERA_SPEEDS[paces[0].value] if paces else 1.0
        if self.move:
            return Camera(Move(self.move), framing, speed)
        if any(subject.action in TRAVELS for subject in subjects):
            return Camera(Move.TRACK, framing, speed)
        return Camera(Move.DOLLY_IN if subjects else Move.PAN_RIGHT, framing, speed * _QUIET)

    def understanding(self) -> Understanding:
        """Sum up the prompt and the words of the arguments."""
        sums = [words.ledger.understanding() for words in (self._findings, *self._own)]
        return Understanding(
            understood=tuple(dict.fromkeys(word for each in sums for word in each.understood)),
            substituted=tuple(dict.fromkeys(pair for each in sums for pair in each.substituted)),
            ignored=tuple(dict.fromkeys(word for each in sums for word in each.ignored)),
        )


def _long(framing: str | None) -> str | None:
    """Read a bare "close", "medium" or "wide" as the shot of that name."""
    short = {Framing.CLOSE: "close-up", Framing.MEDIUM: "medium shot", Framing.WIDE: "wide shot"}
    return short.get(Framing(framing), framing) if framing in set(Framing) else framing


def _facing(move: str | None) -> int:
    """Choose the way subjects face when nobody says: along a pan, else to the right.

    The seed has no say, so that a subject keeps its direction from shot to shot.
    """
    return -1 if move == Move.PAN_LEFT else 1


def _subject(part: Part, setting: Setting, facing: int, seed: int) -> Subject:
    noun = part.noun
    return Subject(
        noun=noun.species if noun else part.name,
        rig=noun.rig if noun else RigKind.PLACEHOLDER,
        count=_count(part, seed),
        colour=part.colour,
        action=_action(part, setting),
        facing=part.facing or facing,
        scale=round(part.scale, 3),
        on=part.on.species if part.on else None,
        on_colour=part.on_colour,
        pace=part.pace,
    )


def _count(part: Part, seed: int) -> int:
    """Settle a count: a vague one is drawn by the seed."""
    if part.count is None:
        least, most = (3, 4) if part.plural else (1, 1)
    else:
        least, most = part.count.least, part.count.most
    draw = random.Random(derive(seed, "count", part.name))
    return min(MAX_COUNT, draw.randint(least, most))


def _action(part: Part, setting: Setting) -> Action:
    if part.on and part.on.rig is RigKind.QUADRUPED and part.action is Action.DRIVE:
        return Action.RUN
    return part.action or habit(part, setting)
