"""``ttv submit``: ask a running service for a film."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import JOBS, app, examples


@app.command(
    rich_help_panel=JOBS,
    epilog=examples(
        'ttv submit "a small boat crosses a stormy sea" --wait',
        'ttv submit "a small boat crosses a stormy sea" -o boat.mp4',
        'ttv submit "a small boat at dawn" --generator kling --max-cost 1.50',
        'ttv submit "a lighthouse" --priority low --start-at 2h --deadline 8h',
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
    priority: options.Priority = None,
    start_at: options.StartAt = None,
    deadline: options.Deadline = None,
    max_cost: options.JobMaxCost = None,
    force: options.Force = False,
    json: options.Json = False,
    url: options.Url = None,
) -> None:
    """Ask a running service for a film, and print the id of the job.

    Ctrl-C while waiting ends the watching only; the job goes on.
    """
    from ttv.cli import _target
    from ttv.cli._run import run
    from ttv.cli._submitting import Submission, Terms
    from ttv.cli._times import when

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
    terms = Terms(
        priority=priority,
        start_at=when(start_at, param="--start-at"),
        deadline=when(deadline, param="--deadline"),
        max_cost=options.read_dollars(max_cost),
    )
    path = _target.choose(output, title, force=force) if output else None
    run(Submission(request, terms, path, wait=wait, json=json).send(url))
