from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ttv import jobs
from ttv.jobs import MOVES, STEP_MOVES, State

DOCUMENT = Path(__file__).parents[3] / "docs" / "states.md"


def drawn(heading: str) -> set[tuple[str, str]]:
    """Read the arrows of the diagram under a heading; [*] begins and ends."""
    section = DOCUMENT.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"(\S+) --> ([\w\[\]*]+)", section))


def arrows(moves: Mapping[Any, frozenset[Any]], first: str) -> set[tuple[str, str]]:
    between = {(before, after) for before, following in moves.items() for after in following}
    ends = {(state, "[*]") for state, following in moves.items() if following <= {first}}
    return {("[*]", first)} | between | ends


def test_the_diagram_of_a_job_is_its_table() -> None:
    assert drawn("A job") == arrows(MOVES, "queued")


def test_the_diagram_of_a_step_is_its_table() -> None:
    assert drawn("A step") == arrows(STEP_MOVES, "waiting")


@pytest.mark.parametrize("moves", [MOVES, STEP_MOVES])
def test_every_state_has_its_row(moves: Mapping[Any, frozenset[Any]]) -> None:
    states = {state for following in moves.values() for state in following}
    assert states <= set(moves)


def test_a_job_is_over_when_nothing_follows_by_itself() -> None:
    assert [state for state in State if state.terminal] == ["finished", "failed", "canceled"]


def test_only_a_new_attempt_leaves_a_job_that_is_over() -> None:
    scripts = Path(jobs.__file__).parent / "scripts"
    texts = {path.name: path.read_text() for path in scripts.glob("*.lua")}
    assert [name for name, text in texts.items() if "move(id, 'queued'" in text] == ["_calls.lua"]
    renewing = {name for name, text in texts.items() if "renew(" in text}
    assert renewing == {"_calls.lua", "retry.lua", "remake.lua"}
