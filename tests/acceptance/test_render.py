from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.commands import (
    PATIENCE,
    SMALL,
    THREE_SHOTS,
    THREE_SHOTS_FRAMES,
    Home,
    alive,
    descendants,
    read_until,
    until,
)
from ttv import media

pytestmark = pytest.mark.slow

FOX = "a red fox runs through a snowy forest at night"


def test_a_prompt_becomes_a_film_of_the_asked_length_size_and_rate(home: Home) -> None:
    done = home.ttv("render", FOX, "-o", "fox.mp4", "--seconds", "2", *SMALL)

    assert done.returncode == 0, done.stderr
    film = media.probe(home.folder / "fox.mp4")
    assert (film.frames, film.width, film.height, film.fps) == (24, 320, 180, 12)
    assert done.stdout.startswith("fox.mp4: 2.0 s, 320x180 at 12 fps, ")
    assert "shot 1: done" in done.stderr
    assert sorted(path.name for path in home.folder.iterdir()) == ["data", "fox.mp4"]
    assert not list((home.data / "renders").iterdir())


def test_other_forms_lie_beside_the_film_and_name_each_other(home: Home) -> None:
    forms = ("--output", "hls", "--output", "srt", "--output", "sprites")
    command = ("render", FOX, "-o", "fox.mp4", "--seconds", "2", *SMALL, *forms)

    done = home.ttv(*command)

    assert done.returncode == 0, done.stderr
    names = {"fox.m3u8", "fox.m4s", "fox.srt", "fox.sprites.jpg", "fox.sprites.vtt"}
    made = {path.name: path for path in home.folder.iterdir()}
    assert made.keys() == {"data", "fox.mp4", *names}
    assert 'URI="fox.m4s"' in made["fox.m3u8"].read_text()
    assert "fox.sprites.jpg#xywh=0,0," in made["fox.sprites.vtt"].read_text()
    assert "hls: done" in done.stderr
    made["fox.mp4"].unlink()
    again = home.ttv(*command)
    assert again.returncode == 2
    assert "--force overwrites it" in again.stderr


def test_a_form_that_there_is_none_of_is_refused_before_anything_is_made(home: Home) -> None:
    done = home.ttv("render", FOX, "--output", "webn")

    assert done.returncode == 2
    assert "did you mean 'webm'?" in done.stderr
    assert not (home.data / "artifacts").exists()


def test_the_same_words_give_the_same_film_on_any_machine(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    other.folder.mkdir()

    for each in (home, other):
        assert each.ttv("render", FOX, "-o", "fox.mp4", "--seconds", "1", *SMALL).returncode == 0

    first, second = (each.folder / "fox.mp4" for each in (home, other))
    assert first.read_bytes() == second.read_bytes()


def test_a_plan_is_written_edited_and_rendered(home: Home) -> None:
    planned = home.ttv("plan", f"{FOX}. Then it sleeps", "--seconds", "3", *SMALL)
    assert planned.returncode == 0, planned.stderr
    home.write("film.yaml", planned.stdout.replace("fox", "cat"))

    done = home.ttv("render", "--plan", "film.yaml", "-o", "cat.mp4", "--keep", "--json")

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["path"], told["shots"], told["frames"], told["reused"]) == ("cat.mp4", 2, 36, 0)
    assert media.probe(home.folder / "cat.mp4").frames == 36
    parts = {path.name for path in (home.folder / "cat.parts").iterdir()}
    assert {"manifest.json", "plan.json", "segment-1-clip.mp4", "segment-2-clip.mp4"} <= parts


def test_a_prompt_from_a_pipe_makes_a_film_with_a_name_of_its_own(home: Home) -> None:
    done = home.ttv("render", "-", "--seconds", "1", "--quiet", *SMALL, stdin="a small boat\n")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert media.probe(home.folder / "a-small-boat.mp4").frames == 12


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["render"], "prompt is missing"),
        (["render", ""], "prompt is empty"),
        (["render", " \t\n"], "prompt is empty"),
        (["render", "x" * 4_001], "prompt has 4,001 characters; the limit is 4,000"),
        (["render", b"a fox \xff"], "prompt holds half of a surrogate pair"),
        (["render", "a \x07 fox"], "prompt holds a control character"),
        (["render", "x", "--size", "huge"], "size must look like 1280x720"),
        (["render", "x", "--size", "321x180"], "size: width is 321; it must be even"),
        (["render", "x", "--size", "9999x180"], "size: width is 9999; it must be 64 to 4096"),
        (["render", "x", "--fps", "0"], "fps is 0; it must be 1 to 60"),
        (["render", "x", "--seconds", "0"], "seconds must be 0.5 to 600"),
        (["render", "x", "--seconds", "nan"], "seconds must be 0.5 to 600"),
        (["render", "x", "--seconds", "1e9"], "seconds must be 0.5 to 600"),
        (["render", "x", "--seed", "-1"], "seed must be 0 to 4294967295"),
        (["render", "x", "--mode", "chain"], "mode must be one of keyframe, chaining, auto"),
        (["render", "x", "--generator", "sora"], "generator"),
        (["render", "x", "-o", "fox.avi"], "name it fox.mp4"),
        (["render", "x", "--sise", "1x1"], "no such option: --sise"),
        (["render", "--plan", "missing.yaml"], "missing.yaml cannot be read"),
        (["render", "x", "--plan", "plan.yaml"], "prompt cannot be given beside a plan"),
        (["render", "--plan", "bad.yaml"], "bad.yaml is not a plan"),
        (["render", "--plan", "typo.yaml"], "did you mean 'seconds'?"),
        (["plan", ""], "prompt is empty"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    home: Home, arguments: list[str | bytes], complaint: str
) -> None:
    home.write("plan.yaml", THREE_SHOTS)
    home.write("bad.yaml", "shots: [")
    home.write("typo.yaml", "shots:\n  - {prompt: a fox, secnds: 3}\n")

    done = home.ttv(*arguments)

    assert done.returncode == 2, done.stderr
    assert complaint in done.stderr
    assert done.stderr.startswith("ttv: ")
    assert done.stderr.count("\n") == 1
    assert not done.stdout
    assert not list(home.folder.glob("*.mp4"))


def test_a_nul_character_cannot_even_be_passed(home: Home) -> None:
    done = home.ttv("render", "-", stdin="a fox\0")

    assert done.returncode == 2
    assert "control character" in done.stderr


def test_a_film_that_exists_is_overwritten_only_on_request(home: Home) -> None:
    precious = home.write("fox.mp4", "precious")

    refused = home.ttv("render", FOX, "-o", "fox.mp4", "--seconds", "1", *SMALL)
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert precious.read_text() == "precious"

    forced = home.ttv("render", FOX, "-o", "fox.mp4", "--seconds", "1", "--force", *SMALL)
    assert forced.returncode == 0, forced.stderr
    assert media.probe(precious).frames == 12


def test_after_ctrl_c_the_same_command_goes_on_from_finished_shots(home: Home) -> None:
    home.write("plan.yaml", THREE_SHOTS)
    process = home.begin("render", "--plan", "plan.yaml", "-o", "film.mp4")
    read_until(process, ": done,")
    below = descendants(process.pid)

    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=10)

    assert process.returncode == 130
    assert complaint.endswith(
        "ttv: stopped; finished shots are kept: the same command goes on from them\n"
    )
    assert not any(alive(pid) for pid in below)
    assert not (home.folder / "film.mp4").exists()
    assert not list((home.data / "renders").iterdir())

    again = home.ttv("render", "--plan", "plan.yaml", "-o", "film.mp4", "--json")
    assert again.returncode == 0, again.stderr
    assert 1 <= json.loads(again.stdout)["reused"] < 3
    assert media.probe(home.folder / "film.mp4").frames == THREE_SHOTS_FRAMES


def test_a_killed_render_leaves_no_process_and_its_scratch_goes_with_the_next(home: Home) -> None:
    home.write("plan.yaml", THREE_SHOTS)
    process = home.begin("render", "--plan", "plan.yaml", "-o", "film.mp4")
    read_until(process, ": done,")
    below = descendants(process.pid)

    process.kill()
    process.communicate(timeout=PATIENCE)
    until(lambda: not any(alive(pid) for pid in below), what="the end of the children")
    assert list((home.data / "renders").iterdir())

    assert home.ttv("render", "--plan", "plan.yaml", "-o", "film.mp4").returncode == 0
    assert not list((home.data / "renders").iterdir())


@pytest.mark.parametrize("place", ["nowhere/fox.mp4", "file/fox.mp4"])
def test_a_folder_that_cannot_be_written_is_named_before_anything_is_made(
    home: Home, place: str
) -> None:
    home.write("file", "")

    done = home.ttv("render", FOX, "-o", place)

    assert done.returncode == 73
    assert done.stderr.count("\n") == 1
    assert place.partition("/")[0] in done.stderr


def test_a_data_folder_that_cannot_be_made_is_named(home: Home) -> None:
    home.write("data", "")

    done = home.ttv("render", FOX, "-o", "fox.mp4", "--seconds", "1", *SMALL)

    assert done.returncode == 73
    assert done.stderr.splitlines()[-1].startswith("ttv: ")
    assert str(home.data) in done.stderr


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_told_and_finished_shots_are_kept(home: Home) -> None:
    home.write("plan.yaml", THREE_SHOTS)
    with small_disk(home.data, "40m"):
        ballast = home.data / "ballast"
        space = os.statvfs(home.data)
        ballast.write_bytes(b"\0" * (space.f_bavail * space.f_frsize - 3_000_000))

        full = home.ttv("render", "--plan", "plan.yaml", "-o", "film.mp4")

        assert full.returncode == 74, full.stderr
        assert "no space left" in full.stderr.splitlines()[-1]
        assert not (home.folder / "film.mp4").exists()

        ballast.unlink()
        again = home.ttv("render", "--plan", "plan.yaml", "-o", "film.mp4", "--json")
        assert again.returncode == 0, again.stderr
        assert json.loads(again.stdout)["reused"] >= 1
