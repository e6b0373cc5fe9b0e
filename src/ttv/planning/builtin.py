"""The planner that needs no model: it reads the brief with the animatic's own language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Self

from ttv.animatic.language import survey
from ttv.animatic.scene import Framing
from ttv.errors import InvalidRequest
from ttv.media import Transition
from ttv.planning._beats import Beat, split
from ttv.planning._carry import prompts
from ttv.planning._cut import Cut, cut
from ttv.planning._plan import Plan, Shot
from ttv.planning._port import Brief, ShotLimits
from ttv.seeds import derive

#: Framings in the order a film goes through them where the text names none.
_CYCLE: Final = (Framing.WIDE, Framing.MEDIUM, Framing.CLOSE, Framing.MEDIUM)
_FRAMINGS: Final = {
    Framing.WIDE: "wide shot",
    Framing.MEDIUM: "medium shot",
    Framing.CLOSE: "close-up",
}


def build(options: Mapping[str, object]) -> Builtin:
    """Build the planner; it has no options."""
    for name in options:
        raise InvalidRequest(f"planner builtin has no option {name!r}", param=f"planners.{name}")
    return Builtin()


class Builtin:
    """Splits a brief at its beats and writes each as a prompt that stands alone."""

    model = "builtin-2"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def plan(self, brief: Brief, limits: ShotLimits) -> Plan:
        script = split(brief.prompt)
        fitted = cut(_fold(script.beats), brief, limits)
        one = len(fitted.beats) == 1
        written = [brief.prompt.strip()] if one else prompts(fitted.beats)
        closing = script.closing is not Transition.CUT
        late = ("the film ends on a cut: no fade follows its last shot",) if closing else ()
        return Plan(
            brief=brief.prompt,
            shots=tuple(_shots(fitted, written, brief.seed)),
            format=brief.format,
            seed=brief.seed,
            style=next((style for text in written if (style := survey(text).style)), None),
            cast=_cast(written),
            warnings=(*fitted.warnings, *late),
        )


def _fold(beats: Sequence[Beat]) -> list[Beat]:
    """Make a note of beats that only say how to film ("slow zoom in")."""
    kept: list[Beat] = []
    waiting = ""
    for beat in beats:
        if not survey(beat.text).filming_only:
            kept.append(replace(beat, note=waiting))
            waiting = ""
        elif kept:
            kept[-1] = replace(kept[-1], note=_sentences(kept[-1].note, beat.text))
        else:
            waiting = _sentences(waiting, beat.text)
    return kept or [replace(beats[0], text=" ".join(beat.text for beat in beats))]


def _sentences(before: str, text: str) -> str:
    return f"{before} {text[:1].upper()}{text[1:]}.".strip()


def _shots(fitted: Cut, written: Sequence[str], seed: int) -> Iterator[Shot]:
    """Give each piece of each beat its shot."""
    framings = _alternate(written)
    for index, (beat, prompt) in enumerate(zip(fitted.beats, written, strict=True)):
        for part, frames in enumerate(fitted.pieces[index]):
            transition = Transition.CONTINUE if part else beat.transition
            yield Shot(
                prompt=prompt,
                frames=frames,
                seed=derive(seed, "shot", str(index)),
                transition=transition,
                transition_frames=fitted.transition_frames if transition.takes_time else 0,
                framing=framings[index],
            )


def _alternate(written: Sequence[str]) -> list[str | None]:
    """Choose a framing for each prompt that names none, never the same twice in a row."""
    if len(written) == 1:
        return [None]
    chosen: list[str | None] = []
    before: Framing | None = None
    turn = 0
    for prompt in written:
        named = survey(prompt).framing
        if named is None and _CYCLE[turn % len(_CYCLE)] is before:
            turn += 1
        framing = named or _CYCLE[turn % len(_CYCLE)]
        turn += named is None
        chosen.append(None if named else _FRAMINGS[framing])
        before = framing
    return chosen


def _cast(written: Sequence[str]) -> tuple[str, ...]:
    """Name the subjects of a film: those of more than one shot, or all of a single one."""
    casts = [{mention.noun for mention in survey(prompt).mentions} for prompt in written]
    often = 1 if len(written) == 1 else 2
    names = dict.fromkeys(mention.noun for prompt in written for mention in survey(prompt).mentions)
    return tuple(name for name in names if sum(name in cast for cast in casts) >= often)
