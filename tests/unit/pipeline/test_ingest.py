from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from tests.unit.pipeline.desk import ADDRESS, PRICE, Crash, Desk, Fate, Provider
from ttv.artifacts.disk import Disk
from ttv.errors import OutcomeUnknown, StorageFull, Transient
from ttv.generators import HandleLost, State, Status
from ttv.pipeline import Kind
from ttv.pipeline._cache import folder

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, Provider(looks_up=True))


async def source(desk: Desk) -> bytes | None:
    """Give the clip that is kept as it was delivered, if there is one."""
    key = f"{folder(Kind.SEGMENT, ADDRESS)}/purchase-1-source.mp4"
    async with Disk(desk.folder / "store") as store:
        if await store.stat(key) is None:
            return None
        return b"".join([part async for part in store.read(key)])


def clip(desk: Desk, run: int) -> bytes:
    return (desk.folder / f"run-{run}" / "clip.mp4").read_bytes()


async def test_a_clip_is_kept_as_it_was_delivered(desk: Desk) -> None:
    given = await desk.buy()

    assert await source(desk) == clip(desk, 1)
    assert given.sha256 == sha256(clip(desk, 1)).hexdigest()
    assert given.bytes == len(clip(desk, 1))


async def test_who_needs_a_clip_again_asks_the_provider_for_nothing(desk: Desk) -> None:
    desk.provider.gives = 1
    first = await desk.buy()
    asked = desk.provider.polls

    again = await desk.buy()

    assert again == first
    assert clip(desk, 2) == clip(desk, 1)
    assert (desk.provider.downloads, desk.provider.polls) == (1, asked)
    assert desk.pocket.spent == PRICE


async def test_a_crash_anywhere_after_the_clip_is_kept_downloads_nothing_again(
    tmp_path: Path,
) -> None:
    """Ends the process before and after each thing that it does; the address works once."""
    for at in range(1, 100):
        desk = Desk(tmp_path / str(at), Provider(looks_up=True, gives=1))
        fate = Fate(at, after=True)
        with suppress(Crash):
            await desk.buy(fate)
        if await source(desk):
            await desk.buy()
            assert clip(desk, 2) == await source(desk)
            assert desk.provider.downloads == 1
        if not fate.gone:
            return
    raise AssertionError("it never ended")


@pytest.mark.parametrize(
    "spoilt", [b"<!doctype html><title>Not now</title>", b"", b"#EXTM3U\nfile:///etc/passwd\n"]
)
async def test_what_is_no_clip_is_not_kept_and_is_downloaded_again(
    desk: Desk, spoilt: bytes
) -> None:
    desk.provider.spoilt = [spoilt]

    with pytest.raises(Transient, match="what dear gave as the clip is none"):
        await desk.buy()

    assert await source(desk) is None
    await desk.buy()
    assert desk.provider.downloads == 2
    assert await source(desk) == clip(desk, 2)
    assert (desk.provider.sold, desk.pocket.spent) == ([ADDRESS], PRICE)


async def test_a_clip_that_breaks_off_is_not_kept(desk: Desk) -> None:
    await desk.buy()
    whole = clip(desk, 1)
    other = Desk(desk.folder / "other", Provider(looks_up=True, spoilt=[whole[: len(whole) // 2]]))

    with pytest.raises(Transient, match="breaks off"):
        await other.buy()

    assert await source(other) is None
    await other.buy()
    assert clip(other, 2) == whole


async def test_a_clip_for_which_there_is_no_room_is_downloaded_when_there_is(desk: Desk) -> None:
    desk.full_at = ["source.mp4"]

    with pytest.raises(StorageFull):
        await desk.buy()

    await desk.buy()
    assert (desk.provider.downloads, desk.provider.polls) == (2, 1)


async def test_a_clip_whose_address_died_before_it_was_kept_is_told_and_not_bought_again(
    desk: Desk,
) -> None:
    desk.provider.gives = 0

    for _ in range(2):
        with pytest.raises(Transient, match="address of the clip does not work"):
            await desk.buy()

    assert (desk.provider.sold, desk.pocket.spent) == ([ADDRESS], PRICE)


async def test_what_a_provider_said_of_a_segment_is_told_by_who_takes_it_up(desk: Desk) -> None:
    desk.provider.says = [Status(State.SUCCEEDED, 1.0, warnings=("no rain",), cost=5)]
    desk.provider.spoilt = [b"not yet"]
    with pytest.raises(Transient):
        await desk.buy()

    given = await desk.buy()

    assert (given.warnings, given.cost, desk.pocket.spent) == (("no rain",), 5, 5)


async def test_a_clip_that_a_provider_forgot_before_it_was_kept_waits_for_a_person(
    desk: Desk,
) -> None:
    desk.provider.spoilt = [b"not yet"]
    with pytest.raises(Transient):
        await desk.buy()

    async def lost(handle: str, to: Path) -> None:
        raise HandleLost

    desk.provider.download = lost  # type: ignore[method-assign]  # a provider changes its mind
    with pytest.raises(OutcomeUnknown, match="make shot 1 anew"):
        await desk.buy()
