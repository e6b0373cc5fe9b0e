"""Plan recall and precision against prompts that a person labelled (shared/ANIMATIC.md, 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from ttv.animatic.language import compose, survey
from ttv.animatic.scene import Scene, Subject

GOLD: Final[list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "gold.yaml").read_text(encoding="utf-8")
)
SEED: Final = 1


@dataclass
class Score:
    """Concepts of one prompt: asked and found, asked and missed, claimed but not asked."""

    found: list[object] = field(default_factory=list)
    missed: list[object] = field(default_factory=list)
    invented: list[object] = field(default_factory=list)

    def ask(self, concept: object, *, found: bool) -> None:
        (self.found if found else self.missed).append(concept)


def score(entry: dict[str, Any]) -> Score:
    scene = compose(entry["text"], seed=SEED)
    result = Score()
    beside = _score_subjects(entry.get("subjects", []), scene, result)
    for kind, named in _named(entry["text"]).items():
        if kind in entry:
            fair = entry[kind] if isinstance(entry[kind], list) else [entry[kind]]
            result.ask((kind, entry[kind], named), found=named in fair)
        elif named is not None:
            result.invented.append((kind, named))
    if "unsaid" in entry:
        setting = scene.setting.value
        result.ask(("unsaid", entry["unsaid"], setting), found=setting in entry["unsaid"])
    for kind, shown in (("sky", scene.sky), ("props", (*scene.props, *beside))):
        asked = entry.get(kind, [])
        for thing in asked:
            result.ask((kind, thing), found=thing in shown)
        result.invented += [(kind, thing) for thing in shown if thing not in asked]
    return result


def _named(text: str) -> dict[str, str | None]:
    said = survey(text)
    values = {
        "setting": said.setting,
        "time": said.light.time,
        "weather": said.light.weather,
        "season": said.light.season,
        "camera": said.move,
        "framing": said.framing,
    }
    named = {kind: value.value if value else None for kind, value in values.items()}
    return {**named, "style": said.light.style}


def _score_subjects(asked: list[dict[str, Any]], scene: Scene, result: Score) -> tuple[str, ...]:
    """Score the subjects that were asked for, and give the nouns of all others."""
    left = list(scene.subjects)
    for subject in asked:
        facts = {name: value for name, value in subject.items() if name != "noun"}
        alike = [other for other in left if other.noun == subject["noun"]]
        alike.sort(key=lambda other: other.colour != facts.get("colour"))
        result.ask(subject["noun"], found=bool(alike))
        if not alike:
            result.missed += facts.items()
            continue
        left.remove(alike[0])
        _score_facts(facts, alike[0], result)
    return tuple(other.noun for other in left)


def _score_facts(facts: dict[str, Any], subject: Subject, result: Score) -> None:
    for name, value in facts.items():
        shown = getattr(subject, name)
        result.ask((subject.noun, name, value, shown), found=shown == value)
    for name in ("colour", "on", "on_colour"):
        shown = getattr(subject, name)
        if shown is not None and name not in facts:
            result.invented.append((subject.noun, name, shown))


SCORES: Final = {entry["text"]: score(entry) for entry in GOLD}


def test_the_gold_set_is_wide_enough_to_mean_something() -> None:
    assert len(SCORES) >= 80


def test_nearly_everything_asked_for_is_in_the_scene() -> None:
    found = sum(len(each.found) for each in SCORES.values())
    missed = {text: each.missed for text, each in SCORES.items() if each.missed}
    asked = found + sum(map(len, missed.values()))
    assert found / asked >= 0.97, missed


def test_hardly_anything_is_in_the_scene_that_nobody_asked_for() -> None:
    found = sum(len(each.found) for each in SCORES.values())
    invented = {text: each.invented for text, each in SCORES.items() if each.invented}
    assert found / (found + sum(map(len, invented.values()))) >= 0.98, invented


@pytest.mark.parametrize("entry", GOLD, ids=lambda entry: entry["text"][:40])
def test_nothing_is_swapped_or_dropped_in_silence(entry: dict[str, Any]) -> None:
    understanding = compose(entry["text"], seed=SEED).understanding
    declared = " ".join(
        [*(asked for asked, _ in understanding.substituted), *understanding.ignored]
    )
    told = set(declared.casefold().split())
    silent = [gap for gap in entry.get("gaps", []) if not told.issuperset(gap.casefold().split())]
    assert silent == []
