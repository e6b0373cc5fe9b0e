"""Make an output from the event loop."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from ttv import children
from ttv.children import Limits
from ttv.errors import storage_errors
from ttv.outputs._port import Source
from ttv.outputs._room import find

_MEMORY_BYTES: Final = 6 << 30
_START_SECONDS: Final = 120
_SECONDS_PER_FRAME: Final = 4
#: More than any film here has; a full disk is met before.
_OUTPUT_BYTES: Final = 64 << 30


async def make(
    name: str, source: Source, folder: Path, *, report: Callable[[float, str], None]
) -> Mapping[str, Path]:
    """Write the files of an output into a folder and give them by role.

    Cancelling the call ends all work and leaves nothing in the folder. Raises InvalidRequest for
    an unknown output, Unreadable for a damaged film or clip, the storage errors and Transient.
    """
    output = find(name)
    with (
        storage_errors(folder),
        tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as making,
    ):
        await children.run(
            "ttv.outputs._child",
            {"name": name, "folder": making, "source": _plain(source)},
            limits=_limits(source),
            listener=lambda fraction, _: report(fraction, f"making {name}"),
        )
        made = {role: folder / file for role, file in output.files.items()}
        for path in made.values():
            os.replace(Path(making, path.name), path)  # noqa: PTH105 - a rename does not block
        return made


def _limits(source: Source) -> Limits:
    """Allow what the slowest output of a large picture takes; by the clock, of a busy machine."""
    seconds = _START_SECONDS + _SECONDS_PER_FRAME * source.frames
    return Limits(_MEMORY_BYTES, seconds, wall_seconds=4.0 * seconds, output_bytes=_OUTPUT_BYTES)


def _plain(source: Source) -> dict[str, object]:
    clips = [str(clip) for clip in source.clips]
    return {**asdict(source), "film": str(source.film), "clips": clips}
