"""Measure a whole render against the encoder alone, and the memory of what renders.

    .venv/bin/python -m benchmarks.render [--seconds 5 60] [--size 1280x720] ["PROMPT"]

Runs the real ``ttv render`` in an empty data folder, then encodes the very frames of the film
again with x264 (veryfast, both cores, pictures ready in memory), in the same run. Prints, for
each length: seconds of the render, seconds of x264, their ratio, and the peak memory (proportional
set size) of the largest child process together with the processes that it started.
The first lines of the output name the machine and its load: on a busy machine only the ratio
and the processor time mean anything.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Event, Thread

from ttv.media import Clip, Coding, Encoder, Format, planes, probe

PROMPT = "a red fox runs through a snowy forest at night"
CHUNK = 120
SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu_seconds: float


def main() -> None:
    options = parse()
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    print(f"{options.size}, 24 fps: {options.prompt}")
    print("film      render s (cpu)     x264 s (cpu)    wall ratio  cpu ratio  peak of a child")
    for seconds in options.seconds:
        with tempfile.TemporaryDirectory(prefix="ttv-benchmark-") as folder:
            film = Path(folder, "film.mp4")
            render, peak = rendered(film, seconds, options)
            alone = encoded(probe(film), Path(folder, "again.mp4"))
        print(
            f"{seconds:4g} s  {render.seconds:8.2f} ({render.cpu_seconds:6.2f})"
            f"  {alone.seconds:8.2f} ({alone.cpu_seconds:6.2f})"
            f"  {render.seconds / alone.seconds:10.2f}"
            f"  {render.cpu_seconds / alone.cpu_seconds:9.2f}"
            f"  {peak / 2**20:9.0f} MiB",
            flush=True,
        )


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prompt", nargs="?", default=PROMPT)
    parser.add_argument("--seconds", nargs="+", type=float, default=[5.0, 60.0])
    parser.add_argument("--size", default="1280x720")
    return parser.parse_args()


def rendered(film: Path, seconds: float, options: argparse.Namespace) -> tuple[Cost, int]:
    """Render as a user does; return its cost and the peak memory of one child."""
    command = [
        *(sys.executable, "-m", "ttv", "render", options.prompt, "--quiet"),
        *("--seconds", str(seconds), "--size", options.size, "--seed", "1", "-o", str(film)),
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    environment = {**os.environ, "TTV_DATA_DIR": str(film.parent / "data")}
    with subprocess.Popen(command, env=environment) as process:
        done = Event()
        peaks: list[int] = []
        sampler = Thread(target=sample, args=(process.pid, done, peaks))
        sampler.start()
        status = process.wait()
        wall = time.perf_counter() - started
        done.set()
        sampler.join()
    if status:
        raise SystemExit(f"ttv render ended with status {status}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, used), max(peaks, default=0)


def encoded(clip: Clip, to: Path) -> Cost:
    """Encode the frames of a film again, some at a time; only the encoder is on the clock."""
    fmt = Format(clip.width, clip.height, round(clip.fps))
    coding = Coding(threads=os.cpu_count() or 1)
    frames = planes(clip, 0, clip.frames)
    wall = cpu = 0.0
    while chunk := list(islice(frames, CHUNK)):
        started, used = time.perf_counter(), time.process_time()
        with Encoder(to, fmt, coding=coding) as encoder:
            for picture in chunk:
                encoder.write(picture)
        wall += time.perf_counter() - started
        cpu += time.process_time() - used
    return Cost(wall, cpu)


def sample(parent: int, done: Event, peaks: list[int]) -> None:
    """Note the memory of the largest process group below ``parent`` until it is done."""
    while not done.wait(SAMPLE_SECONDS):
        groups: dict[int, int] = defaultdict(int)
        for pid, group in below(parent):
            groups[group] += memory(pid)
        groups.pop(os.getpgid(0), None)
        peaks.append(max(groups.values(), default=0))


def below(parent: int) -> Iterator[tuple[int, int]]:
    """Find the processes that descend from one, with their groups."""
    family = {parent}
    for status in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parts[2])):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) in family:
            family.add(int(status.parts[2]))
            yield int(status.parts[2]), int(fields[2])


def memory(pid: int) -> int:
    """Read the proportional set size: memory that processes share is counted once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    main()
