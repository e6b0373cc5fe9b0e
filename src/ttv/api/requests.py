"""What the body of a request about jobs may say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ttv import jobs, outputs, planning
from ttv.api import fields
from ttv.api.dollars import amount
from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.pipeline import Limits, Order, Wish, check_prompt
from ttv.settings import Settings
from ttv.uploads import Purpose

_Word = Annotated[str, Field(max_length=64)]
_BackEnd = Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z0-9_-]*$")]
#: Nobody waits longer for a film.
_YEAR_SECONDS: Final = 366 * 24 * 3600
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_PRIORITIES: Final = MappingProxyType({"low": -1, "normal": 0, "high": 1})
_FILE_ID: Final = "file_3V5K8Q2M7T9W1X4Z6B0C2D4F8H"
_MAX_COST: Final = "US dollars that the job may cost in all, with at most 6 decimals."


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Check types and names of the fields. Raises InvalidRequest naming them."""
        return fields.read(cls, document)


def _instant(description: str) -> Any:
    return Field(
        default=None,
        description=description,
        json_schema_extra={"format": "date-time"},
        examples=["2030-01-31T09:00:00Z"],
    )


def _seconds(description: str, *, least: int) -> Any:
    return Field(default=None, ge=least, le=_YEAR_SECONDS, description=description)


class JobRequest(_Request):
    """Ask for one film: by a prompt, or by a plan of its shots."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"prompt": "a red fox runs through a snowy forest at night"},
                {"prompt": "a sailing boat at dawn", "seconds": 8, "size": "1920x1080", "seed": 7},
                {"prompt": "a lighthouse", "priority": "low", "deadline_seconds": 3600},
                {
                    "plan": {
                        "style": "watercolour",
                        "shots": [
                            {"prompt": "a red boat leaves the harbour", "seconds": 4},
                            {"prompt": "gulls circle", "seconds": 3, "transition": "crossfade"},
                        ],
                    },
                    "max_cost": 2.5,
                },
            ]
        },
    )

    prompt: str | None = Field(
        default=None,
        description="What the film shows, in words; at most 4,000 characters unless configured.",
    )
    plan: dict[str, JsonValue] | None = Field(
        default=None,
        description="The shots of the film in the form of a plan file, instead of a prompt.",
    )
    seconds: float | None = Field(default=None, description="Length; the planner chooses if unset.")
    size: _Word | None = Field(default=None, description="Width x height in pixels: `1280x720`.")
    fps: int | None = Field(default=None, description="Whole frames per second; 24 if unset.")
    seed: int | None = Field(
        default=None, description="The same request with the same seed gives the same film."
    )
    mode: _Word | None = Field(
        default=None, description="How segments join: `auto`, `keyframe` or `chaining`."
    )
    planner: _BackEnd | None = Field(default=None, description="Which planner reads the prompt.")
    painter: _BackEnd | None = Field(default=None, description="Which painter makes keyframes.")
    generator: _BackEnd | None = Field(default=None, description="Which engine makes segments.")
    first_frame: _Word | None = Field(
        default=None,
        description="Id of an uploaded image that the film opens on; it is cut to the film's "
        "shape.",
        examples=[_FILE_ID],
    )
    soundtrack: _Word | None = Field(
        default=None,
        description="Id of uploaded audio that is heard instead of the scenes; it fades out where "
        "the film ends, and silence follows one that is shorter.",
        examples=[_FILE_ID],
    )
    outputs: list[_Word] = Field(
        default=[],
        max_length=64,
        description="Other forms to have the film in: "
        + ", ".join(f"`{name}`" for name in outputs.names())
        + f"; `{outputs.ALL}` stands for all of them.",
        examples=[["webm", "srt"]],
    )
    strip_metadata: bool = Field(
        default=False,
        description="Write neither title nor a word on how it was made into the film, its poster "
        "and its outputs.",
    )
    priority: Literal["low", "normal", "high"] = Field(
        default="normal", description="Which of your jobs go first."
    )
    start_at: str | None = _instant("When it may begin at the earliest (RFC 3339).")
    delay_seconds: float | None = _seconds("The same, counted from now.", least=0)
    deadline: str | None = _instant("When it fails if it is not over by then (RFC 3339).")
    deadline_seconds: float | None = _seconds("The same, counted from now.", least=1)
    max_cost: float | None = Field(default=None, description=_MAX_COST)

    @property
    def files(self) -> Mapping[Purpose, str | None]:
        """Give the ids of the uploaded files that it names, by what they are for."""
        return {Purpose.FIRST_FRAME: self.first_frame, Purpose.SOUNDTRACK: self.soundtrack}

    def order(self, settings: Settings) -> Order:
        """Give the order, save its files, with the service's choices where it has none."""
        wish = Wish(
            prompt=self.prompt,
            plan=self._read_plan(),
            seconds=self.seconds,
            size=self.size,
            fps=self.fps,
            seed=self.seed,
            mode=self.mode,
            planner=self.planner or settings.planner,
            painter=self.painter or settings.painter,
            generator=self.generator or settings.generator,
            outputs=self.outputs,
            strip_metadata=self.strip_metadata,
        )
        return wish.order(limits(settings))

    def terms(self, *, now: int, key: str | None, request_id: str) -> jobs.Terms:
        """Give the terms of the job; ``now`` is in milliseconds. Raises InvalidRequest."""
        start_at = _when(self.start_at, self.delay_seconds, ("start_at", "delay_seconds"), now)
        deadline = _when(
            self.deadline, self.deadline_seconds, ("deadline", "deadline_seconds"), now
        )
        if start_at and deadline and deadline <= start_at:
            name = "deadline" if self.deadline_seconds is None else "deadline_seconds"
            raise InvalidRequest(f"{name} must be later than the start", param=name)
        return jobs.Terms(
            key=key,
            priority=_PRIORITIES[self.priority],
            start_at=start_at,
            deadline=deadline,
            max_cost=amount(self.max_cost, "max_cost"),
            request_id=request_id,
        )

    def _read_plan(self) -> planning.Plan | None:
        if self.plan is None:
            return None
        try:
            return planning.from_draft(self.plan, format=Format(), seed=0)
        except InvalidRequest as error:
            inside = f"plan.{error.param}" if error.param not in {None, "plan"} else "plan"
            raise InvalidRequest(f"in the plan, {error.message}", param=inside) from error


class RetryRequest(_Request):
    """On which terms a job is tried again."""

    max_cost: float | None = Field(default=None, description=_MAX_COST + " Unset: as before.")

    @property
    def limit(self) -> int | None:
        """Give the new limit of the cost. Raises InvalidRequest."""
        return amount(self.max_cost, "max_cost")


class ResumeRequest(RetryRequest):
    """On which terms a job goes on."""

    buy_again: bool = Field(
        default=False,
        description="Where it is not known whether a provider took a segment (the hold is "
        "`outcome_unknown`): buy another one. Unset: ask the provider once more.",
    )


class RegenerateRequest(RetryRequest):
    """How a segment is made anew."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"preview": True}, {"prompt": "the fox looks up"}, {"seed": 7}]
        }
    )

    prompt: str | None = Field(default=None, description="What it shows; unset: as before.")
    seed: int | None = Field(
        default=None, description="Unset: as before with a prompt, and another one without."
    )
    preview: bool = Field(
        default=False, description="Only tell what would be made again and what it would cost."
    )

    def words(self, settings: Settings) -> str | None:
        """Give the prompt as it is kept. Raises InvalidRequest."""
        return None if self.prompt is None else check_prompt(self.prompt, limits(settings))


def limits(settings: Settings) -> Limits:
    """Say how much one order may ask for."""
    return Limits(prompt_chars=settings.max_prompt_chars, film_seconds=settings.max_film_seconds)


def _when(at: str | None, after: float | None, names: tuple[str, str], now: int) -> int | None:
    """Give a moment in milliseconds since 1970, told in one of two ways."""
    by_clock, by_wait = names
    if at is not None and after is not None:
        raise InvalidRequest(f"give {by_clock} or {by_wait}, not both", param=by_wait)
    if after is not None:
        return now + round(after * 1000)
    if at is None:
        return None
    moment = _read_instant(at, by_clock)
    if moment > now + _YEAR_SECONDS * 1000:
        raise InvalidRequest(f"{by_clock} must be within a year from now", param=by_clock)
    return moment


def _read_instant(text: str, param: str) -> int:
    try:
        if not _INSTANT.fullmatch(text):
            raise ValueError
        moment = round(datetime.fromisoformat(text.upper()).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(
            f"{param} must be a time with its offset, such as 2030-01-31T09:00:00Z", param=param
        ) from error
    return max(moment, 1)
