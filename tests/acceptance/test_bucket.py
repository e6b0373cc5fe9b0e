"""Films in a bucket of Google Cloud Storage, with the variables that the guide names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.commands import SMALL, Home
from ttv.testing.gcs import Emulator

pytestmark = pytest.mark.slow

FOX = "a red fox runs through a snowy forest at night"


@pytest.fixture
def bucketed(home: Home, google: Emulator, tmp_path: Path) -> Home:
    """Give a home whose films are kept in the bucket."""
    home.environment |= {
        "GCS_BUCKET": google.bucket,
        "GCS_CREDENTIALS_FILE": str(google.key_file(tmp_path)),
        "TTV_STORES__GCS__ENDPOINT": google.url,
    }
    return home


def _render(home: Home, film: str) -> str:
    done = home.ttv("render", FOX, "-o", film, "--seconds", "1", *SMALL)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_what_one_machine_made_another_finds_in_the_bucket(bucketed: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other", dict(bucketed.environment))
    other.folder.mkdir()

    assert "shot 1: done, reused" not in _render(bucketed, "fox.mp4")
    assert "shot 1: done, reused" in _render(other, "fox.mp4")

    first, second = (home.folder / "fox.mp4" for home in (bucketed, other))
    assert first.read_bytes() == second.read_bytes()
    assert not (bucketed.data / "artifacts").exists()


def test_a_bucket_that_refuses_is_said_in_a_sentence(bucketed: Home, google: Emulator) -> None:
    google.faults(refuse_calls=10_000, refusal=403)

    done = bucketed.ttv("render", FOX, "-o", "fox.mp4", "--seconds", "1", *SMALL)

    assert done.returncode == 73
    assert "Storage Object User" in done.stderr
    assert "Traceback" not in done.stderr
    assert "PRIVATE" not in done.stderr
