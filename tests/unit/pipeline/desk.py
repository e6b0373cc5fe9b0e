"""A provider that follows a script, and everything else that a purchase needs, breakable."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeVar

from ttv import backends
from ttv.artifacts import Artifact
from ttv.artifacts.disk import Disk
from ttv.errors import OutcomeUnknown, StorageFull, TtvError
from ttv.generators import Capabilities, HandleLost, SegmentRequest, State, Status
from ttv.generators._remote import AddressExpired
from ttv.media import Coding, Encoder, Format, black
from ttv.pipeline import Commission, Kind, Order, Pocket, Purchase, Step
from ttv.pipeline._buying import buy
from ttv.pipeline._obtained import Obtained
from ttv.pipeline._work import Tools, Work

T = TypeVar("T")

REQUEST = SegmentRequest("a fox", 48, Format(320, 180, 24), seed=1)
ADDRESS = "a" * 64
PRICE = 600_000
ENGINE = Capabilities(
    model="dear",
    version="1",
    pool="remote",
    min_seconds=1,
    max_seconds=10,
    poll_seconds=0.001,
    price_per_second=PRICE // 2,
)


@cache
def _clip() -> bytes:
    """Give a clip as it is asked for here."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clip.mp4")
        fmt = REQUEST.format
        with Encoder(path, fmt, coding=Coding("ultrafast", 30)) as encoder:
            for number in range(REQUEST.frames):
                picture = black(fmt.width, fmt.height)
                picture[: fmt.height] = 16 + number
                encoder.write(picture)
        return path.read_bytes()


class Crash(Exception):
    """The process is gone: nothing of ours may catch this."""


class Fate:
    """Ends the process just before or just after one of the things that it does."""

    def __init__(self, at: int | None = None, *, after: bool = False) -> None:
        self.at = at
        self.after = after
        self.done = 0
        self.gone = False

    async def pass_(self, deed: Callable[[], Awaitable[T]]) -> T:
        if self.gone:  # the dead do nothing more
            raise Crash
        self.done += 1
        strikes = self.done == self.at
        if strikes and not self.after:
            self.gone = True
            raise Crash
        given = await deed()
        if strikes:
            self.gone = True
            raise Crash
        return given


@dataclass
class Provider:
    """A provider that sells segments; with ``looks_up`` it knows them by our key."""

    looks_up: bool
    #: What it answers to polls, one after the other; then that it is done.
    says: list[Status | TtvError] = field(default_factory=list)
    #: What it answers to submits, one after the other; then it takes them.
    refuses: list[TtvError] = field(default_factory=list)
    #: The keys of the segments that it was paid for.
    sold: list[str] = field(default_factory=list)
    canceled: list[str] = field(default_factory=list)
    polls: int = 0
    downloads: int = 0
    #: How often it gives a clip out; None for as often as it is asked.
    gives: int | None = None
    #: What it gives in place of clips, one after the other; then clips.
    spoilt: list[bytes] = field(default_factory=list)
    #: Set to let a submit go on that waits for it.
    slow: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self, request: SegmentRequest, *, key: str) -> str:
        self.asked.set()
        if self.slow:
            await self.slow.wait()
        if self.refuses:
            raise self.refuses.pop(0)
        if self.looks_up and key in self.sold:
            return f"task-{self.sold.index(key)}"
        self.sold.append(key)
        return f"task-{len(self.sold) - 1}"

    async def find(self, request: SegmentRequest, *, key: str) -> str | None:
        if not self.looks_up:
            raise OutcomeUnknown("the provider keeps no such list")
        return f"task-{self.sold.index(key)}" if key in self.sold else None

    async def poll(self, handle: str) -> Status:
        self.polls += 1
        if handle in self.canceled:
            raise HandleLost
        if not self.says:
            return Status(State.SUCCEEDED, 1.0)
        said = self.says.pop(0)
        if isinstance(said, TtvError):
            raise said
        return said

    async def download(self, handle: str, to: Path) -> None:
        if self.downloads == self.gives:
            raise AddressExpired
        self.downloads += 1
        content = self.spoilt.pop(0) if self.spoilt else await asyncio.to_thread(_clip)
        await asyncio.to_thread(to.write_bytes, content)

    async def cancel(self, handle: str) -> None:
        self.canceled.append(handle)


class Terminal:
    """One process's way to a provider, with its fate in between."""

    def __init__(self, provider: Provider, fate: Fate, engine: Capabilities = ENGINE) -> None:
        self._provider = provider
        self._fate = fate
        self._engine = engine

    def capabilities(self) -> Capabilities:
        return self._engine

    async def submit(self, request: SegmentRequest, *, key: str) -> str:
        return await self._fate.pass_(lambda: self._provider.submit(request, key=key))

    async def find(self, request: SegmentRequest, *, key: str) -> str | None:
        return await self._fate.pass_(lambda: self._provider.find(request, key=key))

    async def poll(self, handle: str) -> Status:
        return await self._fate.pass_(lambda: self._provider.poll(handle))

    async def download(self, handle: str, to: Path) -> None:
        await self._fate.pass_(lambda: self._provider.download(handle, to))

    async def cancel(self, handle: str) -> None:
        await self._fate.pass_(lambda: self._provider.cancel(handle))


class Shelf:
    """One process's way to a store."""

    def __init__(self, store: Disk, fate: Fate, full_at: list[str]) -> None:
        self._store = store
        self._fate = fate
        self._full_at = full_at
        self.stat, self.fetch = store.stat, store.fetch
        self.delete, self.listed, self.ping = store.delete, store.listed, store.ping
        self.uri, self.link, self.sweep = store.uri, store.link, store.sweep

    async def put(
        self, key: str, source: Path, *, content_type: str, if_absent: bool = False
    ) -> Artifact:
        if self._full_at and key.endswith(self._full_at[0]):
            self._full_at.pop(0)
            raise StorageFull
        return await self._fate.pass_(
            lambda: self._store.put(key, source, content_type=content_type, if_absent=if_absent)
        )

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        return self._store.read(key, start=start, end=end)


class Wallet(Pocket):
    """One process's way to the purses of all buyers, which outlive it."""

    def __init__(self, pockets: Mapping[str, Pocket], fate: Fate) -> None:
        self._pockets = pockets
        self._fate = fate

    async def reserve(self, purchase: Purchase) -> None:
        await self._fate.pass_(lambda: self._pockets[purchase.buyer].reserve(purchase))

    async def charge(self, purchase: Purchase, cost: int) -> None:
        await self._fate.pass_(lambda: self._pockets[purchase.buyer].charge(purchase, cost))

    async def release(self, purchase: Purchase) -> None:
        await self._fate.pass_(lambda: self._pockets[purchase.buyer].release(purchase))


@dataclass
class Desk:
    """Where one segment is bought; what is here stays when a process crashes."""

    folder: Path
    provider: Provider
    #: That of ann, who buys where nobody is named.
    pocket: Pocket = field(default_factory=Pocket)
    engine: Capabilities = ENGINE
    now: float = 1_000.0
    #: Ends of the keys at which the disk is full, each once.
    full_at: list[str] = field(default_factory=list)
    runs: int = 0
    #: One for each buyer.
    pockets: dict[str, Pocket] = field(init=False)

    def __post_init__(self) -> None:
        self.pockets = {"ann": self.pocket}

    async def buy(
        self, fate: Fate | None = None, *, buyer: str = "ann", step: str = "segment-1"
    ) -> Obtained:
        """Buy the segment in a process of its own."""
        fate = fate or Fate()
        self.runs += 1
        self.pockets.setdefault(buyer, Pocket())
        workspace = self.folder / f"run-{self.runs}"
        await asyncio.to_thread(workspace.mkdir, parents=True)
        async with Disk(self.folder / "store") as store:
            tools = Tools(
                planner=backends.build("ttv.planning", "builtin", {}),
                painter=backends.build("ttv.keyframes", "animatic", {}),
                generator=Terminal(self.provider, fate, self.engine),
                store=Shelf(store, fate, self.full_at),
                clock=lambda: self.now,
                chance=random.Random(1),
                cores=asyncio.Semaphore(1),
            )
            work = Work(
                order=Order(prompt="a fox"),
                step=Step(step, Kind.SEGMENT, shot=1, pool="remote"),
                results={},
                workspace=workspace,
                commission=Commission("films/a", buyer, Wallet(self.pockets, fate)),
                report=lambda _fraction, _message: None,
                tools=tools,
            )
            return await buy(work, REQUEST, workspace / "clip.mp4", key=ADDRESS)
