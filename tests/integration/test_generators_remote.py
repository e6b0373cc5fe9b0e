from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from ttv import backends
from ttv.errors import ContentRejected, InvalidRequest, OutcomeUnknown, Transient, Unfunded
from ttv.generators import Generator, SegmentRequest, State, Status
from ttv.media import Format, Pixels, probe, read_frame, save_png
from ttv.testing.generators import finished, new_key, taken
from ttv.testing.providers import Emulator

pytestmark = pytest.mark.anyio

Provider = Literal["kling", "runway"]
SMALL = Format(320, 180, 24)
WANTED = SegmentRequest("a red fox runs", 120, SMALL, seed=7)
BOTH = pytest.mark.parametrize("provider", ["kling", "runway"])


@pytest.fixture
def provider() -> Provider:
    """Most tests ask Kling; ``BOTH`` asks both."""
    return "kling"


@pytest.fixture(scope="module")
def emulators() -> Iterator[Mapping[Provider, Emulator]]:
    with Emulator("kling", size=SMALL.size) as kling, Emulator("runway", size=SMALL.size) as runway:
        yield {"kling": kling, "runway": runway}


@pytest.fixture
def emulator(provider: Provider, emulators: Mapping[Provider, Emulator]) -> Emulator:
    """An emulator that nothing was asked of yet."""
    emulators[provider].reset()
    return emulators[provider]


@pytest.fixture
async def generator(emulator: Emulator) -> AsyncIterator[Generator]:
    async with engine(emulator, timeout_seconds=1) as opened:
        yield opened


def engine(emulator: Emulator, **options: object) -> AbstractAsyncContextManager[Generator]:
    built: AbstractAsyncContextManager[Generator] = backends.build(
        "ttv.generators", emulator.provider, {**emulator.engine_options, **options}
    )
    return built


async def made(generator: Generator, wanted: SegmentRequest, to: Path) -> tuple[str, ...]:
    handle = await generator.submit(wanted, key=new_key())
    assert (await finished(generator, handle)).state is State.SUCCEEDED
    return await taken(generator, handle, wanted, to)


def brightness(path: Path, frame: int) -> float:
    return float(read_frame(path, frame)[..., :3].mean())


def picture(path: Path, fmt: Format = SMALL) -> Path:
    grey: Pixels = np.full((fmt.height, fmt.width, 4), 128, np.uint8)
    save_png(path, grey, {})
    return path


@BOTH
@pytest.mark.parametrize("fault", ["lose_answers", "hang_submits"])
async def test_an_answer_that_is_lost_leaves_one_charge_and_no_second_try(
    generator: Generator, emulator: Emulator, fault: str
) -> None:
    emulator.faults(**{fault: 1})

    with pytest.raises(OutcomeUnknown):
        await generator.submit(WANTED, key=new_key())

    assert [charge.amount > 0 for charge in emulator.charges()] == [True]


async def test_a_purchase_whose_answer_was_lost_is_found_and_paid_once(
    generator: Generator, emulator: Emulator, tmp_path: Path
) -> None:
    key = new_key()
    emulator.faults(lose_answers=1)
    with pytest.raises(OutcomeUnknown):
        await generator.submit(WANTED, key=key)

    found = await generator.find(WANTED, key=key)
    again = await generator.submit(WANTED, key=key)

    assert found == again
    await finished(generator, again)
    await generator.download(again, tmp_path / "clip.mp4")
    assert [(charge.key, charge.amount) for charge in emulator.charges()] == [(key, 210_000)]


@BOTH
@pytest.mark.parametrize("status", [429, 503])
async def test_a_refusal_is_no_purchase(
    generator: Generator, emulator: Emulator, status: int
) -> None:
    emulator.faults(refuse_submits=1, refusal=status, retry_after=7)

    with pytest.raises(Transient) as caught:
        await generator.submit(WANTED, key=new_key())

    assert caught.value.retry_after == 7
    assert emulator.charges() == []


@BOTH
async def test_an_estimate_is_what_the_provider_charges(
    generator: Generator, emulator: Emulator
) -> None:
    handle = await generator.submit(WANTED, key=new_key())
    status = await finished(generator, handle)

    estimate = generator.capabilities().price(5)
    assert [charge.amount for charge in emulator.charges()] == [estimate]
    assert status.cost in (estimate, None)


async def test_words_that_are_not_allowed_are_refused_by_kling_and_cost_nothing(
    generator: Generator, emulator: Emulator
) -> None:
    with pytest.raises(ContentRejected):
        await generator.submit(replace(WANTED, prompt="something forbidden"), key=new_key())

    assert emulator.charges() == []


async def failed(generator: Generator, prompt: str) -> Status:
    handle = await generator.submit(replace(WANTED, prompt=prompt), key=new_key())
    return await finished(generator, handle)


@pytest.mark.parametrize("provider", ["runway"])
async def test_words_that_are_not_allowed_fail_at_runway_and_cost_the_full_price(
    generator: Generator, emulator: Emulator
) -> None:
    status = await failed(generator, "something forbidden")

    assert isinstance(status.failure, ContentRejected)
    assert [charge.amount for charge in emulator.charges()] == [status.cost] == [600_000]


@BOTH
async def test_a_fault_of_the_provider_costs_nothing_and_may_be_tried_again(
    generator: Generator, emulator: Emulator
) -> None:
    emulator.faults(fail_tasks=1)

    status = await failed(generator, "a fox")

    assert isinstance(status.failure, Transient)
    assert [charge.amount for charge in emulator.charges()] == [status.cost] == [0]


@BOTH
async def test_an_account_without_credit_buys_nothing(provider: Provider) -> None:
    with Emulator(provider, credit=1) as poor:
        async with engine(poor) as generator:
            with pytest.raises(Unfunded):
                await generator.submit(WANTED, key=new_key())
        assert poor.charges() == []


async def test_kling_says_when_all_its_slots_are_taken() -> None:
    with Emulator("kling", slots=1, seconds_per_clip=60) as busy:
        async with engine(busy) as generator:
            await generator.submit(WANTED, key=new_key())
            with pytest.raises(Transient, match="busy"):
                await generator.submit(WANTED, key=new_key())


async def test_runway_lets_a_segment_wait_for_its_slot_and_gives_its_money_back() -> None:
    with Emulator("runway", slots=1, seconds_per_clip=60) as busy:
        async with engine(busy) as generator:
            await generator.submit(WANTED, key=new_key())
            waiting = await generator.submit(WANTED, key=new_key())
            assert (await generator.poll(waiting)).state is State.RUNNING
            await generator.cancel(waiting)
            assert [charge.amount for charge in busy.charges()] == [600_000, 0]


@BOTH
async def test_an_address_that_has_expired_is_asked_for_anew(
    generator: Generator, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.faults(expire_urls=1)

    await made(generator, WANTED, tmp_path / "clip.mp4")

    assert probe(tmp_path / "clip.mp4").frames == 120


@BOTH
@pytest.mark.parametrize("fault", ["stall_downloads", "break_downloads", "refuse_downloads"])
async def test_a_download_that_breaks_off_leaves_nothing_and_works_later(
    generator: Generator, emulator: Emulator, tmp_path: Path, fault: str
) -> None:
    handle = await generator.submit(WANTED, key=new_key())
    await finished(generator, handle)
    emulator.faults(**{fault: 1})

    with pytest.raises(Transient):
        await generator.download(handle, tmp_path / "clip.mp4")

    assert list(tmp_path.iterdir()) == []
    await generator.download(handle, tmp_path / "clip.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]
    assert len(emulator.charges()) == 1


async def test_a_clip_is_brought_to_the_size_rate_and_length_that_were_asked_for(
    tmp_path: Path,
) -> None:
    wanted = replace(WANTED, format=Format(640, 360, 30), frames=150)
    with Emulator("kling") as emulator:
        async with engine(emulator) as generator:
            told = await made(generator, wanted, tmp_path / "clip.mp4")

    clip = probe(tmp_path / "clip.mp4")
    assert (clip.size, clip.fps, clip.frames, clip.steady) == ("640x360", 30, 150, True)
    assert told == (
        "made at 1280x720 and scaled to 640x360",
        "made at 24 frames per second and converted to 30",
        "made 1 frame longer and cut",
    )


@pytest.mark.parametrize("provider", ["runway"])
async def test_a_clip_that_is_as_asked_stays_as_it_is(generator: Generator, tmp_path: Path) -> None:
    assert await made(generator, WANTED, tmp_path / "clip.mp4") == ()


@BOTH
async def test_the_first_frame_is_shown_and_a_frame_that_is_followed_is_not(
    generator: Generator, tmp_path: Path
) -> None:
    still = picture(tmp_path / "still.png")

    await made(generator, replace(WANTED, first_frame=still), tmp_path / "a.mp4")
    await made(generator, replace(WANTED, follows=still), tmp_path / "b.mp4")

    assert brightness(tmp_path / "a.mp4", 0) > 200
    assert brightness(tmp_path / "a.mp4", 1) < 120
    assert brightness(tmp_path / "b.mp4", 0) < 120
    assert probe(tmp_path / "b.mp4").frames == 120


@BOTH
async def test_a_size_of_another_shape_or_larger_is_refused_before_anything_is_asked(
    generator: Generator, emulator: Emulator
) -> None:
    for fmt in (Format(640, 480), Format(1920, 1080)):
        with pytest.raises(InvalidRequest) as caught:
            await generator.submit(replace(WANTED, format=fmt), key=new_key())
        assert caught.value.param == "size"

    assert emulator.charges() == []


async def test_a_model_that_needs_a_picture_says_so() -> None:
    options = {"api_key": "k", "model": "gen4_turbo", "base_url": "http://127.0.0.1:9"}
    async with backends.build("ttv.generators", "runway", options) as generator:
        with pytest.raises(InvalidRequest) as caught:
            await generator.submit(WANTED, key=new_key())

    assert caught.value.param == "first_frame"
