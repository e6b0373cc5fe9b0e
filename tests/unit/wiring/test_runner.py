from __future__ import annotations

from ttv.jobs import Job
from ttv.wiring.runner import destination


def test_a_film_lies_under_the_month_its_job_was_created_in() -> None:
    job = Job("job_01JDQX3V0000000000000000AB", "local", {}, created_at=1_732_406_400_000)

    assert destination(job) == "films/2024-11/job_01JDQX3V0000000000000000AB"
