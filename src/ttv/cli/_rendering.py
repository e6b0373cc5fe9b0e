"""Make a film in this process and put it where the user wants it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ttv.artifacts import Store
from ttv.cli._progress import watching
from ttv.cli._target import file_size, from_here
from ttv.errors import storage_errors
from ttv.money import usd
from ttv.pipeline import Commission, Order, Pocket, Result, film_warnings
from ttv.scratch import scratch
from ttv.settings import Settings
from ttv.wiring.films import open_pipeline


@dataclass(frozen=True, slots=True)
class Film:
    """A film that was made."""

    path: str
    frames: int
    seconds: float
    size: str
    fps: int
    seed: int
    bytes: int
    sha256: str
    shots: int
    #: Shots that were there from an earlier run.
    reused: int
    warnings: tuple[str, ...]
    #: What this run has paid; finished shots are reused for nothing.
    cost_usd: str
    took_seconds: float

    def to_json(self) -> str:
        """Give the JSON form."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def summary(self) -> str:
        """Say in one line what came out."""
        reused = f", {self.reused} of {self.shots} shots reused" if self.reused else ""
        cost = f", {self.cost_usd} US dollars" if float(self.cost_usd) else ""
        return (
            f"{self.path}: {self.seconds:.1f} s, {self.size} at {self.fps} fps, "
            f"{file_size(self.bytes)}; took {self.took_seconds:.1f} s{reused}{cost}"
        )


async def make(
    order: Order, settings: Settings, path: Path, *, max_cost: int | None, keep: bool, quiet: bool
) -> Film:
    """Make a film and write it to ``path``; with ``keep``, what it was made of beside it.

    Progress and warnings go to standard error, unless ``quiet``.
    """
    purse = Pocket(max_cost)
    console = Console(stderr=True, quiet=quiet, highlight=False)
    started = time.monotonic()
    async with open_pipeline(settings) as pipeline:
        pipeline.check(order)
        if max_cost is not None:
            await pipeline.check_cost(order, max_cost)
        with _workspace(settings.data_dir / "renders") as folder:
            with watching(console) as watcher:
                results = await pipeline.make(
                    order,
                    workspace=folder,
                    commission=Commission(f"renders/{folder.name}", folder.name, purse),
                    watcher=watcher,
                    slots=settings.worker_concurrency,
                )
            try:
                await _hand_over(pipeline.store, results, path, keep=keep)
            finally:
                for file in results["delivery"].files.values():
                    await pipeline.store.delete(file.key)
    film = _describe(order, results, path, cost=purse.spent, took=time.monotonic() - started)
    for warning in film.warnings:
        console.print(Text.assemble(("warning: ", "yellow"), warning), soft_wrap=True)
    return film


@contextmanager
def _workspace(parent: Path) -> Iterator[Path]:
    """Give an empty folder for one film."""
    with storage_errors(parent):
        parent.mkdir(parents=True, exist_ok=True)
    with scratch(parent) as folder:
        yield folder


async def _hand_over(
    store: Store, results: Mapping[str, Result], path: Path, *, keep: bool
) -> None:
    delivered = results["delivery"].files
    if keep:
        folder = path.with_suffix(".parts")
        with storage_errors(folder):
            folder.mkdir(exist_ok=True)
        sources = {role: file for role, file in delivered.items() if role != "film"}
        for name, result in results.items():
            if name not in {"plan", "film", "delivery"}:
                sources |= {f"{name}-{role}": file for role, file in result.files.items()}
        for name, file in sources.items():
            await store.fetch(file.key, folder / f"{name}{Path(file.key).suffix}")
    await store.fetch(delivered["film"].key, path)


def _describe(
    order: Order, results: Mapping[str, Result], path: Path, *, cost: int, took: float
) -> Film:
    frames = int(results["film"].facts["frames"])
    file = results["delivery"].files["film"]
    segments = [result for name, result in results.items() if name.startswith("segment-")]
    return Film(
        path=from_here(path),
        frames=frames,
        seconds=order.format.seconds(frames),
        size=order.format.size,
        fps=order.format.fps,
        seed=order.seed,
        bytes=file.size,
        sha256=file.sha256,
        shots=len(segments),
        reused=sum(segment.reused for segment in segments),
        warnings=film_warnings(results),
        cost_usd=usd(cost),
        took_seconds=round(took, 2),
    )
