"""How a bird holds itself at an instant."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ttv.animatic.rigs._rhythm import ease, eyelid, pulse, wander, wave, window
from ttv.animatic.rigs._wing import Beat
from ttv.animatic.rigs.bird._form import Bird
from ttv.animatic.scene import Action


@dataclass(frozen=True, slots=True)
class Foot:
    """Where a foot is: ahead of its home and above the ground."""

    ahead: float = 0.0
    above: float = 0.0


@dataclass(frozen=True, slots=True)
class Stance:
    """A pose in an animator's terms; degrees and units of the bird."""

    #: None when the wings are folded.
    wings: Beat | None = None
    #: Far, near; None when drawn up or under water.
    feet: tuple[Foot, Foot] | None = (Foot(3.0), Foot(-3.0))
    pitch: float = 0.0
    rise: float = 0.0
    neck: float = 0.0
    head: float = 0.0
    #: Neck at full length ahead (flight) 1, or as when standing 0.
    stretched: float = 0.0
    #: Bill reaches for the ground, 0 to 1.
    peck: float = 0.0
    #: Head tucked into the back.
    tucked: float = 0.0
    look: float = 1.0
    tail: float = 0.0
    spread: float = 0.0
    lid: float = 0.0
    jaw: float = 0.0
    afloat: bool = False


def _beat(bird: Bird, t: float, *, strength: float = 1.0, pace: float = 1.0) -> Stance:
    wing = bird.wing
    cycles = t * pace / wing.period
    hold = 0.0
    if wing.glide:
        hold = window(t / (wing.period * 9), 1 - wing.glide, 1.0, ramp=0.09)
    power = strength * (1 - hold)
    arm = 10 + wing.beat * power * math.cos(2 * math.pi * cycles) + 28 * hold
    late = math.cos(2 * math.pi * cycles - 1.15)
    hand = 8 + wing.beat * 1.25 * power * late + 28 * hold
    rising = max(0.0, math.sin(2 * math.pi * cycles + 0.5 + math.pi))
    reach = 1.0 - 0.22 * power * rising
    return Stance(
        wings=Beat(arm, hand, reach),
        feet=None,
        rise=-4.5 * power * math.cos(2 * math.pi * cycles - 0.7) + 1.5 * hold * wave(t / 2.3),
        pitch=2.5 * power * math.sin(2 * math.pi * cycles),
        stretched=1.0,
        head=-1.5 * power * math.sin(2 * math.pi * cycles),
        tail=4 * math.sin(2 * math.pi * cycles - 1.0) * power,
        spread=0.35 + 0.3 * hold,
    )


def fly(bird: Bird, t: float, seed: float) -> Stance:
    """Fly straight, now and then gliding."""
    return replace(_beat(bird, t), lid=eyelid(t, seed))


def _hover(bird: Bird, t: float, seed: float) -> Stance:
    beat = _beat(replace(bird, wing=replace(bird.wing, glide=0.0)), t, pace=1.5)
    return replace(beat, pitch=beat.pitch + 34, head=-26, spread=0.9, lid=eyelid(t, seed))


def _dive(_bird: Bird, t: float, seed: float) -> Stance:
    return Stance(
        wings=None,
        feet=None,
        pitch=-52 + 3 * wave(t / 1.3),
        stretched=1.0,
        head=6,
        lid=0.2 * eyelid(t, seed),
    )


def stand(_bird: Bird, t: float, seed: float) -> Stance:
    """Stand; the head moves in quick turns, as birds do."""
    glance = window(t / 4.1 + seed, 0.45, 0.8, ramp=0.03)
    return Stance(
        rise=0.5 * wave(t / 2.4),
        neck=5 * wander(t * 0.5, seed),
        head=9 * window(t / 2.7 + seed, 0.2, 0.5, ramp=0.03) - 4,
        look=1 - 2 * glance,
        tail=7 * pulse(t / 3.3 + seed, 0.1),
        lid=eyelid(t, seed),
    )


def walk(bird: Bird, t: float, seed: float, *, run: bool) -> Stance:
    """Step with the head held still in the air between its nods."""
    period, stride, duty = pace(bird, run=run)
    cycles = t / period
    feet = []
    for shift in (0.5, 0.0):
        part = (cycles + shift) % 1.0
        if part < duty:
            feet.append(Foot(stride * (0.5 - part / duty)))
        else:
            share = (part - duty) / (1 - duty)
            feet.append(
                Foot(stride * (ease(share) - 0.5), 0.4 * stride * math.sin(math.pi * share))
            )
    nod = abs(wave(cycles)) ** 0.6
    bounce = min(1.8, 0.05 * sum(bird.leg))
    return Stance(
        feet=(feet[0], feet[1]),
        rise=bounce * math.cos(4 * math.pi * cycles) - bounce,
        pitch=bird.waddle * wave(cycles) - (10 if run else 0),
        neck=-9 * nod + 4,
        head=5 * nod,
        tail=3 * wave(cycles * 2),
        lid=eyelid(t, seed),
        wings=Beat(-24 + 30 * wave(t / 0.16), -10, 0.55) if run and bird.flies else None,
    )


def pace(bird: Bird, *, run: bool) -> tuple[float, float, float]:
    """Give the seconds of two steps, the stride and the share a foot stands."""
    period = bird.walk * (0.62 if run else 1.0)
    return period, sum(bird.leg) * (0.74 if run else 0.6), (0.48 if run else 0.6)


def _eat(bird: Bird, t: float, seed: float) -> Stance:
    part = (t / 2.2 + seed) % 1.0
    down = window(part, 0.1, 0.7, ramp=0.12)
    tap = abs(wave(t * 1.9))
    calm = stand(bird, t, seed)
    return replace(
        calm, peck=down * (0.86 + 0.14 * tap), look=1.0, jaw=0.6 * tap * down, pitch=-20 * down
    )


def _sleep(_bird: Bird, t: float, _seed: float) -> Stance:
    return Stance(feet=None, rise=0.8 * wave(t / 3.6), tucked=1.0, lid=1.0, pitch=-8)


def _sit(bird: Bird, t: float, seed: float) -> Stance:
    return replace(stand(bird, t, seed), feet=None, pitch=-6)


def _swim(bird: Bird, t: float, seed: float) -> Stance:
    calm = stand(bird, t, seed)
    return replace(
        calm,
        feet=None,
        afloat=True,
        rise=1.8 * wave(t / 2.6),
        pitch=2.0 * wave(t / 2.6 + 0.2),
        neck=calm.neck + 2.5 * wave(t / 1.1),
        look=1.0,
    )


def _flutter(bird: Bird, t: float, seed: float) -> Stance:
    cycles = t / 0.9
    hop = max(0.0, wave(cycles))
    foot = Foot(0, 16 * hop)
    return replace(
        stand(bird, t, seed),
        wings=Beat(30 + 34 * wave(cycles * 2), 30 + 40 * wave(cycles * 2 - 0.15), 0.8),
        feet=(foot, foot),
        rise=16 * hop - 2,
        neck=8 * wave(cycles),
        head=10 * wave(cycles + 0.25),
        look=1.0,
        jaw=0.5,
        spread=0.5,
    )


Hold = Callable[[Bird, float, float], Stance]

AIRBORNE: Mapping[Action, Hold] = {
    Action.FLY: fly,
    Action.FALL: fly,
    Action.CLIMB: fly,
    Action.SPIN: fly,
    Action.HOVER: _hover,
    Action.DIVE: _dive,
}
STILLS: Mapping[Action, Hold] = {
    Action.STAND: stand,
    Action.LOOK: stand,
    Action.DRIVE: stand,
    Action.SAIL: stand,
    Action.SIT: _sit,
    Action.SLEEP: _sleep,
    Action.EAT: _eat,
    Action.SWIM: _swim,
    Action.FLOAT: _swim,
    Action.DANCE: _flutter,
    Action.JUMP: _flutter,
    Action.WAVE: _flutter,
}
