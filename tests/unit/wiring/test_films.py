from __future__ import annotations

from pathlib import Path

import pytest

from ttv.errors import InvalidRequest
from ttv.settings import Options, Settings
from ttv.wiring.films import open_pipeline

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_every_engine_with_options_can_be_named_beside_the_default(tmp_path: Path) -> None:
    options: Options = {"kling": {"api_key": "k"}, "runway": {"api_key": "k", "model": "veo3.1"}}

    async with open_pipeline(Settings(data_dir=tmp_path, generators=options)) as pipeline:
        models = {
            name: generator.capabilities().model for name, generator in pipeline.generators.items()
        }

    assert models == {"animatic": "animatic", "kling": "kling-v2-6", "runway": "veo3.1"}


async def test_an_engine_without_its_key_is_told_at_start(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, generators={"runway": {}})

    with pytest.raises(InvalidRequest, match="set TTV_GENERATORS__RUNWAY__API_KEY, or"):
        async with open_pipeline(settings):
            pass
