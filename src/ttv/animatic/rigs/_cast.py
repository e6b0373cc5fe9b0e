"""From a subject of the scene to an actor on the stage."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final, Protocol

from ttv.animatic.rigs import biped, bird, fish, quadruped, things
from ttv.animatic.rigs._data import read
from ttv.animatic.rigs._placeholder import placeholder
from ttv.animatic.rigs._port import Actor
from ttv.animatic.scene import RigKind, Subject


class _Builder(Protocol):
    def __call__(self, subject: Subject, *, rng: random.Random, index: int) -> Actor: ...


#: Flies with the birds, but goes on four legs.
_WINGED: Final = frozenset({"dragon", "pegasus"})

_BUILDERS: Final[Mapping[RigKind, tuple[_Builder, Callable[[], frozenset[str]]]]] = {
    RigKind.QUADRUPED: (quadruped.quadruped, quadruped.names),
    RigKind.BIPED: (biped.biped, biped.names),
    RigKind.BIRD: (bird.bird, lambda: bird.names() | _WINGED),
    RigKind.FISH: (fish.fish, fish.names),
    RigKind.VEHICLE: (things.thing, things.vehicle_names),
    RigKind.OBJECT: (things.thing, things.object_names),
    RigKind.PLACEHOLDER: (placeholder, frozenset),
}


@cache
def species() -> Mapping[RigKind, frozenset[str]]:
    """Give the canonical nouns that each rig can draw."""
    return {kind: names() for kind, (_, names) in _BUILDERS.items()}


@cache
def natural() -> Mapping[str, frozenset[str]]:
    """Give the colour names that a species has by nature."""
    return read("ttv.animatic.rigs", "natural.yaml", dict[str, frozenset[str]])


def cast(subject: Subject, *, rng: random.Random, index: int = 0) -> Actor:
    """Make the actor for one of the subject's copies; a noun nobody drew becomes a card.

    ``index`` counts the copies of one subject: they differ in size, step and tint. The
    actor has its natural size: ``Subject.scale``, ``facing`` and ``on`` are the stage's.
    """
    build, names = _BUILDERS[subject.rig]
    if subject.noun not in names():
        return placeholder(subject, rng=rng, index=index)
    if subject.colour in natural().get(subject.noun, ()):
        subject = replace(subject, colour=None)
    if subject.rig is RigKind.BIRD and subject.noun in _WINGED:
        build = quadruped.quadruped
    return build(subject, rng=rng, index=index)
