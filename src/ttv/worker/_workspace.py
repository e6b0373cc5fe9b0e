"""The scratch folders of running steps: one for each claim, gone when it ends."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from ttv.errors import NotFound, storage_errors
from ttv.jobs import Claim, JobStore, StepState
from ttv.observability import log

#: Seconds after which the scratch of a job that the store does not know is removed: it may
#: be that of a service with another store.
_UNKNOWN: Final = 24 * 3600


@asynccontextmanager
async def workspace(root: Path, claim: Claim) -> AsyncIterator[Path]:
    """Give a claim an empty folder, and remove it whatever happens.

    Its name holds the fencing token: a worker that lost its lease and does not know it yet
    cannot write into the folder of its successor, and its own is removed.
    """
    folder = root / claim.job.id / f"{claim.step.name}-{claim.token}"
    with storage_errors(root):
        await asyncio.to_thread(_begin, folder)
    try:
        yield folder
    finally:
        await asyncio.to_thread(_remove, folder)


async def remove_abandoned(root: Path, store: JobStore, *, now: float) -> None:
    """Remove the folders of claims that no longer stand, left by workers that were killed."""
    for folder, changed in await asyncio.to_thread(_folders, root):
        if await _abandoned(folder, store, age=now - changed):
            await asyncio.to_thread(_remove, folder)
            log.info("Scratch removed", action="scratch.removed", job_id=folder.parent.name)


async def _abandoned(folder: Path, store: JobStore, *, age: float) -> bool:
    name, _, token = folder.name.rpartition("-")
    try:
        step = (await store.get(folder.parent.name)).step(name)
    except (NotFound, KeyError):
        return age > _UNKNOWN
    return step.state is not StepState.RUNNING or str(step.token) != token


def _folders(root: Path) -> list[tuple[Path, float]]:
    """List the folders of claims, with the time when each was last changed."""
    found = []
    for folder in root.glob("*/*"):
        with suppress(FileNotFoundError):  # its claim ended just now
            found.append((folder, folder.stat().st_mtime))
    return found


def _begin(folder: Path) -> None:
    """Make a claim's folder, and remove those of earlier claims on its step."""
    folder.mkdir(parents=True)
    step = _step_of(folder)
    for other in folder.parent.iterdir():
        if other != folder and _step_of(other) == step:
            shutil.rmtree(other, ignore_errors=True)


def _step_of(folder: Path) -> str:
    return folder.name.rpartition("-")[0]


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # another step of the job is still at work
        folder.parent.rmdir()
