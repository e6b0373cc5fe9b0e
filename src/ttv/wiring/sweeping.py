"""Remove from the store what nobody needs: now, or about once an hour beside the work."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from ttv import jobs
from ttv.artifacts import Folder, clear, folders
from ttv.beside import beside, together
from ttv.errors import TtvError, Unavailable
from ttv.observability import WorkerMetrics, log
from ttv.pipeline import Kept, Pipeline, Shelf, remove_films
from ttv.settings import Settings
from ttv.uploads import UPLOAD_PARTS, UPLOADS
from ttv.wiring.films import open_pipeline
from ttv.wiring.places import FILMS, HOME_PARTS, Place
from ttv.wiring.queue import open_jobs
from ttv.wiring.retention import Retention, What

T = TypeVar("T")

#: Seconds between two looks whether it is our turn.
_LOOK: Final = 60.0
#: Folders that are looked at together, and of these, the ones that are removed at once.
_BATCH: Final = 100
_AT_ONCE: Final = 8


class Removed(NamedTuple):
    """How much was removed, or would be."""

    files: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep has removed, by why."""

    files: Counter[What] = field(default_factory=Counter)
    bytes: Counter[What] = field(default_factory=Counter)

    def __getitem__(self, what: What) -> Removed:
        return Removed(self.files[what], self.bytes[what])

    def add(self, what: What, folder: Folder) -> None:
        """Count the files of a folder."""
        self.files[what] += len(folder.files)
        self.bytes[what] += folder.size


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Sweeps a store once; with ``dry`` it only looks."""

    makes: Pipeline
    census: jobs.Census
    retention: Retention
    dry: bool = False

    async def sweep(self) -> Swept:
        """Remove what the rules give up; a second sweep beside it does no harm.

        Raises Unavailable, and what listing the store raises; the next one does the rest.
        """
        swept = Swept()
        await self._films(swept)
        if self.retention.step is not None:
            await self._steps(swept)
        await self._uploads(swept)
        if not self.dry:
            swept.files[What.UPLOAD] += await self.makes.store.sweep()
        return swept

    async def _films(self, swept: Swept) -> None:
        everything = folders(self.makes.store, FILMS, parts=HOME_PARTS)
        async for some in _batches(everything):
            ids = [Place.of(folder.files[0].key).job_id for folder in some]
            fates = await self.census.fates(ids)
            now = self.makes.clock()
            removals = (
                self._take(swept, what, films, self._remove_films(films))
                for folder, fate in zip(some, fates, strict=True)
                for what, films in self.retention.judge_films(folder, fate, now=now)
            )
            await together(removals, at_once=_AT_ONCE)

    async def _remove_films(self, films: Folder) -> bool:
        if not self.dry:
            await remove_films(self.makes.store, [file.key for file in films.files])
        return True

    async def _steps(self, swept: Swept) -> None:
        wanted = await self._wanted()
        shelf = Shelf(self.makes.store)
        async for some in _batches(shelf.all()):
            now = self.makes.clock()
            removals = (
                self._take(swept, what, kept.folder, self._remove_step(shelf, kept, what))
                for kept in some
                if (what := self.retention.judge_step(kept, wanted=wanted, now=now))
            )
            await together(removals, at_once=_AT_ONCE)

    async def _remove_step(self, shelf: Shelf, kept: Kept, what: What) -> bool:
        buyer = await shelf.buyer(kept)
        if buyer is not None and await self._is_going(buyer):
            return False
        if self.dry:
            return True
        if what is What.STEP:
            return await shelf.remove(kept)
        await shelf.retire(kept)
        return True

    async def _uploads(self, swept: Swept) -> None:
        everything = folders(self.makes.store, UPLOADS, parts=UPLOAD_PARTS)
        async for some in _batches(everything):
            now = self.makes.clock()
            removals = (
                self._take(swept, what, folder, self._remove_upload(folder))
                for folder in some
                if (what := self.retention.judge_upload(folder, now=now))
            )
            await together(removals, at_once=_AT_ONCE)

    async def _remove_upload(self, folder: Folder) -> bool:
        """Remove what is left of an upload, unless somebody sends it again just now."""
        left = tuple([file async for file in self.makes.store.listed(folder.key)])
        if left != folder.files:
            return False
        if not self.dry:
            await clear(self.makes.store, [file.key for file in left])
        return True

    async def _is_going(self, job_id: str) -> bool:
        """Tell whether a job is not over; who else buys something has had the time to."""
        (fate,) = await self.census.fates([job_id])
        return fate is not None and fate.state is not None and not fate.state.terminal

    async def _take(
        self, swept: Swept, what: What, folder: Folder, removal: Awaitable[bool]
    ) -> None:
        """Count what is removed; where that fails, the next sweep tries it again."""
        try:
            if await removal:
                swept.add(what, folder)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001  # a boundary: one bad file must not keep the others
            log.exception("Not removed", action="store.unremoved", key=folder.key)

    async def _wanted(self) -> set[str]:
        """Collect the folders of results that jobs need which are not over.

        It grows with those jobs, whose number is limited, and not with the store.
        """
        return {
            Shelf.folder_of(file["key"])
            async for job in self.census.going()
            for step in job.steps
            if step.result is not None
            for file in step.result.get("files", {}).values()
        }


async def sweep(settings: Settings, *, dry: bool) -> Swept:
    """Sweep the store of the service now, whoever has the turn."""
    async with open_pipeline(settings) as makes, open_jobs(settings) as opened:
        return await Sweeper(makes, opened.census, Retention.of(settings), dry).sweep()


def swept_beside(
    makes: Pipeline, opened: jobs.Jobs, settings: Settings, *, name: str, metrics: WorkerMetrics
) -> AbstractAsyncContextManager[None]:
    """Sweep while the block runs, whenever it is the turn of this process."""
    sweeper = Sweeper(makes, opened.census, Retention.of(settings))
    return beside(_watch(sweeper, name, metrics, every=settings.sweep_seconds))


async def _watch(sweeper: Sweeper, name: str, metrics: WorkerMetrics, *, every: float) -> None:
    while True:
        try:
            await look(sweeper, name, metrics, every=every)
        except TtvError as error:
            log.warning("Store not swept", action="store.unswept", error=error.message)
        except Exception:  # noqa: BLE001  # a boundary: one bad file must not end all sweeping
            log.exception("Sweep failed", action="store.sweep_failed")
        await asyncio.sleep(min(_LOOK, every))


async def look(sweeper: Sweeper, name: str, metrics: WorkerMetrics, *, every: float) -> None:
    """Sweep if it is our turn, and tell what was removed."""
    if not await sweeper.census.turn(name, every_seconds=every):
        return
    started = time.monotonic()
    async with beside(_hold(sweeper.census, name, every=every)):
        swept = await sweeper.sweep()
    for what in What:
        metrics.swept.labels(what).inc(swept[what].files)
    log.info(
        "Store swept",
        action="store.swept",
        seconds=round(time.monotonic() - started, 1),
        bytes=swept.bytes.total(),
        **{f"{what}_files": swept[what].files for what in What},
    )


async def _hold(census: jobs.Census, name: str, *, every: float) -> None:
    """Keep the turn of a sweep that takes longer than the time between two."""
    while True:
        await asyncio.sleep(every / 3)
        try:
            await census.turn(name, every_seconds=every, on=True)
        except TtvError as error:
            log.warning("Turn not held", action="store.turn_lost", error=error.message)


async def _batches(of: AsyncIterator[T]) -> AsyncIterator[list[T]]:
    batch = list[T]()
    async for one in of:
        batch.append(one)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
