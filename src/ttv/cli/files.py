"""``ttv files``: the images and audio that films are made with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import JOBS, app, examples

if TYPE_CHECKING:
    from ttv.client import File

_ID = "file_3V5K8Q2M7T9W1X4Z6B0C2D4F8H"
files = typer.Typer(
    no_args_is_help=True,
    help="""Give a service the images and audio that films are made with.

    They are kept without tags, images as PNG and audio as FLAC; the same file is kept once.""",
    epilog=examples(
        "ttv files upload harbour.jpg waves.mp3",
        f'ttv submit "the camera draws nearer" --first-frame {_ID}',
        "ttv files list",
    ),
)
app.add_typer(files, name="files", rich_help_panel=JOBS)

FileId = Annotated[str, typer.Argument(metavar="ID", help="The id that ttv files list shows.")]


@files.command(epilog=examples("ttv files upload harbour.jpg waves.mp3"))
def upload(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="What to send.")],
    *,
    json: options.JsonLines = False,
    url: options.Url = None,
) -> None:
    """Send images (PNG, JPEG, WebP) or audio (WAV, FLAC, MP3, Ogg, M4A, AAC); print their ids."""
    from ttv.cli import _files
    from ttv.cli._run import run

    async def sent() -> None:
        async with options.open_client(url) as client:
            for path in paths:
                _files.show_id(await client.files.upload(path), as_json=json)

    run(sent())


@files.command("list", epilog=examples("ttv files list", "ttv files list --json"))
def list_files(
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    json: options.JsonLines = False,
    url: options.Url = None,
) -> None:
    """List the files that are kept."""
    from ttv.cli import _files
    from ttv.cli._run import run

    async def found() -> list[File]:
        async with options.open_client(url) as client:
            return await _files.find(client.files, limit)

    _files.show_all(run(found()), as_json=json)


@files.command(epilog=examples(f"ttv files show {_ID}"))
def show(file_id: FileId, *, json: options.Json = False, url: options.Url = None) -> None:
    """Show what a file is."""
    from ttv.cli import _files
    from ttv.cli._run import run

    async def found() -> File:
        async with options.open_client(url) as client:
            return await client.files.get(file_id)

    _files.show(run(found()), as_json=json)


@files.command(epilog=examples(f"ttv files delete {_ID}"))
def delete(file_id: FileId, *, url: options.Url = None) -> None:
    """Delete a file. Films that are made with it stay; jobs that still need it fail."""
    from ttv.cli._run import run

    async def deleted() -> None:
        async with options.open_client(url) as client:
            await client.files.delete(file_id)

    run(deleted())
    print(f"{file_id} deleted")
