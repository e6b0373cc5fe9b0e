"""Make a film in this process and put it where the user wants it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from ttv.access import OPERATOR
from ttv.artifacts import Store
from ttv.cli._beside import check_free, files_by_role, write_forms
from ttv.cli._own import Own
from ttv.cli._progress import watching
from ttv.cli._target import file_size, from_here
from ttv.errors import Cancelled, storage_errors
from ttv.money import usd
from ttv.pipeline import Commission, Order, Pocket, Result, film_warnings
from ttv.scratch import scratch
from ttv.settings import Settings
from ttv.wiring.films import open_pipeline
from ttv.wiring.uploads import files_of, uploads_in

#: The delivered files that ``--keep`` writes, by role.
_KEPT: Final = ("poster", "plan", "manifest")


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
    #: The files of its other forms.
    outputs: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Give the JSON form."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def summary(self) -> str:
        """Say in one line what came out."""
        reused = f", {self.reused} of {self.shots} shots reused" if self.reused else ""
        cost = f", {self.cost_usd} US dollars" if float(self.cost_usd) else ""
        also = f"; also {', '.join(self.outputs)}" if self.outputs else ""
        return (
            f"{self.path}: {self.seconds:.1f} s, {self.size} at {self.fps} fps, "
            f"{file_size(self.bytes)}; took {self.took_seconds:.1f} s{reused}{cost}{also}"
        )


@contextmanager
def stoppable() -> Iterator[None]:
    """Tell who stops the making of a film that little is lost."""
    try:
        yield
    except Cancelled as error:
        raise Cancelled(
            "stopped; finished shots are kept: the same command goes on from them"
        ) from error


async def make(
    order: Order,
    settings: Settings,
    path: Path,
    *,
    own: Own,
    max_cost: int | None,
    keep: bool,
    force: bool,
    quiet: bool,
) -> Film:
    """Make a film and write it to ``path``, its other forms beside it.

    With ``keep``, what it was made of is written there, too; ``force`` overwrites other forms.

    Progress and warnings go to standard error, unless ``quiet``.
    """
    purse, forms = Pocket(max_cost), files_by_role(order.outputs)
    console = Console(stderr=True, quiet=quiet, highlight=False)
    started = time.monotonic()
    async with open_pipeline(settings) as pipeline:
        uploads = uploads_in(pipeline.store, settings)
        order = await own.admitted(order, uploads, tenant=OPERATOR)
        pipeline.check(order)
        check_free(path, forms.values(), force=force)
        if max_cost is not None:
            await pipeline.check_cost(order, max_cost)
        with _workspace(settings.data_dir / "renders") as folder:
            with watching(console) as watcher:
                results = await pipeline.make(
                    order,
                    workspace=folder,
                    commission=Commission(
                        f"renders/{folder.name}",
                        folder.name,
                        purse,
                        files=files_of(order, OPERATOR),
                    ),
                    watcher=watcher,
                    slots=settings.worker_concurrency,
                )
            delivered = results["delivery"].files

            async def fetch(role: str, to: Path) -> None:
                await pipeline.store.fetch(delivered[role].key, to)

            try:
                await _hand_over(pipeline.store, results, path, keep=keep)
                beside = await write_forms(fetch, forms, path)
            finally:
                for file in delivered.values():
                    await pipeline.store.delete(file.key)
    took = time.monotonic() - started
    film = replace(
        _describe(order, results, path, cost=purse.spent, took=took),
        outputs=tuple(map(from_here, beside)),
    )
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
        sources = {role: delivered[role] for role in _KEPT}
        for name, result in results.items():
            if name.startswith(("keyframe-", "segment-")):
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
