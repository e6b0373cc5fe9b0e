from __future__ import annotations

from itertools import chain

from ttv.animatic.language import COLOURS, rgb
from ttv.animatic.language._lexicon import lexicon
from ttv.animatic.language._senses import Kind, Mark, Noun, Place, Scenery, Verb
from ttv.animatic.language._tables import table
from ttv.animatic.rigs import species
from ttv.animatic.scene import SCENERY, Action, Framing, Move, Season, TimeOfDay, Weather


def _marks(kind: Kind) -> set[str]:
    senses = chain.from_iterable(lexicon().values())
    return {sense.value for sense in senses if isinstance(sense, Mark) and sense.kind is kind}


def test_every_noun_is_a_species_that_the_rigs_draw() -> None:
    senses = chain.from_iterable(lexicon().values())
    nouns = [sense for sense in senses if isinstance(sense, Noun)]
    assert {noun.species for noun in nouns if noun.species not in species()[noun.rig]} == set()


def test_the_vocabulary_is_wide() -> None:
    words = [phrase for phrase, senses in lexicon().items() if any(map(_is_noun, senses))]
    assert len(words) >= 500


def _is_noun(sense: object) -> bool:
    return isinstance(sense, Noun) and not sense.plural


def test_every_word_for_the_light_names_a_value_of_the_scene() -> None:
    assert _marks(Kind.TIME) == set(TimeOfDay)
    assert _marks(Kind.WEATHER) == set(Weather)
    assert _marks(Kind.SEASON) == set(Season)
    assert _marks(Kind.FRAMING) == set(Framing)
    assert _marks(Kind.MOVE) <= set(Move)


def test_every_place_and_action_can_be_named() -> None:
    senses = list(chain.from_iterable(lexicon().values()))
    assert {sense.member for sense in senses if isinstance(sense, Scenery)} == SCENERY
    assert {sense.action for sense in senses if isinstance(sense, Verb)} == {*Action, None}
    places = {sense.setting.value for sense in senses if isinstance(sense, Place)}
    assert places == set(table("places")) - {
        "scenery",
        "brings",
        "interiors",
        "adverbs",
        "outdoors",
    }


def test_facts_about_species_are_values_of_the_scene() -> None:
    for rig in table("nouns").values():
        for facts in rig.values():
            assert facts.get("does", "stand") in set(Action)
            assert facts.get("goes", "walk") in set(Action)
            assert facts.get("lives", "meadow") in table("places")
            assert facts.get("of", "dog") in rig or facts.get("of") is None


def test_every_colour_has_a_value() -> None:
    assert rgb("white")[0] > rgb("grey")[0] > rgb("black")[0]
    assert all(0.0 <= channel <= 1.0 for name in COLOURS for channel in rgb(name))


def test_tinted_names_and_natural_colours_are_in_the_colour_table() -> None:
    tinted = (
        colour
        for rig in table("nouns").values()
        for facts in rig.values()
        for colour in facts.get("tinted", {}).values()
    )
    natural = chain.from_iterable(table("conditions")["tints"].values())
    places = chain.from_iterable(
        place["colours"] for place in table("places").values() if "colours" in place
    )
    assert {*tinted, *natural, *places} <= set(COLOURS)


def test_every_verb_that_joins_a_subject_to_a_thing_is_a_verb() -> None:
    actions = table("actions")
    known = {
        sense.base for sense in chain.from_iterable(lexicon().values()) if isinstance(sense, Verb)
    }
    for part in ("rides", "holds", "shares", "going"):
        assert set(actions[part]) - known == set()
