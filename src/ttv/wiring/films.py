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
    """Open the back ends that requests may name: the default ones, and those with options.

    They close when the block ends. Nothing is asked of a network yet.
    """
    async with AsyncExitStack() as stack:

        async def opened(room: str, name: str, options: Mapping[str, Any]) -> Any:
            back_end: AbstractAsyncContextManager[Any] = backends.build(
                f"ttv.{room}", name, options.get(name, {})
            )
            return await stack.enter_async_context(back_end)

        async def all_opened(room: str, default: str, options: Mapping[str, Any]) -> dict[str, Any]:
            return {name: await opened(room, name, options) for name in {default: None, **options}}

        disk = {"folder": str(settings.data_dir / "artifacts")}
        stores = {**settings.stores, "disk": {**disk, **settings.stores.get("disk", {})}}
        yield Pipeline(
            planners=await all_opened("planning", settings.planner, settings.planners),
            painters=await all_opened("keyframes", settings.painter, settings.painters),
            generators=await all_opened("generators", settings.generator, settings.generators),
            store=await opened("artifacts", settings.store, stores),
        )
