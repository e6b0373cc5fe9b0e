"""The servers that tests of several kinds need."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.bucket import Bucket, s3


@pytest.fixture(scope="session")
def buckets() -> Iterator[Callable[[], Bucket]]:
    """One S3 for all tests; each makes buckets of its own."""
    with s3() as make:
        yield make


@pytest.fixture
def bucket(buckets: Callable[[], Bucket]) -> Bucket:
    """Give an empty bucket."""
    return buckets()
