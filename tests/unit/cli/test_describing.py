from __future__ import annotations

import json
from datetime import timedelta

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
