"""What a film was made with, by name and version: equal makers make equal films."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

from ttv import assembly
from ttv.pipeline._work import Tools

#: What each maker is called whose version a film depends on; its planner has done its work.
COMPARED: Final[Mapping[str, str]] = {
    "painter": "the version of the painter",
    "generator": "the version of the engine",
    "assembly": "the version of the assembly",
    "libraries": "the set of libraries that draw and encode",
    "ttv": "the version of ttv",
}
#: Other versions of these draw and encode other bytes.
_LIBRARIES: Final = ("av", "numpy", "skia-python")


def makers(tools: Tools) -> dict[str, str]:
    """Tell what the films of these tools are made with."""
    engine = tools.engine
    return {
        "planner": tools.planner.model,
        "painter": tools.painter.model,
        "generator": f"{engine.model} {engine.version}",
        "assembly": str(assembly.VERSION),
        "libraries": ", ".join(f"{name} {version(name)}" for name in _LIBRARIES),
        "ttv": version("ttv-pipeline"),
    }
