"""What stands in files, read or refused in a sentence."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import yaml

from ttv.errors import InvalidRequest


def read_yaml(path: Path) -> Mapping[str, object]:
    """Read a mapping; a file that is not there holds nothing. Raises InvalidRequest."""
    if not path.is_file():
        return {}
    try:
        document = yaml.safe_load(open_text(path))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise InvalidRequest(f"{path.name} is not valid YAML{where}", param=path.name) from error
    if not isinstance(document, dict | None):
        raise InvalidRequest(f"{path.name} must hold settings as 'key: value'", param=path.name)
    return document or {}


def read_secret(path: Path, place: str) -> str:
    """Read a secret without its trailing newline. Raises InvalidRequest naming ``place``."""
    return open_text(path, named_by=place).read().rstrip("\r\n")


def open_text(path: Path, *, named_by: str | None = None) -> io.StringIO:
    """Read a whole file. Raises InvalidRequest naming it, and the place that names it."""
    source = f"{path}, named by {named_by}," if named_by else str(path)
    try:
        return io.StringIO(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise InvalidRequest(
            f"{source} cannot be read: {reason}", param=named_by or path.name
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{source} is not UTF-8 text", param=named_by or path.name) from error
