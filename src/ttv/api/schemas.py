"""The JSON documents of the API: what a request may say and what an answer says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from ttv import jobs, planning
from ttv.api import fields
from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.pipeline import Limits, Order, Wish
from ttv.settings import Settings

#: The address of a job is here and nowhere else.
JOBS: Final = "/v1/jobs"
JOB: Final = f"{JOBS}/{{job_id}}"

#: What is told of a job's place by answers that look at nothing but the job.
NO_PLACE: Final = jobs.Place()
#: Makes a text safe for a line: control characters become blanks.
_CONTROL: Final = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029), " ")

_Word = Annotated[str, Field(max_length=64)]
_BackEnd = Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z0-9_-]*$")]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JobRequest(_Document):
    """Ask for one film: by a prompt, or by a plan of its shots."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [
                {"prompt": "a red fox runs through a snowy forest at night"},
                {"prompt": "a sailing boat at dawn", "seconds": 8, "size": "1920x1080", "seed": 7},
                {
                    "plan": {
                        "style": "watercolour",
                        "shots": [
                            {"prompt": "a red boat leaves the harbour", "seconds": 4},
                            {"prompt": "gulls circle", "seconds": 3, "transition": "crossfade"},
                        ],
                    }
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

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Check types and names of the fields. Raises InvalidRequest naming them."""
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise fields.refuse(error.errors(include_url=False), list(cls.model_fields)) from error

    def order(self, settings: Settings) -> Order:
        """Give the order, with the service's own choices where the request has none."""
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
        )
        return wish.order(
            Limits(prompt_chars=settings.max_prompt_chars, film_seconds=settings.max_film_seconds)
        )

    def _read_plan(self) -> planning.Plan | None:
        if self.plan is None:
            return None
        try:
            return planning.from_draft(self.plan, format=Format(), seed=0)
        except InvalidRequest as error:
            inside = f"plan.{error.param}" if error.param not in {None, "plan"} else "plan"
            raise InvalidRequest(f"in the plan, {error.message}", param=inside) from error


class Failure(_Document):
    """Why a job or step failed."""

    code: str = Field(examples=["storage_full"])
    message: str
    step: str | None = Field(description="The step that failed.")


class Step(_Document):
    """One unit of a job's work; a shot's segment is one."""

    name: str = Field(examples=["segment-2"])
    kind: str = Field(examples=["segment"])
    shot: int | None = Field(description="Number of the shot, from 1, if it is about one.")
    status: jobs.StepState
    progress: float = Field(ge=0, le=1)
    attempts: int = Field(description="How often it was begun.")


class Links(_Document):
    """Where the parts of a job are; the files exist once they are made."""

    self: str
    cancel: str
    artifact: str
    video: str
    poster: str
    plan: str
    manifest: str
    logs: str
    events: str

    @classmethod
    def of(cls, job_id: str) -> Self:
        """Give the addresses of a job, relative to this server."""
        here = f"{JOBS}/{job_id}"
        parts = (name for name in cls.model_fields if name != "self")
        return cls(self=here, **{name: f"{here}/{name}" for name in parts})


class JobSummary(_Document):
    """A job as a listing shows it."""

    id: str = Field(examples=["job_01JZ8Q5W3N6X4T7V9B2C1D0EFG"])
    status: jobs.State
    stage: jobs.Stage
    progress: float = Field(ge=0, le=1, description="Never falls.")
    message: str = Field(description="What is being done, for people.")
    attempt: int
    revision: int = Field(description="Grows with every change; the ETag of the job.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: Failure | None
    warnings: list[str]
    links: Links

    @classmethod
    def of(cls, job: jobs.Job) -> Self:
        """Show a job."""
        return cls(**_facts(job))


class Job(JobSummary):
    """A job in full."""

    order: dict[str, JsonValue] = Field(
        description="What is made, with defaults filled in; a plan has its own address."
    )
    steps: list[Step]
    queue_position: int | None = Field(
        description="Queued jobs whose turn comes first; 0 is next. Null for a job that does not "
        "wait for its turn, and in answers other than that of GET."
    )
    eta_seconds: int | None = Field(
        description="Estimate of the seconds until the job is done; null while it is not known, "
        "and in answers other than that of GET."
    )

    @classmethod
    def of(cls, job: jobs.Job, place: jobs.Place = NO_PLACE) -> Self:
        """Show a job with its order, steps and place."""
        order = {name: value for name, value in job.request.items() if name != "plan"}
        return cls(
            **_facts(job),
            order=order,
            steps=[_step(step) for step in job.steps],
            queue_position=place.position,
            eta_seconds=place.eta_seconds,
        )


class JobPage(_Document):
    """Jobs, newest first."""

    jobs: list[JobSummary]
    next_cursor: str | None = Field(description="Give it as `cursor` for the page after this one.")


class Artifact(_Document):
    """Where the finished film can be had."""

    url: str
    expires_at: datetime | None = Field(description="Null for an address that does not expire.")
    size: int = Field(description="In bytes.")
    sha256: str
    content_type: str = Field(examples=["video/mp4"])


class Entry(_Document):
    """One thing that happened to a job."""

    id: str = Field(examples=["1756643696500-0"])
    at: datetime
    action: jobs.EventKind
    step: str | None
    message: str
    progress: float = Field(ge=0, le=1)
    revision: int

    @classmethod
    def of(cls, event: jobs.Event) -> Self:
        """Show an event."""
        return cls(
            id=event.id,
            at=_moment(event.at),
            action=event.kind,
            step=event.step,
            message=event.message,
            progress=round(event.progress, 4),
            revision=event.revision,
        )

    def text(self) -> str:
        """Write it as one line."""
        words = (self.at.isoformat(timespec="milliseconds"), self.action, self.step, self.message)
        line = "  ".join(word for word in words if word)
        return line.translate(_CONTROL).replace("+00:00", "Z")


class Journal(_Document):
    """What happened to a job, oldest first."""

    entries: list[Entry]
    next: str = Field(description="Give it as `after` for what happens from here on.")
    whole: bool = Field(description="False when some of what followed `after` is not kept.")

    @classmethod
    def of(cls, tail: jobs.Tail, *, after: str) -> Self:
        """Show a page of events that follows ``after``."""
        last = tail.events[-1].id if tail.events else after
        entries = [Entry.of(event) for event in tail.events]
        return cls(entries=entries, next=last, whole=tail.whole)

    def text(self) -> str:
        """Write it as lines."""
        return "".join(f"{entry.text()}\n" for entry in self.entries)


class FieldProblem(_Document):
    """One field that cannot be used."""

    param: str = Field(examples=["prompt"])
    detail: str
    pointer: str | None = Field(
        default=None, description="JSON pointer, for a field of the body.", examples=["/prompt"]
    )


class Problem(_Document):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(description="Stable name of the kind of problem.")
    retryable: bool = Field(description="Whether the same request may succeed later.")
    request_id: str
    param: str | None = Field(default=None, description="The field or header to correct.")
    errors: list[FieldProblem] | None = None


class Alive(_Document):
    """The process answers."""

    status: str = Field(examples=["ok"])


class Check(_Document):
    """How one thing that the service depends on answered."""

    ok: bool
    detail: str


class Readiness(_Document):
    """Whether this process can take requests."""

    status: str = Field(examples=["ready"])
    checks: dict[str, Check]
    workers: int | None = Field(description="Workers alive now; null when it cannot be told.")


def _facts(job: jobs.Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "status": job.state,
        "stage": job.stage,
        "progress": round(job.progress, 4),
        "message": job.message,
        "attempt": job.attempt,
        "revision": job.revision,
        "created_at": _moment(job.created_at),
        "started_at": _if_any(job.started_at),
        "finished_at": _if_any(job.finished_at),
        "error": _failure(job.error),
        "warnings": list(job.warnings),
        "links": Links.of(job.id),
    }


def _step(step: jobs.Step) -> Step:
    return Step(
        name=step.name,
        kind=step.kind,
        shot=step.shot,
        status=step.state,
        progress=round(step.fraction, 4),
        attempts=step.attempts,
    )


def _failure(failure: jobs.Failure | None) -> Failure | None:
    if failure is None:
        return None
    return Failure(code=failure.code, message=failure.message, step=failure.step)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _if_any(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else _moment(milliseconds)
