from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import httpx
import numpy as np
import pytest

from ttv.errors import (
    ContentRejected,
    InvalidRequest,
    OnHold,
    OutcomeUnknown,
    Permanent,
    Transient,
    TtvError,
    Unfunded,
)
from ttv.generators import HandleLost, SegmentRequest, State, Status
from ttv.generators import kling as kling_engine
from ttv.generators import runway as runway_engine
from ttv.generators.kling import Kling
from ttv.generators.runway import Runway
from ttv.media import Format, load_png, save_png

Result = TypeVar("Result")
Engine = Kling | Runway
Answer = Callable[[httpx.Request], httpx.Response]

WANTED = SegmentRequest("a red fox runs", 120, Format(640, 360, 24), seed=7)
CANARY = "do-not-tell-anybody"
KEY = "a" * 64


def engine(name: str, answer: Answer) -> Engine:
    transport = httpx.MockTransport(answer)
    if name == "kling":
        keys = {"access_key": "ak", "secret_key": CANARY}
        return Kling(kling_engine.Options.model_validate(keys), transport=transport)
    options = runway_engine.Options.model_validate({"api_key": CANARY})
    return Runway(options, transport=transport)


def used(name: str, answer: Answer, use: Callable[[Engine], Awaitable[Result]]) -> Result:
    async def scenario() -> Result:
        async with engine(name, answer) as opened:
            return await use(opened)

    return asyncio.run(scenario())


def submitted(name: str, answer: Answer) -> str:
    return used(name, answer, lambda opened: opened.submit(WANTED, key=KEY))


def says(status: int, body: object = None, **headers: str) -> Answer:
    plain = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request: httpx.Response(status, json=body, headers=plain)


def coded(status: int, code: int) -> Answer:
    return says(status, {"code": code, "message": f"{CANARY} duration", "request_id": "r"})


HANDLES = {
    "runway": submitted("runway", says(200, {"id": "task-1"})),
    "kling": submitted(
        "kling", says(200, {"code": 0, "data": {"task_id": "task-1", "task_status": "submitted"}})
    ),
}


@pytest.mark.parametrize(
    ("name", "answer", "family"),
    [
        ("runway", says(400, {"error": "promptText is too long"}), InvalidRequest),
        ("runway", says(400, {"error": "You do not have enough credits to run it."}), Unfunded),
        ("runway", says(401, {"error": "no such key"}), OnHold),
        ("runway", says(403, {"error": "no"}), OnHold),
        ("runway", says(404, {"error": "no such call"}), Permanent),
        ("runway", says(429, {"error": "Your daily task limit has been reached."}), Transient),
        ("runway", says(429, {"error": "slow down"}), Transient),
        ("runway", says(503, {"error": "load"}), Transient),
        ("runway", lambda _: httpx.Response(503), OutcomeUnknown),
        ("runway", says(302, {}), Permanent),
        *(
            (("runway", says(status, {"error": "oh"}), OutcomeUnknown))
            for status in (500, 502, 504)
        ),
        ("runway", says(200, {"unexpected": 1}), OutcomeUnknown),
        ("runway", says(200, {"id": "../../v1/organization"}), OutcomeUnknown),
        ("runway", lambda _: httpx.Response(200, text="<html>"), OutcomeUnknown),
        ("runway", lambda _: httpx.Response(200, text="[" * 100_000), OutcomeUnknown),
        *(("kling", coded(401, code), OnHold) for code in (1000, 1001, 1002)),
        *(("kling", coded(401, code), Transient) for code in (1003, 1004)),
        *(("kling", coded(429, code), Unfunded) for code in (1100, 1101, 1102)),
        ("kling", coded(403, 1103), OnHold),
        *(("kling", coded(400, code), ContentRejected) for code in (1300, 1301)),
        *(("kling", coded(429, code), Transient) for code in (1302, 1303, 1304)),
        ("kling", coded(500, 5000), OutcomeUnknown),
        ("kling", coded(503, 5001), Transient),
        ("kling", coded(504, 5002), OutcomeUnknown),
        ("kling", coded(200, 5000), OutcomeUnknown),
        ("kling", coded(404, 1202), Permanent),
        ("kling", lambda _: httpx.Response(502, text="<html>"), OutcomeUnknown),
        ("kling", says(200, {"code": 0, "data": {}}), OutcomeUnknown),
        ("kling", says(200, {"code": [], "data": {}}), OutcomeUnknown),
    ],
)
def test_what_an_answer_to_a_purchase_means(
    name: str, answer: Answer, family: type[TtvError]
) -> None:
    with pytest.raises(TtvError) as caught:
        submitted(name, answer)

    assert type(caught.value) is family
    assert CANARY not in caught.value.message


@pytest.mark.parametrize("name", ["runway", "kling"])
@pytest.mark.parametrize(
    ("fault", "family"),
    [
        (httpx.ConnectError, Transient),
        (httpx.ConnectTimeout, Transient),
        (httpx.PoolTimeout, Transient),
        (httpx.WriteError, OutcomeUnknown),
        (httpx.WriteTimeout, OutcomeUnknown),
        (httpx.ReadError, OutcomeUnknown),
        (httpx.ReadTimeout, OutcomeUnknown),
        (httpx.RemoteProtocolError, OutcomeUnknown),
    ],
)
def test_a_purchase_is_unknown_as_soon_as_it_may_have_been_sent(
    name: str, fault: type[httpx.TransportError], family: type[TtvError]
) -> None:
    calls = []

    def broken(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        raise fault(CANARY)

    with pytest.raises(TtvError) as caught:
        submitted(name, broken)

    assert type(caught.value) is family
    assert CANARY not in caught.value.message
    assert len(calls) == 1


class Half(httpx.AsyncByteStream):
    """A body that breaks off."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"id": '
        raise httpx.ReadError("gone")


@pytest.mark.parametrize("name", ["runway", "kling"])
def test_a_purchase_whose_answer_breaks_off_is_unknown(name: str) -> None:
    with pytest.raises(OutcomeUnknown):
        submitted(name, lambda _: httpx.Response(200, stream=Half()))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5),
        ({"retry_after": "9"}, 9.0),
        (
            {
                "retry_after": "Tue, 24 Nov 2026 09:00:40 GMT",
                "date": "Tue, 24 Nov 2026 09:00:00 GMT",
            },
            40.0,
        ),
        ({"retry_after": "999999999"}, 86_400.0),
        ({"retry_after": "nan"}, 30.0),
        ({"retry_after": "-5"}, 30.0),
        ({"retry_after": "soon"}, 30.0),
        ({}, 30.0),
    ],
)
@pytest.mark.parametrize(
    ("name", "body"), [("runway", {"error": "busy"}), ("kling", {"code": 1302})]
)
def test_a_busy_provider_is_asked_again_when_it_says(
    name: str, body: Mapping[str, object], headers: dict[str, str], seconds: float
) -> None:
    with pytest.raises(Transient) as caught:
        submitted(name, says(429, body, **headers))

    assert caught.value.retry_after == seconds


def test_the_daily_limit_is_not_asked_for_again_soon() -> None:
    with pytest.raises(Transient) as caught:
        submitted("runway", says(429, {"error": "Your daily task limit has been reached."}))

    assert caught.value.retry_after == 3_600


@pytest.mark.parametrize(
    ("name", "answer", "param"),
    [
        ("runway", says(400, {"error": "promptText must be shorter"}), "prompt"),
        ("runway", says(400, {"error": "ratio is not one of"}), "size"),
        ("runway", says(400, {"error": "hm"}), None),
        ("kling", says(400, {"code": 1201, "message": "duration is invalid"}), "seconds"),
    ],
)
def test_a_refusal_names_our_field(name: str, answer: Answer, param: str | None) -> None:
    def only_the_submit(request: httpx.Request) -> httpx.Response:
        return answer(request) if request.method == "POST" else httpx.Response(404)

    with pytest.raises(InvalidRequest) as caught:
        submitted(name, only_the_submit)

    assert caught.value.param == param


def polled(name: str, answer: Answer) -> Status:
    return used(name, answer, lambda opened: opened.poll(HANDLES[name]))


def task(**fields: object) -> Answer:
    return says(200, {"id": "task-1", "createdAt": "now", **fields})


def kling_task(status: str, **fields: object) -> Answer:
    data = {"task_id": "task-1", "task_status": status, **fields}
    return says(200, {"code": 0, "message": "SUCCEED", "request_id": "r", "data": data})


@pytest.mark.parametrize(
    ("name", "answer", "status"),
    [
        ("runway", task(status="PENDING"), Status(State.RUNNING)),
        ("runway", task(status="THROTTLED"), Status(State.RUNNING)),
        ("runway", task(status="RUNNING", progress=0.5), Status(State.RUNNING, 0.5)),
        (
            "runway",
            task(status="SUCCEEDED", output=["https://a/b"], cost={"credits": 60}),
            Status(State.SUCCEEDED, 1.0, cost=600_000),
        ),
        ("kling", kling_task("submitted"), Status(State.RUNNING)),
        ("kling", kling_task("processing"), Status(State.RUNNING)),
        ("kling", kling_task("succeed"), Status(State.SUCCEEDED, 1.0)),
    ],
)
def test_a_poll_tells_where_a_segment_stands(name: str, answer: Answer, status: Status) -> None:
    assert polled(name, answer) == status


@pytest.mark.parametrize(
    ("name", "answer", "family", "cost"),
    [
        *(
            ("runway", task(status="FAILED", failureCode=code, cost={"credits": 60}), kind, 600_000)
            for code, kind in (
                ("SAFETY.INPUT.TEXT", ContentRejected),
                ("SAFETY.OUTPUT.VIDEO", ContentRejected),
                ("INPUT_PREPROCESSING.SAFETY.TEXT", ContentRejected),
                ("INTERNAL.BAD_OUTPUT.CODE01", Transient),
                ("INPUT_PREPROCESSING.INTERNAL", Transient),
                ("THIRD_PARTY.UNAVAILABLE", Transient),
                ("ASSET.INVALID", InvalidRequest),
                ("SOMETHING.NEW", Permanent),
                (None, Permanent),
            )
        ),
        ("kling", kling_task("failed"), Transient, 0),
        (
            "kling",
            kling_task("failed", task_status_msg="Failure to pass the risk control system"),
            ContentRejected,
            0,
        ),
    ],
)
def test_a_failed_segment_says_whether_another_try_may_help(
    name: str, answer: Answer, family: type[TtvError], cost: int
) -> None:
    status = polled(name, answer)

    assert status.state is State.FAILED
    assert type(status.failure) is family
    assert status.cost == cost


@pytest.mark.parametrize(
    ("name", "answer", "family"),
    [
        ("runway", says(404, {"error": "not found"}), HandleLost),
        ("runway", task(status="CANCELLED"), HandleLost),
        ("runway", task(status="DREAMING"), Transient),
        ("runway", task(), Transient),
        ("runway", says(500, {"error": "oh"}), Transient),
        ("runway", says(401, {"error": "no"}), OnHold),
        ("kling", coded(404, 1203), HandleLost),
        ("kling", kling_task("dreaming"), Transient),
        ("kling", coded(500, 5000), Transient),
        ("kling", lambda _: httpx.Response(200, content=b"x" * (2 << 20)), Transient),
    ],
)
def test_what_an_answer_to_a_poll_means(name: str, answer: Answer, family: type[TtvError]) -> None:
    with pytest.raises(TtvError) as caught:
        polled(name, answer)

    assert type(caught.value) is family


def test_kling_finds_a_purchase_that_it_refuses_to_take_twice() -> None:
    def refuse_second(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return coded(400, 1201)(request)
        assert request.url.path == f"/v1/videos/text2video/{KEY}"
        return kling_task("processing")(request)

    assert submitted("kling", refuse_second) == HANDLES["kling"]


def test_a_long_name_of_a_purchase_goes_by_its_hash() -> None:
    ids = []

    def note(request: httpx.Request) -> httpx.Response:
        ids.append(json.loads(request.content)["external_task_id"])
        return kling_task("submitted")(request)

    async def use(opened: Engine) -> None:
        for key in (KEY, f"{KEY}-1", f"{KEY}-2"):
            await opened.submit(WANTED, key=key)

    used("kling", note, use)

    assert ids[0] == KEY
    assert len(set(ids)) == 3
    assert all(len(one) <= 64 for one in ids)


def body_of(name: str, wanted: SegmentRequest) -> tuple[str, dict[str, Any]]:
    sent: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        data = {"task_id": "task-1", "task_status": "submitted"}
        return httpx.Response(200, json={"id": "task-1", "code": 0, "data": data})

    used(name, note, lambda opened: opened.submit(wanted, key=KEY))
    return sent[0].url.path, json.loads(sent[0].content)


def test_a_request_is_put_into_the_words_of_runway() -> None:
    wanted = SegmentRequest(
        "a fox", 120, Format(640, 360, 24), seed=2**32 + 7, camera="pan left", framing="close-up"
    )

    assert body_of("runway", wanted) == (
        "/v1/text_to_video",
        {
            "model": "gen4.5",
            "promptText": "Close-up. a fox Camera: pan left.",
            "ratio": "1280:720",
            "duration": 5,
            "seed": 7,
        },
    )


def test_a_request_is_put_into_the_words_of_kling() -> None:
    assert body_of("kling", SegmentRequest("a fox", 240, Format(720, 1280, 24), seed=7)) == (
        "/v1/videos/text2video",
        {
            "model_name": "kling-v2-6",
            "prompt": "a fox",
            "mode": "std",
            "duration": "10",
            "sound": "off",
            "aspect_ratio": "9:16",
            "external_task_id": KEY,
        },
    )


def test_a_picture_goes_along_as_each_provider_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    save_png(path, np.full((180, 320, 4), 128, np.uint8), {"comment": CANARY})
    first = SegmentRequest("a fox", 120, Format(320, 180, 24), seed=7, first_frame=path)

    (image,) = body_of("runway", first)[1]["promptImage"]
    route, body = body_of("kling", first)

    assert image == {"uri": f"data:image/png;base64,{body['image']}", "position": "first"}
    assert route == "/v1/videos/image2video"
    sent = tmp_path / "sent.png"
    sent.write_bytes(base64.b64decode(body["image"]))
    picture, tags = load_png(sent)
    assert picture.shape == (720, 1280, 4)
    assert tags == {}


def test_a_picture_that_is_too_large_to_send_is_refused_by_the_size(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    noise = np.random.default_rng(1).integers(0, 256, (1080, 1920, 4), np.uint8)
    save_png(path, noise, {})
    options = runway_engine.Options.model_validate({"api_key": CANARY, "model": "veo3.1"})
    wanted = SegmentRequest("a fox", 96, Format(1920, 1080, 24), seed=7, first_frame=path)

    async def scenario() -> None:
        async with Runway(options, transport=httpx.MockTransport(says(500))) as opened:
            await opened.submit(wanted, key=KEY)

    with pytest.raises(InvalidRequest) as caught:
        asyncio.run(scenario())
    assert caught.value.param == "size"


@pytest.mark.parametrize(
    "handle",
    [
        "",
        "{}",
        HANDLES["kling"],
        HANDLES["runway"].replace("task-1", "../organization"),
        HANDLES["runway"].replace("task-1", ""),
    ],
)
def test_a_handle_that_is_none_of_its_own_is_lost_and_never_sent(handle: str) -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    with pytest.raises(HandleLost):
        used("runway", never, lambda opened: opened.poll(handle))
    used("runway", never, lambda opened: opened.cancel(handle))


def test_a_handle_of_an_older_version_is_still_good() -> None:
    handle = json.dumps(
        {
            **json.loads(HANDLES["runway"]),
            "format": {"width": 640, "height": 360, "fps": 24},
            "frames": 96,
            "follows": False,
        }
    )

    status = used("runway", task(status="RUNNING"), lambda opened: opened.poll(handle))

    assert status.state is State.RUNNING


@pytest.mark.parametrize("answer", [says(204), says(404), says(500, {"error": "oh"})])
def test_cancelling_asks_runway_and_never_fails(answer: Answer) -> None:
    asked = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, request.url.path))
        return answer(request)

    used("runway", note, lambda opened: opened.cancel(HANDLES["runway"]))

    assert asked == [("DELETE", "/v1/tasks/task-1")]


@pytest.mark.parametrize(
    ("name", "options", "field"),
    [
        ("runway", {}, "api_key"),
        ("kling", {"secret_key": "s"}, "access_key"),
        ("kling", {"access_key": "a"}, "secret_key"),
        ("kling", {"api_key": ""}, "api_key"),
    ],
)
def test_a_missing_key_is_told_in_one_sentence(
    name: str, options: dict[str, object], field: str
) -> None:
    build = {"runway": runway_engine.build, "kling": kling_engine.build}[name]

    with pytest.raises(InvalidRequest, match=f"TTV_GENERATORS__{name}__{field}".upper()):
        build(options)


def test_a_model_that_is_not_in_the_table_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidRequest, match=r"choose from: gen4\.5, gen4_turbo"):
        runway_engine.build({"api_key": "k", "model": "gen9"})


def test_a_price_of_ones_own_takes_the_place_of_the_published_one() -> None:
    published = kling_engine.build({"api_key": "k"}).capabilities()
    own = kling_engine.build({"api_key": "k", "price_per_second": 0.021}).capabilities()

    assert published.price(5) == 210_000
    assert own.price(5) == 105_000


def test_the_address_of_a_clip_gets_no_key_of_ours(tmp_path: Path) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.host == "cdn.example":
            return httpx.Response(200, content=b"a clip")
        return task(status="SUCCEEDED", output=["https://cdn.example/a.mp4?x=1"])(request)

    used("runway", answer, lambda one: one.download(HANDLES["runway"], tmp_path / "a.mp4"))

    assert ["authorization" in request.headers for request in asked] == [True, False]
    assert (tmp_path / "a.mp4").read_bytes() == b"a clip"


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/latest", "file:///etc/passwd", "ftp://a/b", ""]
)
def test_an_address_that_may_lead_anywhere_is_not_followed(tmp_path: Path, address: str) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return kling_task("succeed", task_result={"videos": [{"url": address}]})(request)

    with pytest.raises((Permanent, Transient)):
        used("kling", answer, lambda one: one.download(HANDLES["kling"], tmp_path / "a.mp4"))

    assert len(asked) == 1


def test_a_clip_that_never_ends_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttv.generators._downloads._MOST_BYTES", 1 << 20)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "cdn.example":
            return httpx.Response(200, content=b"x" * (2 << 20))
        return task(status="SUCCEEDED", output=["https://cdn.example/a.mp4"])(request)

    with pytest.raises(Permanent, match="more than 1 MiB"):
        used("runway", answer, lambda one: one.download(HANDLES["runway"], tmp_path / "a.mp4"))

    assert list(tmp_path.iterdir()) == []


def test_few_purchases_are_on_their_way_at_a_time_since_they_carry_pictures() -> None:
    now, most = 0, 0

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1
            return httpx.Response(200, json={"id": "task-1"})

    async def scenario() -> None:
        options = runway_engine.Options.model_validate({"api_key": CANARY})
        async with Runway(options, transport=Slow()) as opened:
            await asyncio.gather(*(opened.submit(WANTED, key=str(n)) for n in range(50)))

    asyncio.run(scenario())

    assert 1 < most <= 8
