from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.unit.pipeline.desk import Crash
from ttv import backends
from ttv.artifacts import Artifact, KeyTaken
from ttv.artifacts.disk import Disk
from ttv.errors import Conflict, NotFound
from ttv.media import Format
from ttv.pipeline import Commission, Kind, Order, Result, Step, Unreadable
from ttv.pipeline._delivering import delivered, delivery, discard
from ttv.pipeline._work import Tools, Work
from ttv.planning import Plan, Shot
from ttv.provenance import Claim

T = TypeVar("T")

HOME = "films/2025-01/job_1"
PLAN = Plan("a fox", (Shot("a fox", 12, 1),), Format(), seed=1)
#: What the steps before have made, by step and role.
MADE: Mapping[str, Mapping[str, str]] = {
    "plan": {"plan": "steps/plan/aa/plan.json"},
    "segment-1": {"clip": "steps/segment/bb/clip.mp4"},
    "film": {"film": "steps/film/cc/film.mp4", "poster": "steps/film/cc/poster.png"},
    "webm": {"webm": "steps/output/dd/film.webm"},
    "captions": {"srt": "steps/output/ee/film.srt", "vtt": "steps/output/ee/film.vtt"},
}
NAMES = {
    "film.mp4",
    "film.srt",
    "film.vtt",
    "film.webm",
    "manifest.json",
    "plan.json",
    "poster.png",
}


@dataclass
class Frail(Disk):
    """A store whose user dies at one of its puts below ``films``."""

    folder: Path
    #: Puts until then, and whether the one that kills is done first.
    left: int | None = None
    after: bool = False
    put_keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.folder)

    async def put(
        self, key: str, source: Path, *, content_type: str, if_absent: bool = False
    ) -> Artifact:
        if not key.startswith("films/"):
            return await super().put(key, source, content_type=content_type)
        assert if_absent
        self.put_keys.append(key)
        strikes = self.left == 0
        self.left = None if self.left is None else self.left - 1
        if strikes and not self.after:
            raise Crash
        artifact = await super().put(key, source, content_type=content_type, if_absent=True)
        if strikes:
            raise Crash
        return artifact


class Stamp:
    """Signs with a word."""

    async def sign(self, film: Path, to: Path, claim: Claim) -> None:
        to.write_text(f"{film.read_text()}, signed")


@dataclass
class Desk:
    """A film that is made and waits to be delivered."""

    store: Frail
    folder: Path
    provenance: Stamp | None = None
    works: int = 0

    async def results(self) -> dict[str, Result]:
        made = {}
        for step, files in MADE.items():
            stored = {}
            for role, key in files.items():
                source = self.folder / f"source-{self.works}-{step}-{role}"
                source.write_text(f"{step} {role}")
                stored[role] = await self.store.put(key, source, content_type="text/plain")
            made[step] = Result(step, stored)
        return made

    async def deliver(self, destination: str = HOME, record: str = "mine") -> Result:
        self.works += 1
        workspace = self.folder / f"work-{self.works}"
        workspace.mkdir()
        work = Work(
            Order(plan=PLAN),
            Step("delivery", Kind.DELIVERY),
            await self.results(),
            workspace,
            Commission(destination, record={"job": record}),
            lambda _fraction, _message: None,
            Tools(
                planner=backends.build("ttv.planning", "builtin", {}),
                painter=backends.build("ttv.keyframes", "animatic", {}),
                generator=backends.build("ttv.generators", "animatic", {}),
                store=self.store,
                clock=lambda: 0.0,
                chance=random.Random(1),
                cores=asyncio.Semaphore(1),
                provenance=self.provenance,
            ),
            PLAN,
        )
        return await delivery(work)

    async def place(self, key: str, text: str) -> None:
        source = self.folder / "other"
        source.write_text(text)
        await Disk.put(self.store, key, source, content_type="video/mp4")

    async def text(self, key: str) -> str:
        return b"".join([part async for part in self.store.read(key)]).decode()

    async def all(self, prefix: str = "films") -> dict[str, str]:
        keys = [listed.key async for listed in self.store.listed(prefix)]
        return {key: await self.text(key) for key in keys}

    async def manifest(self, destination: str = HOME) -> Any:
        return json.loads(await self.text(f"{destination}/manifest.json"))

    async def told_is_there(self, destination: str = HOME) -> bool:
        """Tell whether the manifest describes exactly the files that lie beside it."""
        told = (await self.manifest(destination))["files"]
        for file in told.values():
            found = await self.store.stat(f"{destination}/{file['name']}")
            assert found
            assert (file["size"], file["sha256"]) == (found.size, found.sha256)
        names = {listed.key.rpartition("/")[2] async for listed in self.store.listed(destination)}
        return {file["name"] for file in told.values()} | {"manifest.json"} == names


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Frail(tmp_path / "store"), tmp_path)


def used(desk: Desk, scenario: Callable[[], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with desk.store:
            return await scenario()

    return asyncio.run(opened())


def test_all_outputs_lie_beside_the_film_and_the_manifest_tells_of_them(desk: Desk) -> None:
    async def scenario() -> None:
        result = await desk.deliver()
        assert {file.key for file in result.files.values()} == {f"{HOME}/{name}" for name in NAMES}
        assert result.files["webm"].key == f"{HOME}/film.webm"
        assert await desk.text(f"{HOME}/film.vtt") == "captions vtt"
        assert await desk.told_is_there()
        assert desk.store.put_keys[-1] == f"{HOME}/manifest.json"

    used(desk, scenario)


def test_a_zombie_of_an_older_attempt_changes_nothing_of_a_newer_one(desk: Desk) -> None:
    async def scenario() -> None:
        desk.store.left = 1
        with pytest.raises(Crash):  # it hangs in its first delivery
            await desk.deliver(HOME, "zombie")
        newer = await desk.deliver(f"{HOME}/attempt-2", "newer")
        before = await desk.all(f"{HOME}/attempt-2")

        await desk.deliver(HOME, "zombie")

        assert await desk.all(f"{HOME}/attempt-2") == before
        assert all("/attempt-2/" in file.key for file in newer.files.values())

    used(desk, scenario)


def test_a_zombie_of_the_same_attempt_takes_what_is_there(desk: Desk) -> None:
    async def scenario() -> None:
        first = await desk.deliver(record="mine")
        before = await desk.all()

        assert await desk.deliver(record="zombie") == first
        assert await desk.all() == before

    used(desk, scenario)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(len(NAMES)))
def test_a_crash_at_any_put_is_made_good(desk: Desk, at: int, after: bool) -> None:
    async def scenario() -> None:
        desk.store.left, desk.store.after = at, after
        with pytest.raises(Crash):
            await desk.deliver()
        desk.store.put_keys.clear()

        result = await desk.deliver()

        assert await desk.told_is_there()
        assert {file.key for file in result.files.values()} == {f"{HOME}/{name}" for name in NAMES}
        assert len(desk.store.put_keys) == len(NAMES) - at - after

    used(desk, scenario)


def test_a_film_that_was_signed_another_time_is_the_one_that_the_manifest_tells_of(
    desk: Desk,
) -> None:
    async def scenario() -> None:
        desk.provenance = Stamp()
        await desk.place(f"{HOME}/film.mp4", "the film, signed another time")
        result = await desk.deliver()
        assert await desk.text(f"{HOME}/film.mp4") == "the film, signed another time"
        assert result.files["film"] == await desk.store.stat(f"{HOME}/film.mp4")
        assert await desk.told_is_there()

    used(desk, scenario)


def test_a_film_is_signed_as_it_is_delivered(desk: Desk) -> None:
    async def scenario() -> None:
        desk.provenance = Stamp()
        await desk.deliver()
        assert await desk.text(f"{HOME}/film.mp4") == "film film, signed"
        assert await desk.text(f"{HOME}/film.webm") == "webm webm"
        assert await desk.told_is_there()

    used(desk, scenario)


@pytest.mark.parametrize("name", ["film.mp4", "poster.png", "film.vtt"])
def test_where_another_film_lies_nothing_is_taken_for_ours(desk: Desk, name: str) -> None:
    async def scenario() -> None:
        await desk.place(f"{HOME}/{name}", "of an attempt that Redis has forgotten")
        with pytest.raises(Conflict, match="a retry has a place of its own"):
            await desk.deliver()
        assert f"{HOME}/manifest.json" not in await desk.all()

    used(desk, scenario)


def test_where_another_whole_film_lies_it_is_not_taken_for_ours(desk: Desk) -> None:
    async def scenario() -> None:
        await desk.deliver()
        other = await desk.manifest()
        other["steps"]["segment-1"]["address"] = "another take"
        await desk.place(f"{HOME}/manifest.json", json.dumps(other))
        with pytest.raises(Conflict, match="a retry has a place of its own"):
            await desk.deliver()

    used(desk, scenario)


def test_of_two_deliveries_at_once_both_tell_of_the_same_files(desk: Desk) -> None:
    async def scenario() -> None:
        first, second = await asyncio.gather(desk.deliver(record="a"), desk.deliver(record="b"))
        assert first == second
        assert await desk.told_is_there()

    used(desk, scenario)


def test_what_is_taken_and_then_removed_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def taken(*_: object, **__: object) -> Artifact:
        raise KeyTaken

    monkeypatch.setattr(Frail, "put", taken)

    async def results() -> dict[str, Result]:
        file = Artifact("steps/plan/aa/plan.json", 1, "0", "text/plain")
        await desk.place(file.key, "plan")
        files = dict.fromkeys(("plan", "film", "poster"), file)
        return {"plan": Result("a", files), "film": Result("b", files)}

    monkeypatch.setattr(desk, "results", results)
    with pytest.raises(KeyTaken):
        used(desk, desk.deliver)


def test_a_delivery_is_found_again(desk: Desk) -> None:
    async def scenario() -> None:
        result = await desk.deliver()
        assert (await delivered(desk.store, HOME))[0] == result

    used(desk, scenario)


def test_a_delivery_names_its_film_for_other_programs(desk: Desk) -> None:
    async def scenario() -> None:
        result = await desk.deliver()
        assert result.facts["uri"] == desk.store.uri(result.files["film"].key)

    used(desk, scenario)


def test_a_manifest_of_before_files_were_told_is_read_as_it_was(desk: Desk) -> None:
    async def scenario() -> None:
        await desk.deliver()
        old = await desk.manifest()
        del old["files"]
        await desk.place(f"{HOME}/manifest.json", json.dumps(old))
        found, _ = await delivered(desk.store, HOME)
        assert found.files.keys() == {"film", "poster", "plan", "manifest"}

    used(desk, scenario)


def test_what_a_manifest_tells_of_and_is_not_there_is_told(desk: Desk) -> None:
    async def scenario() -> None:
        await desk.deliver()
        await desk.place(f"{HOME}/film.webm", "another film")
        with pytest.raises(Unreadable, match="the webm beside the manifest is another one"):
            await delivered(desk.store, HOME)
        await desk.store.delete(f"{HOME}/film.webm")
        with pytest.raises(NotFound, match="there is no webm beside the manifest"):
            await delivered(desk.store, HOME)

    used(desk, scenario)


@pytest.mark.parametrize("name", ["../../steps/plan/aa/plan.json", "/etc/passwd", ""])
def test_a_manifest_cannot_lead_elsewhere(desk: Desk, name: str) -> None:
    async def scenario() -> None:
        told = {"files": {"film": {"name": name, "sha256": "0"}}}
        await desk.place(f"{HOME}/manifest.json", json.dumps(told))
        with pytest.raises(Unreadable):
            await delivered(desk.store, HOME)

    used(desk, scenario)


def test_a_film_goes_with_all_its_attempts_and_whatever_lies_there(desk: Desk) -> None:
    removed: list[str] = []

    class Watched(Frail):
        async def delete(self, key: str) -> None:
            removed.append(key)
            await super().delete(key)

    async def scenario() -> None:
        await desk.deliver()
        await desk.deliver(f"{HOME}/attempt-2")
        await desk.deliver("films/2025-01/job_10")
        await desk.place(f"{HOME}/live/1.mp4", "a piece")
        await discard(Watched(desk.store.folder), HOME)
        assert await desk.all(HOME) == {}
        assert len(await desk.all()) == len(NAMES)
        assert {key.rpartition("/")[2] for key in removed[:2]} == {"manifest.json"}

    used(desk, scenario)
    assert len(removed) == 2 * len(NAMES) + 1
