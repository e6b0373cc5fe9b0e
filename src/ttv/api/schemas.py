"""The JSON documents that the API answers with."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ttv import jobs
from ttv.api.dollars import dollars
from ttv.moments import moment, rfc3339

#: The address of a job is here and nowhere else.
JOBS: Final = "/v1/jobs"
JOB: Final = f"{JOBS}/{{job_id}}"

#: What is told of a job's place by answers that look at nothing but the job.
NO_PLACE: Final = jobs.Place()
#: Makes a text safe for a line: control characters become blanks.
_CONTROL: Final = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029), " ")
#: What the last part of a link is called where it is not the link's name.
_FILES: Final = MappingProxyType({"live": "live.m3u8"})
_PRIORITIES: Final = MappingProxyType({-1: "low", 0: "normal", 1: "high"})


class Document(BaseModel):
    """What all of them have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Failure(Document):
    """Why a job or step failed."""

    code: str = Field(examples=["storage_full"])
    message: str
    step: str | None = Field(description="The step that failed.")

    @classmethod
    def of(cls, failure: jobs.Failure | None) -> Self | None:
        """Show a failure, if there is one."""
        if failure is None:
            return None
        return cls(code=failure.code, message=failure.message, step=failure.step)


class Cost(Document):
    """What a job costs, in US dollars."""

    estimate: float | None = Field(description="What its plan was priced at; null before that.")
    reserved: float = Field(description="Set aside for what is being bought, or may have been.")
    spent: float

    @classmethod
    def of(cls, cost: jobs.Cost) -> Self:
        """Show a cost."""
        return cls(
            estimate=dollars(cost.estimate),
            reserved=dollars(cost.reserved),
            spent=dollars(cost.spent),
        )


class Step(Document):
    """One unit of a job's work; a shot's segment is one."""

    name: str = Field(examples=["segment-2"])
    kind: str = Field(examples=["segment"])
    shot: int | None = Field(description="Number of the shot, from 1, if it is about one.")
    status: jobs.StepState
    progress: float = Field(ge=0, le=1)
    attempts: int = Field(description="How often it was begun.")


class Links(Document):
    """Where the parts of a job are; the files exist once they are made."""

    self: str
    cancel: str
    pause: str
    resume: str
    retry: str
    segments: str
    cost: str
    artifact: str
    video: str
    poster: str
    plan: str
    manifest: str
    outputs: str
    live: str
    logs: str
    events: str

    @classmethod
    def of(cls, job_id: str) -> Self:
        """Give the addresses of a job, relative to this server."""
        here = f"{JOBS}/{job_id}"
        parts = (name for name in cls.model_fields if name != "self")
        return cls(self=here, **{name: f"{here}/{_FILES.get(name, name)}" for name in parts})


class JobSummary(Document):
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
    hold: Failure | None = Field(
        description="Why no step of it starts until it is resumed; its stage is `paused`."
    )
    warnings: list[str]
    priority: Literal["low", "normal", "high"]
    start_at: datetime | None = Field(description="Before then no step of it starts.")
    deadline: datetime | None = Field(description="When it fails if it is not over by then.")
    max_cost: float | None = Field(description="US dollars that it may cost in all.")
    cost: Cost
    gcs_uri: str | None = Field(
        description="Where the film is in Google Cloud Storage; null before it is there, and "
        "where films are kept elsewhere.",
        examples=["gs://bucket/ttv/films/2026-11/job_01JZ8Q5W3N6X4T7V9B2C1D0EFG/film.mp4"],
    )
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


class JobPage(Document):
    """Jobs, newest first."""

    jobs: list[JobSummary]
    next_cursor: str | None = Field(description="Give it as `cursor` for the page after this one.")


class Artifact(Document):
    """Where a file of a film can be had, without an API key."""

    url: str = Field(
        description="A link; relative to this server where its own address is not known for sure."
    )
    expires_at: datetime = Field(description="When the link ends.")
    file: str = Field(
        description="What it is called beside the film; files name each other so.",
        examples=["film.mp4"],
    )
    size: int | None = Field(
        description="In bytes; null for a playlist, which is written when it is asked for."
    )
    sha256: str | None = Field(description="Null for a playlist.")
    content_type: str = Field(examples=["video/mp4"])


class Output(Artifact):
    """One of the forms in which a film was delivered."""

    name: str = Field(examples=["film", "webm"])


class OutputList(Document):
    """The delivered files of a film."""

    outputs: list[Output]


class Entry(Document):
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
            at=moment(event.at),
            action=event.kind,
            step=event.step,
            message=event.message,
            progress=round(event.progress, 4),
            revision=event.revision,
        )

    def text(self) -> str:
        """Write it as one line."""
        words = (rfc3339(self.at), self.action, self.step, self.message)
        return "  ".join(word for word in words if word).translate(_CONTROL)


class Journal(Document):
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


class FieldProblem(Document):
    """One field that cannot be used."""

    param: str = Field(examples=["prompt"])
    detail: str
    pointer: str | None = Field(
        default=None, description="JSON pointer, for a field of the body.", examples=["/prompt"]
    )


class Problem(Document):
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


class Alive(Document):
    """The process answers."""

    status: str = Field(examples=["ok"])


class Check(Document):
    """How one thing that the service depends on answered."""

    ok: bool
    detail: str


class Readiness(Document):
    """Whether this process can take requests."""

    status: Literal["ready", "not ready", "draining"] = Field(
        description="`draining` while it stops: running requests are answered, others may go "
        "elsewhere."
    )
    checks: dict[str, Check]
    workers: int | None = Field(description="Workers alive now; null when it cannot be told.")
    workers_draining: int | None = Field(
        description="Those of them that stop: they finish what they have and take nothing more."
    )


def _facts(job: jobs.Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "status": job.state,
        "stage": job.stage,
        "progress": round(job.progress, 4),
        "message": job.message,
        "attempt": job.attempt,
        "revision": job.revision,
        "created_at": moment(job.created_at),
        "started_at": moment(job.started_at),
        "finished_at": moment(job.finished_at),
        "error": Failure.of(job.error),
        "hold": Failure.of(job.hold),
        "warnings": list(job.warnings),
        "priority": _PRIORITIES[job.terms.priority],
        "start_at": moment(job.terms.start_at),
        "deadline": moment(job.terms.deadline),
        "max_cost": dollars(job.terms.max_cost),
        "cost": Cost.of(job.cost),
        "gcs_uri": _gcs_uri(job),
        "links": Links.of(job.id),
    }


def _gcs_uri(job: jobs.Job) -> str | None:
    """Name the delivered film as other programs do, where it is in that store."""
    uri = str((job.result or {}).get("facts", {}).get("uri", ""))
    return uri if uri.startswith("gs://") else None


def _step(step: jobs.Step) -> Step:
    return Step(
        name=step.name,
        kind=step.kind,
        shot=step.shot,
        status=step.state,
        progress=round(step.fraction, 4),
        attempts=step.attempts,
    )
