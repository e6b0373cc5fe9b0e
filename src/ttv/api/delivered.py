"""Find the files of a job, or say why one is not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ttv import jobs
from ttv.access import Caller
from ttv.api.problems import Gone, NotReady
from ttv.api.services import Services
from ttv.artifacts import Artifact
from ttv.errors import NotFound
from ttv.pipeline import Result
from ttv.planning import Plan

#: The files that every film has.
_ALWAYS: Final = frozenset({"film", "poster", "plan", "manifest"})


def delivered(job: jobs.Job) -> Mapping[str, Artifact]:
    """Give the delivered files of a job by role; none before its film was finished once."""
    return {} if job.result is None else Result.from_json(job.result).files


def files_of(job: jobs.Job) -> Mapping[str, Artifact]:
    """Collect the files of a job by role: the plan early, the rest with its end."""
    planned = [step.result for step in job.steps if step.kind == "plan" and step.result]
    early = [Result.from_json(result).files for result in planned]
    return {role: file for files in (*early, delivered(job)) for role, file in files.items()}


async def find_file(here: Services, who: Caller, job_id: str, role: str) -> Artifact:
    """Find a file of a caller's job. Raises NotFound, NotReady, Gone."""
    return await find(here, await here.jobs.store.get(job_id, tenant=who.tenant), role)


async def find(here: Services, job: jobs.Job, role: str) -> Artifact:
    """Find a file of a job. Raises NotFound, NotReady, Gone."""
    file = files_of(job).get(role)
    if file is None:
        raise _absent(job, role)
    # As it is now: where a film is made anew, the next one takes the place of the last.
    found = await here.artifacts.stat(file.key)
    if found is None:
        raise Gone(f"the {_word(role)} was made, but is not kept any more; ask for the film again")
    return found


async def find_plan(here: Services, job: jobs.Job) -> Plan:
    """Read the plan of a job. Raises NotFound, NotReady, Gone."""
    results = [step.result for step in job.steps if step.kind == "plan" and step.result]
    if not results and job.state.terminal:
        raise NotFound(f"the job is {job.state}; it was never planned; a retry plans it")
    if not results:
        raise NotReady("the film is not planned yet; follow the job until it is")
    try:
        return await here.makes.planned(Result.from_json(results[0]))
    except NotFound as error:
        raise Gone("the plan was made, but is not kept any more") from error


def _absent(job: jobs.Job, role: str) -> NotFound | NotReady:
    """Say why a job has no file of a role."""
    if job.result is not None and role not in _ALWAYS:
        there = ", ".join(delivered(job))
        return NotFound(f"the film was not asked for in this form; it has {there}")
    if job.state.terminal:
        return NotFound(f"the job is {job.state}; it has no {_word(role)}; a retry makes it")
    return NotReady(f"the {_word(role)} is not made yet; follow the job until it is finished")


def _word(role: str) -> str:
    """Name a file without repeating what somebody sent."""
    return role if role in _ALWAYS else "file"
