from __future__ import annotations

from ttv.animatic.rigs._colour import parse
from ttv.animatic.rigs.quadruped._form import gaits, heads, species


def test_every_species_names_drawings_and_gaits_that_exist() -> None:
    for noun, kind in species().items():
        assert kind.head in heads(), noun
        assert kind.mane is None or kind.mane in heads(), noun
        assert kind.back is None or kind.back in heads(), noun
        assert {kind.walk, kind.run} <= set(gaits()), noun


def test_every_species_has_a_body_colour() -> None:
    for kind in species().values():
        assert all(parse(fill) for fill in kind.colours.values())
        assert "body" in kind.colours
