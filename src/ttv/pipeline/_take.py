"""A Take: one shot of a film made anew, its neighbours kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from ttv import seeds
from ttv.errors import InvalidRequest
from ttv.planning import Plan, Shot


@dataclass(frozen=True, slots=True)
class Take:
    """How a shot is made that the first take of did not do; the plan itself stays."""

    #: Number of the shot, from 1.
    shot: int
    #: Counts the times it was made anew, from 1.
    number: int
    #: What it shows now; None keeps the words of the plan.
    prompt: str | None = None
    #: None keeps the seed of the plan.
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.shot < 1:
            raise InvalidRequest("shots are numbered from 1", param="shot")
        if self.prompt is not None and not self.prompt.strip():
            raise InvalidRequest("prompt is empty; say what the shot shows", param="prompt")
        if self.seed is not None:
            seeds.checked(self.seed)

    def of(self, shot: Shot) -> Shot:
        """Give the shot as this take films it."""
        if self.seed is not None:
            shot = replace(shot, seed=self.seed)
        if self.prompt is None:
            return shot
        return replace(shot, prompt=self.prompt, first_keyframe=None)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        return asdict(self)


def retaken(plan: Plan, takes: Iterable[Take]) -> Plan:
    """Give the plan with these takes instead of its own shots.

    Raises InvalidRequest (``shot``) for a shot that the plan does not have.
    """
    shots = list(plan.shots)
    for take in takes:
        if take.shot > len(shots):
            raise InvalidRequest(
                f"there is no shot {take.shot}; the film has {len(shots)}", param="shot"
            )
        shots[take.shot - 1] = take.of(shots[take.shot - 1])
    return replace(plan, shots=tuple(shots))
