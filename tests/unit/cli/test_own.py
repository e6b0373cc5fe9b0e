from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.integration.api.pictures import PNG
from tests.unit.media.sounds import write_sound
from ttv.artifacts.disk import build
from ttv.cli._own import Own
from ttv.errors import InvalidRequest
from ttv.pipeline import Order
from ttv.uploads import Purpose, Quota, Uploads

QUOTA = Quota(bytes=1 << 20, files=20, audio_seconds=30)


def ordered(folder: Path, own: Own) -> Order:
    async def scenario() -> Order:
        async with build({"folder": str(folder / "store")}) as store:
            uploads = Uploads(store, QUOTA, clock=lambda: 0.0)
            return await own.admitted(Order(prompt="a fox"), uploads, tenant="local")

    return asyncio.run(scenario())


def test_the_files_of_a_render_become_those_of_its_order(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    sound = write_sound(tmp_path / "a.mp3", "mp3", seconds=1)
    own = Own({Purpose.FIRST_FRAME: tmp_path / "a.png", Purpose.SOUNDTRACK: sound})

    order = ordered(tmp_path, own)

    assert set(order.given) == {"first_frame", "soundtrack"}
    assert ordered(tmp_path, own) == order


def test_a_render_without_files_is_as_it_was(tmp_path: Path) -> None:
    own = Own({Purpose.FIRST_FRAME: None, Purpose.SOUNDTRACK: None})

    assert ordered(tmp_path, own) == Order(prompt="a fox")


@pytest.mark.parametrize("name", ["a.png", "missing.png"])
def test_a_file_that_is_not_taken_is_told_by_its_option(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    own = Own({Purpose.SOUNDTRACK: tmp_path / name})

    with pytest.raises(InvalidRequest, match=r"^--soundtrack: ") as caught:
        ordered(tmp_path, own)

    assert caught.value.param == "--soundtrack"
