from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from ttv.cli._options import load_settings, make_order, open_client, read_prompt, to_request
from ttv.errors import InvalidRequest
from ttv.pipeline import Order, Wish
from ttv.settings import Settings

PLAN = "size: 640x360\nshots:\n  - prompt: a red fox\n    seconds: 2\n  - a boat\n"


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    return path


def ordered(plan_file: Path | None, **wish: Any) -> Order:
    return make_order(Settings(), Wish(**wish), plan_file)


def test_a_prompt_becomes_an_order() -> None:
    order = ordered(None, prompt=" a red fox ", seconds=2.0, size="320x180", fps=12, seed=5)

    assert order.prompt == "a red fox"
    assert (order.format.size, order.format.fps, order.frames, order.seed) == ("320x180", 12, 24, 5)


def test_what_a_plan_file_leaves_open_may_be_said_beside_it(plan_file: Path) -> None:
    order = ordered(plan_file, fps=12, seed=5)

    assert (order.format.size, order.format.fps, order.seed) == ("640x360", 12, 5)
    assert order.plan
    assert order.plan.shots[0].frames == 24


def test_saying_again_what_a_plan_file_says_is_no_contradiction(plan_file: Path) -> None:
    assert ordered(plan_file, size="640x360").format.size == "640x360"


@pytest.mark.parametrize(
    ("wish", "param"),
    [
        ({"size": "320x180"}, "size"),
        ({"prompt": "a boat"}, "prompt"),
        ({"seconds": 3.0}, "seconds"),
    ],
)
def test_what_a_plan_file_fixes_cannot_be_changed_beside_it(
    plan_file: Path, wish: dict[str, Any], param: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        ordered(plan_file, **wish)
    assert caught.value.param == param


def test_the_limits_of_the_settings_hold() -> None:
    with pytest.raises(InvalidRequest, match="the limit is 3"):
        make_order(Settings(max_prompt_chars=3), Wish(prompt="a red fox"), None)


def test_the_back_ends_of_the_settings_are_ordered() -> None:
    chosen = Settings(planner="dramatist", painter="brush", generator="loom")

    order = make_order(chosen, Wish(prompt="a red fox"), None)

    assert (order.planner, order.painter, order.generator) == ("dramatist", "brush", "loom")


def test_a_request_holds_what_was_said_and_nothing_else() -> None:
    assert to_request(None, prompt="a red fox", seconds=None, fps=12) == {
        "prompt": "a red fox",
        "fps": 12,
    }


def test_a_plan_file_is_sent_as_a_document(plan_file: Path) -> None:
    request = to_request(plan_file, fps=12, mode="chaining")

    assert set(request) == {"plan", "mode"}
    assert request["plan"]["format"] == {"width": 640, "height": 360, "fps": 12}
    assert [shot["prompt"] for shot in request["plan"]["shots"]] == ["a red fox", "a boat"]


def test_a_dash_reads_the_prompt_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a fox\xff")))

    assert read_prompt("-") == "a fox\udcff"
    assert read_prompt("a boat") == "a boat"


def test_the_command_line_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("API_PORT", "9000")
    monkeypatch.setenv("WORKER_REPLICAS", "3")

    loaded = load_settings(api_port=8001, data_dir=Path("here"))

    assert (loaded.api_port, loaded.worker_replicas) == (8001, 3)
    assert loaded.data_dir == tmp_path / "here"


def test_the_service_of_this_machine_is_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("API_PORT", "9000")
    monkeypatch.setenv("API_HOST", "0.0.0.0")  # noqa: S104 - nothing listens

    client = open_client(None)

    assert client.url == "http://127.0.0.1:9000"
    assert open_client("http://films.example").url == "http://films.example"
