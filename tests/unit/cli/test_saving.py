from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from tests.unit.client.documents import JOB_ID
from ttv.cli import _main, _options
from ttv.cli._saving import save, save_all, save_film
from ttv.client import Client
from ttv.errors import InvalidRequest, Permanent

T = TypeVar("T")


class Films:
    """A service with one film in several forms; its playlist names the file beside it."""

    def __init__(self) -> None:
        self.files = {
            "film": ("film.mp4", b"film"),
            "webm": ("film.webm", b"webm"),
            "hls": ("film.m3u8", b"#EXTM3U\nfilm.ts\n"),
            "hls-media": ("film.ts", b"media"),
        }
        self.loaded: list[str] = []
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, params = request.url.path, dict(request.url.params)
        if path.endswith("/artifact"):
            self.asked.append(params)
            return httpx.Response(200, json=self.told(params["output"]))
        if path.endswith("/outputs"):
            listed = [{"name": name, **self.told(name)} for name in self.files]
            return httpx.Response(200, json={"outputs": listed})
        name = path.rpartition("/")[2]
        assert params == {"download": "1"}
        self.loaded.append(name)
        return httpx.Response(200, content=self.files[name][1])

    def told(self, name: str) -> dict[str, object]:
        file, content = self.files[name]
        return {
            "url": f"/v1/artifacts/{file}?signature=a",
            "expires_at": "2026-11-24T06:50:59Z",
            "file": file,
            "content_type": "a/b",
            "size": len(content),
            "sha256": sha256(content).hexdigest(),
        }


def done(films: Films, use: Callable[[Client], Awaitable[T]]) -> T:
    async def scenario() -> T:
        transport = httpx.MockTransport(films)
        async with Client("http://ttv.test", transport=transport) as client:
            return await use(client)

    return asyncio.run(scenario())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def films() -> Films:
    return Films()


def test_a_form_is_saved_under_its_own_suffix(films: Films, tmp_path: Path) -> None:
    for to, name in ((tmp_path, f"{JOB_ID.lower()}.webm"), (tmp_path / "fox", "fox.webm")):
        path = done(films, lambda c, to=to: save(c, JOB_ID, to, output="webm", force=False))  # type: ignore[misc]  # mypy infers no type of a default
        assert path == tmp_path / name
        assert path.read_bytes() == b"webm"


def test_a_file_of_another_kind_is_refused_before_anything_is_loaded(
    films: Films, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRequest, match=r"made as WEBM; name it fox\.webm"):
        done(films, lambda c: save(c, JOB_ID, tmp_path / "fox.mp4", output="webm", force=False))
    assert films.loaded == []


@pytest.mark.parametrize("output", ["fox.mp4", "films/fox"])
def test_who_means_the_file_is_told_which_option_names_it(output: str, films: Films) -> None:
    with pytest.raises(InvalidRequest, match="-o names the file"):
        done(films, lambda c: save(c, JOB_ID, None, output=output, force=False))


def test_all_forms_are_saved_under_the_names_by_which_they_know_each_other(
    films: Films, tmp_path: Path
) -> None:
    folder = tmp_path / "fox"
    paths = done(films, lambda c: save_all(c, JOB_ID, folder, force=False))

    assert contents(folder) == dict(films.files.values())
    assert [path.name for path in paths] == ["film.mp4", "film.webm", "film.m3u8", "film.ts"]


def test_a_film_is_saved_with_its_forms_beside_it_called_after_it(
    films: Films, tmp_path: Path
) -> None:
    films.files |= {"poster": ("poster.png", b"poster"), "hls": ("film.m3u8", b"film.ts\n")}
    fox = tmp_path / "my fox.mp4"

    paths = done(films, lambda c: save_film(c, JOB_ID, fox, force=False))

    assert contents(tmp_path) == {
        "my fox.mp4": b"film",
        "my fox.webm": b"webm",
        "my fox.m3u8": b"my%20fox.ts\n",
        "my fox.ts": b"media",
    }
    assert sorted(paths) == sorted(tmp_path.iterdir())


def test_a_form_beside_a_film_overwrites_another_file_only_if_that_is_wanted(
    films: Films, tmp_path: Path
) -> None:
    (tmp_path / "fox.webm").write_bytes(b"mine")

    with pytest.raises(InvalidRequest, match=r"fox\.webm exists; --force"):
        done(films, lambda c: save_film(c, JOB_ID, tmp_path / "fox.mp4", force=False))
    assert contents(tmp_path) == {"fox.mp4": b"film", "fox.webm": b"mine"}
    done(films, lambda c: save_film(c, JOB_ID, tmp_path / "fox.mp4", force=True))
    assert contents(tmp_path)["fox.webm"] == b"webm"


def test_what_is_there_already_is_not_loaded_again(films: Films, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"film")

    done(films, lambda c: save_all(c, JOB_ID, tmp_path, force=False))

    assert films.loaded == ["webm", "hls", "hls-media"]


def test_another_file_in_the_way_is_left_alone_unless_that_is_wanted(
    films: Films, tmp_path: Path
) -> None:
    (tmp_path / "film.webm").write_bytes(b"mine")

    with pytest.raises(InvalidRequest, match="--force"):
        done(films, lambda c: save_all(c, JOB_ID, tmp_path, force=False))
    assert contents(tmp_path) == {"film.webm": b"mine"}
    done(films, lambda c: save_all(c, JOB_ID, tmp_path, force=True))
    assert contents(tmp_path) == dict(films.files.values())


@pytest.mark.parametrize("name", ["../film.mp4", "/etc/film.mp4", ".profile", "", "a/b", ".."])
def test_a_service_cannot_choose_another_folder(name: str, films: Films, tmp_path: Path) -> None:
    films.files["film"] = (name, b"film")

    with pytest.raises(Permanent, match="cannot be"):
        done(films, lambda c: save_all(c, JOB_ID, tmp_path / "fox", force=False))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def service(films: Films, monkeypatch: pytest.MonkeyPatch) -> Films:
    """Answer every client that a command opens."""

    def opened(_url: str | None) -> Client:
        return Client("http://ttv.test", transport=httpx.MockTransport(films))

    monkeypatch.setattr(_options, "open_client", opened)
    return films


def run(*words: str) -> int:
    for command in _main.COMMANDS:
        __import__(f"ttv.cli.{command}")
    return _main.status(words)


def test_a_link_is_printed_as_others_can_use_it(
    service: Films, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("link", JOB_ID, "--output", "webm", "--for", "2h", "--save") == 0

    assert capsys.readouterr().out == "http://ttv.test/v1/artifacts/film.webm?signature=a\n"
    assert service.asked == [{"output": "webm", "expires_seconds": "7200", "download": "1"}]


def test_the_files_that_were_saved_are_named(
    service: Films,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run("download", JOB_ID, "--output", "webm", "-o", "fox.webm") == 0
    assert run("download", JOB_ID, "--all", "-o", "fox") == 0

    assert capsys.readouterr().out.splitlines() == [
        "fox.webm",
        *(f"fox/{file}" for file, _ in service.files.values()),
    ]


def test_one_form_and_all_of_them_cannot_be_wanted_at_once(
    service: Films, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("download", JOB_ID, "--all", "--output", "webm") == 2
    assert "leave out --output" in capsys.readouterr().err
    assert service.loaded == []
