"""What a service under test can make films with: engines that are asked only what they can do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, cast

from ttv import backends
from ttv.artifacts import Store
from ttv.generators import Capabilities, Generator
from ttv.jobs import Step
from ttv.keyframes import Painter
from ttv.media import Format
from ttv.pipeline import Order, Pipeline
from ttv.pipeline._graph import seams, steps
from ttv.planning import Plan, Planner, Shot

#: A film of two shots: the second begins on a still of its own.
PLAN = Plan(
    brief="a fox; a den",
    shots=(Shot("a fox", 48, seed=1), Shot("a den", 72, seed=2)),
    format=Format(1280, 720, 24),
    seed=7,
)
#: Millionths of a US dollar.
PRICE_PER_SECOND = 50_000


@dataclass(frozen=True)
class Engine:
    """Knows what it can do, and does nothing."""

    name: str
    pool: Any = "cpu"
    price: int = 0

    def capabilities(self) -> Capabilities:
        return Capabilities(
            model=f"{self.name}-1",
            version="1",
            pool=self.pool,
            min_seconds=0.5,
            max_seconds=8,
            max_width=1920,
            max_height=1080,
            first_frame=True,
            last_frame=True,
            follows=True,
            seed=True,
            price_per_second=self.price,
        )


class Brush:
    model = "brush-1"


ENGINES: Final = {"animatic": Engine("slate"), "dear": Engine("dear", "remote", PRICE_PER_SECOND)}


def graph_of(order: Order) -> list[Step]:
    """Give the steps that follow the plan."""
    engine = ENGINES[order.generator].capabilities()
    following = steps(PLAN, seams(PLAN, order.mode, engine), pool=engine.pool)
    return [Step(**asdict(step)) for step in following]


def works(store: Store) -> Pipeline:
    """Give a free engine and a dear one."""
    planner: Planner = backends.build("ttv.planning", "builtin", {})
    return Pipeline(
        planners={"builtin": planner},
        painters={"animatic": cast(Painter, Brush())},
        generators={name: cast(Generator, engine) for name, engine in ENGINES.items()},
        store=store,
    )
