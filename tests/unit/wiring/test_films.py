from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.provenance.authority import signing
from ttv.errors import InvalidRequest
from ttv.provenance import Unsignable
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


async def test_a_bucket_without_a_chosen_store_keeps_the_films(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, gcs_bucket="films", stores={"gcs": {"endpoint": "http://127.0.0.1:9"}}
    )

    async with open_pipeline(settings) as pipeline:
        assert pipeline.store.uri("a/b") == "gs://films/ttv/a/b"


async def test_a_chosen_store_wins_over_a_bucket(tmp_path: Path) -> None:
    async with open_pipeline(
        Settings(data_dir=tmp_path, store="disk", gcs_bucket="films")
    ) as pipeline:
        assert pipeline.store.uri("a/b").startswith("file:///")


@pytest.mark.parametrize(
    ("setting", "option", "given"),
    [
        ("gcs_bucket", "bucket", "films"),
        ("gcs_credentials_file", "credentials_file", "/run/secrets/key.json"),
    ],
)
async def test_a_setting_and_an_option_that_differ_are_refused(
    tmp_path: Path, setting: str, option: str, given: str
) -> None:
    settings = Settings.model_validate(
        {"data_dir": tmp_path, "store": "gcs", setting: given, "stores": {"gcs": {option: "other"}}}
    )

    with pytest.raises(InvalidRequest, match=f"{setting.upper()} and the option {option} of"):
        async with open_pipeline(settings):
            pass


async def test_films_are_signed_where_a_certificate_and_its_key_are_given(tmp_path: Path) -> None:
    known = signing(tmp_path)
    settings = Settings(
        data_dir=tmp_path, c2pa_certificate_file=known.certificate, c2pa_key_file=known.key
    )

    async with open_pipeline(settings) as pipeline:
        assert pipeline.provenance is not None
    async with open_pipeline(Settings(data_dir=tmp_path)) as pipeline:
        assert pipeline.provenance is None


@pytest.mark.parametrize("given", ["c2pa_certificate_file", "c2pa_key_file"])
async def test_half_of_what_films_are_signed_with_is_told_at_start(
    tmp_path: Path, given: str
) -> None:
    settings = Settings.model_validate({"data_dir": tmp_path, given: tmp_path / "file.pem"})

    with pytest.raises(InvalidRequest, match="is missing") as refused:
        async with open_pipeline(settings):
            pass
    missing = {"c2pa_certificate_file", "c2pa_key_file"} - {given}
    assert refused.value.param == f"TTV_{missing.pop().upper()}"


async def test_a_certificate_that_has_run_out_is_told_at_start(tmp_path: Path) -> None:
    known = signing(tmp_path, days=(-2, -1))
    settings = Settings(
        data_dir=tmp_path, c2pa_certificate_file=known.certificate, c2pa_key_file=known.key
    )

    with pytest.raises(Unsignable, match="renew it"):
        async with open_pipeline(settings):
            pass
