from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from pathlib import Path

import pytest

from ttv.cli import _estimating, _options
from ttv.client import Estimate, ShotPrice
from ttv.errors import InvalidRequest
from ttv.pipeline import Wish
from ttv.settings import Settings

FOUND = Estimate(
    engine="kling-v2-6",
    seconds=15.0,
    steps=7,
    cost=Decimal("0.63"),
    exact=False,
    shots=(ShotPrice(1, 5.0, Decimal("0.21")), ShotPrice(2, 10.0, Decimal("0.42"))),
)


def test_a_film_is_priced_here_shot_by_shot(tmp_path: Path) -> None:
    keys = {"access_key": "a", "secret_key": "b", "price_per_second": "0.1"}
    settings = Settings.model_validate({"data_dir": tmp_path, "generators": {"kling": keys}})
    wish = Wish(prompt="waves roll in. then a storm breaks", seconds=15, generator="kling")

    found = asyncio.run(_estimating.estimate(_options.make_order(settings, wish, None), settings))

    assert found.engine == "kling-v2-6"
    assert found.exact
    assert found.cost == sum(shot.cost for shot in found.shots)
    assert found.cost == Decimal("1.50")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_engine_that_is_not_set_up_is_refused_with_those_that_are(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    order = _options.make_order(settings, Wish(prompt="a fox", generator="kling"), None)

    with pytest.raises(InvalidRequest, match="animatic"):
        asyncio.run(_estimating.estimate(order, settings))


def test_an_estimate_is_a_row_for_each_shot_and_one_for_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _estimating.show(FOUND, as_json=False)

    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows == [
        ["shot", "seconds", "cost"],
        ["1", "5", "0.21", "USD"],
        ["2", "10", "0.42", "USD"],
        ["all", "15", "0.63", "USD"],
        ["made", "by", "kling-v2-6;", "the", "planner", "may", "choose", "other", "shots"],
    ]


def test_an_estimate_as_json_has_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    _estimating.show(FOUND, as_json=True)

    assert json.loads(capsys.readouterr().out)["cost"] == 0.63
