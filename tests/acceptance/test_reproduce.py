from __future__ import annotations

import json

import pytest

from tests.acceptance.commands import SMALL, Home, Service

pytestmark = pytest.mark.slow

MANIFEST = "fox.parts/manifest.json"


def test_a_manifest_makes_the_same_film_in_another_place_byte_by_byte(home: Home) -> None:
    """Made here, then by a service that has nothing of it, then here again from scratch."""
    asked = ("a red fox runs. then it sleeps", "--seconds", "2", *SMALL)
    made = home.ttv("render", *asked, "-o", "fox.mp4", "--keep")
    assert made.returncode == 0, made.stderr
    fox = (home.folder / "fox.mp4").read_bytes()

    home.environment["TTV_DATA_DIR"] = str(home.folder / "elsewhere")
    with Service.running(home) as service:
        done = home.ttv("submit", "--manifest", MANIFEST, "-o", "again.mp4", "--url", service.url)
        assert done.returncode == 0, done.stderr
        job = json.loads(
            home.ttv("status", done.stdout.strip(), "--json", "--url", service.url).stdout
        )
        assert (home.folder / "again.mp4").read_bytes() == fox
        assert job["warnings"] == []

    home.environment["TTV_DATA_DIR"] = str(home.folder / "third")
    third = home.ttv("render", "--manifest", MANIFEST, "-o", "third.mp4", "--keep")
    assert third.returncode == 0, third.stderr
    assert (home.folder / "third.mp4").read_bytes() == fox
    told = json.loads((home.folder / "third.parts/manifest.json").read_text())
    assert told["steps"]["film"]["facts"]["reproduced"] is True


def test_a_film_that_would_come_out_otherwise_is_refused_until_that_is_allowed(home: Home) -> None:
    home.ttv("render", "a red fox", "--seconds", "1", *SMALL, "-o", "fox.mp4", "--keep")
    manifest = json.loads((home.folder / MANIFEST).read_text())
    manifest["made_with"]["libraries"] = "av 1.0"
    manifest["steps"]["film"]["files"]["film"]["sha256"] = "0" * 64
    home.write("old.json", json.dumps(manifest))

    refused = home.ttv("render", "--manifest", "old.json", "-o", "b.mp4")
    allowed = home.ttv("render", "--manifest", "old.json", "-o", "b.mp4", "--allow-differences")

    assert refused.returncode != 0
    assert "the set of libraries that draw and encode was another" in refused.stderr
    assert allowed.returncode == 0
    warnings = " ".join(allowed.stderr.split())
    assert "the set of libraries that draw and encode was another" in warnings
    assert "is not, byte by byte, the one of the manifest" in warnings


@pytest.mark.parametrize("command", ["render", "submit"])
def test_a_manifest_says_all_of_a_film(home: Home, command: str) -> None:
    home.write("a.json", "{}")
    refused = home.ttv(command, "--manifest", "a.json", "--seed", "1")
    missing = home.ttv(command, "--manifest", "b.json")
    home.write("c.json", "[" * 100_000)
    broken = home.ttv(command, "--manifest", "c.json")

    for done, words in (
        (refused, "seed cannot be given beside --manifest"),
        (missing, "b.json cannot be read"),
        (broken, "c.json is no JSON document"),
    ):
        assert done.returncode == 2
        assert words in done.stderr
