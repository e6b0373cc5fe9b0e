from __future__ import annotations

from pathlib import Path

import pytest

from ttv.settings import Settings
from ttv.wiring.queue import redis_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://host:6379/0", "redis://:p%40ss@host:6379/0"),
        ("rediss://app@host:6379", "rediss://app:p%40ss@host:6379"),
        ("unix:///run/redis.sock", "unix://:p%40ss@/run/redis.sock"),
        ("redis://:own@host:6379", "redis://:own@host:6379"),
    ],
)
def test_the_password_joins_an_address_that_has_none(
    tmp_path: Path, url: str, address: str
) -> None:
    settings = Settings.model_validate(
        {"redis_url": url, "redis_password": "p@ss", "data_dir": tmp_path}
    )

    assert redis_address(url, settings) == address


def test_an_address_without_a_password_stays_as_it_is(tmp_path: Path) -> None:
    settings = Settings(redis_url="redis://host", data_dir=tmp_path)

    assert redis_address("redis://host", settings) == "redis://host"
