from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv import jobs
from ttv.api.requests import JobRequest
from ttv.api.schemas import Entry, Job, JobSummary, Journal
from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.pipeline import Mode, Order, Result
from ttv.settings import Settings

SETTINGS = Settings()
JOB_ID = "job_01JZ8Q5W3N6X4T7V9B2C1D0EFG"
PLAN = {"shots": [{"prompt": "a fox", "seconds": 1}]}


def order(document: dict[str, Any], settings: Settings = SETTINGS) -> Order:
    return JobRequest.read(document).order(settings)


def refusal(document: dict[str, Any], settings: Settings = SETTINGS) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        order(document, settings)
    return caught.value


def test_a_prompt_alone_is_an_order() -> None:
    assert order({"prompt": " a fox "}).prompt == "a fox"


def test_every_field_reaches_the_order() -> None:
    asked = {
        "prompt": "cafe\u0301",
        "seconds": 2,
        "size": "640x360",
        "fps": 12,
        "seed": 7,
        "mode": "chaining",
        "generator": "other",
        "painter": "oil",
        "planner": "storyboard",
    }
    assert order(asked) == Order(
        prompt="caf\u00e9",
        format=Format(640, 360, 12),
        frames=24,
        seed=7,
        mode=Mode.CHAINING,
        generator="other",
        painter="oil",
        planner="storyboard",
    )


def test_the_services_own_choices_fill_the_gaps() -> None:
    settings = Settings(generator="slate", painter="ink", planner="lines")
    made = order({"prompt": "a fox"}, settings)
    assert (made.generator, made.painter, made.planner) == ("slate", "ink", "lines")


def test_a_null_counts_as_not_given() -> None:
    assert order({"prompt": "a fox", "plan": None, "fps": None}) == order({"prompt": "a fox"})


def test_a_plan_takes_the_place_of_a_prompt() -> None:
    made = order({"plan": PLAN})
    assert made.plan is not None
    assert made.plan.frames == 24


@pytest.mark.parametrize(
    ("document", "param", "sentence"),
    [
        ({}, "prompt", "prompt is missing; say what the film shows"),
        ({"prompt": ""}, "prompt", "prompt is empty"),
        ({"prompt": " \t\n"}, "prompt", "prompt is empty"),
        ({"prompt": 1}, "prompt", "prompt must be text"),
        ({"prompt": ["a"]}, "prompt", "prompt must be text"),
        ({"prompt": "x" * 4001}, "prompt", "prompt has 4,001 characters; the limit is 4,000"),
        ({"prompt": "\x07"}, "prompt", "control character"),
        ({"promt": "a fox"}, "promt", "promt is not a known field; did you mean prompt?"),
        ({"prompt": "a", "xyz": 1}, "xyz", "xyz is not a known field; remove it"),
        ({"prompt": "a", "plan": PLAN}, "prompt", "cannot be given beside a plan"),
        ({"plan": PLAN, "fps": 24}, "fps", "cannot be given beside a plan"),
        ({"plan": []}, "plan", "plan must be an object"),
        ({"plan": {}}, "plan.shots", "at least one shot"),
        ({"plan": {"shots": [{}]}}, "plan.shots[0].prompt", "prompt is missing"),
        ({"plan": {"shots": [{"prompt": "a", "second": 1}]}}, "plan.shots[0].second", "'seconds'"),
        ({"prompt": "a", "fps": 0}, "fps", "it must be 1 to 60"),
        ({"prompt": "a", "fps": 24.5}, "fps", "fps must be a whole number"),
        ({"prompt": "a", "fps": True}, "fps", "fps must be a whole number"),
        ({"prompt": "a", "fps": "24"}, "fps", "fps must be a whole number"),
        ({"prompt": "a", "seconds": "5"}, "seconds", "seconds must be a number"),
        ({"prompt": "a", "seconds": 0}, "seconds", "seconds must be 0.5 to 600"),
        ({"prompt": "a", "seconds": -1}, "seconds", "seconds must be 0.5 to 600"),
        ({"prompt": "a", "seconds": 601}, "seconds", "seconds must be 0.5 to 600"),
        ({"prompt": "a", "seconds": 10**18}, "seconds", "seconds must be 0.5 to 600"),
        ({"prompt": "a", "size": "big"}, "size", "size must look like 1280x720"),
        ({"prompt": "a", "size": "641x360"}, "size", "it must be even"),
        ({"prompt": "a", "size": "9x9"}, "size", "64 to 4096"),
        ({"prompt": "a", "size": "x" * 65}, "size", "at most 64 characters"),
        ({"prompt": "a", "seed": -1}, "seed", "seed must be 0 to 4294967295"),
        ({"prompt": "a", "seed": 2**32}, "seed", "seed must be 0 to 4294967295"),
        ({"prompt": "a", "mode": "chain"}, "mode", "did you mean 'chaining'?"),
        ({"prompt": "a", "generator": "../x"}, "generator", "does not have the form"),
        ({"prompt": "a", "generator": ""}, "generator", "does not have the form"),
    ],
)
def test_what_cannot_be_made_is_refused_by_field_and_limit(
    document: dict[str, Any], param: str, sentence: str
) -> None:
    refused = refusal(document)
    assert refused.param == param
    assert sentence in refused.message


def test_limits_are_the_operators() -> None:
    settings = Settings(max_prompt_chars=3, max_film_seconds=2)
    assert "the limit is 3" in refusal({"prompt": "a fox"}, settings).message
    assert "0.5 to 2" in refusal({"prompt": "fox", "seconds": 3}, settings).message


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(list(JobRequest.model_fields)) | st.text(), values))
def test_any_object_is_an_order_or_a_refusal(document: dict[str, Any]) -> None:
    try:
        order(document)
    except InvalidRequest as refused:
        assert refused.param is not None


def job(**facts: Any) -> jobs.Job:
    return jobs.Job(
        id=JOB_ID,
        tenant="local",
        request={"prompt": "a fox", "plan": {"long": "story"}},
        created_at=1_756_643_696_500,
        **facts,
    )


def test_a_job_is_shown_in_full() -> None:
    step = jobs.Step("segment-1", "segment", shot=1, attempts=2, fraction=0.25)
    shown = Job.of(job(steps=(step,), progress=0.12345)).model_dump(mode="json")
    assert shown["created_at"] == "2025-08-31T12:34:56.500000Z"
    assert shown["progress"] == 0.1235
    assert shown["order"] == {"prompt": "a fox"}
    assert shown["steps"] == [
        {
            "name": "segment-1",
            "kind": "segment",
            "shot": 1,
            "status": "waiting",
            "progress": 0.25,
            "attempts": 2,
        }
    ]
    assert shown["links"]["self"] == f"/v1/jobs/{JOB_ID}"
    assert shown["links"]["video"] == f"/v1/jobs/{JOB_ID}/video"


def test_a_failed_job_says_why() -> None:
    failed = job(state=jobs.State.FAILED, error=jobs.Failure("storage_full", "The disk is full."))
    shown = JobSummary.of(failed).model_dump(mode="json")
    assert shown["status"] == "failed"
    assert shown["error"] == {"code": "storage_full", "message": "The disk is full.", "step": None}


def test_a_journal_can_be_read_as_lines() -> None:
    event = jobs.Event(
        id="1756643696500-3",
        kind=jobs.EventKind.CLAIMED,
        revision=2,
        progress=0.0,
        step="plan",
        message="forged\nline",
    )
    assert Entry.of(event).text() == "2025-08-31T12:34:56.500Z  claimed  plan  forged line"
    journal = Journal.of(jobs.Tail((event,), whole=True), after="0-0")
    assert journal.text().count("\n") == 1
    assert journal.next == "1756643696500-3"
    assert Journal.of(jobs.Tail((), whole=True), after="5-0").next == "5-0"


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("gs://films/ttv/films/2026-11/job/1/film.mp4",) * 2,
        ("file:///var/lib/ttv/film.mp4", None),
        ("s3://films/film.mp4", None),
    ],
)
def test_a_job_names_its_film_in_google_cloud_storage_and_nowhere_else(
    uri: str, told: str | None
) -> None:
    result = Result("0" * 64, facts={"uri": uri}).to_json()
    assert Job.of(job(result=result)).gcs_uri == told
    assert JobSummary.of(job()).gcs_uri is None
