"""Put the other forms of a film beside it, under its own name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from ttv import outputs
from ttv.artifacts import Artifact, Store
from ttv.errors import InvalidRequest, storage_errors

_OPTION: Final = "--output"
#: How the film is called by what refers to it.
_FILM: Final = "film.mp4"


def check_free(film: Path, forms: Collection[str], *, force: bool) -> None:
    """Refuse, before anything is made, to overwrite a file that is there."""
    for _, name in _files(forms):
        path = _named(film, name)
        if path.exists() and not force:
            raise InvalidRequest(
                f"{path} exists; --force overwrites it, -o chooses another name", param=_OPTION
            )


async def write_forms(
    store: Store, delivered: Mapping[str, Artifact], film: Path, forms: Collection[str]
) -> list[Path]:
    """Write the files of all forms; those that name others name them as they are called here."""
    names = {name: _named(film, name).name for _, name in _files(forms)} | {_FILM: film.name}
    texts = {role for form in forms for role in outputs.find(form).texts}
    paths = []
    for role, name in _files(forms):
        path = film.with_name(names[name])
        await store.fetch(delivered[role].key, path)
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


def _files(forms: Collection[str]) -> Iterator[tuple[str, str]]:
    """Give role and name of every file of the forms."""
    for form in forms:
        yield from outputs.find(form).files.items()


def _named(film: Path, name: str) -> Path:
    """Call a file after the film: ``fox.webm``, ``fox.sprites.jpg``."""
    return film.with_name(f"{film.stem}.{name.removeprefix('film.')}")
