"""The versioned JSON form of a Plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ttv.errors import InvalidRequest
from ttv.media import Format, Transition
from ttv.planning._fields import Fields
from ttv.planning._plan import VERSION, Plan, Shot


def to_document(plan: Plan) -> dict[str, Any]:
    """Give the JSON form of a plan; ``from_document`` reads it back to an equal Plan."""
    return {
        "version": VERSION,
        "brief": plan.brief,
        "format": {
            "width": plan.format.width,
            "height": plan.format.height,
            "fps": plan.format.fps,
        },
        "seed": plan.seed,
        "style": plan.style,
        "cast": list(plan.cast),
        "warnings": list(plan.warnings),
        "shots": [
            {
                "prompt": shot.prompt,
                "frames": shot.frames,
                "seed": shot.seed,
                "transition": shot.transition.value,
                "transition_frames": shot.transition_frames,
                "camera": shot.camera,
                "framing": shot.framing,
                "first_keyframe": shot.first_keyframe,
            }
            for shot in plan.shots
        ],
    }


def from_document(document: Mapping[str, Any]) -> Plan:
    """Read the JSON form.

    Raises InvalidRequest naming the field by its path, and for a version newer than ours.
    """
    fields = Fields(document)
    version = fields.must("version", fields.whole("version", least=1))
    if version > VERSION:
        raise fields.refuse(
            "version", f"is {version}; this program reads up to {VERSION}, so use a newer one"
        )
    picture = _format(fields.mapping("format"))
    plan = Plan(
        brief=fields.text("brief") or "",
        shots=tuple(
            _shot(shot, f"shots[{index}]") for index, shot in enumerate(fields.items("shots"))
        ),
        format=picture,
        seed=fields.must("seed", fields.whole("seed")),
        style=fields.text("style"),
        cast=fields.texts("cast"),
        warnings=fields.texts("warnings"),
    )
    fields.finish()
    return plan


def build_shot(path: str, **values: Any) -> Shot:
    """Build a shot; a refusal names the field by its path in the document."""
    try:
        return Shot(**values)
    except InvalidRequest as error:
        joined = "." if error.message.startswith(f"{error.param} ") else ": "
        raise InvalidRequest(
            f"{path}{joined}{error.message}", param=f"{path}.{error.param}"
        ) from error


def _format(fields: Fields) -> Format:
    width, height, fps = (
        fields.must(name, fields.whole(name)) for name in ("width", "height", "fps")
    )
    fields.finish()
    return Format(width, height, fps)


def _shot(value: object, path: str) -> Shot:
    fields = Fields(value, path)
    shot = build_shot(
        path,
        prompt=fields.must("prompt", fields.text("prompt")),
        frames=fields.must("frames", fields.whole("frames")),
        seed=fields.must("seed", fields.whole("seed")),
        transition=fields.choice("transition", Transition) or Transition.CUT,
        transition_frames=fields.whole("transition_frames") or 0,
        camera=fields.text("camera"),
        framing=fields.text("framing"),
        first_keyframe=fields.text("first_keyframe"),
    )
    fields.finish()
    return shot
