from __future__ import annotations

import pytest

from ttv import backends
from ttv.testing.generators import GeneratorContract, Opener

#: Options of each engine for a test; a new back end fails here until it is added.
OPTIONS: dict[str, dict[str, object]] = {"animatic": {"preset": "ultrafast", "drawers": 2}}


@pytest.mark.parametrize("name", backends.names("ttv.generators"))
class TestEveryGenerator(GeneratorContract):
    @pytest.fixture
    def opener(self, name: str) -> Opener:
        return lambda: backends.build("ttv.generators", name, OPTIONS[name])
