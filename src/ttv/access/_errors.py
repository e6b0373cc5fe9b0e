"""Why somebody is not let in."""

from __future__ import annotations

from ttv.errors import Conflict, Permanent, Transient


class Unauthenticated(Permanent):
    """An API key is needed: 'Authorization: Bearer KEY', for the ttv command TTV_API_KEY=KEY."""

    code = "unauthenticated"
    exit_code = 77


class Forbidden(Permanent):
    """This API key does not allow that."""

    code = "forbidden"
    exit_code = 77


class RateLimited(Transient):
    """Too many requests; come back later."""

    code = "rate_limited"


class ForeignSecret(Conflict):
    """The keys in Redis were made with another key secret than the one of this process."""

    code = "foreign_key_secret"
