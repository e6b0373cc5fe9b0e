from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import skia

from tests.unit.animatic.rigs.conftest import Casting, Shot
from ttv.animatic.language import rgb
from ttv.animatic.rigs import Light, species
from ttv.animatic.rigs._cast import natural
from ttv.animatic.rigs._colour import distance
from ttv.animatic.rigs._figure import Figure
from ttv.animatic.rigs.quadruped._motion import motion
from ttv.animatic.scene import Action, RigKind

_NIGHT = Light(ambient=(0.4, 0.48, 0.74), key=(0.8, 0.88, 1.0), key_side=-0.5)
_MOVERS = [
    ("fox", RigKind.QUADRUPED, Action.RUN),
    ("rabbit", RigKind.QUADRUPED, Action.JUMP),
    ("horse", RigKind.QUADRUPED, Action.EAT),
    ("man", RigKind.BIPED, Action.WALK),
    ("queen", RigKind.BIPED, Action.DANCE),
    ("wizard", RigKind.BIPED, Action.STAND),
    ("eagle", RigKind.BIRD, Action.FLY),
    ("dragon", RigKind.BIRD, Action.FLY),
    ("butterfly", RigKind.BIRD, Action.FLY),
    ("duck", RigKind.BIRD, Action.SWIM),
    ("shark", RigKind.FISH, Action.SWIM),
    ("octopus", RigKind.FISH, Action.FLOAT),
    ("car", RigKind.VEHICLE, Action.DRIVE),
    ("sailboat", RigKind.VEHICLE, Action.SAIL),
    ("windmill", RigKind.OBJECT, Action.SPIN),
    ("ball", RigKind.OBJECT, Action.JUMP),
    ("gizmo", RigKind.PLACEHOLDER, Action.WALK),
]


@pytest.mark.parametrize("rig", [kind for kind in RigKind if kind is not RigKind.PLACEHOLDER])
def test_every_species_shows_itself_in_every_action(
    rig: RigKind, casting: Casting, shot: Shot
) -> None:
    for noun in sorted(species()[rig]):
        for action in Action:
            actor = casting(noun, rig, action)
            drawn = shot(actor, 1.3, side=48)
            assert (drawn[:, :, 3] > 127).mean() > 0.01, (noun, action)
            assert actor.height > 0
            assert actor.speed >= 0


@pytest.mark.parametrize(("noun", "rig", "action"), _MOVERS)
def test_the_same_instant_gives_the_same_pixels(
    noun: str, rig: RigKind, action: Action, casting: Casting, shot: Shot
) -> None:
    actor, twin = casting(noun, rig, action), casting(noun, rig, action)
    first = shot(actor, 3.7, light=_NIGHT)
    shot(actor, 9.1)
    assert np.array_equal(shot(actor, 3.7, light=_NIGHT), first)
    assert np.array_equal(shot(twin, 3.7, light=_NIGHT), first)


@pytest.mark.parametrize(("noun", "rig", "action"), _MOVERS)
def test_something_moves(
    noun: str, rig: RigKind, action: Action, casting: Casting, shot: Shot
) -> None:
    actor = casting(noun, rig, action)
    frames = [shot(actor, t).astype(int) for t in (2.0, 2.2, 2.4)]
    assert all(np.abs(frames[at] - frames[at + 1]).sum() > 0 for at in range(2))


@pytest.mark.parametrize(("noun", "rig", "action"), _MOVERS)
def test_the_box_holds_all_that_is_solid(
    noun: str, rig: RigKind, action: Action, casting: Casting, shot: Shot
) -> None:
    actor = casting(noun, rig, action)
    box = actor.box
    width, height = box.right - box.left, box.top - box.bottom
    side, room = 160, 1.5
    inside_x = round(side * width / max(width, height) / room / 2) + 2
    inside_y = round(side * height / max(width, height) / room / 2) + 2
    for at in range(24):
        solid = shot(actor, at * 0.37, side=side, room=room)[:, :, 3] > 127
        solid[side // 2 - inside_y : side // 2 + inside_y] &= np.ones(side, bool)
        solid[
            side // 2 - inside_y : side // 2 + inside_y, side // 2 - inside_x : side // 2 + inside_x
        ] = False
        assert solid.sum() <= 2, (noun, at)


@pytest.mark.parametrize("colour", ["yellow", "blue", "red", "white", "black", "pink"])
@pytest.mark.parametrize(
    ("noun", "rig"),
    [
        ("cat", RigKind.QUADRUPED),
        ("horse", RigKind.QUADRUPED),
        ("woman", RigKind.BIPED),
        ("bird", RigKind.BIRD),
        ("fish", RigKind.FISH),
        ("car", RigKind.VEHICLE),
        ("balloon", RigKind.OBJECT),
        ("gizmo", RigKind.PLACEHOLDER),
    ],
)
def test_an_asked_colour_fills_the_body(
    noun: str, rig: RigKind, colour: str, casting: Casting, shot: Shot
) -> None:
    pixels = shot(casting(noun, rig, colour=colour), 1.0)
    solid = pixels[pixels[:, :, 3] == 255][:, :3]
    shades, counts = np.unique(solid, axis=0, return_counts=True)
    near = [
        count
        for (red, green, blue), count in zip(shades, counts, strict=True)
        if distance((red / 255, green / 255, blue / 255), rgb(colour)) < 0.02
    ]
    assert sum(near) > 0.15 * len(solid)


@pytest.mark.parametrize(
    ("noun", "rig", "colour"),
    [
        ("fox", RigKind.QUADRUPED, "red"),
        ("bear", RigKind.QUADRUPED, "brown"),
        ("swan", RigKind.BIRD, "white"),
    ],
)
def test_a_colour_that_a_species_has_by_nature_changes_nothing(
    noun: str, rig: RigKind, colour: str, casting: Casting, shot: Shot
) -> None:
    natural, asked = casting(noun, rig), casting(noun, rig, colour=colour)
    assert (shot(natural, 1.0) == shot(asked, 1.0)).all()


def test_only_species_that_are_drawn_have_colours_by_nature() -> None:
    assert set(natural()) <= set().union(*species().values())
    assert all(rgb(colour) for colours in natural().values() for colour in colours)


def test_copies_differ_in_size_and_step(casting: Casting, shot: Shot) -> None:
    first, second = (casting("sheep", RigKind.QUADRUPED, index=at, seed=at) for at in (0, 1))
    assert first.height != second.height
    assert not np.array_equal(shot(first, 1.0), shot(second, 1.0))


def test_copies_are_out_of_step(casting: Casting) -> None:
    herd = [casting("fox", RigKind.QUADRUPED, Action.RUN, index=at, seed=at) for at in range(4)]
    cycle = motion("fox", Action.RUN, 0.0).cycle
    phases = sorted(actor.delay / cycle % 1.0 for actor in herd if isinstance(actor, Figure))
    gaps = [after - before for before, after in pairwise([*phases, phases[0] + 1])]
    assert len(gaps) == 4
    assert min(gaps) > 0.1


def test_kindred_fills_follow_the_body(casting: Casting, shot: Shot) -> None:
    pixels = shot(casting("elephant", RigKind.QUADRUPED, colour="pink"), 1.0)
    solid = pixels[pixels[:, :, 3] == 255][:, :3].astype(int)
    grey = np.ptp(solid, axis=1) < 16
    assert grey.mean() < 0.1


def test_a_crowd_does_not_wear_one_coat(casting: Casting, shot: Shot) -> None:
    coats = set()
    for at in range(6):
        pixels = shot(casting("man", RigKind.BIPED, index=at, seed=at), 1.0)
        solid = pixels[pixels[:, :, 3] == 255][:, :3]
        shades, counts = np.unique(solid, axis=0, return_counts=True)
        coats.add(tuple(shades[counts.argmax()]))
    assert len(coats) >= 3


def test_a_noun_that_nobody_drew_becomes_a_card_with_its_name(casting: Casting, shot: Shot) -> None:
    named, other = (casting(noun, RigKind.QUADRUPED) for noun in ("snark", "boojum"))
    assert not np.array_equal(shot(named, 1.0), shot(other, 1.0))


def test_drawing_leaves_the_canvas_as_it_was(casting: Casting) -> None:
    canvas = skia.Surface(64, 64).getCanvas()
    canvas.translate(3, 4)
    before, depth = canvas.getTotalMatrix().get9(), canvas.getSaveCount()
    casting("fox", RigKind.QUADRUPED, Action.RUN).draw(canvas, 0.4, Light())
    assert canvas.getTotalMatrix().get9() == before
    assert canvas.getSaveCount() == depth


def test_lamps_burn_at_night_only(casting: Casting, shot: Shot) -> None:
    house = casting("house", RigKind.OBJECT)
    dark = shot(house, 1.0, light=Light(ambient=(0.3, 0.3, 0.3)))
    day = shot(house, 1.0)
    glowing = (dark[:, :, 0] > 220) & (dark[:, :, 3] == 255)
    lit_by_day = np.all(np.abs(day[:, :, :3].astype(int) - dark[:, :, :3]) < 8, axis=2)
    assert glowing.sum() > 20
    assert (glowing & lit_by_day).sum() < 0.2 * glowing.sum()


def test_those_in_the_air_have_no_ground(casting: Casting) -> None:
    assert casting("fox", RigKind.QUADRUPED, Action.RUN).grounded
    assert not casting("eagle", RigKind.BIRD, Action.FLY).grounded
    assert not casting("shark", RigKind.FISH, Action.SWIM).grounded
    assert not casting("boat", RigKind.VEHICLE, Action.FLOAT).grounded
    assert casting("car", RigKind.VEHICLE, Action.DRIVE).grounded
