from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ttv.api.fields import refuse


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: int = Field(default=1, ge=1, le=9)
    colour: Literal["red", "blue"] = "red"
    names: list[str] = []
    flag: bool = False
    seconds: float = Field(default=0, le=86_400)
    word: str = Field(default="a", pattern="^[a-z]+$", max_length=3)


@pytest.mark.parametrize(
    ("given", "param", "sentence"),
    [
        ({"count": 0}, "count", "count must be at least 1"),
        ({"count": 10}, "count", "count must be at most 9"),
        ({"count": "many"}, "count", "count must be a whole number"),
        ({"colour": "green"}, "colour", "colour must be one of red or blue"),
        ({"names": "x"}, "names", "names must be a list"),
        ({"names": ["x", 1]}, "names[1]", "names[1] must be text"),
        ({"flag": "maybe"}, "flag", "flag must be true or false"),
        ({"word": "A"}, "word", "word does not have the form that is described in /docs"),
        ({"seconds": 1e9}, "seconds", "seconds must be at most 86,400"),
        ({"word": "abcd"}, "word", "word must have at most 3 characters"),
        ({"cuont": 1}, "cuont", "cuont is not a known field; did you mean count?"),
        ({"x" * 99: 1}, "x" * 64, f"{'x' * 64} is not a known field; remove it"),
    ],
)
def test_a_refusal_names_field_limit_and_way_out(
    given: dict[str, object], param: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Asked.model_validate(given)
    refused = refuse(caught.value.errors(), list(Asked.model_fields))
    assert (refused.param, refused.message) == (param, sentence)


def test_all_refusals_are_kept() -> None:
    with pytest.raises(ValidationError) as caught:
        Asked.model_validate({"count": 0, "colour": "green"})
    refused = refuse(caught.value.errors(), [])
    assert [refusal.param for refusal in refused.refusals] == ["count", "colour"]
