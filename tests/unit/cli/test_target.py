from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.cli._target import choose, file_size, from_here, slug
from ttv.errors import InvalidRequest, StorageUnwritable


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("a red fox runs through a snowy forest at", "a-red-fox-runs-through-a-snowy-forest-at"),
        ("a red fox runs through a snowy wonderland", "a-red-fox-runs-through-a-snowy"),
        ("Ein Füchslein, im Schnee!", "ein-füchslein-im-schnee"),
        ("../../etc/passwd", "etc-passwd"),
        ("...", "film"),
        ("", "film"),
        ("x" * 100, "x" * 40),
    ],
)
def test_a_title_becomes_a_file_name(title: str, name: str) -> None:
    assert slug(title) == name


@given(st.text())
def test_any_title_becomes_a_name_of_one_safe_part(title: str) -> None:
    name = slug(title)

    assert 0 < len(name.encode()) <= 200
    assert not set(name) & set('/\\\0 .:*?"<>|\n')
    assert not name.startswith("-")


def test_without_a_wish_a_free_name_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    first = choose(None, "a fox", force=False)
    first.touch()
    second = choose(None, "a fox", force=False)

    assert (first.name, second.name) == ("a-fox.mp4", "a-fox-2.mp4")


def test_a_folder_gets_a_free_name_inside(tmp_path: Path) -> None:
    assert choose(tmp_path, "a fox", force=False) == tmp_path / "a-fox.mp4"


def test_the_suffix_may_be_left_out(tmp_path: Path) -> None:
    assert choose(tmp_path / "fox", "", force=False) == tmp_path / "fox.mp4"


@pytest.mark.parametrize("name", ["fox.avi", "fox.gif", "fox.v2"])
def test_another_kind_of_file_is_refused_with_the_name_to_use(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidRequest, match=r"name it fox\.mp4"):
        choose(tmp_path / name, "", force=False)


def test_a_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "fox.mp4").write_text("precious")

    with pytest.raises(InvalidRequest, match="--force"):
        choose(tmp_path / "fox.mp4", "", force=False)
    assert (tmp_path / "fox.mp4").read_text() == "precious"


def test_a_file_that_exists_is_kept_until_the_new_one_is_whole(tmp_path: Path) -> None:
    (tmp_path / "fox.mp4").write_text("precious")

    path = choose(tmp_path / "fox.mp4", "", force=True)

    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link.mp4").symlink_to(tmp_path / "fox.mp4")

    assert choose(tmp_path / "link.mp4", "", force=False) == tmp_path / "fox.mp4"


@pytest.mark.parametrize("name", ["null", "null.mp4"])
def test_what_is_no_plain_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("/dev/null")

    with pytest.raises(InvalidRequest, match="not a plain file"):
        choose(tmp_path / name, "", force=True)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", [f"{'x' * 300}.mp4", f"{'x' * 300}/fox.mp4", f"{'x' * 250}.mp4"])
def test_a_name_that_is_too_long_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(StorageUnwritable, match="file name too long"):
        choose(tmp_path / name, "", force=False)


def test_standard_output_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="standard output"):
        choose(Path("-"), "", force=False)


def test_a_folder_that_does_not_exist_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(StorageUnwritable, match="nowhere"):
        choose(tmp_path / "nowhere" / "fox.mp4", "", force=False)


def test_a_file_in_the_way_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageUnwritable):
        choose(tmp_path / "file" / "fox.mp4", "", force=False)


def test_a_path_below_the_working_folder_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert from_here(tmp_path / "films" / "fox.mp4") == "films/fox.mp4"
    assert from_here(Path("/elsewhere/fox.mp4")) == "/elsewhere/fox.mp4"


@pytest.mark.parametrize(("count", "text"), [(999_499, "999 kB"), (1_250_000, "1.2 MB")])
def test_a_size_is_written_for_people(count: int, text: str) -> None:
    assert file_size(count) == text
