from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from ttv.wiring.service import allow_open_files


@pytest.fixture
def limits() -> Iterator[tuple[int, int]]:
    """The limits of open files, as they were before and will be after."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_more_open_files_are_allowed_up_to_the_limit_of_the_system(
    limits: tuple[int, int],
) -> None:
    _, hard = limits
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    allow_open_files(600)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (600, hard)
    allow_open_files(550)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (600, hard)
    allow_open_files(hard + 1)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
