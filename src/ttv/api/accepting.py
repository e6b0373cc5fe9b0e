"""Store a film that was asked for as a job, and say so."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Final

from starlette.responses import Response

from ttv import jobs
from ttv.access import Caller
from ttv.api import schemas
from ttv.api.answers import ASK_AGAIN, TAGS, show_job
from ttv.api.asked import Asked
from ttv.api.once import REPLAYED, fingerprint
from ttv.api.openapi import BODY_REFUSALS, QUEUE_REFUSALS, document
from ttv.api.schemas import JOBS
from ttv.api.services import Services
from ttv.observability import log
from ttv.pipeline import opening_steps

#: The success of a route that makes a job.
ACCEPTED: Final[dict[int | str, dict[str, Any]]] = {
    202: document(
        schemas.Job,
        "Accepted and stored; nothing loses the job from here on.",
        Location="Address of the job.",
        Retry_After="Seconds after which to ask for it.",
        Idempotent_Replayed="`true` when the key had made this job before.",
        **TAGS,
    ),
}
#: What such a route refuses.
REFUSALS: Final = ("idempotency_mismatch", *QUEUE_REFUSALS, *BODY_REFUSALS)


async def accepted(
    here: Services, who: Caller, asked: Asked, *, idempotency_key: str | None
) -> Response:
    """Make the job of a film, once for each key, and show it as it was accepted."""
    if asked.terms.max_cost is not None:
        await here.makes.check_cost(asked.order, asked.terms.max_cost)
    steps = [jobs.Step(**asdict(step)) for step in opening_steps()]
    made = await here.jobs.store.create(
        asked.order.to_json(),
        steps=steps,
        tenant=who.tenant,
        terms=asked.terms,
        idempotency_key=idempotency_key,
        fingerprint=fingerprint(asked.document),
    )
    log.info(
        "Job accepted",
        action="job.replayed" if made.replayed else "job.accepted",
        job_id=made.job.id,
    )
    job = _as_accepted(made.job, steps)
    return show_job(
        job,
        202,
        {
            "Location": f"{JOBS}/{job.id}",
            "Retry-After": ASK_AGAIN,
            **(REPLAYED if made.replayed else {}),
        },
    )


def _as_accepted(job: jobs.Job, steps: list[jobs.Step]) -> jobs.Job:
    """Give a job as it was when it was accepted, so that a replayed answer is the same."""
    ready = tuple(replace(step, state=jobs.StepState.READY) for step in steps)
    return jobs.Job(
        id=job.id,
        tenant=job.tenant,
        request=job.request,
        created_at=job.created_at,
        terms=job.terms,
        steps=ready,
    )
