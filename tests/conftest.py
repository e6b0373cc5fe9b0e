"""The servers that tests of several kinds need."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import hypothesis
import pytest

from tests.bucket import Bucket, s3
from ttv.testing import gcs

# How long one example takes says more of the machine than of the code; pytest bounds each test.
hypothesis.settings.register_profile("ttv", deadline=None)
hypothesis.settings.load_profile("ttv")


@pytest.fixture(scope="session")
def buckets() -> Iterator[Callable[[], Bucket]]:
    """One S3 for all tests; each makes buckets of its own."""
    with s3() as make:
        yield make


@pytest.fixture
def bucket(buckets: Callable[[], Bucket]) -> Bucket:
    """Give an empty bucket."""
    return buckets()


@pytest.fixture(scope="session")
def google_cloud() -> Iterator[gcs.Emulator]:
    """One Google Cloud Storage for all tests."""
    with gcs.Emulator() as emulator:
        yield emulator


@pytest.fixture
def google(google_cloud: gcs.Emulator) -> gcs.Emulator:
    """Give it empty."""
    google_cloud.reset()
    return google_cloud
