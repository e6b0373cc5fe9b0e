"""``ttv demo``: a film through the whole service, started and stopped for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import FILMS, app, examples
from ttv.errors import Cancelled

if TYPE_CHECKING:
    from ttv.settings import Settings

PROMPT = "a red fox runs through a snowy forest at night"


@app.command(
    rich_help_panel=FILMS,
    epilog=examples("ttv demo", 'ttv demo "a small boat crosses a stormy sea"'),
)
def demo(
    prompt: Annotated[str, typer.Argument(help="What the film shows.")] = PROMPT,
    *,
    seconds: Annotated[float, typer.Option(help="Length of the film.")] = 5.0,
    size: options.Size = None,
    data_dir: options.DataDir = None,
) -> None:
    """Start the whole service, ask it for a film over HTTP, save the film, stop the service."""
    from ttv.cli._demonstrating import show
    from ttv.cli._run import run

    loaded: Settings = options.load_settings(data_dir=data_dir)
    request = options.to_request(None, prompt=prompt, seconds=seconds, size=size)
    try:
        run(show(request, loaded))
    except Cancelled as error:
        raise Cancelled("stopped; ttv up goes on with the film where it was") from error
