from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.client.documents import JOB_ID
from ttv import client
from ttv.cli import _looking
from ttv.cli._remaking import describe

SEGMENT = client.Segment(
    number=2,
    status="done",
    progress=1.0,
    attempts=1,
    error=None,
    take=1,
    prompt="a storm [breaks]\non the ocean, far away from every harbour and every light",
    seed=7,
    seconds=5.0,
    frames=120,
    transition="cut",
    keyframes=("keyframe-2",),
    follows=None,
    engine="kling-v2-6",
    reused=False,
    cost=client.SegmentCost(reserved=Decimal(0), spent=Decimal("0.42")),
)
COST = client.JobCost(
    estimate=Decimal("0.42"),
    reserved=Decimal(0),
    spent=Decimal("0.21"),
    max_cost=None,
    steps=(client.StepCost("segment-1", Decimal(0), Decimal("0.21")),),
)
USAGE = client.Usage(
    tenant="acme",
    queued=1,
    max_queued=10,
    running=2,
    max_running=3,
    reserved_today=Decimal("0.1"),
    spent_today=Decimal("0.2"),
    max_cost_per_day=Decimal(20),
    spent=Decimal("1.5"),
    days=(client.Day(date(2026, 11, 24), Decimal("0.1"), Decimal("0.2")),),
)
LETTER = client.DeadLetter(
    job_id=JOB_ID,
    attempt=1,
    step="segment-2",
    tenant="acme",
    code="failed",
    message="the disk is full",
    tries=3,
    failed_at=datetime(2026, 11, 24, tzinfo=UTC),
)


def engine(**changes: Any) -> client.Engine:
    facts: dict[str, Any] = {
        "name": "kling",
        "default": False,
        "model": "kling-v2-6",
        "version": "std",
        "pool": "remote",
        "min_seconds": 5,
        "max_seconds": 10,
        "allowed_seconds": (5, 10),
        "max_width": 1280,
        "max_height": 1280,
        "sizes": ("1280x720", "720x1280", "960x960"),
        "max_prompt": 2500,
        "prompt_unit": "characters",
        "first_frame": True,
        "last_frame": False,
        "follows": True,
        "seed": False,
        "cancel": False,
        "price_per_second": Decimal("0.042"),
        "price_per_segment": Decimal(0),
    }
    return client.Engine(**{**facts, **changes})


BACK_ENDS = client.BackEnds(
    planners=(client.BackEnd("builtin", "builtin-2", default=True),),
    painters=(client.BackEnd("animatic", "animatic-10", default=False),),
    generators=(
        engine(),
        engine(name="own", allowed_seconds=(), sizes=(), price_per_second=Decimal(0)),
    ),
)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give what was printed, a list of words a line, on a terminal of 80 columns."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")

    def read() -> list[list[str]]:
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= 80
        return [line.split() for line in out.splitlines()]

    return read


def test_segments_are_a_row_each_with_all_of_what_they_show(lines: Any) -> None:
    _looking.show_segments([SEGMENT], as_json=False)

    words = [word for line in lines()[1:] for word in line]
    assert words[:7] == ["2", "done", "100%", "1", "5", "0.42", "USD"]
    assert words[7:] == SEGMENT.prompt.split()


def test_in_a_pipe_each_row_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    _looking.show_segments([SEGMENT], as_json=False)

    _, row = capsys.readouterr().out.splitlines()
    assert row.rstrip().endswith(" ".join(SEGMENT.prompt.split()))


def test_a_cost_is_told_in_all_and_by_step(lines: Any) -> None:
    _looking.show_cost(COST, as_json=False)

    told = lines()
    assert ["limit", "no", "limit"] in told
    assert ["segment-1", "0.21", "USD", "0.00", "USD"] in told


def test_a_usage_tells_what_is_left_of_the_day(lines: Any) -> None:
    _looking.show_usage(USAGE, as_json=False)

    told = lines()
    assert ["today", "0.30", "USD,", "of", "20.00", "USD"] in told
    assert ["running", "2", "of", "3", "jobs"] in told
    assert ["2026-11-24", "0.20", "USD", "0.10", "USD"] in told


def test_engines_tell_their_prices_and_what_they_can_make(lines: Any) -> None:
    _looking.show_backends(BACK_ENDS, as_json=False)

    told = [" ".join(words) for words in lines()]
    assert "kling kling-v2-6 remote 0.042 USD/s 5, 10 s 1280x720, 720x1280, 960x960" in told
    assert "own kling-v2-6 remote free 5 to 10 s up to 1280x1280" in told
    assert "builtin (default) builtin-2" in told


def test_a_letter_tells_why_a_step_failed(lines: Any) -> None:
    _looking.show_letters([LETTER], as_json=False)

    _, row = lines()
    assert row[:3] == [JOB_ID, "segment-2", "3"]
    assert " ".join(row[-4:]) == "the disk is full"


def test_where_nothing_has_failed_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    _looking.show_letters([], as_json=False)

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "nothing has failed for good\n"


def test_the_json_forms_are_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    _looking.show_segments([SEGMENT, SEGMENT], as_json=True)
    _looking.show_cost(COST, as_json=True)
    _looking.show_usage(USAGE, as_json=True)
    _looking.show_backends(BACK_ENDS, as_json=True)
    _looking.show_letters([LETTER], as_json=True)

    first, second, cost, usage, back_ends, letter = map(
        json.loads, capsys.readouterr().out.splitlines()
    )
    assert first == second
    assert first["cost"] == {"reserved": 0.0, "spent": 0.42}
    assert cost["max_cost"] is None
    assert usage["days"] == [{"day": "2026-11-24", "reserved": 0.1, "spent": 0.2}]
    assert back_ends["generators"][0]["price_per_second"] == 0.042
    assert letter["failed_at"] == "2026-11-24T00:00:00+00:00"


@pytest.mark.parametrize(
    ("cost", "told"), [(Decimal("0.21"), "at most 0.21 USD"), (Decimal(0), "nothing")]
)
def test_what_is_made_anew_is_told_beforehand_with_its_cost(cost: Decimal, told: str) -> None:
    plan = client.Regeneration(
        segment=2,
        take=1,
        prompt="the fox\nlooks up",
        seed=7,
        stale=("segment-2", "film", "delivery"),
        segments=(2,),
        seconds=5.0,
        cost=cost,
    )

    facts = dict(line.split(maxsplit=1) for line in describe(plan).splitlines())
    assert facts["prompt"] == "the fox looks up"
    assert facts["made"].split(maxsplit=1) == ["anew", "segment-2, film, delivery"]
    assert facts["costs"] == told
