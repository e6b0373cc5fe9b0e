"""Where a file of a film is put: never half of it, never over another one unasked."""

from __future__ import annotations

import re
import sys
import unicodedata
from itertools import count
from pathlib import Path
from typing import Final

import typer

from ttv.errors import InvalidRequest, storage_errors
from ttv.files import unfinished

SUFFIX: Final = ".mp4"
_MAX_SLUG: Final = 40


def slug(title: str) -> str:
    """Make a file name out of the first words of a title."""
    words: list[str] = re.findall(r"\w+", unicodedata.normalize("NFC", title).casefold())
    name = words[0][:_MAX_SLUG] if words else "film"
    for word in words[1:]:
        if len(name) + len(word) >= _MAX_SLUG:
            break
        name += f"-{word}"
    return name


def choose(asked: Path | None, title: str, *, force: bool, suffix: str = SUFFIX) -> Path:
    """Settle the path of a file before it is made.

    Without a wish, a free name in the working folder. Raises InvalidRequest for a name that
    is taken, unless the user agrees to overwrite it, and StorageUnwritable.
    """
    with storage_errors(asked.parent if asked else Path.cwd()):
        path = _chosen(asked, title, force=force, suffix=suffix)
    with storage_errors(path.parent):
        part = unfinished(path)
        part.touch()
        part.unlink()
    return path


def from_here(path: Path) -> str:
    """Write a path as short as the working folder allows."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def file_size(count: int) -> str:
    """Write a number of bytes for people."""
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{count / 1e3:.0f} kB"


def _chosen(asked: Path | None, title: str, *, force: bool, suffix: str) -> Path:
    if asked is None:
        return _free(Path.cwd(), slug(title), suffix)
    if asked.is_dir():
        return _free(asked, slug(title), suffix)
    path = _checked(asked, suffix)
    if path.exists() and not (force or _agreed(path)):
        raise InvalidRequest(
            f"{asked} exists; --force overwrites it, -o chooses another name", param="-o"
        )
    return path


def _free(folder: Path, name: str, suffix: str) -> Path:
    names = (
        f"{name}{suffix}" if number == 1 else f"{name}-{number}{suffix}" for number in count(1)
    )
    return next(path for each in names if not (path := folder / each).exists())


def _checked(asked: Path, suffix: str) -> Path:
    if str(asked) == "-":
        raise InvalidRequest("a film cannot go to standard output; name a file", param="-o")
    named = asked if asked.suffix else asked.with_suffix(suffix)
    if named.suffix.lower() != suffix:
        better = named.with_suffix(suffix).name
        what = suffix.removeprefix(".").upper()
        raise InvalidRequest(f"this is made as {what}; name it {better}", param="-o")
    for path in (asked, named):
        if path.exists() and not path.is_file():
            raise InvalidRequest(f"{path} is not a plain file; choose another name", param="-o")
    return named.resolve()


def _agreed(path: Path) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return typer.confirm(f"{from_here(path)} exists. Overwrite it?", err=True)
