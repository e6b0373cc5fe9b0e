from __future__ import annotations

import pytest

from ttv import backends
from ttv.testing.painters import Opener, PainterContract

#: Options of each painter for a test; a new back end fails here until it is added.
OPTIONS: dict[str, dict[str, object]] = {"animatic": {}}


@pytest.mark.parametrize("name", backends.names("ttv.keyframes"))
class TestEveryPainter(PainterContract):
    @pytest.fixture
    def opener(self, name: str) -> Opener:
        return lambda: backends.build("ttv.keyframes", name, OPTIONS[name])
