"""A plan as a person writes it, in YAML or JSON.

.. code-block:: yaml

    title: A day at sea          # optional, as all fields but the shots' prompts
    size: 1280x720
    fps: 24
    seed: 7
    style: watercolor            # added to every prompt that does not say it
    shots:
      - prompt: A small red boat leaves the harbour at dawn
        seconds: 4               # or frames: 96
        framing: wide shot
      - prompt: Gulls circle above the boat
        seconds: 3.5
        camera: tilt up
        transition: crossfade    # cut, crossfade, fade or continue
        transition_seconds: 0.5
      - The boat comes home under the stars
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ttv.errors import InvalidRequest
from ttv.media import Format, Transition
from ttv.planning._document import build_shot, from_document
from ttv.planning._fields import Fields
from ttv.planning._plan import TRANSITION_SECONDS, Plan, Shot
from ttv.planning._source import load
from ttv.seeds import MAX_SEED, derive

MAX_SHOTS: Final = 200
MAX_PROMPT: Final = 4_000
MAX_SHOT_SECONDS: Final = 600.0
#: Limit of the short texts: title, style, camera, framing.
MAX_WORDS: Final = 300
SHOT_SECONDS: Final = 4.0


def read_plan(path: Path, *, format: Format, seed: int) -> Plan:  # noqa: A002 - the field's name
    """Read a plan file; ``format`` and ``seed`` hold where the file names none.

    Both forms are read: the one a person writes (see the top of this file), and the
    versioned one that ``to_document`` gives. Raises InvalidRequest naming the field by its
    path (``shots[2].seconds``), the limit, and the nearest known field for an unknown one.
    """
    return from_draft(load(path), format=format, seed=seed)


def from_draft(
    draft: Mapping[str, Any],
    *,
    format: Format,  # noqa: A002 - the field's name
    seed: int,
) -> Plan:
    """Read a plan that is already loaded, as ``read_plan`` does."""
    if "version" in draft:
        return from_document(draft)
    try:
        return _plan(Fields(draft), format, seed)
    except InvalidRequest as error:
        if not (error.param or "").endswith(".transition_frames"):
            raise
        param = str(error.param).replace("_frames", "_seconds")
        raise InvalidRequest(error.message, param=param) from error


def _plan(fields: Fields, default: Format, seed: int) -> Plan:
    title = _words(fields, "title", MAX_WORDS)
    style = _words(fields, "style", MAX_WORDS)
    own_seed = fields.whole("seed", most=MAX_SEED)
    picture = _format(fields, default)
    maker = _ShotMaker(picture, seed if own_seed is None else own_seed, style)
    shots: list[Shot] = []
    for value in fields.items("shots", limit=MAX_SHOTS):
        shots.append(maker.shot(value, before=shots))
    fields.finish()
    return Plan(
        brief=title or " ".join(shot.prompt for shot in shots)[:MAX_PROMPT],
        shots=tuple(shots),
        format=picture,
        seed=maker.seed,
        style=style,
    )


class _ShotMaker:
    """Makes the shots of one draft."""

    def __init__(self, picture: Format, seed: int, style: str | None) -> None:
        self.picture = picture
        self.seed = seed
        self.style = style

    def shot(self, value: object, *, before: list[Shot]) -> Shot:
        """Make the shot that follows those before; a bare text is its prompt."""
        path = f"shots[{len(before)}]"
        fields = Fields({"prompt": value} if isinstance(value, str) else value, path)
        transition = fields.choice("transition", Transition) or Transition.CUT
        shot = build_shot(
            path,
            prompt=self._prompt(fields),
            frames=self._frames(fields),
            seed=self._seed(fields, transition, before),
            transition=transition,
            transition_frames=self._transition_frames(fields, transition),
            camera=_words(fields, "camera", MAX_WORDS),
            framing=_words(fields, "framing", MAX_WORDS),
            first_keyframe=_words(fields, "first_keyframe", MAX_PROMPT),
        )
        fields.finish()
        return shot

    def _prompt(self, fields: Fields) -> str:
        prompt = fields.must("prompt", _words(fields, "prompt", MAX_PROMPT))
        if not prompt or not self.style or self.style.casefold() in prompt.casefold():
            return prompt
        return f"{prompt.rstrip('.')}, {self.style}"

    def _frames(self, fields: Fields) -> int:
        if fields.has("frames") and fields.has("seconds"):
            raise fields.refuse("seconds", "cannot be given beside frames; keep one of the two")
        longest = self.picture.frames(MAX_SHOT_SECONDS)
        frames = fields.whole("frames", least=1, most=longest)
        seconds = fields.number("seconds", least=1 / self.picture.fps, most=MAX_SHOT_SECONDS)
        return frames or self.picture.frames(seconds or SHOT_SECONDS)

    def _seed(self, fields: Fields, transition: Transition, before: list[Shot]) -> int:
        own = fields.whole("seed", most=MAX_SEED)
        if own is not None:
            return own
        if transition is Transition.CONTINUE and before:
            return before[-1].seed
        return derive(self.seed, "shot", str(len(before)))

    def _transition_frames(self, fields: Fields, transition: Transition) -> int:
        if not transition.takes_time:
            if fields.has("transition_seconds"):
                raise fields.refuse("transition_seconds", f"has no meaning for a {transition}")
            return 0
        seconds = fields.number("transition_seconds", least=0.0, most=MAX_SHOT_SECONDS)
        return self.picture.frames(TRANSITION_SECONDS if seconds is None else seconds)


def _words(fields: Fields, name: str, limit: int) -> str | None:
    """Take a text in NFC and trimmed."""
    text = fields.text(name, limit=limit)
    return None if text is None else unicodedata.normalize("NFC", text).strip()


def _format(fields: Fields, default: Format) -> Format:
    fps = fields.whole("fps", least=1)
    size = fields.text("size", limit=MAX_WORDS)
    return default.altered(size=size, fps=fps)
