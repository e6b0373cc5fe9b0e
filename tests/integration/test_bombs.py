"""Files that are made to harm who reads them are refused in a sentence, at little cost.

With ``-s`` a table tells what each one cost.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
from coredis import Redis

import ttv
from tests.integration.api.conftest import running
from tests.integration.bombs import scales
from tests.integration.bombs._bomb import Bait, Bomb
from tests.integration.bombs.clips import clips
from tests.integration.bombs.pictures import pictures
from tests.integration.bombs.sounds import sounds
from tests.integration.conftest import Valkey
from tests.unit.media.pictures import write_clip
from ttv import backends, children, media
from ttv.children import Crashed, _start
from ttv.errors import InvalidRequest
from ttv.media import Format, Unreadable, WrongLength
from ttv.settings import Settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's account is Linux's")

MOST_CPU: Final = 2.0
#: By how much the kernel is late to end who has used it up.
TICK: Final = 0.1
MOST_MEMORY: Final = 512 << 20
MOST_SECONDS: Final = 10.0
MOST_SOUND: Final = 60.0
#: Stands in what no bomb may give away, and in what hides in pictures.
SEEN: Final = b"SECRET"
CLIP: Final = Format(128, 96, 24)
FRAMES: Final = 48
#: Where what children run lies, and what the system tells of itself.
CODE: Final = (
    *(sys.prefix, sys.base_prefix, sys.executable, Path(ttv.__file__).parent),
    *(Path(scales.__file__).parent, "/proc/self", "/sys/devices/system/cpu", "/dev/null"),
    *("/lib", "/lib64", "/usr/lib", "/usr/local/lib", "/etc/ld.so.cache"),
    *("/usr/share/locale", "/proc/sys/vm/overcommit_memory"),
)
BOMBS: Final = [*pictures(), *sounds(), *clips()]


class Server:
    """Listens where bombs lead to, and counts who comes."""

    def __init__(self) -> None:
        self.visits = 0
        self._listens = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listens.getsockname()[1]}/"

    def close(self) -> None:
        self._listens.shutdown(socket.SHUT_RDWR)
        self._listens.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                visitor, _ = self._listens.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()


@dataclass(slots=True)
class Scales:
    """Weighs the children that meet bombs, and watches what they open."""

    notes: Path
    #: What strace tells; missing where there is none.
    trace: Path
    rows: list[str] = field(default_factory=list)
    _noted: int = 0
    _traced: int = 0

    def used(self) -> tuple[float, int]:
        """Tell the processor time and the memory of the children since the last call."""
        lines = self.notes.read_text().splitlines()
        since, self._noted = [json.loads(line) for line in lines[self._noted :]], len(lines)
        return sum(line["cpu"] for line in since), max((line["rss"] for line in since), default=0)

    def touched(self) -> list[str]:
        """Tell what children asked the system to open or start since the last call."""
        if not self.trace.exists():
            return []
        lines = self.trace.read_text(errors="replace").splitlines()
        since, self._traced = lines[self._traced :], len(lines)
        return [line for line in since if not line.endswith("+++") and "resumed>" not in line]


@pytest.fixture(scope="module")
def scales_of_children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scales]:
    """Have children forked by a nursery that weighs them, watched by strace where that is."""
    folder = tmp_path_factory.mktemp("scales")
    weighing = Scales(folder / "notes", folder / "trace")
    weighing.notes.touch()
    watched = (
        *("strace", "-f", "-qq", "--seccomp-bpf", "-e", "signal=none", "-o", str(weighing.trace)),
        *("-e", "trace=socket,connect,open,openat,execve,unlink,unlinkat"),
    )
    python = (sys.executable, "-P", scales.__file__, str(weighing.notes))
    with pytest.MonkeyPatch.context() as patch:
        _start.NURSERY.stop()
        patch.setattr(_start, "_PYTHON", (*watched, *python) if shutil.which("strace") else python)
        _load()
        weighing.used()
        weighing.touched()
        yield weighing
        _start.NURSERY.stop()
    print("", f"{'verdict':9} {'CPU':>6} {'memory':>8} {'wall':>6}", *weighing.rows, sep="\n")  # noqa: T201 - the table


def _load() -> None:
    """Have the nursery load what children run, which opens whatever Python and libav open."""
    for module in ("ttv.media._admit_child", "ttv.media._child", "ttv.media._conform_child"):
        with suppress(Crashed):
            asyncio.run(children.run(module, {}))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    listening = Server()
    yield listening
    listening.close()


@pytest.fixture(scope="module")
def bait(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Bait:
    folder = tmp_path_factory.mktemp("elsewhere")
    secret = write_clip(folder / "secret.mp4", FRAMES, fmt=CLIP, comment=SEEN.decode())
    clip = write_clip(folder / "good.mp4", FRAMES, fmt=CLIP, comment="a fox").read_bytes()
    return Bait(secret, server.url, clip)


def is_harmless(line: str, folder: Path, notes: Path) -> bool:
    """Tell whether a call of the system touches nothing but code and the files of one test."""
    named = re.match(r"\d+ +(?:open|openat|unlink|unlinkat|execve)\(.*?\"([^\"]*)\"", line)
    return named is not None and any(
        Path(named[1]).is_relative_to(one) for one in (folder, notes, *CODE)
    )


async def meet(bomb: Bomb, path: Path, folder: Path) -> None:
    """Do with a file what is done with one of its kind that comes from outside."""
    if bomb.gate == "image":
        await media.admit_image(path, folder / "to.png")
    elif bomb.gate == "audio":
        await media.admit_audio(path, folder / "to.flac", most_seconds=MOST_SOUND)
    else:
        await media.inspect(path)
        await media.conform(path, folder / "to.mp4", CLIP, frames=FRAMES)
        await media.save_last_frame(folder / "to.mp4", folder / "to.png")


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: f"{bomb.gate}: {bomb.name}")
def test_a_bomb_is_refused_in_a_sentence_at_little_cost(
    bomb: Bomb, tmp_path: Path, bait: Bait, server: Server, scales_of_children: Scales
) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(bomb.build(bait))
    began, refusal = time.monotonic(), ""
    try:
        asyncio.run(meet(bomb, path, tmp_path))
    except (InvalidRequest, Unreadable, WrongLength) as error:
        refusal = error.message
    finally:
        wall = time.monotonic() - began
        cpu, memory = scales_of_children.used()
        touched = scales_of_children.touched()
    scales_of_children.rows.append(
        f"{'refused' if refusal else 'harmless':9} {cpu:5.2f}s {memory >> 20:4} MiB {wall:5.1f}s"
        f"  {bomb.gate}: {bomb.name}" + (f" -> {refusal}" if refusal else "")
    )
    assert bool(refusal) != bomb.harmless
    made = [one for one in tmp_path.iterdir() if one != path]
    assert not [one for one in made if SEEN in one.read_bytes()]
    assert not (refusal and made)
    assert cpu <= MOST_CPU + TICK
    assert memory <= MOST_MEMORY
    assert wall < MOST_SECONDS
    assert server.visits == 0
    notes = scales_of_children.notes
    assert [line for line in touched if not is_harmless(line, tmp_path, notes)] == []


@pytest.mark.anyio
async def test_the_service_answers_bombs_with_a_problem_and_goes_on(
    shared_valkey: Valkey, redis: Redis[str], bait: Bait, tmp_path: Path
) -> None:
    sent = [bomb for bomb in BOMBS if bomb.gate != "clip" and not bomb.harmless][::5]
    options = {"folder": str(tmp_path / "artifacts")}
    settings = Settings(data_dir=tmp_path, requests_per_minute=0)
    async with (
        backends.build("ttv.artifacts", "disk", options) as store,
        running(shared_valkey, store, settings) as service,
    ):
        for bomb in sent:
            kind = {"Content-Type": "image/png" if bomb.gate == "image" else "audio/wav"}
            answer = await service.http.post("/v1/files", content=bomb.build(bait), headers=kind)
            assert answer.status_code in {400, 413, 422}, (bomb.name, answer.text)
            assert answer.json()["detail"], bomb.name
        assert (await service.http.get("/v1/files")).json()["files"] == []

    assert len(sent) > 15
    assert not [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()]


def test_no_code_starts_a_program_of_ffmpeg() -> None:
    sources = list(Path(ttv.__file__).parent.rglob("*.py"))

    named = [
        path.name for path in sources if re.search(r"[\"'/]ff(mpeg|probe)\b", path.read_text())
    ]

    assert sources
    assert named == []
