from __future__ import annotations

from ttv.access import Count, Policy
from ttv.api.limits import Limit, headers, policy
from ttv.settings import Settings


def test_a_caller_is_told_how_he_stands() -> None:
    count = Count(Policy("create", 60), allowed=True, remaining=12, full_after=48, retry_after=0)
    assert headers(count) == {
        "RateLimit-Policy": '"create";q=60;w=60',
        "RateLimit": '"create";r=12;t=48',
    }


def test_a_limit_of_nothing_is_no_limit() -> None:
    settings = Settings(creates_per_minute=0, requests_per_minute=5)
    assert policy(Limit.CREATES, settings) is None
    assert policy(Limit.REQUESTS, settings) == Policy("requests", 5)
