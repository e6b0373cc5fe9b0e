from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.acceptance.commands import SMALL, Home, Service, until
from tests.unit.media.sounds import write_sound
from ttv import media
from ttv.testing.providers import Emulator

pytestmark = pytest.mark.slow

#: Two shots of five seconds.
FILM = (
    "the moon rises over a lake. then a wolf runs through the snow",
    *("--generator", "kling", "--seconds", "10", *SMALL),
)
#: What each costs, in US dollars.
SHOT = 0.21


@pytest.fixture(scope="module")
def kling() -> Iterator[Emulator]:
    with Emulator("kling", size="320x180") as emulator:
        yield emulator


@pytest.fixture(scope="module")
def paid(kling: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Run the whole service with an engine that is paid."""
    home = Home(tmp_path_factory.mktemp("paid"))
    home.environment |= {
        f"TTV_GENERATORS__KLING__{name.upper()}": str(value)
        for name, value in kling.engine_options.items()
    }
    with Service.running(home) as service:
        home.environment["TTV_URL"] = service.url
        yield home


@pytest.fixture(autouse=True)
def _empty_book(kling: Emulator) -> None:
    kling.reset()


def did(home: Home, *arguments: str | Path) -> str:
    """Run a command that succeeds, and give what it printed."""
    done = home.ttv(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def spent(home: Home, job_id: str) -> float:
    return float(json.loads(did(home, "cost", job_id, "--json"))["spent"])


def statuses(home: Home, job_id: str) -> list[str]:
    """Tell how each shot stands; nothing before they are planned."""
    listed = home.ttv("segments", job_id, "--json").stdout
    return [json.loads(line)["status"] for line in listed.splitlines()]


def test_a_film_that_costs_too_much_is_refused_before_anything_is_bought(
    paid: Home, kling: Emulator
) -> None:
    assert json.loads(did(paid, "estimate", *FILM, "--json"))["cost"] == 2 * SHOT

    refused = paid.ttv("submit", *FILM, "--max-cost", "0.41")

    assert refused.returncode == 2
    assert "0.42 US dollars" in refused.stderr
    assert kling.charges() == []


def test_a_job_over_its_budget_pauses_and_goes_on_with_a_higher_one(
    paid: Home, kling: Emulator
) -> None:
    job_id = did(paid, "submit", *FILM, "--seed", "1", "--start-at", "5s")
    did(paid, "cancel", job_id)
    did(paid, "retry", job_id, "--max-cost", "0.10")

    held = paid.ttv("status", job_id, "--wait")
    assert held.returncode == 75
    assert f"ttv resume {job_id} --max-cost" in held.stderr
    assert f"go on     ttv resume {job_id} --max-cost" in did(paid, "status", job_id)
    assert kling.charges() == []
    did(paid, "resume", job_id, "--max-cost", "0.42")
    did(paid, "status", job_id, "--wait")

    assert len(kling.charges()) == 2
    assert spent(paid, job_id) == 2 * SHOT


def test_a_shot_that_is_made_anew_is_all_that_is_paid_again(paid: Home, kling: Emulator) -> None:
    job_id = did(paid, "submit", *FILM, "--seed", "2", "-o", "first.mp4")
    asked = paid.ttv("regenerate", job_id, "2")
    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert "at most 0.21 USD" in asked.stdout
    assert len(kling.charges()) == 2

    did(paid, "regenerate", job_id, "2", "--prompt", "a deer runs through the snow", "--yes")
    did(paid, "status", job_id, "--wait")

    *_, last = kling.charges()
    assert "deer" in last.prompt
    assert len(kling.charges()) == 3
    assert spent(paid, job_id) == 3 * SHOT
    did(paid, "download", job_id, "-o", "second.mp4")
    films = [media.probe(paid.folder / name).frames for name in ("first.mp4", "second.mp4")]
    assert films == [120, 120]


@pytest.mark.parametrize(
    ("seed", "faults", "begun"),
    [
        ("3", {"stall_downloads": 1}, ["done", "running"]),
        ("4", {"refuse_polls": 1_000_000}, ["running", "running"]),
    ],
    ids=["a shot is done", "all are being made, and cannot be called off"],
)
def test_a_job_that_is_tried_again_pays_nothing_for_what_was_bought(
    paid: Home, kling: Emulator, seed: str, faults: Mapping[str, int], begun: list[str]
) -> None:
    kling.faults(**faults)
    job_id = did(paid, "submit", *FILM, "--seed", seed)
    until(
        lambda: sorted(statuses(paid, job_id)) == begun and len(kling.charges()) == 2,
        what=f"shots that are {begun}",
    )
    did(paid, "cancel", job_id)
    kling.faults(**dict.fromkeys(faults, 0))

    did(paid, "retry", job_id)
    did(paid, "status", job_id, "--wait")

    assert len(kling.charges()) == 2
    assert spent(paid, job_id) == 2 * SHOT
    assert did(paid, "delete", job_id, "--yes") == f"{job_id} deleted"
    assert paid.ttv("status", job_id).returncode == 1


def test_a_film_whose_sound_was_deleted_buys_nothing_until_it_is_uploaded_again(
    paid: Home, kling: Emulator
) -> None:
    write_sound(paid.folder / "waves.mp3", "mp3", seconds=1)
    sound = did(paid, "files", "upload", "waves.mp3")
    job_id = did(paid, "submit", *FILM, "--seed", "5", "--soundtrack", sound, "--start-at", "5s")
    did(paid, "cancel", job_id)
    did(paid, "files", "delete", sound)

    did(paid, "retry", job_id)
    failed = paid.ttv("status", job_id, "--wait")

    assert failed.returncode == 1
    assert f"{job_id} failed: the file {sound} that" in failed.stderr
    assert json.loads(did(paid, "status", job_id, "--json"))["error"]["code"] == "gone"
    assert kling.charges() == []
    assert did(paid, "files", "upload", "waves.mp3") == sound
    did(paid, "retry", job_id)
    did(paid, "status", job_id, "--wait")
    assert len(kling.charges()) == 2


def test_what_there_is_and_what_waits_is_told(paid: Home) -> None:
    assert json.loads(did(paid, "usage", "--json"))["tenant"] == "local"
    assert "0.042 USD/s" in did(paid, "backends")
    assert did(paid, "dead", "--json") == ""
    job_id = did(paid, "submit", "a lighthouse", "--start-at", "1h", "--priority", "low")

    assert json.loads(did(paid, "pause", job_id, "--json"))["hold"]["code"] == "paused"
    assert job_id in did(paid, "jobs", "--status", "queued")
    assert did(paid, "resume", job_id) == f"{job_id} goes on"
    assert "priority  low" in did(paid, "status", job_id)
    assert json.loads(did(paid, "cancel", job_id, "--json"))["status"] == "canceled"
