from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.unit.media.pictures import SMALL, write_clip
from ttv.assembly import Cut, Film, assemble
from ttv.errors import NotFound
from ttv.media import Coding, Transition, probe


def made(folder: Path, cuts: list[Cut]) -> tuple[Film, list[tuple[float, str]]]:
    heard: list[tuple[float, str]] = []
    film = asyncio.run(
        assemble(
            cuts,
            SMALL,
            film=folder / "film.mp4",
            poster=folder / "poster.png",
            seed=1,
            tags={"title": "a test"},
            report=lambda fraction, text: heard.append((fraction, text)),
        )
    )
    return film, heard


def test_a_film_is_made_in_a_child_and_its_facts_come_back(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", 60, coding=Coding())

    film, heard = made(tmp_path, [Cut(clip, 60), Cut(clip, 60, Transition.CROSSFADE, 12)])

    assert film == Film(SMALL, frames=108, copied_frames=60)
    assert film.to_json() == {
        "frames": 108,
        "seconds": 4.5,
        "size": "128x96",
        "fps": 24,
        "copied_frames": 60,
        "encoded_frames": 48,
    }
    assert probe(tmp_path / "film.mp4").frames == 108
    assert heard
    assert heard[0][1] == "joining the shots"


def test_what_is_wrong_with_a_clip_comes_back(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"none\.mp4 does not exist"):
        made(tmp_path, [Cut(tmp_path / "none.mp4", 5)])


def test_cancelling_leaves_no_half_film(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", 480)
    started = asyncio.Event()

    async def scenario() -> None:
        task = asyncio.create_task(
            assemble(
                [Cut(clip, 480, Transition.FADE, 200)] * 8,
                SMALL,
                film=tmp_path / "film.mp4",
                poster=tmp_path / "poster.png",
                seed=1,
                tags={},
                report=lambda *_: started.set(),
            )
        )
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())

    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
