"""Put the other forms of a film beside it, under its own name."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import quote

from ttv import outputs
from ttv.errors import InvalidRequest, storage_errors

#: Writes the file of a role to a path.
Fetch: TypeAlias = Callable[[str, Path], Awaitable[object]]

_OPTION: Final = "--output"
#: How the film is called by what refers to it.
_FILM: Final = "film.mp4"


def files_by_role(forms: Collection[str]) -> dict[str, str]:
    """Name the files of forms by role; a form that is not known here has none."""
    known = outputs.names() if outputs.ALL in forms else sorted({*forms} & {*outputs.names()})
    return {role: name for form in known for role, name in outputs.find(form).files.items()}


def check_free(film: Path, names: Iterable[str], *, force: bool) -> None:
    """Refuse to overwrite a file that is called as one of a film's other forms would be."""
    for name in names:
        path = _named(film, name)
        if path.exists() and not force:
            raise InvalidRequest(
                f"{path} exists; --force overwrites it, -o chooses another name", param=_OPTION
            )


async def write_forms(fetch: Fetch, files: Mapping[str, str], film: Path) -> list[Path]:
    """Write the files of all forms, named by role, beside a film.

    Those that name others name them as they are called here.
    """
    names = {name: _named(film, name).name for name in files.values()} | {_FILM: film.name}
    texts = {role for form in outputs.names() for role in outputs.find(form).texts}
    paths = []
    for role, name in files.items():
        path = film.with_name(names[name])
        await fetch(role, path)
        if role in texts:
            with storage_errors(path.parent):
                path.write_text(renamed(path.read_text("utf-8"), names), "utf-8")
        paths.append(path)
    return paths


def renamed(text: str, names: Mapping[str, str]) -> str:
    """Give a text with other addresses for the files that it names, each a whole word in it."""
    words = "|".join(re.escape(name) for name in names)
    pattern = rf"(?<![\w./-])({words})(?![\w./-])"
    return re.sub(pattern, lambda match: quote(names[match[1]]), text)


def _named(film: Path, name: str) -> Path:
    """Call a file after the film: ``fox.webm``, ``fox.sprites.jpg``."""
    return film.with_name(f"{film.stem}.{name.removeprefix('film.')}")
