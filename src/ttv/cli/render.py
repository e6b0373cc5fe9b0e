"""``ttv render``: make a film in this process, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import FILMS, app, examples
from ttv.errors import Cancelled


@app.command(
    rich_help_panel=FILMS,
    epilog=examples(
        'ttv render "a red fox runs through a snowy forest at night" -o fox.mp4',
        'ttv render "waves roll in. then a storm breaks" --seconds 12 --size 640x360',
        'ttv plan "a day at sea" > sea.yaml && ttv render --plan sea.yaml -o sea.mp4',
    ),
)
def render(
    prompt: options.Prompt = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The MP4 to write, or a folder to put it in."
        ),
    ] = None,
    plan: options.PlanFile = None,
    seconds: options.Seconds = None,
    size: options.Size = None,
    fps: options.Fps = None,
    seed: options.Seed = None,
    mode: options.Mode = None,
    generator: options.Generator = None,
    max_cost: options.MaxCost = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep", help="Also write shots, stills, poster, plan and manifest beside the film."
        ),
    ] = False,
    force: options.Force = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
) -> None:
    """Make a film here and now; no server is needed.

    Stopped with Ctrl-C, the same command goes on where it was: finished shots are reused.
    """
    from ttv import children, settings
    from ttv.cli import _target
    from ttv.cli._run import run
    from ttv.pipeline import Wish

    loaded = settings.load()
    wish = Wish(
        prompt=options.read_prompt(prompt),
        seconds=seconds,
        size=size,
        fps=fps,
        seed=seed,
        mode=mode,
        generator=generator,
    )
    order = options.make_order(loaded, wish, plan)
    title = order.plan.brief if order.plan else order.prompt
    path = _target.choose(output, title or "film", force=force)
    limit = options.read_max_cost(max_cost)
    children.warm(f"ttv.generators.{order.generator}")  # beside what is loaded here
    from ttv.cli import _rendering  # loads the film-maker: a refusal does not wait for it

    try:
        film = run(
            _rendering.make(order, loaded, path, max_cost=limit, keep=keep, quiet=quiet or json)
        )
    except Cancelled as error:
        raise Cancelled(
            "stopped; finished shots are kept: the same command goes on from them"
        ) from error
    if json:
        print(film.to_json())
    elif not quiet:
        print(film.summary())
