"""The manifest beside a film: what was made, from what, by whom, and how long it took."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, ClassVar, Final, NamedTuple

from ttv.artifacts import Artifact, checked_key
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
    *,
    files: Mapping[str, Artifact],
    first: Plan,
    made_with: Mapping[str, str],
) -> dict[str, Any]:
    """Describe a finished film as plain JSON, down to who ordered it and what it cost.

    ``files`` are those beside which it will lie; ``first`` is the plan before any shot was made
    anew, and ``made_with`` names the versions of all that made it.
    """
    return {
        "version": VERSION,
        "ttv": made_with["ttv"],
        **commission.record,
        "made_with": dict(made_with),
        "order": order.to_json(),
        "plan": to_document(plan),
        **({"planned": to_document(first)} if first != plan else {}),
        "seams": [
            {"shot": number, "join": head.join.value, "reason": head.reason}
            for number, head in enumerate(heads, start=1)
        ],
        "warnings": list(film_warnings(results)),
        "files": {
            role: {
                "name": PurePosixPath(file.key).name,
                "size": file.size,
                "sha256": file.sha256,
                "content_type": file.content_type,
            }
            for role, file in files.items()
        },
        "steps": {name: result.to_json() for name, result in results.items()},
    }


class Told(NamedTuple):
    """A file beside a manifest."""

    name: str
    #: None where the manifest is of a version of ttv that did not tell it.
    sha256: str | None


#: What lies beside a manifest that does not tell it.
_USUAL: Final = {
    "film": Told("film.mp4", None),
    "poster": Told("poster.png", None),
    "plan": Told("plan.json", None),
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


def told_files(document: bytes) -> Mapping[str, Told]:
    """Read which files lie beside a manifest, by role. Raises Unreadable."""
    with _readable():
        files = json.loads(document).get("files")
        if files is None:
            return _USUAL
        return {
            role: Told(checked_key(file["name"]), file["sha256"]) for role, file in files.items()
        }


def tells_of(document: bytes, results: Mapping[str, Result]) -> bool:
    """Tell whether a manifest is that of a film made of these results. Raises Unreadable."""
    with _readable():
        made = {name: step["address"] for name, step in json.loads(document)["steps"].items()}
        return made == {name: result.address for name, result in results.items()}


def read_manifest(document: bytes, delivery: Result, *, pool: Callable[[str], str]) -> Delivered:
    """Read a manifest back, with the result of the step that wrote it.

    ``pool`` names that of an engine. Raises Unreadable.
    """
    with _readable():
        return _read(json.loads(document), delivery, pool)


@contextmanager
def _readable() -> Iterator[None]:
    """Say what a manifest lacks as Unreadable."""
    try:
        yield
    except TtvError as error:
        raise Unreadable(f"the manifest cannot be read: {error.message}") from error
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise Unreadable(f"the manifest lacks something: {error}") from error


def _read(told: Mapping[str, Any], delivery: Result, pool: Callable[[str], str]) -> Delivered:
    if told["version"] != VERSION:
        raise Unreadable(f"its version is {told['version']}, and {VERSION} is known")
    order = Order.from_json(told["order"])
    heads = tuple(Seam(Join(seam["join"]), seam["reason"]) for seam in told["seams"])
    rest = steps(
        from_document(told["plan"]), heads, pool=pool(order.generator), forms=order.outputs
    )
    results = {name: Result.from_json(made) for name, made in told["steps"].items()}
    results[rest[-1].name] = delivery
    made = tuple((step, results[step.name]) for step in (*opening_steps(), *rest))
    return Delivered(order, told["job"], made)


def film_warnings(results: Mapping[str, Result]) -> tuple[str, ...]:
    """Collect the warnings of all steps, each once, with the shot it is about."""
    said: dict[str, None] = {}
    for name, result in results.items():
        _, _, of = name.partition("-")
        about = f"shot {of}: " if of.isdecimal() else f"{of}: " if of else ""
        said.update(dict.fromkeys(about + warning for warning in result.warnings))
    return tuple(said)
