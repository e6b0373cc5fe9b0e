"""Plans of every legal kind, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from ttv.media import Format
from ttv.planning import Plan, Shot, ShotLimits, Transition
from ttv.seeds import MAX_SEED

_PRINTED = st.characters(exclude_categories=("Cs", "Cc"))
WORDS = st.text(_PRINTED, min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
SEEDS = st.integers(0, MAX_SEED)
FORMATS = st.builds(
    Format,
    st.integers(32, 1024).map(lambda half: 2 * half),
    st.integers(32, 1024).map(lambda half: 2 * half),
    st.integers(1, 60),
)
RANGES = st.tuples(st.integers(1, 300), st.integers(0, 300)).map(
    lambda pair: ShotLimits(pair[0], pair[0] + pair[1])
)
CHOICES = st.lists(st.integers(1, 300), min_size=1, max_size=6).map(
    lambda lengths: ShotLimits(min(lengths), max(lengths), tuple(sorted(lengths)))
)
LIMITS = st.one_of(RANGES, CHOICES)


@st.composite
def shots(draw: st.DrawFn, *, first: bool) -> Shot:
    ways = [Transition.CUT, Transition.FADE] if first else list(Transition)
    transition = draw(st.sampled_from(ways))
    frames = draw(st.integers(20, 500))
    return Shot(
        prompt=draw(WORDS),
        frames=frames,
        seed=draw(SEEDS),
        transition=transition,
        transition_frames=draw(st.integers(1, 10)) if transition.takes_time else 0,
        camera=draw(st.none() | WORDS),
        framing=draw(st.none() | WORDS),
        first_keyframe=draw(st.none() | WORDS),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    later = draw(st.lists(shots(first=False), max_size=4))
    return Plan(
        brief=draw(st.text(_PRINTED, max_size=40)),
        shots=(draw(shots(first=True)), *later),
        format=draw(FORMATS),
        seed=draw(SEEDS),
        style=draw(st.none() | WORDS),
        cast=tuple(draw(st.lists(WORDS, max_size=3))),
        warnings=tuple(draw(st.lists(WORDS, max_size=3))),
    )
