"""How routes are declared: reading routes answer HEAD too, and take JSON by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel
from starlette.responses import Response

from ttv.api import accept
from ttv.api.openapi import Responses, refusals

_Route = TypeVar("_Route", bound=Callable[..., Any])

#: The id of a job in a path; one of another form names no job.
JobId = Annotated[
    str,
    Path(description="Id of a job.", examples=["job_01JZ8Q5W3N6X4T7V9B2C1D0EFG"]),
]


async def _takes_json(request: Request) -> None:
    accept.choose(request.headers.get("accept"), [accept.JSON])


#: Refuses a client that does not take JSON.
TAKES_JSON = Depends(_takes_json)


def get(
    router: APIRouter,
    path: str,
    *,
    name: str,
    responses: Responses,
    json: bool = True,
    extra: dict[str, Any] | None = None,
) -> Callable[[_Route], _Route]:
    """Declare a reading route for GET and HEAD; ``extra`` joins its description."""

    codes = ("not_acceptable",) if json else ()

    def declare(route: _Route) -> _Route:
        for method in ("GET", "HEAD"):
            router.add_api_route(
                path,
                route,
                methods=[method],
                operation_id=name,
                include_in_schema=method == "GET",
                response_class=Response,
                responses=responses | refusals(*codes),
                dependencies=[TAKES_JSON] if json else [],
                openapi_extra=extra,
            )
        return route

    return declare


def shown(document: BaseModel) -> Response:
    """Answer with one of our documents."""
    return Response(document.model_dump_json(), media_type=accept.JSON)
