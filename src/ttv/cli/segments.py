"""``ttv segments``: the shots of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ttv.cli import _options as options
from ttv.cli._app import LOOK, app, examples

if TYPE_CHECKING:
    from ttv.client import Segment


@app.command(
    rich_help_panel=LOOK,
    epilog=examples(
        "ttv segments job_01JZ8Q5W3N6X4T7V9B2C1D0EFG",
        "ttv segments job_01JZ8Q5W3N6X4T7V9B2C1D0EFG --json | jq -r .prompt",
    ),
)
def segments(
    job_id: options.JobId, *, json: options.JsonLines = False, url: options.Url = None
) -> None:
    """Show the shots of a job, how far each is and what it costs."""
    from ttv.cli._looking import show_segments
    from ttv.cli._run import run

    show_segments(run(_segments(url, job_id)), as_json=json)


async def _segments(url: str | None, job_id: str) -> tuple[Segment, ...]:
    async with options.open_client(url) as client:
        return await client.segments(job_id)
