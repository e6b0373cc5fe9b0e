from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from ttv import backends
from ttv.testing.generators import GeneratorContract, Opener
from ttv.testing.providers import Emulator


@pytest.fixture(scope="module")
def options() -> Iterator[Mapping[str, Mapping[str, object]]]:
    """Options of each engine for a test; a new back end fails here until it is added."""
    with ExitStack() as stack:
        kling, runway = (
            stack.enter_context(Emulator(provider, size="320x180"))
            for provider in ("kling", "runway")
        )
        yield {
            "animatic": {"preset": "ultrafast", "drawers": 2},
            "kling": kling.engine_options,
            "runway": runway.engine_options,
        }


@pytest.mark.parametrize("name", backends.names("ttv.generators"))
class TestEveryGenerator(GeneratorContract):
    @pytest.fixture
    def opener(self, name: str, options: Mapping[str, Mapping[str, object]]) -> Opener:
        return lambda: backends.build("ttv.generators", name, options[name])
