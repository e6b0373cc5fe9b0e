"""What the API works with; ``wiring`` opens and closes it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from ttv.access import Access
from ttv.artifacts import Store
from ttv.jobs import Feed, Jobs
from ttv.pipeline import Pipeline
from ttv.settings import Settings
from ttv.uploads import Uploads
from ttv.webhooks import Hooks


@dataclass(frozen=True, slots=True)
class Services:
    """The opened things behind the routes; lives as long as the app."""

    jobs: Jobs
    feed: Feed
    access: Access
    hooks: Hooks
    artifacts: Store
    uploads: Uploads
    #: Tells what can be made and what it costs; the API makes nothing itself.
    makes: Pipeline
    settings: Settings
    new_request_id: Callable[[], str]
    #: Seconds that never go back, for durations and cached answers.
    monotonic: Callable[[], float] = time.monotonic
    #: Seconds since 1970.
    clock: Callable[[], float] = time.time


async def _services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


#: The services, for a route's signature.
Here = Annotated[Services, Depends(_services)]
