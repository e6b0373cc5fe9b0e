"""Keep programs running as children of this process, restart and stop them in order."""

from __future__ import annotations

import asyncio
from typing import Final

from ttv.cli._kept import Child, Kept, Log

#: How long a child may take from its start until it takes work.
READY_SECONDS: Final = 60.0


class Supervisor:
    """Runs children until ``stop``; what ends by itself is started again.

    Each child has its own session, so that Ctrl-C reaches only this process, and it ends when
    this process is killed.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._kept: list[Kept] = []
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self, child: Child) -> None:
        """Run a child from now on."""
        self._count_on(self._run(child, place=len(self._kept)))

    async def failed(self) -> None:
        """Wait until a child fails in a way that no restart can mend, and raise its error."""
        await asyncio.shield(self._failure)

    async def roll(self) -> bool:
        """Replace each child by a new process of the same program, one after another.

        One that does not get ready is told of, and those after it stay as they are: then the
        answer is False.
        """
        for old in list(self._kept):
            if not await self._replace(old):
                return False
        return True

    async def stop(self) -> None:
        """Ask children to finish, one after another in the order of their start."""
        for kept in self._kept:
            await kept.stop()

    def kill(self) -> None:
        """End every child at once."""
        for kept in self._kept:
            kept.kill()

    def pids(self) -> dict[str, int]:
        """Name the running processes."""
        return {kept.child.name: kept.process.pid for kept in self._kept if kept.process}

    def complaint(self) -> str | None:
        """Give what a child last complained of as a ``ttv`` command."""
        return next((kept.complaint for kept in self._kept if kept.complaint), None)

    async def _replace(self, old: Kept) -> bool:
        child, place = old.child, self._kept.index(old)
        if not child.overlaps:
            await self._retire(old)
        heir = self._run(child, place=place)
        ready = await heir.ready(seconds=READY_SECONDS)
        if not ready:
            why = heir.complaint or "it says nothing"
            self._log.note(child.name, f"the new process does not get ready: {why}")
        if ready or not child.overlaps:
            self._count_on(heir)
        else:  # its failure is none of the service, which the old one keeps up
            await self._retire(heir)
        if ready and child.overlaps:
            await self._retire(old)
        return ready

    def _run(self, child: Child, *, place: int) -> Kept:
        kept = Kept(child, self._log)
        self._kept.insert(place, kept)
        return kept

    async def _retire(self, kept: Kept) -> None:
        await kept.stop()
        self._kept.remove(kept)

    def _count_on(self, kept: Kept) -> None:
        kept.task.add_done_callback(self._note_end)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error and not self._failure.done():
            self._failure.set_exception(error)
            self._failure.exception()  # nobody may be waiting for it
