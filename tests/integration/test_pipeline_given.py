"""Films that are made with files of the user's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from tests.integration.api.pictures import png
from tests.integration.test_pipeline_film import FOX, OWL, TOY, Diary, fetched, order_of
from tests.loops import BACKEND
from tests.unit.media.sounds import write_sound
from ttv import media
from ttv.errors import InvalidRequest, NotFound
from ttv.pipeline import Commission, Given, Gone, Order, Pipeline, Result
from ttv.settings import Settings
from ttv.uploads import Uploads
from ttv.wiring.films import open_pipeline
from ttv.wiring.uploads import files_of, uploads_in

pytestmark = pytest.mark.anyio
BLUE = 0xFF2030E0


@pytest.fixture
def anyio_backend() -> tuple[str, object]:
    return BACKEND


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture
async def pipeline(settings: Settings) -> AsyncIterator[Pipeline]:
    async with open_pipeline(settings) as opened:
        yield opened


@pytest.fixture
def uploads(pipeline: Pipeline, settings: Settings) -> Uploads:
    return uploads_in(pipeline.store, settings)


async def picture(uploads: Uploads, folder: Path, colour: int = BLUE) -> Given:
    (folder / "a.png").write_bytes(png(colour))
    made = await uploads.put("acme", folder / "a.png")
    return Given(made.id, made.sha256)


async def sound(uploads: Uploads, folder: Path, seconds: float) -> Given:
    made = await uploads.put("acme", write_sound(folder / "a.mp3", "mp3", seconds=seconds))
    return Given(made.id, made.sha256)


async def make(
    pipeline: Pipeline, order: Order, folder: Path, *, tenant: str = "acme"
) -> tuple[Mapping[str, Result], Diary]:
    folder.mkdir()
    diary = Diary()
    results = await pipeline.make(
        order,
        workspace=folder,
        commission=Commission(
            f"films/{folder.parent.name}/{folder.name}", files=files_of(order, tenant)
        ),
        watcher=diary,
        slots=2,
    )
    return results, diary


async def test_a_film_opens_on_the_picture_that_it_is_given(
    pipeline: Pipeline, uploads: Uploads, tmp_path: Path
) -> None:
    order = replace(order_of(FOX, OWL), first_frame=await picture(uploads, tmp_path))

    results, _ = await make(pipeline, order, tmp_path / "film")

    film = await fetched(pipeline, results, "film", tmp_path)
    for frame in (0, FOX.frames - 1):
        blue, green, red = media.read_frame(film, frame)[..., :3].mean(axis=(0, 1))
        assert (blue, green, red) == pytest.approx((0xE0, 0x30, 0x20), abs=12)
    assert media.read_frame(film, FOX.frames)[..., 0].mean() < 0xC0


async def test_a_film_sounds_like_the_recording_that_it_is_given(
    pipeline: Pipeline, uploads: Uploads, tmp_path: Path
) -> None:
    order = replace(order_of(FOX, OWL), soundtrack=await sound(uploads, tmp_path, 1))

    results, _ = await make(pipeline, order, tmp_path / "film")

    film = await fetched(pipeline, results, "film", tmp_path)
    with av.open(str(film)) as file:
        heard = np.concatenate([f.to_ndarray()[0] for f in file.decode(audio=0)])
    second = heard[4_800:43_200]
    assert int(np.abs(np.fft.rfft(second)).argmax()) * 1.25 == pytest.approx(440, abs=2)
    assert np.abs(heard[: media.SOUND_RATE]).max() == pytest.approx(0.5, abs=0.05)
    assert np.abs(heard[int(1.2 * media.SOUND_RATE) :]).max() < 0.01
    assert len(heard) >= TOY.seconds(FOX.frames + OWL.frames) * media.SOUND_RATE


async def test_another_picture_or_recording_makes_anew_only_what_shows_or_plays_it(
    pipeline: Pipeline, uploads: Uploads, tmp_path: Path
) -> None:
    order = replace(order_of(FOX, OWL), first_frame=await picture(uploads, tmp_path))
    await make(pipeline, order, tmp_path / "one")

    _, again = await make(pipeline, order, tmp_path / "two")
    other = replace(order, first_frame=await picture(uploads, tmp_path, 0xFF00FF00))
    _, changed = await make(pipeline, other, tmp_path / "three")
    heard = replace(order, soundtrack=await sound(uploads, tmp_path, 1))
    _, played = await make(pipeline, heard, tmp_path / "four")

    assert again.made() == {"delivery"}
    assert changed.made() == {"keyframe-1", "segment-1", "film", "delivery"}
    assert played.made() == {"film", "delivery"}


@pytest.mark.parametrize("name", ["first_frame", "soundtrack"])
async def test_a_film_whose_file_is_deleted_fails_before_anything_is_made(
    pipeline: Pipeline, uploads: Uploads, tmp_path: Path, name: str
) -> None:
    given = await (
        picture(uploads, tmp_path) if name == "first_frame" else sound(uploads, tmp_path, 2)
    )
    await uploads.delete("acme", given.id)
    order = replace(order_of(FOX), **{name: given})  # type: ignore[arg-type]  # a field of it

    with pytest.raises(Gone, match="not kept any more"):
        await make(pipeline, order, tmp_path / "film")


async def test_the_file_of_another_tenant_is_as_good_as_gone(
    pipeline: Pipeline, uploads: Uploads, tmp_path: Path
) -> None:
    order = replace(order_of(FOX), first_frame=await picture(uploads, tmp_path))

    with pytest.raises(Gone):
        await make(pipeline, order, tmp_path / "film", tenant="globex")


@pytest.mark.parametrize("name", ["../../films/x", "file_" + "0" * 25 + "/", ""])
def test_an_order_cannot_reach_beyond_the_files_of_its_tenant(name: str) -> None:
    with pytest.raises(NotFound):
        files_of(replace(order_of(FOX), first_frame=Given(name, "0" * 64)), "acme")


def test_an_order_with_files_is_read_back_and_without_is_as_it_always_was() -> None:
    plain = order_of(FOX)
    order = replace(plain, first_frame=Given("a", "b"), soundtrack=Given("c", "d"))

    assert Order.from_json(order.to_json()) == order
    assert order.as_planned == plain
    assert not {"first_frame", "soundtrack"} & plain.to_json().keys()


async def test_an_engine_that_takes_no_first_frame_is_refused(pipeline: Pipeline) -> None:
    class Blind:
        def capabilities(self) -> object:
            able = pipeline.generators["animatic"].capabilities()
            return replace(able, first_frame=False)

    blind = replace(pipeline, generators={"animatic": Blind()})  # type: ignore[dict-item]  # asked what it can do only

    with pytest.raises(InvalidRequest, match="takes no first frame") as caught:
        blind.check(replace(order_of(FOX), first_frame=Given("a", "b")))

    assert caught.value.param == "first_frame"
