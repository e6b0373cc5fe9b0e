"""How routes are declared: each says who may use it, and takes JSON by default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel
from starlette.responses import Response
from starlette.routing import BaseRoute

from ttv.access import Scope
from ttv.api import accept
from ttv.api.auth import Guard
from ttv.api.limits import Limit
from ttv.api.openapi import Responses, also

_Route = TypeVar("_Route", bound=Callable[..., Any])

#: For everybody, with a key or without.
PUBLIC: Final = Guard(None)
#: For keys that may see jobs, change them, fetch their files, manage keys.
READS_JOBS: Final = Guard(Scope.JOBS_READ)
CHANGES_JOBS: Final = Guard(Scope.JOBS_WRITE)
MAKES_JOBS: Final = Guard(Scope.JOBS_WRITE, Limit.CREATES)
READS_FILES: Final = Guard(Scope.ARTIFACTS_READ)
MANAGES: Final = Guard(Scope.ADMIN)
#: For keys that may say who is told of jobs.
TELLS: Final = Guard(Scope.WEBHOOKS_WRITE)
#: For operators, and for who asks from this machine.
WATCHES: Final = Guard(Scope.ADMIN, from_here=True)

#: The id of a job in a path; one of another form names no job.
JobId = Annotated[
    str,
    Path(description="Id of a job.", examples=["job_01JZ8Q5W3N6X4T7V9B2C1D0EFG"]),
]


async def _takes_json(request: Request) -> None:
    accept.choose(request.headers.get("accept"), [accept.JSON])


def get(
    router: APIRouter,
    path: str,
    *,
    name: str,
    guard: Guard,
    responses: Responses,
    json: bool = True,
    extra: dict[str, Any] | None = None,
) -> Callable[[_Route], _Route]:
    """Declare a reading route for GET and HEAD; ``extra`` joins its description."""
    told = _told(name, guard, responses, json=json, extra=extra)
    return _declare(router, path, ("GET", "HEAD"), told)


def change(
    router: APIRouter,
    path: str,
    *,
    name: str,
    guard: Guard,
    responses: Responses,
    method: str = "POST",
    extra: dict[str, Any] | None = None,
) -> Callable[[_Route], _Route]:
    """Declare a route that changes something; its first declared answer is its success."""
    told = _told(name, guard, responses, json=True, extra=extra)
    return _declare(router, path, (method,), told)


def guard_of(route: BaseRoute) -> Guard | None:
    """Give the guard of a route; None for one that was declared in another way."""
    for dependency in getattr(route, "dependencies", ()):
        if isinstance(dependency.dependency, Guard):
            return dependency.dependency
    return None


def shown(document: BaseModel) -> Response:
    """Answer with one of our documents."""
    return Response(document.model_dump_json(), media_type=accept.JSON)


def _told(
    name: str,
    guard: Guard,
    responses: Responses,
    *,
    json: bool,
    extra: dict[str, Any] | None,
) -> dict[str, Any]:
    """Give what FastAPI is told of a route: its guard stands before all else."""
    takes_json = [Depends(_takes_json)] if json else []
    codes = (*(("not_acceptable",) if json else ()), *guard.refusals)
    return {
        "operation_id": name,
        "status_code": next(iter(responses), 200),
        "response_class": Response,
        "responses": also(responses, *codes),
        "dependencies": [Depends(guard), *takes_json],
        "openapi_extra": {**(extra or {}), "security": guard.security},
    }


def _declare(
    router: APIRouter, path: str, methods: Sequence[str], told: dict[str, Any]
) -> Callable[[_Route], _Route]:
    def declare(route: _Route) -> _Route:
        for method in methods:
            router.add_api_route(
                path, route, methods=[method], include_in_schema=method != "HEAD", **told
            )
        return route

    return declare
