"""Every route, shown every kind of key: the matrix is made from the app's own routes."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from coredis import Redis
from starlette.routing import BaseRoute

from tests.integration.api.conftest import Service, running
from tests.integration.api.pictures import PNG
from tests.integration.conftest import Valkey
from ttv import observability
from ttv.access import By, Grant, Scope
from ttv.access._token import Token
from ttv.access._token import _sum as check_sum
from ttv.api.auth import Guard
from ttv.api.routing import PUBLIC, WATCHES, guard_of
from ttv.artifacts import Store
from ttv.settings import Settings
from ttv.webhooks import Wish

pytestmark = pytest.mark.anyio

ME: Final = By("test")
#: An address of a client that is not this machine.
ELSEWHERE: Final = "192.0.2.7"
#: Headers as HTTP sends them.
Headers = Sequence[tuple[bytes, bytes]]
#: What stands for the path parameters that name a part of something.
PARTS: Final = {"n": "1", "name": "film", "key:path": "films/film.mp4"}
_REFUSED: Final = frozenset({401, 403, 429})


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    guard: Guard

    @property
    def about_one(self) -> bool:
        """Whether it is about one thing that somebody owns."""
        owned = ("{job_id}", "{key_id}", "{webhook_id}", "{file_id}")
        return any(name in self.path for name in owned)


@dataclass(frozen=True)
class Case:
    """A key as it is shown, and what it is to be answered with."""

    headers: Headers
    status: int | None
    code: str | None = None


def routes_of(routes: Sequence[BaseRoute]) -> Iterator[Route]:
    """Give every route of an app, also those of the routers that it includes."""
    for route in routes:
        if (included := getattr(route, "original_router", None)) is not None:
            yield from routes_of(included.routes)
            continue
        guard = guard_of(route)
        assert guard is not None, f"{route} does not say who may use it"
        for method in getattr(route, "methods", ()):
            yield Route(method, getattr(route, "path", ""), guard)


@dataclass
class House:
    """A service with keys, and the jobs and keys of two tenants."""

    service: Service
    #: What stands for a path parameter: things of acme.
    owned: Mapping[str, str]
    issued: Mapping[tuple[str, frozenset[Scope]], str]

    @property
    def routes(self) -> list[Route]:
        return list(routes_of(self.service.app.routes))

    def key(self, tenant: str, *scopes: Scope) -> str:
        return self.issued[tenant, frozenset(scopes)]

    async def ask(self, route: Route, headers: Headers) -> Any:
        path = route.path
        for name, value in {**self.owned, **PARTS}.items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, f"say what stands for the parameters of {path}"
        return await self.service.http.request(route.method, path, headers=headers)

    async def expect(self, case: Case, routes: Sequence[Route]) -> None:
        """Ask every route; what is answered otherwise is told all at once."""
        assert routes
        wrong = {}
        for route in routes:
            answer = await self.ask(route, case.headers)
            if case.status is None:
                right = answer.status_code not in _REFUSED
            else:
                right = answer.status_code == case.status
            if right and case.code and route.method != "HEAD":
                right = answer.json()["code"] == case.code
            if not right:
                wrong[f"{route.method} {route.path}"] = (answer.status_code, answer.text[:200])
        assert wrong == {}


def settings(folder: Path) -> Settings:
    return Settings(data_dir=folder, auth="keys", creates_per_minute=0, requests_per_minute=0)


@pytest.fixture
async def house(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> AsyncIterator[House]:
    async with running(shared_valkey, store, settings(tmp_path), client=ELSEWHERE) as service:
        keys = service.access.keys
        issued = {}
        for tenant in ("acme", "globex", "local"):
            for scopes in (*({scope} for scope in Scope), *(set(Scope) - {s} for s in Scope)):
                made = await keys.create(Grant(tenant, scopes=frozenset(scopes)), by=ME)
                issued[tenant, frozenset(scopes)] = made.secret
        owned = (await keys.create(Grant("acme"), by=ME)).key
        job = await service.http.post(
            "/v1/jobs",
            json={"prompt": "a fox"},
            headers=bearer(issued["acme", frozenset({Scope.JOBS_WRITE})]),
        )
        await service.finish(job.json()["id"])
        hook = await service.hooks.create("acme", Wish("https://93.184.216.34/"))
        file = await service.http.post(
            "/v1/files",
            content=PNG,
            headers=[
                *bearer(issued["acme", frozenset({Scope.JOBS_WRITE})]),
                (b"Content-Type", b"image/png"),
            ],
        )
        names = {
            "file_id": file.json()["id"],
            "job_id": job.json()["id"],
            "key_id": owned.id,
            "webhook_id": hook.endpoint.id,
            "delivery_id": await service.hooks.ping(hook.endpoint.id, tenant="acme"),
        }
        yield House(service, names, issued)


def bearer(secret: str) -> Headers:
    return [(b"Authorization", b"Bearer " + secret.encode())]


def guarded(house: House) -> list[Route]:
    return [route for route in house.routes if route.guard is not PUBLIC]


def forged(key_id: str) -> str:
    text = f"ttv_live_{key_id}_{'A' * 43}"
    return text + check_sum(text)


async def keys_that_let_nobody_in(house: House, redis: Redis[str]) -> Mapping[str, str | bytes]:
    """Make or forge them, each for every scope."""
    keys, grant = house.service.access.keys, Grant("acme", scopes=frozenset(Scope))
    good, revoked, expired = [await keys.create(grant, by=ME) for _ in range(3)]
    await keys.revoke(revoked.key.id, by=ME)
    await redis.hset(f"ttv:key:{expired.key.id}", {"expires_at": 1})
    return {
        "revoked": revoked.secret,
        "expired": expired.secret,
        # all right in form and check sum
        "unknown id": Token.mint().text,
        "right id, other secret": forged(good.key.id),
        "altered": good.secret[:-1] + ("0" if good.secret[-1] != "0" else "1"),
        "empty": "",
        "short": "ttv_live_",
        "the id only": good.key.id,
        "overlong": good.secret * 100,
        "two in one": f"{good.secret} {good.secret}",
        "inside quotes": f'"{good.secret}"',
        "not ASCII": good.secret.encode()[:-1] + "é".encode(),
        "not UTF-8": b"ttv_live_\xff\xfe",
        "Redis' own words": "ttv_live_*_a\\x00",
    }


async def test_a_route_asks_for_a_key_unless_it_is_public(house: House) -> None:
    asking = [route for route in guarded(house) if not route.guard.from_here]
    await house.expect(Case([], 401, "unauthenticated"), asking)
    await house.expect(Case([(b"X-Forwarded-For", b"127.0.0.1")], 401), guarded(house))
    await house.expect(Case([], None), [route for route in house.routes if route.guard is PUBLIC])


async def test_a_bad_key_lets_nobody_in_anywhere(house: House, redis: Redis[str]) -> None:
    for name, text in (await keys_that_let_nobody_in(house, redis)).items():
        shown = text if isinstance(text, bytes) else text.encode()
        for header in ((b"Authorization", b"Bearer " + shown), (b"X-API-Key", shown)):
            try:
                await house.expect(Case([header], 401, "unauthenticated"), guarded(house))
            except AssertionError as error:
                raise AssertionError(f"{name}, as {header[0]!r}: {error}") from error


async def test_a_key_needs_the_scope_of_the_route(house: House) -> None:
    for scope in Scope:
        all_others = house.key("acme", *(set(Scope) - {scope}))
        alone = house.key("acme", scope)
        needing = [route for route in guarded(house) if route.guard.scope is scope]
        await house.expect(Case(bearer(all_others), 403, "forbidden"), needing)
        # Last the routes that end something.
        ordered = sorted(needing, key=lambda route: ("DELETE", "POST").count(route.method))
        own = [route for route in ordered if route.guard != WATCHES]
        await house.expect(Case(bearer(alone), None), own)
        others = [route for route in guarded(house) if route.guard.scope is not scope]
        await house.expect(Case(bearer(alone), 403, "forbidden"), others)


async def test_the_figures_of_all_are_for_operators(house: House) -> None:
    watching = [route for route in guarded(house) if route.guard == WATCHES]
    await house.expect(Case(bearer(house.key("acme", Scope.ADMIN)), 403), watching)
    await house.expect(Case(bearer(house.key("local", Scope.ADMIN)), 200), watching)


async def test_the_machine_of_the_service_may_watch_it_without_a_key(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    async with running(shared_valkey, store, settings(tmp_path)) as service:
        house = House(service, {"job_id": "x", "key_id": "x", "file_id": "x"}, {})
        watching = [route for route in guarded(house) if route.guard.from_here]
        await house.expect(Case([], 200), watching)
        await house.expect(Case([(b"X-Forwarded-For", b"127.0.0.1")], 401), watching)
        await house.expect(Case(bearer("nonsense"), 401), watching)


async def test_what_belongs_to_another_tenant_is_not_found(house: House) -> None:
    about_one = [route for route in guarded(house) if route.about_one]
    for scope in Scope:
        routes = [route for route in about_one if route.guard.scope is scope]
        if routes:
            await house.expect(Case(bearer(house.key("globex", scope)), 404, "not_found"), routes)


async def test_what_belongs_to_another_is_as_unknown_as_what_is_not(house: House) -> None:
    nothing = {
        "job_id": "job_01JZ8Q5W3N6X4T7V9B2C1D0EFG",
        "key_id": "00000000",
        "webhook_id": "wh_01JZ8Q5W3N6X4T7V9B2C1D0EFG",
        "delivery_id": "msg_1",
        "file_id": "file_00000000000000000000000000",
    }
    nowhere = House(house.service, nothing, {})
    for route in guarded(house):
        if route.about_one and route.guard.scope:
            headers = [*bearer(house.key("globex", route.guard.scope)), (b"X-Request-ID", b"r")]
            theirs = await house.ask(route, headers)
            assert theirs.text == (await nowhere.ask(route, headers)).text


async def test_listings_show_the_own_tenant_only(house: House) -> None:
    http = house.service.http
    theirs = bearer(house.key("globex", Scope.JOBS_READ))
    assert (await http.get("/v1/jobs", headers=theirs)).json()["jobs"] == []
    listed = await http.get("/v1/keys", headers=bearer(house.key("globex", Scope.ADMIN)))
    assert {key["tenant"] for key in listed.json()["keys"]} == {"globex"}
    refused = await http.get(
        "/v1/keys?tenant=acme", headers=bearer(house.key("globex", Scope.ADMIN))
    )
    assert refused.status_code == 403


async def test_two_different_keys_are_one_too_many(house: House) -> None:
    for route in guarded(house):
        assert route.guard.scope
        one, other = (house.key(tenant, route.guard.scope) for tenant in ("acme", "globex"))
        for headers in (
            [*bearer(one), (b"X-API-Key", other.encode())],
            [(b"X-API-Key", one.encode()), (b"X-API-Key", other.encode())],
            [*bearer(one), *bearer("nonsense")],
        ):
            await house.expect(Case(headers, 400, "invalid_request"), [route])


async def test_the_same_key_may_be_sent_in_every_way(house: House) -> None:
    secret = house.key("acme", Scope.JOBS_READ)
    reading = [route for route in guarded(house) if route.guard.scope is Scope.JOBS_READ]
    for headers in (
        [*bearer(secret), (b"X-API-Key", secret.encode())],
        [(b"X-API-Key", secret.encode())],
        [(b"Authorization", f"BEARER   {secret}".encode())],
        [(b"Authorization", b"Basic bm9ib2R5Og=="), (b"X-API-Key", secret.encode())],
    ):
        await house.expect(Case(headers, None), reading)


async def test_who_needs_a_key_is_told_how_to_send_it(house: House) -> None:
    answer = await house.service.http.get("/v1/jobs")
    assert answer.headers["www-authenticate"] == 'Bearer realm="ttv"'
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_job_knows_its_key_and_its_request(house: House) -> None:
    job = await house.service.jobs.store.get(house.owned["job_id"], tenant="acme")
    assert job.terms.key == house.key("acme", Scope.JOBS_WRITE)[9:17]
    assert job.terms.request_id is not None


async def test_the_same_idempotency_key_of_two_tenants_makes_two_jobs(house: House) -> None:
    made = [
        await house.service.http.post(
            "/v1/jobs",
            json={"prompt": "a fox"},
            headers=[*bearer(house.key(tenant, Scope.JOBS_WRITE)), (b"Idempotency-Key", b"k")],
        )
        for tenant in ("acme", "globex")
    ]
    assert [answer.status_code for answer in made] == [202, 202]
    assert len({answer.json()["id"] for answer in made}) == 2


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the process logs, in full."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    observability.configure("api", level="DEBUG", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


async def test_secrets_are_in_no_log_no_problem_and_no_document(
    house: House, lines: io.StringIO
) -> None:
    secret = house.key("acme", *(set(Scope) - {Scope.ADMIN}))
    told = ""
    for headers in (
        bearer(secret),
        [(b"X-API-Key", secret.encode())],
        bearer(secret[:-1]),
        [*bearer(secret), (b"X-API-Key", secret[::-1].encode())],
        [
            *bearer(secret),
            (b"X-Request-ID", secret.encode()),
            (b"Idempotency-Key", secret.encode()),
        ],
        [*bearer(secret), (b"If-None-Match", secret.encode()), (b"Last-Event-ID", secret.encode())],
    ):
        for route in house.routes:
            told += (await house.ask(route, headers)).text
    asked = {"prompt": "a fox", "planner": secret[:64].lower(), secret: 1}
    refused = await house.service.http.post("/v1/jobs", json=asked, headers=bearer(secret))
    chance = secret[18:61]
    assert refused.status_code == 400
    assert "http.answered" in lines.getvalue()
    assert chance not in lines.getvalue()
    assert chance not in told
