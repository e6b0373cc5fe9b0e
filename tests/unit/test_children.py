from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ttv import children
from ttv.children import Child, Limits, Message, OverLimit, _start
from ttv.errors import Cancelled, InvalidRequest, StorageFull, Transient

ACTING = "tests.unit.acting_child"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), *filter(None, known))))


@pytest.fixture(
    autouse=True,
    params=[
        "cold",
        pytest.param(
            "warm", marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")
        ),
    ],
)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start every child of a test in one of the two ways, warm ones by a nursery of their own."""
    nursery = _start.Nursery()
    monkeypatch.setattr(_start, "NURSERY", nursery)
    if request.param == "cold":
        monkeypatch.setattr(nursery, "ask", lambda *_: False)
    yield request.param
    nursery.stop()


warm_only = pytest.mark.parametrize("way", ["warm"], indirect=True)


def nursery() -> int:
    """Give the process of the running nursery."""
    assert _start.NURSERY.process is not None
    return _start.NURSERY.process.pid


def act(what: str, *, limits: Limits | None = None, **more: str) -> Message:
    result, _warnings = asyncio.run(children.run(ACTING, {"act": what, **more}, limits=limits))
    return result


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def ends(pid: int) -> bool:
    """Watch a process of which we are not the parent until it ends."""
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive(pid)


async def waiting(what: str) -> tuple[Child, list[int]]:
    """Start a child that waits, and learn its process and those that it started."""
    pids: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
    child = await Child.start(
        ACTING,
        {"act": what},
        listener=lambda _, text: pids.set_result([int(pid) for pid in text.split()]),
    )
    return child, await pids


def test_a_child_reports_warns_and_returns() -> None:
    heard: list[tuple[float, str]] = []

    result, warnings = asyncio.run(
        children.run(
            ACTING,
            {"act": "speak", "word": "caf\xe9"},
            listener=lambda fraction, text: heard.append((fraction, text)),
        )
    )

    assert result == {"echo": "caf\xe9", "group": True}
    assert warnings == ("drew a cat for 'lynx'",)
    assert heard == [(0.25, "a quarter"), (1.0, "all")]


def test_a_refusal_crosses_the_boundary_with_its_field() -> None:
    with pytest.raises(InvalidRequest, match="no such colour") as caught:
        act("refuse")

    assert caught.value.param == "prompt"


def test_an_error_keeps_its_kind_across_the_boundary() -> None:
    with pytest.raises(StorageFull):
        act("fill")


def test_a_bug_in_a_child_is_transient_and_its_traceback_is_a_note() -> None:
    with pytest.raises(Transient, match="broke off with status 1") as caught:
        act("break")

    assert "a bug of ours" in caught.value.__notes__[0]
    assert "a bug of ours" not in caught.value.message


def test_a_crash_names_the_signal() -> None:
    with pytest.raises(Transient, match="killed by SIGSEGV"):
        act("crash")


def test_a_module_that_is_not_there_is_transient() -> None:
    with pytest.raises(Transient, match="broke off"):
        asyncio.run(children.run("ttv.no_such_module", {}))


def test_a_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", "hunter2")

    assert act("secret") == {"seen": None}


linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux limits the address space"
)


@linux_only
def test_a_child_cannot_take_more_memory_than_it_may() -> None:
    with pytest.raises(OverLimit, match="more memory than it may"):
        act("eat", limits=Limits(memory_bytes=1 << 29), megabytes="520")


@linux_only
def test_what_a_child_was_born_with_is_not_counted_as_its_memory() -> None:
    assert act("eat", limits=Limits(memory_bytes=1 << 29), megabytes="400") == {"size": 400 << 20}


def test_a_child_cannot_take_more_processor_time_than_it_may() -> None:
    with pytest.raises(OverLimit, match="processor time"):
        act("burn", limits=Limits(cpu_seconds=1))


def test_a_child_cannot_take_longer_than_it_may() -> None:
    with pytest.raises(OverLimit, match="longer than it may"):
        act("stubborn", limits=Limits(wall_seconds=2))


def test_a_child_that_is_too_late_ends_with_all_that_it_started() -> None:
    async def scenario() -> list[int]:
        pids: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
        with pytest.raises(OverLimit):
            await children.run(
                ACTING,
                {"act": "spawn"},
                limits=Limits(wall_seconds=2),
                listener=lambda _, text: pids.set_result([int(pid) for pid in text.split()]),
            )
        return await pids

    assert all(ends(pid) for pid in asyncio.run(scenario()))


def test_a_child_cannot_write_a_larger_file_than_it_may(tmp_path: Path) -> None:
    to = tmp_path / "large"

    with pytest.raises(OverLimit, match="larger file"):
        act("write", limits=Limits(output_bytes=1 << 16), to=str(to))

    assert to.stat().st_size <= 1 << 16


def test_a_child_cannot_open_more_files_than_it_may() -> None:
    with pytest.raises(Transient) as caught:
        act("open", limits=Limits(open_files=32))

    assert "Too many open files" in caught.value.__notes__[0]


def test_cancelling_lets_a_child_clean_up() -> None:
    async def scenario() -> Child:
        child, _ = await waiting("wait")
        await child.cancel()
        return child

    child = asyncio.run(scenario())

    assert child.warnings == ("cleaned up",)


def test_a_cancelled_child_says_that_it_was_cancelled() -> None:
    async def scenario() -> None:
        child, _ = await waiting("wait")
        await child.cancel()
        await child.result()

    with pytest.raises(Cancelled):
        asyncio.run(scenario())


def test_cancelling_ends_a_child_that_ignores_it_within_five_seconds() -> None:
    async def scenario() -> tuple[int, float]:
        child, (pid,) = await waiting("stubborn")
        start = time.monotonic()
        await child.cancel()
        return pid, time.monotonic() - start

    pid, seconds = asyncio.run(scenario())

    assert not alive(pid)
    assert seconds < 5


def test_cancelling_ends_grandchildren_too() -> None:
    async def scenario() -> list[int]:
        child, pids = await waiting("spawn")
        await child.cancel()
        return pids

    _child, grandchild = asyncio.run(scenario())

    assert ends(grandchild)


def test_a_crashed_child_leaves_no_grandchildren() -> None:
    async def scenario() -> int:
        child, (pid, grandchild) = await waiting("spawn")
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Transient, match="SIGKILL"):
            await child.result()
        return grandchild

    assert ends(asyncio.run(scenario()))


def test_cancelling_the_caller_ends_the_child() -> None:
    async def scenario() -> int:
        pids: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(
            children.run(
                ACTING, {"act": "wait"}, listener=lambda _, text: pids.set_result(int(text))
            )
        )
        pid = await pids
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pid

    assert not alive(asyncio.run(scenario()))


PARENT = """
import asyncio, sys
from ttv.children import Child, _start

if sys.argv[1] == "cold":
    _start.NURSERY.ask = lambda *_: False

async def main():
    def listener(fraction, pids):
        print(pids, flush=True)

    child = await Child.start("tests.unit.acting_child", {"act": "spawn"}, listener=listener)
    await child.result()

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_and_its_children_end_when_the_parent_is_killed(
    number: signal.Signals, way: str
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, way], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        starter = parent_of(pids[0])
        assert (starter != parent.pid) == (way == "warm")
        parent.send_signal(number)

    assert len(pids) == 2
    assert starter is not None
    assert all(ends(pid) for pid in (*pids, starter))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_child_keeps_nothing_of_who_started_it(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act("look")
    monkeypatch.chdir(tmp_path)

    seen = act("look")

    starter = nursery() if way == "warm" else os.getpid()
    assert seen == {
        "parent": starter,
        "folder": str(tmp_path),
        "files": 5,  # stdin, stdout, stderr, our line, and the folder that it lists
        "warmed": ["once"] if way == "warm" else [],
        "signals": [],
    }


def started_by(parent: int) -> set[int]:
    """Name the processes that a process has started and that are still there, also as zombies."""
    processes = (int(path.name) for path in Path("/proc").glob("[0-9]*"))
    return {pid for pid in processes if parent_of(pid) == parent}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_many_children_leave_no_files_and_no_processes(way: str) -> None:
    async def scenario(count: int) -> None:
        for _ in range(count // 10):
            await asyncio.gather(
                *(children.run(ACTING, {"act": "speak", "word": "a"}) for _ in range(10))
            )

    starters = [os.getpid()]
    asyncio.run(scenario(10))
    if way == "warm":
        starters.append(nursery())
    before = [(open_files(pid), started_by(pid)) for pid in starters]
    asyncio.run(scenario(200 if way == "warm" else 20))

    assert [(open_files(pid), started_by(pid)) for pid in starters] == before


@warm_only
def test_a_child_whose_nursery_is_killed_is_not_taken_for_cancelled() -> None:
    async def scenario() -> int:
        child, pids = await waiting("spawn")
        os.kill(nursery(), signal.SIGKILL)
        with pytest.raises(Transient, match="killed by SIG"):
            await child.result()
        return pids[1]

    assert ends(asyncio.run(scenario()))


@warm_only
def test_every_death_is_heard_also_of_children_that_are_killed_at_birth() -> None:
    async def scenario() -> None:
        for _ in range(600):
            child = await Child.start(ACTING, {"act": "look"}, limits=Limits())
            with suppress(ProcessLookupError):
                os.kill(child._process.pid, signal.SIGKILL)
            async with asyncio.timeout(20):
                with suppress(Transient):
                    await child.result()

    asyncio.run(scenario())


@warm_only
def test_a_nursery_that_has_ended_is_replaced() -> None:
    act("look")
    former = nursery()
    os.kill(former, signal.SIGKILL)
    assert ends(former)

    assert act("look")["parent"] == nursery() != former


@warm_only
def test_a_child_of_a_nursery_that_ends_at_its_birth_starts_cold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_start, "_NURSERY", "tests.unit.no_such_nursery")

    assert act("look")["parent"] == os.getpid()


@warm_only
def test_a_child_starts_cold_in_another_environment_than_that_of_the_nursery(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    act("look")
    monkeypatch.setenv("LC_TIME", "C")

    assert act("look")["parent"] == os.getpid()


@warm_only
def test_a_module_is_made_ready_before_it_is_needed() -> None:
    children.warm(ACTING)
    ready = nursery()

    assert act("look")["parent"] == ready
