"""How a job is written in Redis: one hash of facts, one of steps, all of it flat text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ttv.errors import NotFound
from ttv.jobs._job import Cost, Failure, Job, Step, Terms, is_job_id
from ttv.jobs._state import Stage, State, StepState
from ttv.redis import Connection


class NoSuchJob(NotFound):
    """There is no such job."""


def write(value: object) -> str:
    """Give the shortest JSON of a value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def define(steps: Sequence[Step], *, start: int = 0) -> list[str]:
    """Give names and definitions by turns of the steps from number ``start`` on."""
    written: list[str] = []
    for index, step in enumerate(steps[start:], start):
        definition = {
            "index": index,
            "kind": step.kind,
            "needs": step.needs,
            "shot": step.shot,
            "pool": step.pool,
            "weight": step.weight,
            "planned_by": step.planned_by,
        }
        written += (step.name, write(definition))
    return written


def pairs(flat: Sequence[str]) -> dict[str, str]:
    """Read the keys and values by turns of a hash."""
    turns = iter(flat)
    return dict(zip(turns, turns, strict=True))


def read_job(facts: Mapping[str, str], steps: Mapping[str, str] | None = None) -> Job:
    """Read a job from its hash of facts and, unless it is for a listing, its hash of steps."""
    started, finished = facts.get("started_at"), facts.get("finished_at")
    hold = _failure(facts.get("hold"))
    return Job(
        id=facts["id"],
        tenant=facts["tenant"],
        request=json.loads(facts["request"]),
        created_at=int(facts["created_at"]),
        terms=_terms(facts),
        state=State(facts["state"]),
        stage=Stage.PAUSED if hold else Stage(facts["stage"]),
        attempt=int(facts["attempt"]),
        revision=int(facts["revision"]),
        graph=int(facts["graph"]),
        hold=hold,
        steps=_read_steps(steps or {}),
        progress=float(facts["progress"]),
        message=facts["message"],
        started_at=int(started) if started else None,
        finished_at=int(finished) if finished else None,
        error=_failure(facts.get("error")),
        warnings=tuple(json.loads(facts["warnings"])),
        result=_json(facts.get("result")),
        cost=_cost(facts),
    )


async def load_job(redis: Connection, job_id: str, *, tenant: str | None = None) -> Job:
    """Read a job and its steps at one moment; raises NotFound, also for another tenant's."""
    if not is_job_id(job_id):
        raise NoSuchJob
    facts, steps = await redis.script("get", job_id)
    return found_job(facts, steps, tenant=tenant)


def found_job(facts: Sequence[str], steps: Sequence[str], *, tenant: str | None) -> Job:
    """Read what was found of a job; raises NotFound like ``load_job``."""
    if facts:
        job = read_job(pairs(facts), pairs(steps))
        if tenant in {None, job.tenant}:
            return job
    raise NoSuchJob


def _read_steps(fields: Mapping[str, str]) -> tuple[Step, ...]:
    defined = [
        (name, json.loads(definition)) for name, definition in fields.items() if ":" not in name
    ]
    defined.sort(key=lambda item: item[1]["index"])
    return tuple(_read_step(name, definition, fields) for name, definition in defined)


def _read_step(name: str, definition: Mapping[str, Any], fields: Mapping[str, str]) -> Step:
    return Step(
        name=name,
        kind=definition["kind"],
        needs=tuple(definition["needs"]),
        shot=definition["shot"],
        pool=definition["pool"],
        weight=definition["weight"],
        planned_by=definition["planned_by"],
        state=StepState(fields[f"{name}:state"]),
        fraction=float(fields.get(f"{name}:fraction", 0)),
        attempts=int(fields.get(f"{name}:attempts", 0)),
        token=int(fields.get(f"{name}:token", 0)),
        worker=fields.get(f"{name}:worker"),
        result=_json(fields.get(f"{name}:result")),
        warnings=tuple(json.loads(fields.get(f"{name}:warnings", "[]"))),
        error=_failure(fields.get(f"{name}:error")),
        cost=_cost(fields, f"{name}:"),
    )


def write_finished(job: Job) -> tuple[str, list[str]]:
    """Give a job whose steps are all done as JSON of its facts and the fields of its steps."""
    weight = sum(step.weight for step in job.steps)
    facts = {
        "id": job.id,
        "tenant": job.tenant,
        "request": write(job.request),
        "state": State.FINISHED,
        "stage": Stage.DELIVERY,
        "attempt": job.attempt,
        "revision": 0,
        "graph": 1,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "total": weight,
        "done": weight,
        "progress": 1,
        "message": "",
        "warnings": write(job.warnings),
        "result": write(job.result),
        "estimate": job.cost.estimate,
        "spent": job.cost.spent or None,
        **asdict(job.terms),
    }
    fields = define(job.steps)
    for step in job.steps:
        fields += (f"{step.name}:state", StepState.DONE, f"{step.name}:fraction", "1")
        fields += (f"{step.name}:result", write(step.result))
        fields += (f"{step.name}:warnings", write(step.warnings))
    return write({name: str(fact) for name, fact in facts.items() if fact is not None}), fields


def write_terms(terms: Terms) -> str:
    """Give the facts that a job's terms are; one that is not set is left out."""
    facts = asdict(terms)
    return write({name: str(value) for name, value in facts.items() if value is not None})


def _terms(facts: Mapping[str, str]) -> Terms:
    numbers = ("priority", "start_at", "deadline", "max_cost")
    return Terms(
        key=facts.get("key"),
        request_id=facts.get("request_id"),
        **{name: int(facts[name]) for name in numbers if name in facts},
    )


def _cost(facts: Mapping[str, str], of: str = "") -> Cost:
    estimate = facts.get(f"{of}estimate")
    return Cost(
        estimate=int(estimate) if estimate else None,
        reserved=int(facts.get(f"{of}reserved", 0)),
        spent=int(facts.get(f"{of}spent", 0)),
    )


def _json(text: str | None) -> Mapping[str, Any] | None:
    return json.loads(text) if text else None


def _failure(text: str | None) -> Failure | None:
    return Failure(**json.loads(text)) if text else None
