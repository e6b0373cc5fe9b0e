"""Measure how long it takes to join the segments of a long film, beside copying the same bytes.

    .venv/bin/python -m benchmarks.stitch [--seconds 600] [--rounds 5] [--strict]

Makes one segment of six seconds (1280x720, about 8 Mbit/s as providers give), copies it until
there are ten minutes, and joins them as a film does: every clip probed, packets copied, the
index of the film checked. Disk copies put the same bytes into one file, in the two ways of the
standard library; the bar holds for the cheaper one. Beside them stand a copy with a buffer of
1 MiB, the leanest there is, and one that is also hashed, as artifact stores do. All end with
fsync, and take turns in one process; each figure is the median of its rounds. The whole film,
with its sound track and poster, is then made once: they cost the same however pictures come.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.figures import Figures
from ttv.assembly import Cut
from ttv.assembly._splice import splice
from ttv.media import Coding, Encoder, Format, Part, black, join, probe

PICTURE: Final = Format(1280, 720, 24)
SEGMENT_SECONDS: Final = 6
#: Sides of the part of the picture that is noise, which decides how many bytes a frame has.
NOISE: Final = (186, 332)
BAR: Final = 2.0
COPIES: Final = ("copy through memory", "copy in the kernel")


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took."""

    seconds: float
    cpu_seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="length of the film")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--strict", action="store_true", help="exit 1 when a bar is missed")
    options = parser.parse_args()
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="ttv-benchmark-", dir=Path.cwd()) as folder:
        clips = segments(Path(folder), options.seconds // SEGMENT_SECONDS)
        compare(figures, clips, Path(folder), rounds=options.rounds)
    return figures.status(strict=options.strict)


def segments(folder: Path, count: int) -> list[Path]:
    """Make segments of one format, each a file of its own."""
    first = folder / "0.mp4"
    chance = np.random.default_rng(1)
    with Encoder(first, PICTURE, coding=Coding("ultrafast", 23)) as encoder:
        for _ in range(SEGMENT_SECONDS * PICTURE.fps):
            picture = black(PICTURE.width, PICTURE.height)
            picture[: NOISE[0], : NOISE[1]] = chance.integers(16, 236, NOISE, np.uint8)
            encoder.write(picture)
    others = [folder / f"{number}.mp4" for number in range(1, count)]
    for other in others:
        shutil.copyfile(first, other)
    return [first, *others]


def compare(figures: Figures, clips: Sequence[Path], folder: Path, *, rounds: int) -> None:
    """Copy and join in turns, and print what joining costs in copies."""
    total = sum(clip.stat().st_size for clip in clips)
    seconds = SEGMENT_SECONDS * len(clips)
    figures.note(f"{len(clips)} segments, {seconds} s, {total / 1e6:.0f} MB, median of {rounds}")
    ways = {
        COPIES[0]: lambda to: copied(clips, to),
        COPIES[1]: lambda to: sent(clips, to),
        "copy, 1 MiB at a time": lambda to: passed(clips, to),
        "copy and hash": lambda to: passed(clips, to, look=hashlib.sha256().update),
        "join": lambda to: joined(clips, to),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            costs[name].append(measured(way, folder / "film.mp4"))
    wall = {name: statistics.median(cost.seconds for cost in costs[name]) for name in ways}
    cpu = {name: statistics.median(cost.cpu_seconds for cost in costs[name]) for name in ways}
    for name in ways:
        figures.note(f"{name}: {wall[name]:.2f} s, {cpu[name]:.2f} s of processor")
    for what, spent in (("time", wall), ("processor", cpu)):
        copy = min(spent[name] for name in COPIES)
        figures.at_most(f"join: {what} of a disk copy", spent["join"] / copy, BAR, "times")
        others = (f"{name} {spent['join'] / spent[name]:.2f}" for name in ways if name != "join")
        figures.note(f"{what} of joining, in times of: {', '.join(others)}")
    film = measured(lambda to: filmed(clips, to), folder / "film.mp4")
    rest = film.cpu_seconds - cpu["join"]
    figures.note(
        f"with sound and poster: {film.seconds:.2f} s, {film.cpu_seconds:.2f} s of processor"
    )
    figures.note(f"sound and poster alone: {rest:.2f} s of processor, {seconds / rest:.0f} x")


def measured(way: Callable[[Path], None], to: Path) -> Cost:
    """Measure one way of making a file, the wait for the disk included."""
    to.unlink(missing_ok=True)
    os.sync()
    before, started = _cpu(), time.perf_counter()
    way(to)
    with to.open("rb+") as file:
        os.fsync(file.fileno())
    return Cost(time.perf_counter() - started, _cpu() - before)


def copied(clips: Sequence[Path], to: Path) -> None:
    """Put the bytes of all clips into one file through memory."""
    with to.open("wb") as whole:
        for clip in clips:
            with clip.open("rb") as part:
                shutil.copyfileobj(part, whole)


def sent(clips: Sequence[Path], to: Path) -> None:
    """Put them there inside the kernel, as ``shutil.copyfile`` does."""
    with to.open("wb") as whole:
        for clip in clips:
            with clip.open("rb") as part:
                at = 0
                while count := os.sendfile(whole.fileno(), part.fileno(), at, 1 << 30):
                    at += count


def passed(
    clips: Sequence[Path], to: Path, *, look: Callable[[memoryview], None] = lambda _chunk: None
) -> None:
    """Put them there through one buffer, and have each chunk looked at."""
    chunk = memoryview(bytearray(1 << 20))
    with to.open("wb", buffering=0) as whole:
        for clip in clips:
            with clip.open("rb", buffering=0) as part:
                while read := part.readinto(chunk):
                    look(chunk[:read])
                    whole.write(chunk[:read])


def joined(clips: Sequence[Path], to: Path) -> None:
    """Join clips as a film does."""
    first = probe(clips[0])
    probed = [first, *(probe(clip, like=first) for clip in clips[1:])]
    film = join([Part(clip, 0, clip.frames) for clip in probed], to)
    if film.frames != SEGMENT_SECONDS * PICTURE.fps * len(clips):
        raise RuntimeError("the film lacks frames")


def filmed(clips: Sequence[Path], to: Path) -> None:
    """Make the whole film."""
    cuts = [Cut(clip, SEGMENT_SECONDS * PICTURE.fps, prompt="waves roll in") for clip in clips]
    poster = to.with_suffix(".png")
    splice(cuts, PICTURE, film=to, poster=poster, seed=1, tags={}, progress=lambda _done: None)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    sys.exit(main())
