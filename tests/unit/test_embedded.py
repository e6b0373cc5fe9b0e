from __future__ import annotations

from pathlib import Path

import pytest

from ttv.embedded import Home
from ttv.errors import StorageUnwritable


def test_a_short_plain_data_folder_holds_its_own_socket(tmp_path: Path) -> None:
    home = Home.prepare(tmp_path)

    assert home.socket == tmp_path / "valkey" / "valkey.sock"
    assert home.url == f"unix://{tmp_path}/valkey/valkey.sock"


@pytest.mark.parametrize("name", ["d" * 100, "my films", "фильмы", "what?#100%"])
def test_a_path_that_a_socket_or_url_cannot_carry_is_replaced_by_a_short_one(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    first, second = Home.prepare(tmp_path / name), Home.prepare(tmp_path / name)
    other = Home.prepare(tmp_path / f"{name}2")

    assert first.socket == second.socket != other.socket
    assert first.socket.parent.parent == tmp_path
    assert first.socket.parent.stat().st_mode & 0o777 == 0o700
    assert (first.folder / "socket").read_text() == f"{first.socket}\n"


def test_a_short_socket_folder_that_others_can_enter_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    place = Home.prepare(tmp_path / "my films").socket.parent
    place.chmod(0o755)

    with pytest.raises(StorageUnwritable, match="not a private folder"):
        Home.prepare(tmp_path / "my films")


def test_the_folders_are_private(tmp_path: Path) -> None:
    home = Home.prepare(tmp_path / "data")

    assert home.folder.stat().st_mode & 0o777 == 0o700
    assert home.log.parent.stat().st_mode & 0o777 == 0o700


def test_a_data_folder_that_is_a_file_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(StorageUnwritable, match="choose another"):
        Home.prepare(tmp_path / "data")
