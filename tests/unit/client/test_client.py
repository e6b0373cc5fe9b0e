from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

import ttv.client
from tests.unit.client.documents import JOB_ID, job, problem
from ttv.client import AccessDenied, Client, Job, Retry, ServiceUnavailable
from ttv.errors import Conflict, InvalidRequest, NotFound, StorageUnwritable, Transient

Handler = Callable[[httpx.Request], httpx.Response]
T = TypeVar("T")


async def no_sleep(_seconds: float) -> None:
    """Let time pass at once."""


def asked(handler: Handler, use: Callable[[Client], Awaitable[T]], attempts: int = 5) -> T:
    """Use a client whose requests a function answers."""

    async def scenario() -> T:
        retry = Retry(attempts=attempts, sleep=no_sleep)
        async with Client(
            "http://ttv.test", transport=httpx.MockTransport(handler), retry=retry
        ) as client:
            return await use(client)

    return asyncio.run(scenario())


def in_turn(*answers: httpx.Response | Exception) -> Handler:
    """Answer each request with the next of these."""
    queue: Iterator[httpx.Response | Exception] = iter(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        following = next(queue)
        if isinstance(following, Exception):
            raise following
        return following

    return answer


def refusal(status: int, **changes: object) -> httpx.Response:
    return httpx.Response(
        status,
        json=problem(status, **changes),
        headers={"Content-Type": "application/problem+json"},
    )


def test_the_public_names_are_these() -> None:
    assert ttv.client.__all__ == [
        "DEFAULT_URL",
        "AccessDenied",
        "Artifact",
        "BackEnd",
        "BackEnds",
        "Client",
        "Cost",
        "Day",
        "DeadLetter",
        "DeadLetters",
        "DeliveryAttempt",
        "DeliveryLog",
        "Dollars",
        "Engine",
        "Estimate",
        "Event",
        "Failure",
        "File",
        "FilePage",
        "Files",
        "Job",
        "JobCost",
        "NewWebhook",
        "Output",
        "Page",
        "PoolLoad",
        "Queue",
        "Refusal",
        "Regeneration",
        "Retry",
        "Segment",
        "SegmentCost",
        "SentMessage",
        "ServiceUnavailable",
        "ShotPrice",
        "Step",
        "StepCost",
        "TenantLoad",
        "Usage",
        "Webhook",
        "WebhookList",
        "Webhooks",
        "When",
        "Worker",
    ]


def test_a_job_is_read_with_its_steps() -> None:
    got = asked(in_turn(httpx.Response(200, json=job())), lambda client: client.get(JOB_ID))

    assert got.status == "started"
    assert not got.ended
    assert got.created_at.isoformat() == "2026-11-24T05:50:59.123000+00:00"
    assert [(step.name, step.progress, step.attempts) for step in got.steps] == [
        ("segment-1", 0.4, 2)
    ]


def test_a_field_that_the_service_adds_is_ignored() -> None:
    answer = httpx.Response(200, json=job(mood="fine"))

    assert asked(in_turn(answer), lambda client: client.get(JOB_ID)).id == JOB_ID


def test_creating_sends_one_key_through_all_tries() -> None:
    keys = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        assert json.loads(request.content) == {"prompt": "a red fox"}
        return refusal(503) if len(keys) < 3 else httpx.Response(202, json=job())

    created = asked(answer, lambda client: client.create({"prompt": "a red fox"}))

    assert created.id == JOB_ID
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_half_a_surrogate_pair_reaches_the_service_for_its_refusal() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert b"\\udcff" in request.content
        return refusal(400, param="prompt")

    with pytest.raises(InvalidRequest) as caught:
        asked(answer, lambda client: client.create({"prompt": "a fox \udcff"}))
    assert caught.value.param == "prompt"


def test_the_key_of_the_user_is_sent_as_a_bearer_token() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer secret"
        return httpx.Response(200, json=job())

    async def scenario() -> None:
        transport = httpx.MockTransport(answer)
        async with Client("http://ttv.test", api_key="secret", transport=transport) as client:
            await client.get(JOB_ID)

    asyncio.run(scenario())


def test_an_odd_id_cannot_reach_another_address() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.raw_path == b"/v1/jobs/..%2F..%2Fmetrics%3F"
        return refusal(404)

    with pytest.raises(NotFound):
        asked(answer, lambda client: client.get("../../metrics?"))


def test_a_service_that_stays_away_is_unavailable() -> None:
    with pytest.raises(ServiceUnavailable, match=r"no TTV service answers at http://ttv\.test"):
        asked(
            in_turn(*[httpx.ConnectError("refused")] * 3),
            lambda client: client.get(JOB_ID),
            attempts=3,
        )


def test_a_refusal_is_not_repeated() -> None:
    with pytest.raises(Conflict):
        asked(in_turn(refusal(409)), lambda client: client.cancel(JOB_ID))


def test_a_page_of_jobs_names_the_next() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert dict(request.url.params) == {"limit": "2", "cursor": "abc"}
        summary = {name: value for name, value in job().items() if name not in {"order", "steps"}}
        return httpx.Response(200, json={"jobs": [summary], "next_cursor": "def"})

    page = asked(answer, lambda client: client.list(limit=2, cursor="abc"))

    assert [each.id for each in page.jobs] == [JOB_ID]
    assert page.next_cursor == "def"


def test_waiting_tells_every_change_and_ends_with_the_job() -> None:
    tags = []
    answers = in_turn(
        httpx.Response(200, json=job(progress=0.1), headers={"ETag": '"1"'}),
        httpx.Response(304, headers={"ETag": '"1"', "Preference-Applied": "wait=20"}),
        httpx.ConnectError("restarting"),
        refusal(503),
        httpx.Response(200, json=job(progress=0.6), headers={"ETag": '"2"'}),
        httpx.Response(200, json=job(progress=1.0, status="finished"), headers={"ETag": '"3"'}),
    )

    def answer(request: httpx.Request) -> httpx.Response:
        tags.append(request.headers.get("If-None-Match"))
        return answers(request)

    seen: list[Job] = []
    done = asked(answer, lambda client: client.wait(JOB_ID, seen.append))

    assert done.ended
    assert [each.progress for each in seen] == [0.1, 0.6, 1.0]
    assert tags == [None, '"1"', '"1"', '"1"', '"1"', '"2"']


def test_waiting_for_a_job_that_does_not_exist_ends_at_once() -> None:
    with pytest.raises(NotFound):
        asked(in_turn(refusal(404)), lambda client: client.wait(JOB_ID))


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        (httpx.Response(200, json={"status": "ready"}), True),
        (httpx.Response(503, json={"status": "not ready"}), False),
        (httpx.ConnectError("refused"), False),
        (httpx.ReadTimeout("slow"), False),
    ],
)
def test_readiness_is_a_yes_or_no(answer: httpx.Response | Exception, *, ready: bool) -> None:
    assert asked(in_turn(answer), lambda client: client.ready()) is ready


def test_the_plan_of_a_job_is_a_document() -> None:
    plan = {"version": 1, "shots": [{"prompt": "a red fox"}]}

    assert asked(in_turn(httpx.Response(200, json=plan)), lambda c: c.plan(JOB_ID)) == plan


FILM = bytes(range(256)) * 2_000


DIGEST = sha256(FILM).hexdigest()


def artifact(**facts: object) -> dict[str, object]:
    """Describe a file, as the service does."""
    return {
        "url": "/v1/artifacts/film.mp4?signature=a",
        "expires_at": "2026-11-24T06:50:59Z",
        "file": "film.mp4",
        "content_type": "video/mp4",
        "size": None,
        "sha256": None,
        **facts,
    }


class Films:
    """A service that cuts off the first download after ``cut`` bytes."""

    def __init__(self, cut: int | None = None, content: bytes = FILM) -> None:
        self.cut = cut
        self.content = content
        self.ranges: list[str] = []
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/artifact"):
            self.asked.append(dict(request.url.params))
            return httpx.Response(200, json=artifact(size=len(FILM), sha256=DIGEST))
        self.asked.append({"path": request.url.path, **request.url.params})
        self.ranges.append(request.headers["Range"])
        assert request.headers["If-Range"] == f'"{DIGEST}"'
        start = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        body, self.cut = self.content[start : self.cut], None
        return httpx.Response(206 if start else 200, content=body)


def test_a_download_is_whole_and_checked(tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []

    film = asked(
        Films(),
        lambda client: client.download(
            JOB_ID, tmp_path / "fox.mp4", lambda have, size: progress.append((have, size))
        ),
    )

    assert (tmp_path / "fox.mp4").read_bytes() == FILM
    assert film.size == len(FILM)
    assert progress[-1] == (len(FILM), len(FILM))
    assert [path.name for path in tmp_path.iterdir()] == ["fox.mp4"]


def test_a_download_that_is_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    films = Films(cut=100_000)

    asked(films, lambda client: client.download(JOB_ID, tmp_path / "fox.mp4"))

    assert (tmp_path / "fox.mp4").read_bytes() == FILM
    assert films.ranges == ["bytes=0-", "bytes=100000-"]


def test_a_later_download_goes_on_where_an_earlier_one_was(tmp_path: Path) -> None:
    with pytest.raises(ServiceUnavailable):
        asked(
            Films(cut=100_000),
            lambda client: client.download(JOB_ID, tmp_path / "fox.mp4"),
            attempts=1,
        )
    films = Films()

    asked(films, lambda client: client.download(JOB_ID, tmp_path / "fox.mp4"))

    assert (tmp_path / "fox.mp4").read_bytes() == FILM
    assert films.ranges == ["bytes=100000-"]


def test_a_damaged_download_is_thrown_away(tmp_path: Path) -> None:
    damaged = Films(content=b"\0" * len(FILM))

    with pytest.raises(Transient, match="damaged"):
        asked(damaged, lambda client: client.download(JOB_ID, tmp_path / "fox.mp4"))
    assert not list(tmp_path.iterdir())


def test_any_form_of_a_film_can_be_saved(tmp_path: Path) -> None:
    films = Films()

    asked(films, lambda client: client.download(JOB_ID, tmp_path / "fox.webm", output="webm"))

    assert (tmp_path / "fox.webm").read_bytes() == FILM
    assert films.asked == [
        {"output": "webm", "download": "1"},
        {"path": f"/v1/jobs/{JOB_ID}/outputs/webm", "download": "1"},
    ]


def test_a_film_that_is_made_anew_meanwhile_is_told(tmp_path: Path) -> None:
    def service(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/artifact"):
            return httpx.Response(200, json=artifact(size=len(FILM), sha256=DIGEST))
        return httpx.Response(200, content=FILM[::-1], headers={"ETag": '"another"'})

    with pytest.raises(Transient, match="made anew meanwhile"):
        asked(service, lambda client: client.download(JOB_ID, tmp_path / "fox.mp4"))
    assert not list(tmp_path.iterdir())


def test_what_grows_is_not_saved(tmp_path: Path) -> None:
    grows = httpx.Response(200, json=artifact())

    with pytest.raises(InvalidRequest, match="played, not saved"):
        asked(in_turn(grows), lambda c: c.download(JOB_ID, tmp_path / "a.m3u8", output="live"))


@pytest.mark.parametrize(
    "url",
    ["/v1/artifacts/film.mp4?signature=a", "http://ttv.test/v1/artifacts/film.mp4?signature=a"],
)
def test_a_link_is_given_as_others_can_use_it(url: str) -> None:
    answer = httpx.Response(200, json=artifact(url=url))

    linked = asked(in_turn(answer), lambda client: client.artifact(JOB_ID, expires_seconds=60))

    assert linked.url == "http://ttv.test/v1/artifacts/film.mp4?signature=a"


def test_all_forms_of_a_film_are_listed() -> None:
    forms = [artifact(name="film", size=1, sha256="0"), artifact(name="hls")]
    answer = httpx.Response(200, json={"outputs": forms})

    film, playlist = asked(in_turn(answer), lambda client: client.outputs(JOB_ID))

    assert (film.name, film.size, playlist.sha256) == ("film", 1, None)
    assert film.url == "http://ttv.test/v1/artifacts/film.mp4?signature=a"


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageUnwritable, match="nowhere"):
        asked(Films(), lambda client: client.download(JOB_ID, tmp_path / "nowhere" / "fox.mp4"))


@pytest.mark.parametrize("url", ["", "ftp://ttv", "127.0.0.1:8000", "http://", "http://[::1"])
def test_an_address_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Client(url)
    assert caught.value.param == "url"


@pytest.mark.parametrize("api_key", ["schlüssel", "two words", "a\nb"])
def test_a_key_that_no_header_can_carry_is_refused_before_it_is_sent(api_key: str) -> None:
    with pytest.raises(InvalidRequest, match="API key") as refused:
        Client("http://ttv.test", api_key=api_key)
    assert api_key not in refused.value.message


def test_the_key_goes_with_every_request() -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization"))
        return httpx.Response(401, json={"detail": "no"})

    async def scenario(to: Path) -> None:
        transport = httpx.MockTransport(answer)
        async with Client("http://ttv.test", api_key="k", transport=transport) as client:
            for use in (
                client.get(JOB_ID),
                client.create({"prompt": "a fox"}),
                client.download(JOB_ID, to),
                anext(aiter(client.events(JOB_ID))),
                client.wait(JOB_ID),
            ):
                with pytest.raises(AccessDenied):
                    await use

    asyncio.run(scenario(Path("nowhere")))
    assert seen == ["Bearer k"] * 5
