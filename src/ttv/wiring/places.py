"""Where the films of jobs are in the store: a folder for each job, and one for each attempt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from ttv import jobs
from ttv.moments import moment

#: Where they all are.
FILMS: Final = "films"
#: Parts of a key that name the folder of a job.
HOME_PARTS: Final = 3

_ATTEMPT: Final = re.compile(r"attempt-([1-9][0-9]{0,8})")


def home(job: jobs.Job) -> str:
    """Fix where all films of a job will be, from facts that never change."""
    return f"{FILMS}/{moment(job.created_at):%Y-%m}/{job.id}"


def destination(job: jobs.Job) -> str:
    """Fix where the film of this attempt will be."""
    return home(job) if job.attempt == 1 else f"{home(job)}/attempt-{job.attempt}"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose a delivered file is, as its key tells."""

    home: str
    job_id: str
    attempt: int

    @classmethod
    def of(cls, key: str) -> Self:
        """Read a key below ``FILMS``."""
        parts = key.split("/")
        named = _ATTEMPT.fullmatch(parts[3]) if len(parts) > 4 else None
        job_id = parts[2] if len(parts) > 3 else ""
        return cls("/".join(parts[:3]), job_id, int(named[1]) if named else 1)
