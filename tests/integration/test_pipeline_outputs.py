"""Films in other forms at toy size, through the real back ends and a real store."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import av
import pytest

from tests.integration.test_pipeline_film import FOX, OWL, TOY, Diary, fetched
from tests.loops import BACKEND
from ttv import outputs
from ttv.media import load_png
from ttv.pipeline import Commission, Limits, Order, Pipeline, Result, Wish
from ttv.planning import Plan, Transition
from ttv.settings import Settings
from ttv.wiring.films import open_pipeline

pytestmark = pytest.mark.anyio

SHOTS = (FOX, replace(OWL, transition=Transition.CROSSFADE, transition_frames=4))
PLAN = Plan("a test", SHOTS, TOY, seed=1)
#: Those that are quick to make.
QUICK = ("clips", "gif", "hls", "otio", "sprites", "srt", "vtt", "waveform")
#: What libav says of the structure of an MP4 and of what its streams are.
STRUCTURE = {"major_brand", "minor_version", "compatible_brands", "language", "handler_name"}


@pytest.fixture
def anyio_backend() -> tuple[str, object]:
    return BACKEND


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all films here."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
async def pipeline(data: Path) -> AsyncIterator[Pipeline]:
    async with open_pipeline(Settings(data_dir=data)) as opened:
        yield opened


def order_of(*forms: str, plan: Plan = PLAN, strip_metadata: bool = False) -> Order:
    wish = Wish(plan=plan, outputs=forms, strip_metadata=strip_metadata)
    return wish.order(Limits(prompt_chars=4_000, film_seconds=600))


async def make(
    pipeline: Pipeline, order: Order, folder: Path, diary: Diary | None = None
) -> Mapping[str, Result]:
    folder.mkdir()
    place = f"films/{folder.parent.name}/{folder.name}"
    return await pipeline.make(
        order,
        workspace=folder,
        commission=Commission(place, record={"job": {"id": "a test"}}),
        watcher=diary or Diary(),
        slots=2,
    )


def tags(path: Path) -> Iterator[tuple[str, str]]:
    """Read back what a film says of itself, by every key."""
    with av.open(str(path)) as file:
        for said in (file.metadata, *(stream.metadata for stream in file.streams)):
            yield from ((key, text) for key, text in said.items() if key not in STRUCTURE)


async def keys(pipeline: Pipeline, results: Mapping[str, Result]) -> set[str]:
    place = results["delivery"].files["film"].key.rpartition("/")[0]
    return {listed.key.removeprefix(f"{place}/") async for listed in pipeline.store.listed(place)}


async def test_outputs_are_delivered_beside_the_film(pipeline: Pipeline, tmp_path: Path) -> None:
    results = await make(pipeline, order_of(*QUICK), tmp_path / "a")

    files = {role: file for name in QUICK for role, file in outputs.find(name).files.items()}
    assert (
        files.items()
        <= {role: Path(file.key).name for role, file in results["delivery"].files.items()}.items()
    )
    assert set(files.values()) < await keys(pipeline, results)
    assert all(
        file.content_type != "application/octet-stream"
        for file in results["delivery"].files.values()
    )


async def test_captions_follow_the_shots_on_the_timeline_of_the_film(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    results = await make(pipeline, order_of("srt"), tmp_path / "a")

    text = (await fetched(pipeline, results, "srt", tmp_path)).read_text()

    # 18 and 12 frames at 12 a second, of which 4 overlap: shared in the middle.
    times = re.findall(r"00:00:0(\d),(\d{3})", text)
    assert [int(second) * 1000 + int(rest) for second, rest in times] == [0, 1333, 1333, 2167]


async def test_captions_tell_the_words_of_their_own_plan_also_where_the_film_is_the_same(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    loud = replace(FOX, prompt=FOX.prompt.upper())
    other = replace(PLAN, shots=(loud, *SHOTS[1:]))
    quiet_film = await make(pipeline, order_of("srt"), tmp_path / "a")

    loud_film = await make(pipeline, order_of("srt", plan=other), tmp_path / "b")

    assert loud_film["film"].files["film"].sha256 == quiet_film["film"].files["film"].sha256
    text = (await fetched(pipeline, loud_film, "srt", tmp_path)).read_text()
    assert "A RED FOX RUNS" in text


async def test_a_form_that_is_asked_for_later_is_all_that_is_made(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    await make(pipeline, order_of("vtt"), tmp_path / "a")
    again, more = Diary(), Diary()

    await make(pipeline, order_of("vtt"), tmp_path / "b", again)
    await make(pipeline, order_of("gif", "vtt"), tmp_path / "c", more)

    assert again.made() == {"delivery"}
    assert more.made() <= {"output-gif", "delivery"}


async def test_a_shot_that_is_made_anew_makes_the_outputs_anew(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    order = order_of("srt", "waveform")
    await make(pipeline, order, tmp_path / "a")
    diary = Diary()

    await make(pipeline, order.retaken(2, prompt="a boat at sea"), tmp_path / "b", diary)

    assert {"output-srt", "output-waveform", "film"} <= diary.made()
    assert pipeline.stale(order, PLAN, 2)[-3:] == ("output-srt", "output-waveform", "delivery")


async def test_a_film_tells_what_it_is_and_that_it_was_generated(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    results = await make(pipeline, order_of(), tmp_path / "a")

    film = await fetched(pipeline, results, "film", tmp_path)

    assert dict(tags(film)) == {
        "title": PLAN.brief,
        "comment": "AI-generated by ttv-pipeline with animatic",
    }


async def test_a_film_without_metadata_tells_nothing_and_its_outputs_do_not_either(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    told = await make(pipeline, order_of("clips", "hls"), tmp_path / "a")
    bare = await make(pipeline, order_of("clips", "hls", strip_metadata=True), tmp_path / "b")

    for role in ("film", "hls-media"):
        path = await fetched(pipeline, bare, role, tmp_path)
        assert list(tags(path)) == []
        assert re.findall(rb"x264|Lavc", path.read_bytes()) == []
    assert load_png(await fetched(pipeline, bare, "poster", tmp_path))[1] == {}
    archive = (await fetched(pipeline, bare, "clips", tmp_path)).read_bytes()
    assert re.findall(b"snowy|x264", archive) == []
    assert bare["film"].files["film"].sha256 != told["film"].files["film"].sha256
    assert bare["segment-1"].files == told["segment-1"].files


async def test_a_shot_can_be_watched_before_the_film_is_there(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    results = await make(pipeline, order_of(), tmp_path / "a")

    piece = results["segment-1"].files["stream"]

    assert piece.content_type == "video/mp2t"
    assert results["segment-1"].facts["seconds"] == 1.5
    path = await pipeline.store.fetch(piece.key, tmp_path / "piece.ts")
    assert path.size == piece.size
    with av.open(str(tmp_path / "piece.ts")) as file:
        assert {stream.type for stream in file.streams} == {"video", "audio"}
        assert sum(1 for _ in file.decode(video=0)) == FOX.frames


async def test_a_film_with_outputs_is_read_back_from_its_manifest(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    results = await make(pipeline, order_of("hls", "srt"), tmp_path / "a")

    film = await pipeline.delivered(results["delivery"].files["manifest"].key)

    assert film.order == order_of("hls", "srt")
    assert {step.name: result for step, result in film.steps} == results


async def test_an_output_counts_as_a_step_of_the_estimate(pipeline: Pipeline) -> None:
    plain = await pipeline.estimate(order_of())
    more = await pipeline.estimate(order_of("gif", "webm"))

    assert more.steps == plain.steps + 2
    assert more.cost == plain.cost
