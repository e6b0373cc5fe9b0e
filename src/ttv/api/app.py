"""The app: routes, the layer around them, and what every kind of error is answered with."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match

from ttv.api import (
    costs,
    fields,
    files,
    films,
    health,
    jobs,
    journal,
    keys,
    life,
    links,
    outputs,
    playlists,
    problems,
    reference,
    reproducing,
    segments,
    webhooks,
    workshop,
)
from ttv.api.exchange import Exchange
from ttv.api.openapi import describer
from ttv.api.routing import guard_of
from ttv.api.services import Services
from ttv.api.streams import Streams
from ttv.errors import InvalidRequest, NotFound, TtvError
from ttv.observability import HttpMetrics

_ROUTERS: Final = (
    jobs.router,
    reproducing.router,
    life.router,
    segments.router,
    journal.router,
    films.router,
    files.router,
    outputs.router,
    playlists.router,
    links.router,
    costs.router,
    workshop.router,
    keys.router,
    webhooks.router,
    health.router,
    reference.router,
)


def create_app(services: Services) -> FastAPI:
    """Make the app over opened services, which it neither opens nor closes."""
    app = FastAPI(
        title="TTV Pipeline",
        version=version("ttv-pipeline"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers={
            TtvError: _refuse,
            RequestValidationError: _refuse_parameters,
            HTTPException: _refuse_route,
            ClientDisconnect: _forget,
        },
    )
    for router in _ROUTERS:
        _check_guards(router)
        app.include_router(router)
    app.openapi = describer(app)  # type: ignore[method-assign]  # FastAPI's own way to replace it
    app.state.services = services
    app.state.metrics = HttpMetrics()
    #: Set when the server begins to stop: long answers end early.
    app.state.stopping = asyncio.Event()
    app.state.streams = Streams(services, app.state.metrics, app.state.stopping)
    app.state.watch = health.Watch(services, app.state.stopping)
    app.add_middleware(
        Exchange,
        metrics=app.state.metrics,
        new_request_id=services.new_request_id,
        monotonic=services.monotonic,
        stopping=app.state.stopping,
    )
    return app


def _check_guards(router: APIRouter) -> None:
    """Refuse to start with a route that does not say who may use it."""
    for route in router.routes:
        if guard_of(route) is None:
            raise TtvError(f"the route {getattr(route, 'path', route)} has no guard")


def end_long_answers(app: FastAPI) -> None:
    """End what waits for jobs, as the server stops; clients ask another one."""
    app.state.stopping.set()
    services: Services = app.state.services
    services.feed.wake()


async def _refuse(request: Request, error: TtvError) -> Response:
    return problems.refuse(request, error)


async def _refuse_parameters(request: Request, error: RequestValidationError) -> Response:
    """Refuse query parameters and headers by their own names."""
    found = [{**one, "loc": one["loc"][1:]} for one in error.errors()]
    return problems.refuse(request, fields.refuse(found, _parameters(request)))


async def _refuse_route(request: Request, error: HTTPException) -> Response:
    """Answer what the router itself refuses: an unknown address, a wrong method."""
    methods = _methods(request)
    if error.status_code == 405:
        allow = {"Allow": ", ".join(sorted(methods))}
        return problems.refuse(request, problems.MethodNotAllowed(), headers=allow)
    if error.status_code == 404:
        return problems.refuse(request, NotFound("there is nothing at this address; see /docs"))
    return problems.refuse(request, InvalidRequest())


async def _forget(request: Request, _: ClientDisconnect) -> Response:
    """End a request whose sender is gone; nobody reads the answer."""
    return problems.refuse(request, InvalidRequest("the request ended early"))


def _methods(request: Request) -> set[str]:
    """List every method that an address takes."""
    found: set[str] = set()
    for router in _ROUTERS:
        for route in router.routes:
            if route.matches(request.scope)[0] is not Match.NONE:
                found |= getattr(route, "methods", set())
    return found


def _parameters(request: Request) -> list[str]:
    """List the query parameters that a route knows."""
    operation = getattr(request.scope.get("route"), "operation_id", None)
    for operations in request.app.openapi()["paths"].values():
        for described in operations.values():
            if described["operationId"] == operation:
                return [parameter["name"] for parameter in described.get("parameters", ())]
    return []
