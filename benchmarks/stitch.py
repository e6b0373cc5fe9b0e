"""Measure how long it takes to join the segments of a long film, beside copying the same bytes.

    .venv/bin/python -m benchmarks.stitch [--seconds 600] [--rounds 3] [--strict]

Makes one segment of six seconds (1280x720, about 8 Mbit/s as providers give), copies it until
there are ten minutes, and joins them as a film does: every clip probed, packets copied, the
film probed. The copy puts the same bytes into one file. Both end with fsync, and take turns in
one process; each figure is the median of its rounds. What the sound track costs is told apart:
its samples are made and encoded however the pictures come.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.figures import Figures
from ttv.media import SOUND_RATE, Coding, Encoder, Format, Part, Sound, black, join, probe

PICTURE: Final = Format(1280, 720, 24)
SEGMENT_SECONDS: Final = 6
#: Sides of the part of the picture that is noise, which decides how many bytes a frame has.
NOISE: Final = (186, 332)
BAR: Final = 2.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took."""

    seconds: float
    cpu_seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="length of the film")
    parser.add_argument("--rounds", type=int, default=3)
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
        "copy": lambda to: copied(clips, to),
        "join": lambda to: joined(clips, to),
        "join with sound": lambda to: joined(clips, to, sound=_hum(seconds)),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            costs[name].append(measured(way, folder / "film.mp4"))
    wall = {name: statistics.median(cost.seconds for cost in costs[name]) for name in ways}
    cpu = {name: statistics.median(cost.cpu_seconds for cost in costs[name]) for name in ways}
    for name in ways:
        figures.note(f"{name}: {wall[name]:.2f} s, {cpu[name]:.2f} s of processor")
    figures.at_most("join: time of a disk copy", wall["join"] / wall["copy"], BAR, "times")
    figures.note(f"join: processor of a disk copy {cpu['join'] / cpu['copy']:.2f} times")
    sound = cpu["join with sound"] - cpu["join"]
    figures.note(f"the sound track alone: {sound:.2f} s of processor, {seconds / sound:.0f} x")


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
    """Put the bytes of all clips into one file."""
    with to.open("wb") as whole:
        for clip in clips:
            with clip.open("rb") as part:
                shutil.copyfileobj(part, whole, 1 << 20)


def joined(clips: Sequence[Path], to: Path, *, sound: Iterator[Sound] | None = None) -> None:
    """Join clips as a film does."""
    probed = [probe(clip) for clip in clips]
    join([Part(clip, 0, clip.frames) for clip in probed], to, sound=sound)
    if probe(to).frames != sum(clip.frames for clip in probed):
        raise RuntimeError("the film lacks frames")


def _hum(seconds: int) -> Iterator[Sound]:
    """Make a low tone, a second at a time."""
    wave = 0.3 * np.sin(np.arange(SOUND_RATE) * 2 * np.pi * 220 / SOUND_RATE)
    block = np.repeat(wave[:, None], 2, axis=1).astype(np.float32)
    return (block for _ in range(seconds))


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    sys.exit(main())
