"""An Order: one film as asked for, checked, in the form that is stored with a job."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from ttv import outputs
from ttv.errors import InvalidRequest
from ttv.hints import did_you_mean
from ttv.media import Format
from ttv.pipeline._given import Given
from ttv.pipeline._take import Take
from ttv.planning import Brief, Plan, from_document, to_document
from ttv.seeds import checked, derive

#: Characters that no prompt needs and that break logs, terminals and captions.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Mode(StrEnum):
    """How segments are joined to each other."""

    KEYFRAME = "keyframe"  #: Segments run in parallel, each between painted stills.
    CHAINING = "chaining"  #: Each segment starts from the last frame of the one before.
    AUTO = "auto"  #: Chosen for each seam from the plan and the engine; the reason is recorded.


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one order may ask for."""

    prompt_chars: int
    film_seconds: float


@dataclass(frozen=True, slots=True)
class Order:
    """What to make and with what; exactly one of ``prompt`` and ``plan`` is set."""

    prompt: str | None = None
    plan: Plan | None = None
    format: Format = field(default_factory=Format)
    #: Length of the film in frames; None lets the planner choose.
    frames: int | None = None
    seed: int = 0
    mode: Mode = Mode.AUTO
    planner: str = "builtin"
    painter: str = "animatic"
    generator: str = "animatic"
    #: Shots that are made anew, in their order.
    takes: tuple[Take, ...] = ()
    #: Other forms of the film that are delivered beside it, in alphabetical order.
    outputs: tuple[str, ...] = ()
    #: Whether the film and its outputs carry neither title nor a word on how they were made.
    strip_metadata: bool = False
    #: The picture that the film opens on, instead of a painted one.
    first_frame: Given | None = None
    #: What is heard, instead of what the scenes sound like.
    soundtrack: Given | None = None
    #: SHA-256 of the film that it makes again.
    reproduces: str | None = None
    #: Why it may come out otherwise, one sentence each.
    differences: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.prompt is None) == (self.plan is None):
            raise InvalidRequest("give either a prompt or a plan", param="prompt")
        if self.outputs != tuple(sorted(set(self.outputs))):
            raise ValueError(f"outputs are not in order: {self.outputs}")

    def take(self, shot: int) -> Take | None:
        """Give the take of a shot; None while it is the one of the plan."""
        return next((take for take in self.takes if take.shot == shot), None)

    def retaken(self, shot: int, *, prompt: str | None = None, seed: int | None = None) -> Self:
        """Give the order with one shot to be made anew, its neighbours kept.

        With neither prompt nor seed it takes another seed. What is not given stays as the
        take before had it. Raises InvalidRequest.
        """
        before = self.take(shot) or Take(shot, 0)
        number = before.number + 1
        if prompt is None and seed is None:
            seed = derive(self.seed, "take", str(shot), str(number))
        take = replace(
            before,
            number=number,
            prompt=before.prompt if prompt is None else prompt,
            seed=before.seed if seed is None else seed,
        )
        others = (other for other in self.takes if other.shot != shot)
        takes = sorted((*others, take), key=lambda take: take.shot)
        return replace(self, takes=tuple(takes), reproduces=None)

    @property
    def given(self) -> Mapping[str, Given]:
        """Give the user's own files by the fields that name them."""
        named = {"first_frame": self.first_frame, "soundtrack": self.soundtrack}
        return {name: given for name, given in named.items() if given is not None}

    @property
    def brief(self) -> Brief:
        """Give what a planner is told."""
        return Brief(self.prompt or "", self.format, self.seed, self.frames)

    @property
    def as_planned(self) -> Self:
        """Give what was planned: before any shot was made anew, whatever is made of the film."""
        return replace(
            self,
            takes=(),
            outputs=(),
            strip_metadata=False,
            first_frame=None,
            soundtrack=None,
            reproduces=None,
            differences=(),
        )

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form; ``from_json`` reads it back to an equal Order."""
        seldom = {
            "takes": [take.to_json() for take in self.takes],
            "outputs": list(self.outputs),
            "strip_metadata": self.strip_metadata,
            "first_frame": self.first_frame and self.first_frame.to_json(),
            "soundtrack": self.soundtrack and self.soundtrack.to_json(),
            "reproduces": self.reproduces,
            "differences": list(self.differences),
        }
        return {
            "prompt": self.prompt,
            "plan": to_document(self.plan) if self.plan else None,
            "size": self.format.size,
            "fps": self.format.fps,
            "frames": self.frames,
            "seed": self.seed,
            "mode": self.mode.value,
            "planner": self.planner,
            "painter": self.painter,
            "generator": self.generator,
            **{name: value for name, value in seldom.items() if value},
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read the JSON form."""
        plain = dict(document)
        plan = plain.pop("plan")
        return cls(
            plan=from_document(plan) if plan else None,
            format=Format().altered(size=plain.pop("size"), fps=plain.pop("fps")),
            mode=Mode(plain.pop("mode")),
            takes=tuple(Take(**take) for take in plain.pop("takes", ())),
            outputs=tuple(plain.pop("outputs", ())),
            first_frame=Given.from_json(plain.pop("first_frame", None)),
            soundtrack=Given.from_json(plain.pop("soundtrack", None)),
            differences=tuple(plain.pop("differences", ())),
            **plain,
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """The fields of an order as a user gives them; None is the default of each."""

    prompt: str | None = None
    plan: Plan | None = None
    seconds: float | None = None
    size: str | None = None
    fps: int | None = None
    seed: int | None = None
    mode: str | None = None
    planner: str | None = None
    painter: str | None = None
    generator: str | None = None
    #: Names of outputs; ``all`` stands for every one.
    outputs: Collection[str] = ()
    strip_metadata: bool = False

    def order(self, limits: Limits) -> Order:
        """Check every field and give the Order.

        Without a seed the order takes one from its own words, so that the same wish gives
        the same film. Raises InvalidRequest naming the field, the limit and the way out.
        """
        if self.plan is not None:
            return self._planned(self.plan, limits)
        prompt = check_prompt(self.prompt, limits)
        picture = Format().altered(size=self.size, fps=self.fps)
        return Order(
            prompt=prompt,
            format=picture,
            frames=self._frames(picture, limits),
            seed=derive(0, prompt) if self.seed is None else checked(self.seed),
            **self._choices(),
        )

    def _planned(self, plan: Plan, limits: Limits) -> Order:
        """Order a user's own plan; what the plan fixes cannot be asked for again."""
        for name in ("prompt", "seconds", "size", "fps", "seed"):
            if getattr(self, name) is not None:
                raise InvalidRequest(
                    f"{name} cannot be given beside a plan; write it in the plan", param=name
                )
        seconds = plan.format.seconds(plan.frames)
        if seconds > limits.film_seconds:
            raise InvalidRequest(
                f"the plan lasts {seconds:g} seconds; the limit is {limits.film_seconds:g}",
                param="plan",
            )
        return Order(plan=plan, format=plan.format, seed=plan.seed, **self._choices())

    def _choices(self) -> dict[str, Any]:
        """Collect the named choices that differ from the defaults."""
        names = {
            name: value
            for name in ("planner", "painter", "generator")
            if (value := getattr(self, name)) is not None
        }
        return {
            **names,
            "mode": parse_mode(self.mode) if self.mode is not None else Mode.AUTO,
            "outputs": outputs.chosen(self.outputs),
            "strip_metadata": self.strip_metadata,
        }

    def _frames(self, picture: Format, limits: Limits) -> int | None:
        """Turn the asked seconds into whole frames."""
        if self.seconds is None:
            return None
        if not math.isfinite(self.seconds) or not 0.5 <= self.seconds <= limits.film_seconds:
            raise InvalidRequest(f"seconds must be 0.5 to {limits.film_seconds:g}", param="seconds")
        return picture.frames(self.seconds)


def check_prompt(prompt: str | None, limits: Limits) -> str:
    """Return the prompt trimmed and in Unicode NFC, or refuse it with InvalidRequest."""
    if prompt is None:
        raise InvalidRequest("prompt is missing; say what the film shows", param="prompt")
    if _SURROGATE.search(prompt):
        raise InvalidRequest(
            "prompt holds half of a surrogate pair; send valid Unicode", param="prompt"
        )
    if _CONTROL.search(prompt):
        raise InvalidRequest(
            "prompt holds a control character (such as NUL); remove it", param="prompt"
        )
    clean = unicodedata.normalize("NFC", prompt).strip()
    if not clean:
        raise InvalidRequest("prompt is empty; say what the film shows", param="prompt")
    if len(clean) > limits.prompt_chars:
        raise InvalidRequest(
            f"prompt has {len(clean):,} characters; the limit is {limits.prompt_chars:,}",
            param="prompt",
        )
    return clean


def parse_mode(text: str) -> Mode:
    """Read a mode by its name."""
    try:
        return Mode(text)
    except ValueError as error:
        hint = did_you_mean(text, Mode)
        raise InvalidRequest(
            f"mode must be one of {', '.join(Mode)}{hint}", param="mode"
        ) from error
