"""Read the data files of the language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

#: Every scalar stays text, so that "no", "on" and "off" are words and not truth values.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@cache
def table(name: str) -> dict[str, Any]:
    """Give the mapping of one data file, such as ``nouns``; callers must not change it."""
    text = (files("ttv.animatic.language") / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a loader of texts only
    return loaded
