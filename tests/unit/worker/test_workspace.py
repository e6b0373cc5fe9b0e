from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ttv.errors import StorageUnwritable
from ttv.jobs import Claim, Job, Step, StepId
from ttv.worker._workspace import workspace

JOB = Job("job_x", "local", {}, created_at=0, steps=(Step("segment-1", "segment"),))


def claim(token: int, step: str = "segment-1") -> Claim:
    return Claim(StepId("job_x", 1, step), "ann", token=token, job=JOB)


def test_a_claim_has_an_empty_folder_that_is_gone_afterwards(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with workspace(tmp_path / "work", claim(7)) as folder:
            assert folder == tmp_path / "work" / "job_x" / "segment-1-7"
            assert list(folder.iterdir()) == []
            (folder / "frames").mkdir()
            (folder / "frames" / "1.png").touch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(scenario())
    assert list((tmp_path / "work").iterdir()) == []


def test_what_an_earlier_claim_on_the_step_left_is_removed(tmp_path: Path) -> None:
    left, other = tmp_path / "job_x" / "segment-1-3", tmp_path / "job_x" / "segment-11-4"
    left.mkdir(parents=True)
    other.mkdir()

    async def scenario() -> None:
        async with workspace(tmp_path, claim(7)):
            assert not left.exists()
            assert other.exists()

    asyncio.run(scenario())
    assert other.exists()


def test_a_file_in_the_place_of_the_folder_is_named_so(tmp_path: Path) -> None:
    (tmp_path / "work").touch()

    async def scenario() -> None:
        async with workspace(tmp_path / "work", claim(7)):
            pass

    with pytest.raises(StorageUnwritable):
        asyncio.run(scenario())
