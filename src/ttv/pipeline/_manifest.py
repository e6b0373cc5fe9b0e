"""The manifest beside a film: what was made, from what, by whom, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from ttv.pipeline._commission import Commission
from ttv.pipeline._graph import Seam
from ttv.pipeline._order import Order
from ttv.pipeline._step import Result
from ttv.planning import Plan, to_document

#: Version of the JSON form.
VERSION: Final = 1


def manifest(
    commission: Commission,
    order: Order,
    plan: Plan,
    heads: tuple[Seam, ...],
    results: Mapping[str, Result],
) -> dict[str, Any]:
    """Describe a finished film as plain JSON, down to who ordered it and what it cost."""
    return {
        "version": VERSION,
        "ttv": version("ttv-pipeline"),
        **commission.record,
        "order": order.to_json(),
        "plan": to_document(plan),
        "seams": [
            {"shot": number, "join": head.join.value, "reason": head.reason}
            for number, head in enumerate(heads, start=1)
        ],
        "warnings": list(film_warnings(results)),
        "steps": {name: result.to_json() for name, result in results.items()},
    }


def film_warnings(results: Mapping[str, Result]) -> tuple[str, ...]:
    """Collect the warnings of all steps, each once, with the shot it is about."""
    said: dict[str, None] = {}
    for name, result in results.items():
        _, _, number = name.partition("-")
        about = f"shot {number}: " if number else ""
        said.update(dict.fromkeys(about + warning for warning in result.warnings))
    return tuple(said)
