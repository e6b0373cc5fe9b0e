"""Where the next page of an answer is."""

from __future__ import annotations

from urllib.parse import urlencode

from pydantic import BaseModel
from starlette.responses import Response


def link_next(answer: Response, path: str, asked: BaseModel, **changed: str) -> None:
    """Say where the next page is (RFC 8288): the same question from another place."""
    following = asked.model_copy(update=changed)
    query = urlencode(following.model_dump(mode="json", exclude_none=True))
    answer.headers["Link"] = f'<{path}?{query}>; rel="next"'
