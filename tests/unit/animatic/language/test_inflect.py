from __future__ import annotations

import pytest

from ttv.animatic.language._inflect import Form, conjugate, plural


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("fox", "foxes"),
        ("cat", "cats"),
        ("monkey", "monkeys"),
        ("butterfly", "butterflies"),
        ("fireman", "firemen"),
        ("human", "humans"),
        ("cup of coffee", "cups of coffee"),
        ("old wolf", "old wolves"),
    ],
)
def test_a_noun_has_its_plural(noun: str, many: str) -> None:
    assert plural(noun, {"wolf": "wolves"}) == many


@pytest.mark.parametrize(
    ("verb", "irregular", "forms"),
    [
        ("walk", (), ["walk", "walks", "walking", "walked"]),
        ("dance", (), ["dance", "dances", "dancing", "danced"]),
        ("run", ("ran",), ["run", "runs", "running", "ran"]),
        ("hop", (), ["hop", "hops", "hopping", "hopped"]),
        ("fly", ("flew", "flown"), ["fly", "flies", "flying", "flew", "flown"]),
        ("lie", ("lying", "lay"), ["lie", "lies", "lying", "lay"]),
        ("go", ("went",), ["go", "goes", "going", "went"]),
        ("curl up", (), ["curl up", "curls up", "curling up", "curled up"]),
        ("see", ("saw",), ["see", "sees", "seeing", "saw"]),
    ],
)
def test_a_verb_has_its_forms(verb: str, irregular: tuple[str, ...], forms: list[str]) -> None:
    found = conjugate(verb, irregular)
    assert list(found) == forms
    assert list(found.values())[:3] == [Form.BASE, Form.THIRD, Form.PARTICIPLE]
    assert set(list(found.values())[3:]) == {Form.PAST}
