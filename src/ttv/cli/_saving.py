"""Bring the files of a finished film here."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ttv.cli import _target
from ttv.client import Client, Output
from ttv.errors import InvalidRequest, Permanent, storage_errors
from ttv.files import sha256_of

#: What is delivered of every film, whatever forms it was asked for in.
_ALWAYS: Final = frozenset({"film", "poster", "plan", "manifest"})


async def save(client: Client, job_id: str, to: Path | None, *, output: str, force: bool) -> Path:
    """Save one file of a film; without a wish, under the job's id."""
    _check_form(output)
    made = await client.artifact(job_id, output=output, download=True)
    path = _target.choose(to, job_id, force=force, suffix=Path(made.file).suffix)
    await client.download(job_id, path, output=output)
    return path


async def save_film(client: Client, job_id: str, to: Path, *, force: bool) -> list[Path]:
    """Save a film, and its other forms beside it, called after it.

    Raises InvalidRequest where another file has one of their names; the film is saved then.
    """
    await client.download(job_id, to)
    listed = await client.outputs(job_id, download=True)
    files = {one.name: _checked(one.file) for one in listed if one.name not in _ALWAYS}
    if not files:
        return [to]
    from ttv.cli._beside import check_free, write_forms  # loads what makes forms

    async def fetch(role: str, path: Path) -> None:
        await client.download(job_id, path, output=role)

    check_free(to, files.values(), force=force)
    return [to, *await write_forms(fetch, files, to)]


async def save_all(client: Client, job_id: str, to: Path | None, *, force: bool) -> list[Path]:
    """Save all files of a film in a folder, under the names by which they know each other.

    What is there already is not loaded again. Raises InvalidRequest, before anything is saved,
    where another file has one of the names.
    """
    folder = to or Path.cwd() / _target.slug(job_id)
    outputs = await client.outputs(job_id, download=True)
    paths = {output: folder / _checked(output.file) for output in outputs}
    missing = {output: path for output, path in paths.items() if not _is_there(path, output)}
    for path in missing.values():
        if path.exists() and not force:
            raise InvalidRequest(
                f"{path} exists; --force overwrites it, -o chooses another folder", param="-o"
            )
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for output, path in missing.items():
        await client.download(job_id, path, output=output.name)
    return list(paths.values())


def _check_form(output: str) -> None:
    """Tell who means the file that ``-o`` names it."""
    if "." in output or "/" in output:
        raise InvalidRequest(
            "--output names a form of the film, such as webm; -o names the file", param="--output"
        )


def _checked(name: str) -> str:
    """Refuse a name that leads out of the folder."""
    if not name or Path(name).name != name or name.startswith("."):
        raise Permanent("the service names a file in a way that cannot be; is it a TTV service?")
    return name


def _is_there(path: Path, output: Output) -> bool:
    """Tell whether a file is the one of the service."""
    with storage_errors(path.parent):
        if not path.is_file() or path.stat().st_size != output.size:
            return False
        return sha256_of(path) == output.sha256
