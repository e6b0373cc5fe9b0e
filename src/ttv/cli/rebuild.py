"""``ttv rebuild``: the jobs of the films that are there, after Redis has lost them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import SERVICE, app, examples

if TYPE_CHECKING:
    from ttv.wiring.rebuild import Rebuilt


@app.command(
    rich_help_panel=SERVICE,
    epilog=examples("ttv rebuild", "REDIS_URL=redis://10.0.0.5:6379 ttv rebuild --json"),
)
def rebuild(
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data_dir: options.DataDir = None,
) -> None:
    """Make the list of finished jobs again from the films in the store.

    For a Redis that lost its data. Jobs that are known are left as they are, so it may run
    beside the service, and twice. Jobs that were not finished have to be ordered again; what
    was made for them is in the store and not made again.
    """
    from dataclasses import asdict
    from json import dumps

    from ttv.cli._run import run
    from ttv.wiring.rebuild import rebuild

    rebuilt = run(rebuild(options.load_settings(data_dir=data_dir)))
    print(dumps(asdict(rebuilt)) if json else _text(rebuilt))


def _text(rebuilt: Rebuilt) -> str:
    """Say it a fact a line."""
    return "\n".join(
        (
            f"restored   {rebuilt.restored:>5}",
            f"known      {rebuilt.known:>5}",
            f"unreadable {len(rebuilt.unreadable):>5}",
            *(f"  {film.key}: {film.reason}" for film in rebuilt.unreadable),
        )
    )
