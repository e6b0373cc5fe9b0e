from __future__ import annotations

from dataclasses import replace

import pytest

from ttv.jobs import Job
from ttv.wiring.places import Place, destination, home

JOB = Job("job_01JDQX3V0000000000000000AB", "local", {}, created_at=1_732_406_400_000)
HOME = "films/2024-11/job_01JDQX3V0000000000000000AB"


def test_a_film_lies_under_the_month_its_job_was_created_in() -> None:
    assert home(JOB) == destination(JOB) == HOME


def test_every_further_attempt_has_a_place_of_its_own() -> None:
    assert destination(replace(JOB, attempt=12)) == f"{HOME}/attempt-12"


@pytest.mark.parametrize("attempt", [1, 2, 12])
def test_a_key_tells_whose_the_file_is(attempt: int) -> None:
    key = f"{destination(replace(JOB, attempt=attempt))}/film.mp4"
    assert Place.of(key) == Place(HOME, JOB.id, attempt)


@pytest.mark.parametrize(
    ("name", "attempt"),
    [("attempt-2", 1), ("attempt-0/film.mp4", 1), ("attempt-x/film.mp4", 1), ("live/a/b.mp4", 1)],
)
def test_what_is_no_attempt_belongs_to_the_first(name: str, attempt: int) -> None:
    assert Place.of(f"{HOME}/{name}") == Place(HOME, JOB.id, attempt)


@pytest.mark.parametrize("key", ["films/a", "films/2024-11/a"])
def test_a_file_in_no_folder_of_a_job_is_of_none(key: str) -> None:
    assert Place.of(key) == Place(key, "", 1)
