"""``ttv render``: make a film in this process, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import FILMS, app, examples


@app.command(
    rich_help_panel=FILMS,
    epilog=examples(
        'ttv render "a red fox runs through a snowy forest at night" -o fox.mp4',
        'ttv render "waves roll in. then a storm breaks" --seconds 12 --size 640x360',
        'ttv plan "a day at sea" > sea.yaml && ttv render --plan sea.yaml -o sea.mp4',
        'ttv render "a red fox runs" -o fox.mp4 --output webm --output srt',
        'ttv render "the camera draws nearer" --first-frame harbour.jpg --soundtrack waves.mp3',
        "ttv render --manifest fox.parts/manifest.json -o again.mp4",
    ),
)
def render(
    prompt: options.Prompt = None,
    *,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", "-o", metavar="FILE", help="The MP4 to write, or a folder to put it in."
        ),
    ] = None,
    output: options.Forms = None,
    strip_metadata: options.StripMetadata = False,
    plan: options.PlanFile = None,
    manifest: options.ManifestFile = None,
    allow_differences: options.AllowDifferences = False,
    seconds: options.Seconds = None,
    size: options.Size = None,
    fps: options.Fps = None,
    seed: options.Seed = None,
    mode: options.Mode = None,
    generator: options.Generator = None,
    first_frame: options.FirstFrame = None,
    soundtrack: options.Soundtrack = None,
    max_cost: options.MaxCost = None,
    keep: options.Keep = False,
    force: options.Force = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
) -> None:
    """Make a film here and now; no server is needed.

    Stopped with Ctrl-C, the same command goes on where it was: finished shots are reused.
    """
    from ttv import children, settings
    from ttv.cli import _manifests, _target
    from ttv.cli._run import run

    loaded = settings.load()
    film = {
        "prompt": options.read_prompt(prompt),
        "seconds": seconds,
        "size": size,
        "fps": fps,
        "seed": seed,
        "mode": mode,
        "generator": generator,
        "outputs": output,
        "strip_metadata": strip_metadata or None,
    }
    if manifest is None:
        order = options.make_order(loaded, options.to_wish(**film), plan)
    else:
        document = _manifests.read(
            manifest, plan=plan, first_frame=first_frame, soundtrack=soundtrack, **film
        )
        order = run(_manifests.order_of(document, loaded, allow_differences=allow_differences))
    title = order.plan.brief if order.plan else order.prompt
    path = _target.choose(to, title or "film", force=force)
    limit = options.read_max_cost(max_cost)
    children.warm(f"ttv.generators.{order.generator}")  # beside what is loaded here
    from ttv.cli import _rendering  # loads the film-maker: a refusal does not wait for it
    from ttv.cli._own import Own
    from ttv.uploads import Purpose

    with _rendering.stoppable():
        made = run(
            _rendering.make(
                order,
                loaded,
                path,
                own=Own({Purpose.FIRST_FRAME: first_frame, Purpose.SOUNDTRACK: soundtrack}),
                max_cost=limit,
                keep=keep,
                force=force,
                quiet=quiet or json,
            )
        )
    if json:
        print(made.to_json())
    elif not quiet:
        print(made.summary())
