from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.unit.pipeline.desk import REQUEST, Fate, Provider, Terminal
from ttv.errors import Unfunded
from ttv.observability import WorkerMetrics
from ttv.wiring.counted import Counted


def test_calls_to_a_provider_are_counted_by_how_they_ended(tmp_path: Path) -> None:
    metrics = WorkerMetrics()
    provider = Provider(looks_up=True, refuses=[Unfunded()])
    engine = Counted(Terminal(provider, Fate()), metrics)

    async def scenario() -> None:
        with pytest.raises(Unfunded):
            await engine.submit(REQUEST, key="a")
        handle = await engine.submit(REQUEST, key="a")
        assert await engine.find(REQUEST, key="a") == handle
        await engine.poll(handle)
        await engine.download(handle, tmp_path / "clip.mp4")
        await engine.cancel(handle)
        provider.slow = asyncio.Event()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(engine.submit(REQUEST, key="b"), 0.01)

    asyncio.run(scenario())

    (family,) = (one for one in metrics.families(metrics.increments()) if "provider" in one.name)
    counts = {
        (sample.labels["call"], sample.labels["outcome"]): sample.value for sample in family.samples
    }
    assert counts == dict.fromkeys(
        [
            ("submit", "unfunded"),
            ("submit", "ok"),
            ("submit", "cut_off"),
            ("find", "ok"),
            ("poll", "ok"),
            ("download", "ok"),
            ("cancel", "ok"),
        ],
        1,
    )
    assert {sample.labels["engine"] for sample in family.samples} == {"dear"}
