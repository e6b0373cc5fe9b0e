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
        'ttv submit "the camera draws nearer" --first-frame harbour.jpg --soundtrack waves.mp3',
        "ttv submit --manifest sea.parts/manifest.json -o again.mp4",
    ),
)
def submit(
    prompt: options.Prompt = None,
    *,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            "-o",
            metavar="FILE",
            help="Wait, and save the film here when it is made, its other forms beside it.",
        ),
    ] = None,
    output: options.Forms = None,
    strip_metadata: options.StripMetadata = False,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Show progress to the end.")] = False,
    plan: options.PlanFile = None,
    manifest: options.ManifestFile = None,
    allow_differences: options.AllowDifferences = False,
    seconds: options.Seconds = None,
    size: options.Size = None,
    fps: options.Fps = None,
    seed: options.Seed = None,
    mode: options.Mode = None,
    generator: options.Generator = None,
    first_frame: options.SentFirstFrame = None,
    soundtrack: options.SentSoundtrack = None,
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
    from ttv.cli import _manifests, _target
    from ttv.cli._run import run
    from ttv.cli._submitting import Again, Film, Submission, Terms
    from ttv.cli._times import when

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
    files = {"first_frame": first_frame, "soundtrack": soundtrack}
    if manifest is None:
        wanted: Film | Again = Film(options.to_request(plan, **film), files)
    else:
        document = _manifests.read(manifest, plan=plan, **film, **files)
        wanted = Again(document, allow_differences=allow_differences)
    named = plan or manifest
    title = str(film["prompt"] or (named and named.stem) or "film")
    terms = Terms(
        priority=priority,
        start_at=when(start_at, param="--start-at"),
        deadline=when(deadline, param="--deadline"),
        max_cost=options.read_dollars(max_cost),
    )
    path = _target.choose(to, title, force=force) if to else None
    run(Submission(wanted, terms, path, force=force, wait=wait, json=json).send(url))
