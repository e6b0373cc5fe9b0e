"""The manifest beside a film: what was made, from what, by whom, and how long it took."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, ClassVar, Final

from ttv.errors import Permanent, TtvError
from ttv.pipeline._commission import Commission
from ttv.pipeline._graph import Join, Seam, opening_steps, steps
from ttv.pipeline._order import Order
from ttv.pipeline._step import Result, Step
from ttv.planning import Plan, from_document, to_document

#: Its name beside the film.
MANIFEST_FILE: Final = "manifest.json"
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


class Unreadable(Permanent):
    """This manifest does not tell how its film was made."""

    code: ClassVar[str] = "manifest_unreadable"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A finished film, as its manifest tells it."""

    order: Order
    #: What the commission added: for whom it was made.
    record: Mapping[str, Any]
    #: Every step with its result, in an order where each follows those it needs.
    steps: tuple[tuple[Step, Result], ...]


def read_manifest(document: bytes, delivery: Result, *, pool: Callable[[str], str]) -> Delivered:
    """Read a manifest back, with the result of the step that wrote it.

    ``pool`` names that of an engine. Raises Unreadable.
    """
    try:
        return _read(json.loads(document), delivery, pool)
    except TtvError as error:
        raise Unreadable(f"the manifest cannot be read: {error.message}") from error
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise Unreadable(f"the manifest lacks something: {error}") from error


def _read(told: Mapping[str, Any], delivery: Result, pool: Callable[[str], str]) -> Delivered:
    if told["version"] != VERSION:
        raise Unreadable(f"its version is {told['version']}, and {VERSION} is known")
    order = Order.from_json(told["order"])
    heads = tuple(Seam(Join(seam["join"]), seam["reason"]) for seam in told["seams"])
    rest = steps(from_document(told["plan"]), heads, pool=pool(order.generator))
    results = {name: Result.from_json(made) for name, made in told["steps"].items()}
    results[rest[-1].name] = delivery
    made = tuple((step, results[step.name]) for step in (*opening_steps(), *rest))
    return Delivered(order, told["job"], made)


def film_warnings(results: Mapping[str, Result]) -> tuple[str, ...]:
    """Collect the warnings of all steps, each once, with the shot it is about."""
    said: dict[str, None] = {}
    for name, result in results.items():
        _, _, number = name.partition("-")
        about = f"shot {number}: " if number else ""
        said.update(dict.fromkeys(about + warning for warning in result.warnings))
    return tuple(said)
