from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any, Literal

import httpx
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from ttv.observability import Redactor, bind, configure, log


@pytest.fixture(autouse=True)
def _unchanged_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    yield
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    for name in ("ttv", "httpcore", "httpx", "python_multipart"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def started(
    style: Literal["json", "console"] = "json",
    *,
    secrets: tuple[str, ...] = (),
    level: str = "INFO",
) -> io.StringIO:
    stream = io.StringIO()
    configure("api", style=style, secrets=secrets, level=level, stream=stream)
    return stream


def only(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    entry: dict[str, Any] = json.loads(line)
    return entry


def test_a_line_has_the_shape_that_the_guide_promises() -> None:
    stream = started()
    log.info("Job processing started", job_id="job_123", duration_ms=150, action="job.started")
    entry = only(stream)
    assert list(entry)[:6] == [
        "timestamp",
        "level",
        "component",
        "job_id",
        "message",
        "duration_ms",
    ]
    assert entry["level"] == "INFO"
    assert entry["component"] == "api"
    assert entry["job_id"] == "job_123"
    assert entry["message"] == "Job processing started"
    assert entry["duration_ms"] == 150
    assert entry["action"] == "job.started"


def test_the_timestamp_is_utc_in_rfc_3339() -> None:
    stream = started()
    record = logging.LogRecord("x", logging.ERROR, "", 0, "hello", None, None)
    record.created = 1756643696.5
    logging.getLogger("x").handle(record)
    assert only(stream)["timestamp"] == "2025-08-31T12:34:56.500Z"


def test_a_library_record_takes_the_same_way() -> None:
    stream = started()
    logging.getLogger("hypercorn.error").warning("Running on %s", "http://x")
    entry = only(stream)
    assert entry["message"] == "Running on http://x"
    assert entry["logger"] == "hypercorn.error"
    assert entry["component"] == "api"


def test_any_structlog_logger_takes_the_same_way() -> None:
    stream = started()
    structlog.get_logger(component="jobs").info("Steps sent", action="steps.sent")
    entry = only(stream)
    assert (entry["component"], entry["message"]) == ("jobs", "Steps sent")


def test_bound_fields_join_records_of_ours_and_of_libraries() -> None:
    stream = started()
    with bind(job_id="job_1", request_id="r1"):
        log.info("ours")
        logging.getLogger("lib").warning("theirs")
    log.info("after")
    entries = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [entry.get("request_id") for entry in entries] == ["r1", "r1", None]
    assert [entry["job_id"] for entry in entries] == ["job_1", "job_1", None]


def test_records_below_the_level_are_dropped() -> None:
    stream = started(level="WARNING")
    log.info("quiet")
    assert stream.getvalue() == ""


def test_an_address_that_is_asked_is_never_in_the_log() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 302 Found\r\nLocation: /?Policy=canary\r\nContent-Length: 0\r\n\r\n"
        )
        writer.close()

    async def ask() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with httpx.AsyncClient() as client:
                await client.get(f"http://127.0.0.1:{port}/clip.mp4?Policy=canary")

    stream = started(level="DEBUG")
    asyncio.run(ask())
    logging.getLogger("httpx").warning("Something is wrong")
    assert "canary" not in stream.getvalue()
    assert "Something is wrong" in stream.getvalue()


def test_a_library_that_prints_addresses_is_as_quiet_as_all_others() -> None:
    stream = started(level="ERROR")
    logging.getLogger("httpx").warning("Something is wrong")
    assert stream.getvalue() == ""


def test_what_clients_send_wrong_is_no_warning_of_ours() -> None:
    stream = started(level="DEBUG")
    logging.getLogger("python_multipart.multipart").warning("Found invalid character 13")
    assert stream.getvalue() == ""


@pytest.mark.parametrize(("level", "lines"), [("DEBUG", 2), ("INFO", 1), ("ERROR", 0)])
def test_libraries_chat_only_at_debug(level: str, lines: int) -> None:
    stream = started(level=level)
    logging.getLogger("lib").info("chat")
    logging.getLogger("lib").warning("careful")
    assert len(stream.getvalue().splitlines()) == lines


def test_an_exception_stays_in_its_line() -> None:
    stream = started()
    try:
        raise ValueError("two\nlines")
    except ValueError:
        log.exception("It broke", action="it.broke")
    entry = only(stream)
    assert entry["level"] == "ERROR"
    assert "ValueError: two\nlines" in entry["exception"]


def test_an_uncaught_exception_is_logged() -> None:
    stream = started()
    error = RuntimeError("boom")
    sys.excepthook(RuntimeError, error, None)
    assert only(stream)["action"] == "process.failed"


def test_a_warning_is_logged() -> None:
    stream = started()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("careful", UserWarning, stacklevel=1)
    assert "careful" in only(stream)["message"]


def test_secrets_are_masked_wherever_they_stand() -> None:
    canary = "c4nary s3cret"
    stream = started(secrets=(canary,))
    log.info(f"with {canary}", note=[{"deep": canary}], url="x?p=c4nary%20s3cret")
    try:
        raise ValueError(canary)
    except ValueError:
        logging.getLogger("lib").exception("failed %s", canary)
    assert "s3cret" not in stream.getvalue()
    assert "***" in stream.getvalue()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", "x"),
        ("redis_password", "x"),
        ("Authorization", "Bearer x"),
        ("api_key", ["x"]),
        ("set-cookie", "x"),
    ],
)
def test_a_field_with_a_secret_name_is_masked(key: str, value: object) -> None:
    assert Redactor().clean({key: value}) == {key: "***"}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("redis://user:hunter2@host:1/0", "redis://***@host:1/0"),
        ("redis://:hunter2@host", "redis://***@host"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("GET https://s/o?X-Goog-Signature=ab&x=1 200", "GET https://s/o?*** 200"),
        ("a plain sentence: 3 shots?", "a plain sentence: 3 shots?"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, masked: str) -> None:
    assert Redactor().clean(text) == masked


def test_a_fencing_token_is_a_number_and_stays() -> None:
    assert Redactor().clean({"token": 7}) == {"token": 7}


def test_a_secret_inside_another_is_masked_whole() -> None:
    assert Redactor(("abcd", "abcdef")).clean("abcdef") == "***"


@given(
    message=st.text(st.characters(codec=None)),
    value=st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
def test_anything_becomes_one_line_of_strict_json(message: str, value: object) -> None:
    stream = started()
    log.info(message, value=value)
    (line,) = stream.getvalue().split("\n")[:-1]
    assert "\r" not in line
    entry = json.loads(line, parse_constant=lambda _: pytest.fail("not strict JSON"))
    assert "value" in entry


def test_people_get_short_lines() -> None:
    stream = started("console")
    log.info("Film ready", job_id="job_1", duration_ms=12, action="film.ready", unset=None)
    assert stream.getvalue()[8:] == (
        " INFO    api     Film ready  12 ms  job_id=job_1  action=film.ready\n"
    )


@given(st.text(st.characters(codec=None)))
def test_no_text_can_forge_a_line_for_people(text: str) -> None:
    stream = started("console")
    log.info(text, note=text)
    (line,) = stream.getvalue().split("\n")[:-1]
    assert not set(line) & {"\r", "\x1b", "\x85", "\u2028"}


def test_a_traceback_for_people_is_indented_below_its_line() -> None:
    stream = started("console")
    try:
        raise ValueError("no")
    except ValueError:
        log.exception("It broke")
    first, *rest = stream.getvalue().splitlines()
    assert first.endswith("It broke")
    assert all(line.startswith("    ") for line in rest)
    assert rest[-1] == "    ValueError: no"


def test_an_api_key_is_masked_by_its_look_and_still_named() -> None:
    stream = started()
    chance = "A" * 43 + "b1-_Zz"
    log.info(f"a header held ttv_live_7g3kq0xz_{chance}, it seems")
    assert only(stream)["message"] == "a header held ttv_live_7g3kq0xz_***, it seems"
