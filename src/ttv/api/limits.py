"""How many requests a caller may send, and how he is told."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ttv.access import Count, Policy
from ttv.settings import Settings

#: Where the count of a request stands in its ASGI scope.
COUNT: Final = "ttv.count"


class Limit(StrEnum):
    """What is counted together."""

    #: What begins work.
    CREATES = "create"
    REQUESTS = "requests"


def policy(limit: Limit, settings: Settings) -> Policy | None:
    """Give the policy that is configured for a limit; None where there is none."""
    quotas = {
        Limit.CREATES: settings.creates_per_minute,
        Limit.REQUESTS: settings.requests_per_minute,
    }
    return Policy(limit, quotas[limit]) if quotas[limit] else None


def headers(count: Count) -> Mapping[str, str]:
    """Tell a caller how he stands, in the two fields of draft-ietf-httpapi-ratelimit-headers."""
    policy = count.policy
    return {
        "RateLimit-Policy": f'"{policy.name}";q={policy.quota};w={policy.seconds}',
        "RateLimit": f'"{policy.name}";r={count.remaining};t={count.full_after}',
    }
