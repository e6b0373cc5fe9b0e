"""Requests that schemathesis makes up from the description of the API, in all its phases.

``python -m tests.integration.api.fuzz VALKEY FOLDER WHO EXAMPLES`` asks as one principal, over
an API of its own on the server whose folder is VALKEY, and prints what was found as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import schemathesis
from pydantic import SecretStr
from schemathesis import engine
from schemathesis.engine import events
from starlette.types import Message, Receive, Scope, Send

from tests.integration.api.conftest import Service, running
from tests.integration.api.pictures import PNG
from tests.integration.conftest import Valkey
from ttv import backends
from ttv.access import By, Grant
from ttv.access import Scope as Right
from ttv.api.links import FILES, LIVE, PLAYBACK
from ttv.api.signing import Signer
from ttv.settings import Settings
from ttv.webhooks import Wish

CHECKS: Final = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance"),
)
PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")


@dataclass(frozen=True)
class Principal:
    """Who asks, and of what."""

    headers: dict[str, str]
    #: Makes up keys, too.
    guesses: bool = False
    #: What every request of his is about.
    names: dict[str, str] = field(default_factory=dict)
    #: The same of the operations that links lead to.
    links: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Tally:
    """What was asked and what was found."""

    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "cases": dict(self.cases),
            "statuses": dict(sorted(self.statuses.items())),
            "findings": self.findings,
        }

    def add(self, event: events.ScenarioFinished) -> None:
        recorder = event.recorder
        self.cases[event.phase.value] += len(recorder.cases)
        for interaction in recorder.interactions.values():
            if interaction.response is not None:
                self.statuses[interaction.response.status_code] += 1
        for case_id, checks in recorder.checks.items():
            answer = recorder.interactions[case_id].response
            if answer is not None and answer.status_code == 206:
                continue  # a part of a document is none
            for check in checks:
                if check.failure_info is not None:
                    case = recorder.cases[case_id].value
                    found = f"{case.operation.label}: {check.failure_info.failure.title}"
                    what = f"{check.failure_info.failure.message}\n{check.failure_info.code_sample}"
                    self.findings.setdefault(found, what)


@dataclass(frozen=True)
class Bridge:
    """Carries the requests of other threads to the loop that the service runs in."""

    service: Service
    loop: asyncio.AbstractEventLoop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        sent = asyncio.run_coroutine_threadsafe(self._answer(scope, body), self.loop)
        for message in await asyncio.wrap_future(sent):
            await send(message)

    async def _answer(self, scope: Scope, body: bytes) -> list[Message]:
        """Give what the app sends; a client of events leaves after the first it gets."""
        answer = list[Message]()
        left = asyncio.Event()
        asked = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Message:
            for message in asked:
                return message
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            answer.append(dict(message))
            if message["type"] == "http.response.body" and message.get("body") and live(answer):
                left.set()

        await self.service.app(scope, receive, send)
        answer[-1]["more_body"] = False
        return answer


def live(answer: list[Message]) -> bool:
    """Tell whether an answer is a stream of events."""
    return any(value.startswith(b"text/event-stream") for _, value in answer[0].get("headers", ()))


@contextmanager
def served(valkey: Valkey, folder: Path) -> Iterator[Bridge]:
    """Run the service in a thread of its own."""
    settings = Settings(
        data_dir=folder,
        key_secret=SecretStr("the same for all who ask at once"),
        creates_per_minute=0,
        requests_per_minute=0,
    )
    loop = asyncio.new_event_loop()
    started, stop = threading.Event(), asyncio.Event()
    bridges: list[Bridge] = []

    async def run() -> None:
        disk = {"folder": str(folder / "artifacts")}
        async with (
            backends.build("ttv.artifacts", "disk", disk) as store,
            running(valkey, store, settings) as service,
        ):
            bridges.append(Bridge(service, loop))
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert started.wait(20)
    try:
        yield bridges[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


def fuzz(bridge: Bridge, who: Principal, *, examples: int) -> Tally:
    """Ask as a principal would, in all phases, and say what was found."""
    config = {
        "seed": 1,
        "headers": who.headers,
        "parameters": who.names,
        "operations": [
            {"include-operation-id": operation, "parameters": names}
            for operation, names in who.links.items()
        ],
        "workers": 1,
        "continue-on-failure": True,
        "max-stream-events": 1,
        "generation": {
            "max-examples": examples,
            "database": "none",
            "no-shrink": True,
            "with-security-parameters": who.guesses,
        },
        "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
        "phases": {name: {"enabled": True} for name in PHASES},
        "suppress-health-check": ["all"],
    }
    described = schemathesis.openapi.from_asgi(
        "/openapi.json", bridge, config=schemathesis.Config.from_dict(config)
    )
    # What he asks about stays.
    ends = ["deleteJob", "deleteWebhook", "deleteFile"]
    schema = described.exclude(operation_id=ends) if who.names else described
    tally = Tally()
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            tally.add(event)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            tally.findings.setdefault(repr(event), str(event))
    return tally


async def principal(service: Service, who: str) -> Principal:
    """Give one who asks about his own film, one with a key of a tenant, or one who guesses keys."""
    if who == "guesser":
        return Principal({}, guesses=True)
    tenant = "local" if who == "owner" else "acme"
    grant = Grant(tenant, scopes=frozenset(Right))
    headers = {"X-API-Key": (await service.access.keys.create(grant, by=By("test"))).secret}
    asked = {"prompt": "a red fox", "generator": "dear"}
    film = (await service.http.post("/v1/jobs", json=asked, headers=headers)).json()
    await service.film(film["id"])
    hook = (await service.hooks.create(tenant, Wish("https://93.184.216.34/"))).endpoint.id
    ping = await service.hooks.ping(hook, tenant=tenant)
    if who != "owner":
        return Principal(headers)
    image = {**headers, "Content-Type": "image/png"}
    file = (await service.http.post("/v1/files", content=PNG, headers=image)).json()
    names = {
        **{"path.job_id": film["id"], "path.n": "1", "path.name": "film"},
        **{"path.webhook_id": hook, "path.delivery_id": ping, "path.file_id": file["id"]},
    }
    return Principal(headers, names=names, links=await links(service, film["id"], headers))


async def links(
    service: Service, job_id: str, headers: dict[str, str]
) -> dict[str, dict[str, str]]:
    """Give the parameters of links to a film, and to the playlist of its shots."""
    artifact = await service.http.get(f"/v1/jobs/{job_id}/artifact", headers=headers)
    playlist = Signer.of(service.access).sign(f"{PLAYBACK}/{job_id}/{LIVE}.m3u8", expires=1 << 32)
    film, live = urlsplit(artifact.json()["url"]), urlsplit(playlist)
    return {
        "getLinkedFile": {
            "path.key": film.path.removeprefix(f"{FILES}/"),
            **{f"query.{name}": value for name, value in parse_qsl(film.query)},
        },
        "getPlayback": {
            **{"path.job_id": job_id, "path.name": f"{LIVE}.m3u8"},
            **{f"query.{name}": value for name, value in parse_qsl(live.query)},
        },
    }


def main(valkey: Valkey, folder: Path, who: str, examples: int) -> None:
    with served(valkey, folder) as bridge:
        asking = asyncio.run_coroutine_threadsafe(principal(bridge.service, who), bridge.loop)
        tally = fuzz(bridge, asking.result(20), examples=examples)
    print(json.dumps(tally.to_json()))  # noqa: T201  # this is what the program is for


if __name__ == "__main__":
    main(Valkey(Path(sys.argv[1])), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
