"""What every planner must do; a back end's own tests derive from ``PlannerContract``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from itertools import pairwise

import pytest

from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.planning import (
    Brief,
    Plan,
    Planner,
    ShotLimits,
    Transition,
    from_document,
    to_document,
)

#: Builds the planner under test.
Opener = Callable[[], AbstractAsyncContextManager[Planner]]

_ONE = "a red fox runs through a snowy forest at night"
_STORY = "A red fox wakes up in a forest. It runs. Fade to a lake. It drinks, then sleeps."
#: Any length from half a second to ten; and a few lengths only, as remote engines sell them.
LIMITS = (ShotLimits(12, 240), ShotLimits(96, 192, (96, 144, 192)))


def _planned(opener: Opener, brief: Brief, limits: ShotLimits) -> Plan:
    async def scenario() -> Plan:
        async with opener() as planner:
            return await planner.plan(brief, limits)

    return asyncio.run(scenario())


def _brief(prompt: str, frames: int | None = None, seed: int = 7) -> Brief:
    return Brief(prompt, Format(1280, 720, 24), seed, frames)


class PlannerContract:
    """Derive from it, and give it a fixture ``opener``."""

    def test_a_planner_names_its_version(self, opener: Opener) -> None:

        async def model() -> str:
            async with opener() as planner:
                return planner.model

        assert asyncio.run(model())

    @pytest.mark.parametrize("limits", LIMITS)
    @pytest.mark.parametrize("prompt", [_ONE, _STORY])
    @pytest.mark.parametrize("frames", [None, 240, 336, 960])
    def test_the_film_is_exact_and_every_shot_legal(
        self, opener: Opener, prompt: str, limits: ShotLimits, frames: int | None
    ) -> None:
        plan = _planned(opener, _brief(prompt, frames), limits)
        assert frames in (None, plan.frames)
        assert all(limits.allow(shot.frames) for shot in plan.shots)

    @pytest.mark.parametrize("limits", LIMITS)
    def test_a_length_that_cannot_be_is_refused(self, opener: Opener, limits: ShotLimits) -> None:
        with pytest.raises(InvalidRequest) as refused:
            _planned(opener, _brief(_ONE, 7), limits)
        assert refused.value.param == "seconds"

    def test_the_plan_keeps_what_the_brief_fixed(self, opener: Opener) -> None:
        brief = _brief(_STORY, 480)
        plan = _planned(opener, brief, LIMITS[0])
        assert (plan.brief, plan.format, plan.seed) == (brief.prompt, brief.format, brief.seed)

    def test_the_same_brief_gives_the_same_plan(self, opener: Opener) -> None:
        brief = _brief(_STORY)
        first, second = (_planned(opener, brief, LIMITS[0]) for _ in range(2))
        assert first == second

    def test_another_seed_changes_the_seeds_of_the_shots(self, opener: Opener) -> None:
        first, second = (_planned(opener, _brief(_STORY, seed=seed), LIMITS[0]) for seed in (7, 8))
        assert {shot.seed for shot in first.shots}.isdisjoint(shot.seed for shot in second.shots)

    def test_a_shot_that_goes_on_has_the_prompt_and_seed_of_the_one_before(
        self, opener: Opener
    ) -> None:
        shots = _planned(opener, _brief(_ONE, 960), LIMITS[0]).shots
        assert len(shots) >= 4
        for before, shot in pairwise(shots):
            if shot.transition is Transition.CONTINUE:
                assert (shot.prompt, shot.seed) == (before.prompt, before.seed)

    def test_the_plan_has_a_json_form(self, opener: Opener) -> None:
        plan = _planned(opener, _brief(_STORY), LIMITS[0])
        assert from_document(json.loads(json.dumps(to_document(plan)))) == plan
