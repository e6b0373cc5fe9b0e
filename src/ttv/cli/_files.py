"""What commands show of files, and the files that a request names by their paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from ttv.cli._target import file_size
from ttv.cli._times import clock
from ttv.cli._writing import print_table, to_json
from ttv.client import Client, File, Files
from ttv.errors import InvalidRequest

_ID: Final = "file_"
_PAGE: Final = 100


async def sent(client: Client, files: Mapping[str, str | None]) -> Mapping[str, str]:
    """Give the ids of the files that a request names; those that are paths are uploaded first.

    Raises InvalidRequest naming the option.
    """
    ids = {}
    for name, said in files.items():
        if said is None:
            continue
        option = "--" + name.replace("_", "-")
        try:
            ids[name] = said if said.startswith(_ID) else await _uploaded(client, name, said)
        except InvalidRequest as error:
            raise InvalidRequest(f"{option}: {error.message}", param=option) from error
    return ids


async def _uploaded(client: Client, purpose: str, path: str) -> str:
    return (await client.files.upload(Path(path), purpose=purpose)).id


async def find(files: Files, limit: int) -> list[File]:
    """Collect so many files, page by page."""
    found: list[File] = []
    cursor: str | None = None
    while len(found) < limit:
        page = await files.list(limit=min(_PAGE, limit - len(found)), cursor=cursor)
        found += page.files
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def show_id(file: File, *, as_json: bool) -> None:
    """Print the id of a file that was just sent."""
    print(to_json(file) if as_json else file.id, flush=True)


def show_all(files: Iterable[File], *, as_json: bool) -> None:
    """Print a row for each file."""
    if as_json:
        for file in files:
            print(to_json(file))
        return
    rows = (
        (one.id, one.kind, _extent(one), file_size(one.size), one.filename or "") for one in files
    )
    print_table(("id", "kind", "extent", "size", "name"), rows, right=("extent", "size"))


def show(file: File, *, as_json: bool) -> None:
    """Print a file, a fact a line."""
    if as_json:
        print(to_json(file))
        return
    for name, value in _facts(file):
        print(f"{name:<8} {value}")


def _facts(file: File) -> Iterator[tuple[str, str]]:
    yield "id", file.id
    yield "kind", f"{file.kind}, {_extent(file)}"
    yield "size", file_size(file.size)
    yield "sha256", file.sha256
    yield "sent", clock(file.created_at)
    if file.filename:
        yield "name", file.filename


def _extent(file: File) -> str:
    return f"{file.seconds:.1f} s" if file.seconds is not None else f"{file.width}x{file.height}"
