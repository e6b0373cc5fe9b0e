"""A whole film that is signed as the last thing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from c2pa import Reader

from tests.integration.test_pipeline_film import FOX, make, order_of
from tests.loops import BACKEND
from tests.unit.provenance.authority import signing
from ttv.artifacts import Store
from ttv.settings import Settings
from ttv.wiring.films import open_pipeline

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, object]:
    return BACKEND


async def _bytes(store: Store, key: str) -> bytes:
    return b"".join([part async for part in store.read(key)])


async def test_a_delivered_film_is_signed_and_the_step_keeps_the_one_that_can_be_made_again(
    tmp_path: Path,
) -> None:
    known = signing(tmp_path)
    settings = Settings(
        data_dir=tmp_path / "data",
        c2pa_certificate_file=known.certificate,
        c2pa_key_file=known.key,
    )
    async with open_pipeline(settings) as pipeline:
        results = await make(pipeline, order_of(FOX), tmp_path / "made")
        made, delivered = results["film"].files["film"], results["delivery"].files["film"]
        document = json.loads(
            await _bytes(pipeline.store, results["delivery"].files["manifest"].key)
        )
        await pipeline.store.fetch(delivered.key, tmp_path / "film.mp4")

    with Reader(tmp_path / "film.mp4") as reader:
        read = json.loads(reader.json())
    assert read["validation_state"] == "Valid"
    assert read["manifests"][read["active_manifest"]]["title"] == "local"
    assert "digitalsourcetype/algorithmicMedia" in json.dumps(read)
    assert document["files"]["film"]["sha256"] == delivered.sha256
    assert document["steps"]["film"]["files"]["film"]["sha256"] == made.sha256 != delivered.sha256

    async with open_pipeline(Settings(data_dir=tmp_path / "other")) as unsigned:
        again = await make(unsigned, order_of(FOX), tmp_path / "again")
    assert again["delivery"].files["film"].sha256 == made.sha256
