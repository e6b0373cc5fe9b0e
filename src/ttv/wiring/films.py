"""Open what makes films."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from ttv import backends
from ttv.errors import InvalidRequest
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

        signers = _signers(settings)
        store = settings.store or ("gcs" if settings.gcs_bucket else "disk")
        yield Pipeline(
            planners=await all_opened("planning", settings.planner, settings.planners),
            painters=await all_opened("keyframes", settings.painter, settings.painters),
            generators=await all_opened("generators", settings.generator, settings.generators),
            store=await opened("artifacts", store, _stores(settings)),
            provenance=await opened("provenance", "c2pa", signers) if signers else None,
        )


def _stores(settings: Settings) -> dict[str, dict[str, Any]]:
    """Give the options of the stores, with those that have settings of their own."""
    disk = {"folder": str(settings.data_dir / "artifacts"), **settings.stores.get("disk", {})}
    gcs = dict(settings.stores.get("gcs", {}))
    for option, chosen in (
        ("bucket", settings.gcs_bucket),
        ("credentials_file", settings.gcs_credentials_file),
    ):
        if chosen is None:
            continue
        if str(gcs.setdefault(option, str(chosen))) != str(chosen):
            setting = f"gcs_{option}".upper()
            raise InvalidRequest(
                f"{setting} and the option {option} of the store gcs differ; keep one",
                param=setting,
            )
    return {**settings.stores, "disk": disk, "gcs": gcs}


def _signers(settings: Settings) -> dict[str, dict[str, Any]]:
    """Give the options of what signs films; nothing where the operator signs none."""
    files = {
        "certificate_file": settings.c2pa_certificate_file,
        "key_file": settings.c2pa_key_file,
    }
    given = {option: str(path) for option, path in files.items() if path}
    if len(given) == 1:
        (missing,) = (f"TTV_C2PA_{option.upper()}" for option in files if option not in given)
        raise InvalidRequest(
            f"{missing} is missing; films are signed with a certificate and its key", param=missing
        )
    return {"c2pa": given} if given else {}
