"""Manifests that are posted back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.integration.api.conftest import Service
from tests.unit.pipeline.test_reproduce import ORDER, SHA, told
from ttv.media import save_png
from ttv.pipeline import Given

pytestmark = pytest.mark.anyio

PATH = "/v1/jobs/reproduce"


def other() -> dict[str, Any]:
    """Give the manifest of a film that was made with other versions."""
    document = told() | {"ttv": "0.0.1"}
    document["made_with"]["assembly"] = "0"
    return document


async def test_a_manifest_that_is_posted_back_makes_a_job(service: Service) -> None:
    answer = await service.http.post(PATH, json=told())

    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    assert job["order"]["reproduces"] == SHA
    assert (await service.jobs.store.get(job["id"])).request["plan"] == told()["plan"]


async def test_terms_are_given_beside_it(service: Service) -> None:
    answer = await service.http.post(
        PATH, params={"priority": "high", "deadline_seconds": "60", "max_cost": "1.5"}, json=told()
    )

    job = answer.json()
    assert (job["priority"], job["max_cost"]) == ("high", 1.5)
    assert job["deadline"]


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("prompt", "a fox"),
        ("seed", "1"),
        ("priority", "highest"),
        ("delay_seconds", "-1"),
        ("max_cost", "1.23456789"),
        ("deadline", "soon"),
    ],
)
async def test_what_is_no_term_is_refused(service: Service, term: str, value: str) -> None:
    answer = await service.http.post(PATH, params={term: value}, json=told())

    assert answer.status_code == 400
    assert answer.json()["param"] == term


async def test_what_would_come_out_otherwise_is_refused_with_every_difference(
    service: Service,
) -> None:
    answer = await service.http.post(PATH, json=other())

    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "not_reproducible"
    assert [error["param"] for error in problem["errors"]] == ["made_with.assembly", "ttv"]
    assert problem["errors"][0]["pointer"] == "/made_with/assembly"
    assert "0.0.1" not in answer.text
    assert (await service.jobs.store.list()).jobs == ()


async def test_differences_that_are_allowed_are_kept_for_the_warnings(service: Service) -> None:
    answer = await service.http.post(PATH, params={"allow_differences": "true"}, json=other())

    assert answer.status_code == 202
    assert len(answer.json()["order"]["differences"]) == 2


async def test_a_film_that_is_made_again_with_a_key_is_made_again_once(service: Service) -> None:
    key = {"Idempotency-Key": "again"}
    first = await service.http.post(PATH, json=told(), headers=key)
    second = await service.http.post(PATH, json=told(), headers=key)
    third = await service.http.post(PATH, params={"priority": "low"}, json=told(), headers=key)

    assert second.json() == first.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert third.json()["code"] == "idempotency_mismatch"


async def test_a_manifest_may_be_larger_than_other_bodies_and_not_larger_than_its_limit(
    service: Service,
) -> None:
    long = told() | {"warnings": ["a" * 100_000]}
    longer = told() | {"warnings": ["a" * 5_000_000]}

    assert (await service.http.post(PATH, json=long)).status_code == 202
    assert (await service.http.post(PATH, json=longer)).status_code == 413


async def test_other_forms_of_the_film_are_asked_for_beside_it(service: Service) -> None:
    answer = await service.http.post(PATH, params={"outputs": ["webm", "srt"]}, json=told())
    wrong = await service.http.post(PATH, params={"outputs": "tape"}, json=told())

    assert answer.json()["order"]["outputs"] == ["srt", "webm"]
    assert wrong.json()["param"] == "outputs"


async def test_the_files_of_a_film_must_be_the_tenants_own_and_the_same(
    service: Service, tmp_path: Path
) -> None:
    await asyncio.to_thread(save_png, tmp_path / "a.png", np.zeros((72, 128, 4), np.uint8), {})
    still = await asyncio.to_thread((tmp_path / "a.png").read_bytes)
    upload = (
        await service.http.post("/v1/files", content=still, headers={"Content-Type": "image/png"})
    ).json()
    document = told(replace(ORDER, first_frame=Given("file_x", upload["sha256"])))
    other = told(replace(ORDER, first_frame=Given(upload["id"], "d" * 64)))
    own = {"first_frame": upload["id"]}

    stranger = await service.http.post(PATH, json=document)
    same = await service.http.post(PATH, params=own, json=document)
    changed = await service.http.post(PATH, json=other)
    none = await service.http.post(PATH, params=own, json=told())

    assert same.status_code == 202, same.text
    for refused in (stranger, changed, none):
        assert (refused.status_code, refused.json()["param"]) == (400, "first_frame")


async def test_what_is_no_manifest_is_refused(service: Service) -> None:
    answer = await service.http.post(PATH, json={"prompt": "a fox"})

    assert answer.status_code == 400
    assert answer.json()["param"] == "version"


async def test_another_tenants_films_are_not_reached_through_keys_in_a_manifest(
    service: Service,
) -> None:
    document = told()
    document["steps"]["film"]["files"]["film"]["key"] = "films/2025-01/job_x/film.mp4"
    document["steps"]["plan"] = {"files": {"plan": {"key": "../../etc/passwd"}}}

    answer = await service.http.post(PATH, json=document)

    stored = (await service.jobs.store.get(answer.json()["id"])).request
    assert "job_x" not in str(stored)
    assert "passwd" not in str(stored)
