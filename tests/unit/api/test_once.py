from __future__ import annotations

import pytest

from ttv.api.body import parse
from ttv.api.once import fingerprint


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"seconds": 2}', '{"seconds": 2.0}'),
        ('{"seconds": 2}', '{"seconds": 20e-1}'),
        ('{"plan": {"shots": [{"seconds": 0}]}}', '{"plan": {"shots": [{"seconds": -0.0}]}}'),
        ('{"seed": 1, "fps": 24}', '{"fps":24,"seed":1}'),
        ('{"prompt": "\\u00e9"}', '{"prompt": "é"}'),
    ],
)
def test_the_same_json_in_other_words_is_the_same_request(one: str, other: str) -> None:
    assert fingerprint(parse(one.encode())) == fingerprint(parse(other.encode()))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"seconds": 2}', '{"seconds": 2.5}'),
        ('{"seed": 1}', '{"seed": true}'),
        ('{"seed": 1}', '{"seed": "1"}'),
        ('{"seed": 0}', '{"seed": null}'),
        ('{"shots": [1, 2]}', '{"shots": [2, 1]}'),
    ],
)
def test_another_json_is_another_request(one: str, other: str) -> None:
    assert fingerprint(parse(one.encode())) != fingerprint(parse(other.encode()))
