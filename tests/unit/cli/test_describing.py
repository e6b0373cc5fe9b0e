from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.client.documents import JOB_ID, job
from ttv.cli._describing import age, describe, table
from ttv.cli._writing import to_json
from ttv.client import Job


def test_a_job_is_described_a_fact_a_line() -> None:
    text = describe(
        Job.read(
            job(
                status="failed",
                finished_at="2026-11-24T05:51:07.5Z",
                warnings=["did not draw: unicorn"],
                error={"code": "failed", "message": "the disk is full", "step": "segment-1"},
            )
        )
    )

    facts = [line.split(maxsplit=1) for line in text.splitlines()]
    assert ["id", JOB_ID] in facts
    assert ["prompt", "a red fox"] in facts
    assert ["took", "7.5 s"] in facts
    assert ["warning", "did not draw: unicorn"] in facts
    assert ["error", "the disk is full"] in facts


def test_the_json_form_is_one_line() -> None:
    text = to_json(Job.read(job()))

    assert "\n" not in text
    assert json.loads(text)["created_at"] == "2026-11-24T05:50:59.123000+00:00"


def test_a_table_has_a_row_for_each_job(capsys: pytest.CaptureFixture[str]) -> None:
    table([Job.read(job()), Job.read(job(status="queued", progress=0.0))])

    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split() == ["id", "status", "done", "stage", "age"]
    assert first.split()[:3] == [JOB_ID, "started", "50%"]
    assert second.split()[:3] == [JOB_ID, "queued", "0%"]


HELD = {
    "code": "over_budget",
    "message": "segment-2 would cost 0.21 US dollars. Resume it with a higher max_cost.",
    "step": "segment-2",
}


def facts(**changes: Any) -> list[list[str]]:
    text = describe(Job.read(job(**changes)))
    return [[line[:9].rstrip(), line[10:]] for line in text.splitlines()]


def test_a_held_job_tells_why_and_which_command_goes_on() -> None:
    told = facts(hold=HELD, stage="paused", max_cost=0.3)

    assert ["progress", "50% (paused)"] in told
    assert ["held", HELD["message"]] in told
    assert ["go on", f"ttv resume {JOB_ID} --max-cost USD"] in told


def test_a_choice_is_told_with_what_each_means() -> None:
    told = facts(hold={**HELD, "code": "outcome_unknown"})

    assert told[-2:] == [
        ["go on", f"ttv resume {JOB_ID}  # asks the provider again"],
        ["go on", f"ttv resume {JOB_ID} --buy-again  # may be paid twice"],
    ]


def test_a_job_tells_what_it_costs_where_it_costs_anything() -> None:
    cost = {"estimate": 0.42, "reserved": 0.21, "spent": 0.200001}

    assert ["cost", "0.200001 USD spent, 0.21 USD set aside, 0.42 USD estimated"] in facts(
        cost=cost, max_cost=1
    )
    assert ["at most", "1.00 USD"] in facts(cost=cost, max_cost=1)
    assert "cost" not in dict(facts())


def test_a_job_that_waits_tells_its_place_and_its_times() -> None:
    told = dict(
        facts(
            status="queued",
            queue_position=3,
            eta_seconds=200,
            priority="low",
            start_at="2030-01-31T09:00:00Z",
            deadline="2030-01-31T10:00:00Z",
            attempt=2,
        )
    )

    assert told["status"] == "queued, attempt 2"
    assert told["in line"] == "3 before it"
    assert told["done in"] == "about 3 min"
    assert told["priority"] == "low"
    assert told["starts"] < told["deadline"]


def test_a_table_names_the_decision_that_a_held_job_waits_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table([Job.read(job(hold=HELD, stage="paused"))])

    _, row = capsys.readouterr().out.splitlines()
    assert "paused" in row
    assert row.rstrip().endswith("over budget")


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=-1), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(minutes=3, seconds=59), "3 min"),
        (timedelta(hours=25), "1 d"),
    ],
)
def test_an_age_has_one_unit(span: timedelta, text: str) -> None:
    assert age(span) == text
