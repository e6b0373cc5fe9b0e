"""Plan a film in this process and write the plan down for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import yaml

from ttv.media import Format
from ttv.pipeline import Commission, Order, opening_steps
from ttv.planning import Plan, Shot, Transition, to_document
from ttv.scratch import scratch
from ttv.settings import Settings
from ttv.wiring.films import open_pipeline

_MAX_TITLE: Final = 300


async def plan(order: Order, settings: Settings) -> Plan:
    """Run the planning step alone."""
    (step,) = opening_steps()
    async with open_pipeline(settings) as pipeline:
        pipeline.check(order)
        with scratch() as folder:
            outcome = await pipeline.run(
                order,
                step,
                {},
                workspace=folder,
                commission=Commission(destination=""),
                report=lambda _fraction, _message: None,
            )
        return await pipeline.planned(outcome.result)


def to_json(made: Plan) -> str:
    """Write the exact form."""
    return json.dumps(to_document(made), indent=1, ensure_ascii=False) + "\n"


def to_yaml(made: Plan) -> str:
    """Write the form that people edit; ``--plan`` reads it back to the same shots."""
    head = {
        "title": made.brief[:_MAX_TITLE],
        "size": made.format.size,
        "fps": made.format.fps,
        "seed": made.seed,
        "shots": [dict(_fields(shot, made.format)) for shot in made.shots],
    }
    notes = "".join(f"# warning: {' '.join(warning.split())}\n" for warning in made.warnings)
    text = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=90)
    return notes + text


def _fields(shot: Shot, picture: Format) -> Iterator[tuple[str, Any]]:
    """Give the fields of a shot that say something."""
    yield "prompt", shot.prompt
    yield "seconds", _seconds(shot.frames, picture)
    yield "seed", shot.seed
    if shot.transition is not Transition.CUT:
        yield "transition", shot.transition.value
    if shot.transition_frames:
        yield "transition_seconds", _seconds(shot.transition_frames, picture)
    for name in ("camera", "framing", "first_keyframe"):
        if value := getattr(shot, name):
            yield name, value


def _seconds(frames: int, picture: Format) -> float:
    """Give a length that rounds back to the same frames at any frame rate."""
    return round(picture.seconds(frames), 3)
