"""How a person holds themself at an instant: feet, hips, arms and head."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ttv.animatic.rigs._rhythm import ease, eyelid, wander, wave, window
from ttv.animatic.scene import Action


@dataclass(frozen=True, slots=True)
class Sole:
    """Where the ball of a foot is, and the pitch of the foot: heel up is positive."""

    x: float = 0.0
    y: float = 0.0
    pitch: float = 0.0
    planted: bool = True


@dataclass(frozen=True, slots=True)
class Arm:
    """Upper arm from hanging down, forward positive; bend of the elbow. Degrees."""

    lift: float = 0.0
    bend: float = 8.0


@dataclass(frozen=True, slots=True)
class Stance:
    """A pose in an animator's terms; degrees and units. Far limbs come first."""

    soles: tuple[Sole, Sole] = (Sole(2.5), Sole(-2.5))
    arms: tuple[Arm, Arm] = (Arm(), Arm())
    #: Hips ahead of the origin and above standing height.
    shift: float = 0.0
    rise: float = 0.0
    #: Leaning forward.
    lean: float = 0.0
    head: float = 0.0
    #: Turn of the whole figure about its hips.
    turn: float = 0.0
    look: float = 1.0
    lid: float = 0.0
    jaw: float = 0.0
    #: How hard the air pulls at hair and cloth, 0 to 1.
    wind: float = 0.05
    pace: float = 0.4
    #: Whether a hand is free to hold something.
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Gait:
    """Two feet in turn; periods are for a person of 1.7 m."""

    period: float
    duty: float
    #: Ground covered by a standing foot, of the leg.
    stride: float
    lift: float
    bounce: float
    crouch: float
    lean: float
    swing: float
    elbow: float
    wind: float


GAITS: Mapping[Action, Gait] = {
    Action.WALK: Gait(1.04, 0.62, 0.68, 6.0, 1.1, 2.7, 2.0, 24.0, 18.0, 0.25),
    Action.RUN: Gait(0.66, 0.36, 0.8, 20.0, 3.2, 5.5, 13.0, 44.0, 82.0, 0.9),
}


def speed(gait: Gait, leg: float, period: float) -> float:
    """Give the ground speed in units a second."""
    return gait.stride * leg / (gait.duty * period)


def sole(gait: Gait, leg: float, cycles: float) -> Sole:
    """Place one foot in its cycle; standing, it moves back exactly with the ground."""
    part = cycles % 1.0
    stride = gait.stride * leg
    if part < gait.duty:
        share = part / gait.duty
        strike = -22.0 * (1 - ease(share / 0.18)) * (gait.bounce < 3)
        roll = 42.0 * ease((share - 0.55) / 0.45) ** 1.5
        return Sole(stride * (0.5 - share) + 1.0, 0.0, strike + roll)
    share = (part - gait.duty) / (1 - gait.duty)
    ground = stride * (1 - gait.duty) / gait.duty
    u2, u3 = share * share, share**3
    ahead = stride * (3 * u2 - 2 * u3 - 0.5)
    ahead -= 0.35 * ground * ((u3 - 2 * u2 + share) + (u3 - u2))
    lift = gait.lift * math.sin(math.pi * share**0.8) ** 1.1
    kick = 58.0 * math.sin(math.pi * min(1.0, share * 1.1)) * (0.45 + gait.lift / 36)
    pitch = 42.0 * (1 - ease(share * 1.7)) + kick * (1 - share) - 20.0 * ease(share * 1.6 - 0.6)
    return Sole(ahead + 1.0, lift, pitch, planted=False)


def travel(t: float, seed: float, *, gait: Gait, leg: float, period: float) -> Stance:
    """Walk or run."""
    cycles = t / period
    swing = wave(cycles + 0.25 - gait.duty * 0.08)
    dip = math.cos(4 * math.pi * (cycles - (0.32 if gait.duty > 0.5 else 0.43)))
    far = Arm(gait.swing * swing + gait.lean, gait.elbow + 14 * swing)
    near = Arm(-gait.swing * swing + gait.lean, gait.elbow - 14 * swing)
    return Stance(
        soles=(sole(gait, leg, cycles + 0.5), sole(gait, leg, cycles)),
        arms=(far, near),
        rise=gait.bounce * dip - gait.crouch,
        lean=gait.lean + 1.5 * dip,
        head=-gait.lean * 0.7 - 1.4 * dip,
        lid=eyelid(t, seed),
        wind=gait.wind,
        pace=2 / period,
    )


def carrying(stance: Stance, *, upright: bool) -> Stance:
    """Bend the near arm round what it holds: a staff before the body, or a blade."""
    near = stance.arms[1]
    arm = Arm(14 + 0.25 * near.lift, 58) if upright else Arm(0.4 * near.lift - 4, 38)
    return replace(stance, arms=(stance.arms[0], arm))


def groping(stance: Stance, lift: float) -> Stance:
    """Hold both arms out ahead, swaying with what they would have done."""
    far, near = (Arm(lift + 0.2 * arm.lift, 10) for arm in stance.arms)
    return replace(stance, arms=(far, near))


def stand(t: float, seed: float) -> Stance:
    """Stand and breathe, shifting the weight now and then."""
    breath = wave(t / 3.1)
    sway = wander(t * 0.5, seed)
    return Stance(
        arms=(Arm(4 + 3 * sway, 12), Arm(-2 + 3 * sway + breath, 14)),
        shift=0.8 * sway,
        rise=-0.3 + 0.2 * breath,
        lean=1.0 * breath - sway,
        head=6 * wander(t * 0.6, seed + 3) - breath,
        lid=eyelid(t, seed),
    )


def _sit(t: float, seed: float) -> Stance:
    calm = stand(t, seed)
    return replace(
        calm,
        soles=(Sole(33), Sole(27)),
        arms=(Arm(28, 34), Arm(24 + wave(t / 3.1), 38)),
        holds=False,
        shift=-6.0,
        rise=-36.0,
        lean=-4.0 + calm.lean,
    )


def _ride(t: float, seed: float) -> Stance:
    """Sit astride; the feet hang below the seat, which is where the ground would be."""
    calm = stand(t, seed)
    trot = abs(wave(t * 1.3))
    leg = Sole(11, -27, 6, planted=False)
    return replace(
        calm,
        soles=(replace(leg, x=9.0, y=-28.0), leg),
        arms=(Arm(40, 36), Arm(36, 40)),
        holds=False,
        rise=-36.0 + 1.6 * trot,
        lean=9.0 + 2.0 * trot,
        head=-5.0 + calm.head * 0.5,
        wind=0.4,
        pace=1.2,
    )


def _sleep(t: float, _seed: float) -> Stance:
    breath = wave(t / 4.2)
    return Stance(
        soles=(Sole(1, 2, 62), Sole(-4, 0, 58)),
        arms=(Arm(24, 58), Arm(14 + 2 * breath, 74)),
        turn=90.0,
        rise=0.6 * breath,
        head=-4,
        lid=1.0,
        wind=0.0,
        pace=0.1,
        holds=False,
    )


def _wave(t: float, seed: float) -> Stance:
    calm = stand(t, seed)
    hello = Arm(122 + 5 * wave(t * 0.9), 34 + 32 * wave(t * 1.8))
    return replace(calm, arms=(hello, calm.arms[1]), head=calm.head * 0.4 + 5, jaw=0.6)


def _eat(t: float, seed: float) -> Stance:
    bite = window(t / 3.2 + seed, 0.2, 0.62, ramp=0.16)
    chew = abs(wave(t * 1.4)) * (1 - bite)
    hand = Arm(26 + 22 * bite, 62 + 78 * bite)
    calm = stand(t, seed)
    return replace(
        calm, arms=(Arm(22, 70), hand), holds=False, jaw=0.3 * bite + 0.6 * chew, head=-5 * bite
    )


def _look(t: float, seed: float) -> Stance:
    calm = stand(t, seed)
    away = window(t / 5.0, 0.5, 0.9, ramp=0.07)
    shade = window(t / 5.0, 0.02, 0.46)
    arm = Arm(8 + 96 * shade, 14 + 104 * shade)
    return replace(
        calm,
        arms=(calm.arms[0], arm),
        look=1 - 2 * away,
        head=calm.head + 6 * shade,
        lean=4 * shade,
    )


def _dance(t: float, seed: float) -> Stance:
    cycles = t / 1.1
    side, beat = wave(cycles), wave(cycles * 2)
    left, right = max(0.0, side), max(0.0, -side)
    far = Sole(6 + 5 * side, 11 * left, 24 * left, planted=left == 0)
    near = Sole(-4 + 5 * side, 11 * right, 24 * right, planted=right == 0)
    return Stance(
        soles=(far, near),
        arms=(
            Arm(96 + 58 * side, 44 - 30 * side),
            Arm(70 - 62 * side, 52 + 26 * side),
        ),
        shift=4.5 * wave(cycles - 0.08),
        rise=-3.4 + 2.2 * abs(beat),
        lean=7 * wave(cycles + 0.08),
        head=9 * wave(cycles * 2 - 0.1),
        lid=eyelid(t, seed),
        jaw=0.5,
        wind=0.4,
        pace=1.2,
        holds=False,
    )


def _jump(t: float, seed: float) -> Stance:
    part = (t / 1.35) % 1.0
    crouch = window(part, 0.0, 0.34, ramp=0.16)
    share = min(1.0, max(0.0, (part - 0.34) / 0.5))
    air = 4 * share * (1 - share)
    tuck = 0.45 * air
    arms = Arm(-46 * crouch + 150 * ease(air * 1.3), 22 + 12 * crouch)
    lifted = 26 * air
    pitch = 46 * air
    return Stance(
        soles=(
            Sole(4 - 5 * tuck, lifted + 9 * tuck, pitch, planted=air == 0),
            Sole(-3 + 3 * tuck, lifted + 3 * tuck, pitch, planted=air == 0),
        ),
        arms=(arms, replace(arms, lift=arms.lift + 9)),
        rise=-13 * crouch + lifted,
        lean=19 * crouch - 3 * air,
        head=-9 * crouch + 8 * air,
        lid=eyelid(t, seed),
        wind=0.3 + 0.5 * air,
        pace=0.8,
        holds=False,
    )


def _spin(t: float, seed: float) -> Stance:
    calm = _dance(t, seed)
    arm = Arm(86, 12)
    soles = (Sole(2, 16, 40, planted=False), Sole(0, 0, 30))
    return replace(calm, soles=soles, arms=(arm, arm), shift=0, rise=1.5, lean=0, wind=0.8)


STILLS: Mapping[Action, Callable[[float, float], Stance]] = {
    Action.STAND: stand,
    Action.SIT: _sit,
    Action.DRIVE: _ride,
    Action.SAIL: stand,
    Action.SLEEP: _sleep,
    Action.WAVE: _wave,
    Action.EAT: _eat,
    Action.LOOK: _look,
    Action.DANCE: _dance,
    Action.JUMP: _jump,
    Action.SPIN: _spin,
}


def _drift(t: float, seed: float) -> Stance:
    """Hang weightless; every limb drifts on its own."""
    a, b, c = (wander(t * 0.8, seed + shift) for shift in (0.0, 2.1, 4.4))
    return Stance(
        soles=(
            Sole(12 + 5 * a, 10 + 4 * b, 40, planted=False),
            Sole(-7 + 5 * b, 4 + 4 * c, 46, planted=False),
        ),
        arms=(Arm(58 + 18 * b, 32 + 14 * a), Arm(-26 + 18 * c, 34 + 14 * b)),
        rise=2.5 * wave(t / 3.7),
        turn=8 + 9 * wave(t / 6.1),
        head=7 * a,
        lid=eyelid(t, seed),
        wind=0.12,
        pace=0.25,
        holds=False,
    )


def _fly(t: float, seed: float) -> Stance:
    kick = wave(t / 1.3)
    return Stance(
        soles=(
            Sole(-1 + 3 * kick, 1, 66, planted=False),
            Sole(-5 - 3 * kick, 0, 66, planted=False),
        ),
        arms=(Arm(158 + 4 * kick, 8), Arm(-22, 14)),
        rise=2 * wave(t / 2.1),
        turn=-68 + 3 * wave(t / 2.1 + 0.2),
        head=42,
        lid=eyelid(t, seed),
        wind=1.0,
        pace=1.6,
        holds=False,
    )


def _swim(t: float, seed: float) -> Stance:
    stroke, kick = t / 1.5, wave(t / 0.6)
    return Stance(
        soles=(Sole(2 + 8 * kick, 2, 60, planted=False), Sole(-2 - 8 * kick, 2, 60, planted=False)),
        arms=(Arm(180 - 360 * (stroke % 1.0), 18), Arm(-360 * (stroke % 1.0), 18)),
        rise=1.6 * wave(stroke * 2),
        turn=-80 + 4 * wave(stroke),
        head=48,
        lid=eyelid(t, seed),
        wind=0.5,
        pace=0.7,
        holds=False,
    )


def _dive(t: float, seed: float) -> Stance:
    level = _swim(t, seed)
    return replace(level, arms=(Arm(172, 4), Arm(176, 4)), turn=-128, head=6)


def _fall(t: float, _seed: float) -> Stance:
    a, b = wave(t / 0.7), wave(t / 0.7 + 0.3)
    return Stance(
        soles=(
            Sole(14 + 7 * a, 10 + 5 * b, 30, planted=False),
            Sole(-12 + 7 * b, 12 - 5 * a, 40, planted=False),
        ),
        arms=(Arm(146 + 22 * a, 24), Arm(122 - 26 * b, 34)),
        turn=24 + 10 * wave(t / 1.9),
        head=-10,
        jaw=1.0,
        wind=1.0,
        pace=2.4,
        holds=False,
    )


def _climb(t: float, seed: float) -> Stance:
    cycles = t / 1.5
    left, right = 0.5 + 0.5 * wave(cycles), 0.5 - 0.5 * wave(cycles)
    return Stance(
        soles=(
            Sole(12, 4 + 20 * left, 12, planted=False),
            Sole(11, 4 + 20 * right, 12, planted=False),
        ),
        arms=(Arm(118 + 44 * right, 46 - 22 * right), Arm(118 + 44 * left, 46 - 22 * left)),
        rise=3 * wave(cycles * 2),
        lean=8,
        head=14,
        lid=eyelid(t, seed),
        wind=0.1,
        holds=False,
    )


#: Actions off the ground: the stance and the speed in units a second.
AIRBORNE: Mapping[Action, tuple[Callable[[float, float], Stance], float]] = {
    Action.FLY: (_fly, 190.0),
    Action.HOVER: (_drift, 0.0),
    Action.FLOAT: (_drift, 0.0),
    Action.SWIM: (_swim, 60.0),
    Action.DIVE: (_dive, 70.0),
    Action.FALL: (_fall, 0.0),
    Action.CLIMB: (_climb, 0.0),
}
