"""``ttv plan``: show what a prompt would become, in a form to edit and render."""

from __future__ import annotations

from typing import Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import FILMS, app, examples


@app.command(
    rich_help_panel=FILMS,
    epilog=examples(
        'ttv plan "waves roll in. then a storm breaks" --seconds 12',
        'ttv plan "a day at sea" > sea.yaml && ttv render --plan sea.yaml',
    ),
)
def plan(
    prompt: options.Prompt = None,
    *,
    seconds: options.Seconds = None,
    size: options.Size = None,
    fps: options.Fps = None,
    seed: options.Seed = None,
    generator: options.Generator = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the exact, versioned JSON document.")
    ] = False,
) -> None:
    """Show the shots that a prompt becomes, as YAML to edit and render."""
    from ttv import settings
    from ttv.cli._run import run
    from ttv.pipeline import Wish

    loaded = settings.load()
    wish = Wish(
        prompt=options.read_prompt(prompt),
        seconds=seconds,
        size=size,
        fps=fps,
        seed=seed,
        generator=generator,
    )
    order = options.make_order(loaded, wish, None)
    from ttv.cli import _planning  # loads the film-maker: a refusal does not wait for it

    made = run(_planning.plan(order, loaded))
    print(_planning.to_json(made) if json else _planning.to_yaml(made), end="")
