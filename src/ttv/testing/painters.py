"""What every painter must do; a back end's own tests derive from ``PainterContract``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from ttv.errors import StorageUnwritable
from ttv.keyframes import KeyframeRequest, Painter
from ttv.media import Format, load_png

_Result = TypeVar("_Result")
Opener = Callable[[], AbstractAsyncContextManager[Painter]]

_WANTED = KeyframeRequest("a red fox in a forest", Format(320, 180, 24), seed=7)


def _used(opener: Opener, use: Callable[[Painter], Awaitable[_Result]]) -> _Result:
    async def scenario() -> _Result:
        async with opener() as painter:
            return await use(painter)

    return asyncio.run(scenario())


class PainterContract:
    """Derive from it, and give it a fixture ``opener``."""

    @pytest.mark.parametrize("fmt", [Format(320, 180), Format(180, 320), Format(66, 70)])
    def test_a_still_has_exactly_the_size_that_was_asked_for(
        self, opener: Opener, tmp_path: Path, fmt: Format
    ) -> None:
        to = tmp_path / "still.png"

        warnings = _used(opener, lambda painter: painter.paint(replace(_WANTED, format=fmt), to))

        picture, _ = load_png(to)
        assert picture.shape == (fmt.height, fmt.width, 4)
        assert picture[..., :3].std() > 1
        assert all(warnings)
        assert list(tmp_path.iterdir()) == [to]

    def test_the_model_is_named(self, opener: Opener) -> None:
        async def use(painter: Painter) -> str:
            return painter.model

        assert _used(opener, use)

    def test_a_folder_that_is_not_there_is_unwritable(self, opener: Opener, tmp_path: Path) -> None:
        with pytest.raises(StorageUnwritable):
            _used(opener, lambda painter: painter.paint(_WANTED, tmp_path / "none" / "still.png"))
