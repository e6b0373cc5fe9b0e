"""``ttv serve`` alone, in one process of the API, without a worker."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.acceptance.commands import PATIENCE, TTV, Home, alive, descendants, free_port, until

pytestmark = pytest.mark.slow


@pytest.fixture
def serving(home: Home) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the API for a test; gives its URL and the process that was started."""
    port = free_port()
    with (home.folder / "serve.log").open("w") as said:
        process = subprocess.Popen(
            [*TTV, "serve", "--port", str(port)],
            cwd=home.folder,
            env=home.variables(),
            stdin=subprocess.DEVNULL,
            stderr=said,
            text=True,
            start_new_session=True,
        )
        url = f"http://127.0.0.1:{port}"
        until(lambda: ready(url), what="readiness")
        below = descendants(process.pid)
        yield url, process
        process.kill()
        process.wait()
        until(lambda: not any(alive(pid) for pid in below), what="the end of all processes")


def ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def apis(process: subprocess.Popen[str]) -> list[int]:
    """List the processes that answer requests."""
    below = descendants(process.pid).items()
    return [pid for pid, line in below if " -m ttv serve" in line and "ttv.tether" not in line]


@contextmanager
def asking(url: str) -> Iterator[list[int]]:
    """Ask all the time while the block runs; gives the answers."""
    answers: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            answers.append(httpx.get(f"{url}/v1/jobs").status_code)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        over.set()
        thread.join()


def test_a_hangup_replaces_the_process_and_fails_no_request(
    serving: tuple[str, subprocess.Popen[str]],
) -> None:
    url, process = serving
    (before,) = apis(process)
    with asking(url) as answers:
        process.send_signal(signal.SIGHUP)
        until(lambda: not alive(before), what="the end of the old process")
        (after,) = apis(process)
    assert after != before
    assert set(answers) == {200}

    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) == 0
    assert not alive(after)


def test_a_deadline_passes_without_a_worker(
    serving: tuple[str, subprocess.Popen[str]],
) -> None:
    url, _ = serving
    deadline = datetime.now(UTC) + timedelta(seconds=2)
    order = {"prompt": "a fox", "deadline": deadline.isoformat()}
    made = httpx.post(f"{url}/v1/jobs", json=order)
    assert made.status_code == 202, made.text
    job = f"{url}/v1/jobs/{made.json()['id']}"
    until(lambda: httpx.get(job).json()["status"] == "failed", what="the deadline")
    assert httpx.get(job).json()["error"]["code"] == "deadline_exceeded"
