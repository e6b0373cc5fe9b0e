"""Read the manifest of a film that is made again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ttv.cli import _options as options
from ttv.errors import InvalidRequest

if TYPE_CHECKING:  # these load the film-maker, which a refusal must not wait for
    from ttv.pipeline import Order
    from ttv.settings import Settings

_MOST_BYTES: Final = 64 << 20
_OPTION: Final = "--manifest"


def read(file: Path, **others: object) -> Mapping[str, Any]:
    """Read a manifest, which fixes all of the film: its other options must not be given.

    Raises InvalidRequest for them, and for what is no JSON object.
    """
    for name, value in others.items():
        if value is not None:
            raise InvalidRequest(
                f"{name} cannot be given beside {_OPTION}, which says it", param=name
            )
    try:
        with file.open("rb") as opened:
            raw = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or error
        raise InvalidRequest(f"{file} cannot be read: {reason}", param=_OPTION) from error
    if len(raw) > _MOST_BYTES:
        raise InvalidRequest(f"{file.name} has more than {_MOST_BYTES >> 20} MiB", param=_OPTION)
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"{file.name} is no JSON document", param=_OPTION) from error
    if not isinstance(document, dict):
        raise InvalidRequest(f"{file.name} is no manifest of a film", param=_OPTION)
    return document


async def order_of(
    document: Mapping[str, Any], settings: Settings, *, allow_differences: bool
) -> Order:
    """Give the order that makes the film of a manifest again in this process.

    Raises InvalidRequest, and NotReproducible for what would come out otherwise, unless that
    is allowed.
    """
    from ttv.wiring.films import open_pipeline

    async with open_pipeline(settings) as pipeline:
        again = pipeline.reproduced(document, options.limits_of(settings))
    return again.allowing(differences=allow_differences)
