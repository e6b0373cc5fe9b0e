"""Which results of an older attempt a new one would read, and finds no more in the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ttv.artifacts import Store
from ttv.pipeline._step import Kind, Result, Step

#: What a delivery only tells of and does not read.
_TOLD: frozenset[Kind] = frozenset({Kind.KEYFRAME, Kind.SEGMENT})


async def lost(
    store: Store, steps: Sequence[Step], results: Mapping[str, Result], *, anew: Collection[str]
) -> frozenset[str]:
    """Name the results that have to be made anew, too, so that ``anew`` can be.

    ``steps`` are all of a film in an order where each follows those it needs; what has no result
    is made anyway. A result whose files nobody will read may be gone.
    """
    there: dict[str, bool] = {}
    gone = frozenset[str]()
    while True:
        made = _made(steps, gone.union(anew), results)
        read = {name for step in steps if step.name in made for name in _read(step, steps)} - made
        for name in read - there.keys():
            there[name] = await _is_there(store, results[name])
        missing = {name for name in read if not there[name]}
        if not missing:
            return gone
        gone |= missing


def _made(
    steps: Sequence[Step], anew: Collection[str], results: Mapping[str, Result]
) -> frozenset[str]:
    """Name what is made again: what has to be, and all that needs it."""
    made: set[str] = set()
    for step in steps:
        if step.name in anew or step.name not in results or not made.isdisjoint(step.needs):
            made.add(step.name)
    return frozenset(made)


def _read(step: Step, steps: Sequence[Step]) -> set[str]:
    if step.kind is not Kind.DELIVERY:
        return set(step.needs)
    return {other.name for other in steps if other.name in step.needs and other.kind not in _TOLD}


async def _is_there(store: Store, result: Result) -> bool:
    for file in result.files.values():
        if await store.stat(file.key) is None:
            return False
    return True
