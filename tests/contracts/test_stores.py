from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.bucket import Bucket
from ttv import backends
from ttv.testing import gcs
from ttv.testing.stores import Opener, StoreContract


def _disk(request: pytest.FixtureRequest) -> dict[str, object]:
    return {"folder": request.getfixturevalue("tmp_path") / "store"}


def _gcs(request: pytest.FixtureRequest) -> dict[str, object]:
    emulator: gcs.Emulator = request.getfixturevalue("google")
    return emulator.store_options


def _s3(request: pytest.FixtureRequest) -> dict[str, object]:
    bucket: Bucket = request.getfixturevalue("bucket")
    return bucket.options


#: How to build each store for a test; a new back end fails here until it is added.
OPTIONS: dict[str, Callable[[pytest.FixtureRequest], dict[str, object]]] = {
    "disk": _disk,
    "gcs": _gcs,
    "s3": _s3,
}


@pytest.mark.parametrize("name", backends.names("ttv.artifacts"))
class TestEveryStore(StoreContract):
    @pytest.fixture
    def opener(self, name: str, request: pytest.FixtureRequest) -> Opener:
        options = OPTIONS[name](request)
        return lambda: backends.build("ttv.artifacts", name, options)
