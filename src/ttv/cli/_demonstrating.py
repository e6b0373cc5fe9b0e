"""Make one film with a service of its own, step by step before the user's eyes."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from ttv import media
from ttv.cli import _stack
from ttv.cli._following import follow
from ttv.cli._options import open_client
from ttv.cli._target import file_size, slug
from ttv.errors import storage_errors
from ttv.settings import Settings

FOLDER: Final = Path("films")


class _Unheard:
    """The parts speak into their log files only."""

    def line(self, component: str, line: str) -> None:
        """Show nothing."""

    def note(self, component: str, sentence: str) -> None:
        """Show nothing."""


async def show(request: Mapping[str, Any], settings: Settings) -> None:
    """Start the service, submit, follow, download, stop; say what happens."""
    console = Console(highlight=False)
    began = time.monotonic()
    _say(console, "start", "queue server, API and worker")
    async with _stack.running(settings, _Unheard(), any_port=True) as stack:
        _say(console, "ready", f"{stack.url} after {time.monotonic() - began:.1f} s")
        async with open_client(stack.url) as client:
            job = await client.create(request)
            _say(console, "submit", f"POST {stack.url}/v1/jobs {job.id}")
            job = await follow(client, job.id, console)
            path = FOLDER / f"{slug(str(request['prompt']))}-{job.id[-6:].lower()}.mp4"
            with storage_errors(FOLDER):
                FOLDER.mkdir(exist_ok=True)
            await client.download(job.id, path)
        _say(console, "stop", "API, worker and queue server")
    film = await asyncio.to_thread(media.probe, path)
    _say(
        console,
        "film",
        f"{path}: {film.seconds:.1f} s, {film.width}x{film.height}, "
        f"{file_size(path.stat().st_size)}; took {time.monotonic() - began:.1f} s in all",
    )
    _say(console, "watch", _player(path))


def _player(path: Path) -> str:
    """Say how to watch a file on this machine."""
    name = shlex.quote(str(path))
    if sys.platform == "darwin":
        return f"open {name}"
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return f"xdg-open {name}"
    return f"no screen here: copy {name} to a machine that has one"


def _say(console: Console, what: str, text: str) -> None:
    console.print(Text.assemble((f"{what:<7}", "bold"), text), soft_wrap=True)
