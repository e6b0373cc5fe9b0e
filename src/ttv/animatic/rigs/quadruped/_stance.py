"""How an animal holds itself at an instant: the plan that the skeleton then carries out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ttv.animatic.rigs._rhythm import ease, eyelid, pulse, wander, wave, window
from ttv.animatic.rigs._wing import Beat
from ttv.animatic.rigs.quadruped._form import Gait
from ttv.animatic.scene import Action


@dataclass(frozen=True, slots=True)
class Step:
    """Where one foot is: ahead of its home, above the ground, and how its last bone leans."""

    ahead: float = 0.0
    above: float = 0.0
    #: Added to the standing lean, degrees; negative rolls over the toes.
    lean: float = 0.0
    planted: bool = True


_FOLDED = Beat(58.0, 4.0, 0.55)

#: Hind far, hind near, fore far, fore near.
Steps = tuple[Step, Step, Step, Step]
_STANDING: Steps = (Step(4.0), Step(-3.0), Step(-4.0), Step(3.0))


@dataclass(frozen=True, slots=True)
class Stance:
    """A pose in terms an animator would use; angles in degrees."""

    steps: Steps = _STANDING
    rise: float = 0.0
    #: Lowering of the hind and of the fore quarters.
    sink_hind: float = 0.0
    sink_fore: float = 0.0
    pitch: float = 0.0
    flex: float = 0.0
    #: Turn of the whole body about its middle.
    turn: float = 0.0
    neck: float = 0.0
    head: float = 0.0
    #: How far the head reaches down to the ground, 0 to 1.
    graze: float = 0.0
    #: 1 looks ahead, -1 over the back.
    look: float = 1.0
    ears: float = 0.0
    tail: float = 0.0
    #: Swing of the tail against its natural one, and its cycles a second.
    wag: float = 1.0
    wag_pace: float = 0.5
    lid: float = 0.0
    jaw: float = 0.0
    #: Half folded at rest, for those that have them.
    wings: Beat = _FOLDED


@dataclass(frozen=True, slots=True)
class Pace:
    """A gait fitted to one animal: seconds and units."""

    gait: Gait
    period: float
    stride: float
    #: Lowering of the body.
    crouch: float
    #: Share of the gait's pitch; long trunks pitch less.
    rocking: float

    @property
    def speed(self) -> float:
        """Ground speed in units a second."""
        return self.stride / (self.gait.duty * self.period)


def _swing(share: float, reach: float, speed: float) -> float:
    """Carry a lifted foot forward from ``-reach`` to ``reach``, leaving and landing at speed."""
    u2, u3 = share * share, share * share * share
    ahead = reach * (2 * (3 * u2 - 2 * u3) - 1)
    return ahead - speed * ((u3 - 2 * u2 + share) + (u3 - u2))


def step(pace: Pace, cycles: float, touchdown: float) -> Step:
    """Place one foot in its cycle; a standing foot moves back exactly with the ground."""
    gait = pace.gait
    part = (cycles - touchdown) % 1.0
    half = pace.stride / 2
    if part < gait.duty:
        share = part / gait.duty
        roll = ease((share - 0.45) / 0.55)
        return Step(half - pace.stride * share, 0.0, 8.0 - 16.0 * share - 26.0 * roll)
    share = (part - gait.duty) / (1 - gait.duty)
    ground = pace.stride * (1 - gait.duty) / gait.duty
    ahead = _swing(share, half, 0.42 * ground)
    above = gait.lift * math.sin(math.pi * share**0.85) ** 1.2
    fold = math.sin(math.pi * min(1.0, share * 1.18)) if share < 0.85 else 0.0
    lean = -34.0 * (1 - ease(share * 1.4)) + 8.0 * ease(share * 1.4) - 46.0 * fold
    return Step(ahead, above, lean, planted=False)


def _lifted(step: Step, rise: float, gait: Gait) -> Step:
    """Carry a free foot up with a body that flies."""
    if step.planted or gait.flight is None:
        return step
    return replace(step, above=step.above + 0.94 * max(0.0, rise))


def _rise(gait: Gait, cycles: float) -> float:
    if gait.flight is None:
        return gait.bounce * math.cos(2 * math.pi * gait.beats * (cycles - gait.peak))
    start, end = gait.flight
    part = cycles % 1.0
    if start <= part < end:
        share = (part - start) / (end - start)
        return 4 * gait.bounce * share * (1 - share)
    share = ((part - end) % 1.0) / (1 - end + start)
    return -gait.crouch * math.sin(math.pi * share)


def _pitch(gait: Gait, cycles: float) -> float:
    if gait.flight is None:
        return gait.pitch * wave(cycles * (1 if gait.flex > 0.3 else 2))
    start, end = gait.flight
    part = cycles % 1.0
    if start <= part < end:
        return gait.pitch * math.cos(math.pi * (part - start) / (end - start))
    return -gait.pitch * math.cos(math.pi * ((part - end) % 1.0) / (1 - end + start))


def travel(pace: Pace, t: float, seed: float) -> Stance:
    """Move at a gait."""
    gait = pace.gait
    cycles = t / pace.period
    rise = _rise(gait, cycles)
    far_hind, near_hind, far_fore, near_fore = (
        _lifted(step(pace, cycles, touchdown), rise, gait) for touchdown in gait.offsets
    )
    pitch = pace.rocking * _pitch(gait, cycles)
    flex = -gait.flex * math.cos(2 * math.pi * (cycles - gait.peak))
    beat = wave(gait.beats * (cycles - 0.12) if gait.flight is None else cycles - 0.2)
    return Stance(
        steps=(far_hind, near_hind, far_fore, near_fore),
        rise=rise,
        sink_hind=pace.crouch,
        sink_fore=pace.crouch,
        pitch=pitch,
        flex=flex,
        neck=gait.neck - pitch * 0.5 + gait.nod * beat,
        head=gait.head - pitch * 0.4 - gait.nod * 0.6 * beat,
        ears=gait.ears + 4 * wave(cycles - 0.2) * (gait.bounce > 2),
        tail=gait.tail - pitch,
        wag=1.0,
        wag_pace=1 / pace.period,
        lid=eyelid(t, seed),
        jaw=0.35 * (0.5 + 0.5 * beat) if gait.pitch > 5 else 0.0,
    )


def stand(t: float, seed: float) -> Stance:
    """Stand and breathe; the head drifts, an ear flicks."""
    breath = wave(t / 2.8)
    return Stance(
        rise=0.5 * breath,
        neck=4 * wander(t * 0.45, seed) + 1.2 * breath,
        head=6 * wander(t * 0.6, seed + 2),
        ears=16 * pulse(t / 2.9 + seed, 0.07) + 3 * wander(t, seed),
        lid=eyelid(t, seed),
    )


def _sit(t: float, seed: float) -> Stance:
    calm = stand(t, seed)
    steps = (Step(27, 0, 62), Step(21, 0, 62), Step(-9), Step(-4))
    return replace(calm, steps=steps, sink_hind=46.0, sink_fore=2.0, flex=0.2, tail=-6)


def _sleep(t: float, seed: float) -> Stance:
    breath = wave(t / 3.6)
    steps = (Step(26, 0, 70), Step(20, 0, 72), Step(14, 0, 75), Step(20, 0, 75))
    return Stance(
        steps=steps,
        sink_hind=49.0 - 1.2 * breath,
        sink_fore=56.0 - 1.6 * breath,
        flex=0.35,
        graze=0.9,
        ears=12 + 10 * pulse(t / 5.3 + seed, 0.04),
        tail=-34,
        wag=0.25,
        wag_pace=0.2,
        lid=1.0,
    )


def _eat(t: float, seed: float) -> Stance:
    chew = abs(wave(t * 1.1))
    up = window(t / 9.0 + seed, 0.72, 0.95)
    return replace(
        stand(t, seed),
        graze=(1 - up) * (0.97 + 0.03 * wave(t * 0.55)),
        jaw=0.5 * chew,
        head=2.0 * wave(t * 1.1),
    )


def _look(t: float, seed: float) -> Stance:
    cycles = t / 5.0
    back = window(cycles, 0.5, 0.88, ramp=0.07)
    calm = stand(t, seed)
    return replace(
        calm,
        neck=10 + 5 * window(cycles, 0.1, 0.42) + calm.neck * 0.4,
        head=4 - 8 * window(cycles, 0.1, 0.42),
        look=1 - 2 * back,
        ears=-8 + calm.ears,
        tail=8,
    )


def _dance(t: float, seed: float) -> Stance:
    beat, cycles = t / 0.5, t / 1.0
    hop = abs(wave(beat / 2))
    left, right = max(0.0, wave(cycles)), max(0.0, -wave(cycles))
    lifted = (
        Step(0, 12 * left, -30 * left),
        Step(0, 12 * right, -30 * right),
        Step(5 * right, 20 * right, -50 * right),
        Step(5 * left, 20 * left, -50 * left),
    )
    return Stance(
        steps=lifted,
        rise=5 * hop - 2,
        pitch=5 * wave(cycles),
        flex=0.35 * wave(beat),
        neck=12 * wave(cycles + 0.1),
        head=12 * wave(cycles - 0.1),
        ears=10 * wave(beat),
        tail=20,
        wag=2.2,
        wag_pace=2.0,
        lid=eyelid(t, seed),
        jaw=0.3,
    )


def _wave(t: float, seed: float) -> Stance:
    paw = Step(34 + 5 * wave(t * 1.6), 52 + 9 * wave(t * 1.6 + 0.25), -70)
    seated = _sit(t, seed)
    return replace(seated, steps=(*seated.steps[:3], paw), jaw=0.3, wag=2.0, wag_pace=1.4)


def _spin(t: float, seed: float) -> Stance:
    return replace(_dance(t, seed), look=math.copysign(1.0, wave(t / 1.6 + 0.25)))


Still = Callable[[float, float], Stance]

STILLS: Mapping[Action, Still] = {
    Action.STAND: stand,
    Action.SIT: _sit,
    Action.SAIL: _sit,
    Action.SLEEP: _sleep,
    Action.EAT: _eat,
    Action.LOOK: _look,
    Action.DANCE: _dance,
    Action.WAVE: _wave,
    Action.SPIN: _spin,
}

#: Actions off the ground: the gait the legs keep, the turn of the body, share of its speed.
AIRBORNE: Mapping[Action, tuple[str, float, float]] = {
    Action.FLY: ("canter", 6.0, 1.0),
    Action.HOVER: ("paddle", 4.0, 0.0),
    Action.FLOAT: ("paddle", 8.0, 0.0),
    Action.SWIM: ("paddle", 8.0, 1.0),
    Action.DIVE: ("paddle", -32.0, 1.0),
    Action.FALL: ("canter", -24.0, 0.0),
}


def airborne(pace: Pace, t: float, seed: float, turn: float) -> Stance:
    """Keep the legs going while nothing carries them; wings beat if there are any."""
    stance = travel(pace, t, seed)
    beat = t / (pace.period * 1.3)
    down = 2 * math.pi * beat
    wings = Beat(12 + 44 * math.cos(down), 14 + 52 * math.cos(down - 1.0))
    return replace(
        stance,
        rise=stance.rise * 0.4 - 2.5 * wave(beat + 0.3),
        turn=turn + 4 * wave(t / 2.7),
        wings=wings,
        jaw=0.0,
    )
