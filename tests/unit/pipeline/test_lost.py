from __future__ import annotations

import asyncio
from collections.abc import Set
from pathlib import Path

import pytest

from ttv.artifacts.disk import Disk
from ttv.pipeline import Kind, Result, Step
from ttv.pipeline._lost import lost

#: Two shots that meet at the still of the second.
STEPS = (
    Step("plan", Kind.PLAN),
    Step("keyframe-1", Kind.KEYFRAME, ("plan",)),
    Step("keyframe-2", Kind.KEYFRAME, ("plan",)),
    Step("segment-1", Kind.SEGMENT, ("plan", "keyframe-1", "keyframe-2")),
    Step("segment-2", Kind.SEGMENT, ("plan", "keyframe-2")),
    Step("film", Kind.FILM, ("plan", "segment-1", "segment-2")),
    Step("output-webm", Kind.OUTPUT, ("plan", "film")),
    Step(
        "delivery",
        Kind.DELIVERY,
        (
            "plan",
            "keyframe-1",
            "keyframe-2",
            "segment-1",
            "segment-2",
            "film",
            "output-webm",
        ),
    ),
)
#: Not made yet.
LAST = {"film", "output-webm", "delivery"}
#: What a new take of the second shot makes anew.
TAKE = {"segment-2", "film", "output-webm", "delivery"}
NAMES = {step.name for step in STEPS}


def found(
    folder: Path, gone: set[str], *, unmade: Set[str] = frozenset(), anew: Set[str] = frozenset()
) -> set[str]:
    async def scenario() -> set[str]:
        async with Disk(folder / "store") as store:
            source = folder / "source"
            source.touch()
            results = {}
            for name in NAMES - unmade:
                file = await store.put(f"steps/{name}/file", source, content_type="text/plain")
                results[name] = Result(name, {"file": file})
            for name in gone:
                await store.delete(f"steps/{name}/file")
            return {*await lost(store, STEPS, results, anew=anew)}

    return asyncio.run(scenario())


def test_nothing_is_lost_while_all_is_there(tmp_path: Path) -> None:
    assert found(tmp_path, set(), unmade=LAST) == set()


def test_what_nobody_reads_any_more_may_be_gone(tmp_path: Path) -> None:
    assert found(tmp_path, {"keyframe-1", "keyframe-2"}, unmade=LAST) == set()
    assert found(tmp_path, {"segment-1", "segment-2"}, unmade={"delivery"}) == set()


@pytest.mark.parametrize("name", ["segment-1", "segment-2", "plan"])
def test_what_is_read_has_to_be_made_anew(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, {name}, unmade=LAST) == {name}


def test_so_has_what_is_read_to_make_that(tmp_path: Path) -> None:
    assert found(tmp_path, {"segment-2", "keyframe-2"}, unmade=LAST) == {"segment-2", "keyframe-2"}


def test_what_meets_a_still_that_is_made_anew_is_made_of_what_is_there(tmp_path: Path) -> None:
    gone = {"segment-2", "keyframe-1", "keyframe-2"}
    assert found(tmp_path, gone, unmade=LAST) == gone


def test_a_new_take_needs_its_stills_and_the_other_segments(tmp_path: Path) -> None:
    gone = {"keyframe-1", "keyframe-2", "film", "output-webm"}
    # The still of the second shot is painted again, and what meets it is made of it.
    assert found(tmp_path, gone, anew=TAKE) == {"keyframe-1", "keyframe-2"}
    assert found(tmp_path, {"segment-1"}, anew=TAKE) == {"segment-1"}
    assert found(tmp_path, {"keyframe-1"}, anew=TAKE) == set()
