"""``ttv submit``: ask a running service for a film."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ttv.cli import _options as options
from ttv.cli._app import JOBS, app, examples


@app.command(
    rich_help_panel=JOBS,
    epilog=examples(
        'ttv submit "a small boat crosses a stormy sea" --wait',
        'ttv submit "a small boat crosses a stormy sea" -o boat.mp4',
        "ttv submit --plan sea.yaml --url http://films.example:8000",
    ),
)
def submit(
    prompt: options.Prompt = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Wait, and save the film here when it is made."
        ),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Show progress to the end.")] = False,
    plan: options.PlanFile = None,
    seconds: options.Seconds = None,
    size: options.Size = None,
    fps: options.Fps = None,
    seed: options.Seed = None,
    mode: options.Mode = None,
    generator: options.Generator = None,
    force: options.Force = False,
    url: options.Url = None,
) -> None:
    """Ask a running service for a film, and print the id of the job.

    Ctrl-C while waiting ends the watching only; the job goes on.
    """
    from ttv.cli import _target
    from ttv.cli._run import run

    request = options.to_request(
        plan,
        prompt=options.read_prompt(prompt),
        seconds=seconds,
        size=size,
        fps=fps,
        seed=seed,
        mode=mode,
        generator=generator,
    )
    title = str(request.get("prompt") or (plan and plan.stem) or "film")
    path = _target.choose(output, title, force=force) if output else None
    run(_submit(url, request, path, wait=wait))


async def _submit(
    url: str | None, request: Mapping[str, Any], path: Path | None, *, wait: bool
) -> None:
    from rich.console import Console

    from ttv.cli._following import follow, left_running
    from ttv.cli._target import from_here

    console = Console(stderr=True, highlight=False)
    async with options.open_client(url) as client:
        job = await client.create(request)
        print(job.id, flush=True)
        if not (wait or path):
            console.print(f"follow it: ttv status {job.id} --wait   end it: ttv cancel {job.id}")
            return
        try:
            await follow(client, job.id, console)
            if path:
                await client.download(job.id, path)
                console.print(f"saved {from_here(path)}", soft_wrap=True)
        except asyncio.CancelledError as error:
            raise left_running(job.id) from error
