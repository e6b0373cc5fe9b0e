"""Open what makes films."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from ttv import backends
from ttv.pipeline import Pipeline
from ttv.settings import Settings


@asynccontextmanager
async def open_pipeline(settings: Settings) -> AsyncIterator[Pipeline]:
    """Open the back ends that the settings name; they close when the block ends."""
    async with AsyncExitStack() as stack:

        async def opened(room: str, name: str, options: Mapping[str, Any]) -> Any:
            back_end: AbstractAsyncContextManager[Any] = backends.build(
                f"ttv.{room}", name, options.get(name, {})
            )
            return await stack.enter_async_context(back_end)

        disk = {"folder": str(settings.data_dir / "artifacts")}
        stores = {**settings.stores, "disk": {**disk, **settings.stores.get("disk", {})}}
        planner, painter, generator = settings.planner, settings.painter, settings.generator
        yield Pipeline(
            planners={planner: await opened("planning", planner, settings.planners)},
            painters={painter: await opened("keyframes", painter, settings.painters)},
            generators={generator: await opened("generators", generator, settings.generators)},
            store=await opened("artifacts", settings.store, stores),
        )
