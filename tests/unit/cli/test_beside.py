from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ttv import backends, outputs
from ttv.artifacts import Store
from ttv.cli._beside import check_free, files_by_role, renamed, write_forms
from ttv.errors import InvalidRequest


def test_forms_are_called_after_the_film_and_name_each_other_so(tmp_path: Path) -> None:
    made = {
        "film.webm": "picture and sound",
        "sprites.jpg": "stills",
        "sprites.vtt": "a red fox\nsprites.jpg#xywh=0,0,160,90\n",
    }
    film = tmp_path / "my fox.mp4"

    async def scenario() -> list[Path]:
        opened: Store
        options = {"folder": str(tmp_path / "store")}
        async with backends.build("ttv.artifacts", "disk", options) as opened:
            delivered = {}
            for name, text in made.items():
                (tmp_path / name).write_text(text)
                role = {file: role for role, file in _roles().items()}[name]
                delivered[role] = await opened.put(name, tmp_path / name, content_type="text/plain")

            async def fetch(role: str, to: Path) -> None:
                await opened.fetch(delivered[role].key, to)

            return await write_forms(fetch, files_by_role(["sprites", "webm"]), film)

    paths = asyncio.run(scenario())

    assert {path.name: path.read_text() for path in paths} == {
        "my fox.webm": "picture and sound",
        "my fox.sprites.jpg": "stills",
        "my fox.sprites.vtt": "a red fox\nmy%20fox.sprites.jpg#xywh=0,0,160,90\n",
    }


def _roles() -> dict[str, str]:
    forms = (outputs.find(name) for name in outputs.names())
    return {role: file for form in forms for role, file in form.files.items()}


def test_only_whole_names_are_renamed() -> None:
    names = {"film.m4s": "fox.m4s"}

    assert renamed('URI="film.m4s"\nfilm.m4s\n', names) == 'URI="fox.m4s"\nfox.m4s\n'
    assert renamed("my-film.m4s film.m4s.bak a/film.m4s", names) == (
        "my-film.m4s film.m4s.bak a/film.m4s"
    )


def test_a_form_that_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    (tmp_path / "fox.sprites.vtt").touch()

    film, sprites = tmp_path / "fox.mp4", files_by_role(["gif", "sprites"]).values()

    check_free(film, files_by_role(["gif", "webm"]).values(), force=False)
    check_free(film, sprites, force=True)
    with pytest.raises(InvalidRequest, match=r"fox\.sprites\.vtt exists"):
        check_free(film, sprites, force=False)


def test_all_stands_for_every_form_and_one_that_is_not_known_for_none() -> None:
    assert files_by_role(["all"]) == _roles()
    assert files_by_role(["webm", "hologram"]) == {"webm": "film.webm"}
