"""``ttv sweep``: remove from the store what nobody needs, now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import SERVICE, app, examples

if TYPE_CHECKING:
    from ttv.wiring.sweeping import Swept


@app.command(
    rich_help_panel=SERVICE,
    epilog=examples("ttv sweep --dry-run", "TTV_FILM_DAYS=30 ttv sweep --dry-run --json"),
)
def sweep(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Remove nothing; say what would be removed.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data_dir: options.DataDir = None,
) -> None:
    """Remove from the store what nobody needs.

    These are films and step results that are older than TTV_FILM_DAYS and TTV_STEP_DAYS, what
    is left of deleted jobs and of attempts that were made anew, and broken uploads. The workers
    do it by themselves about once an hour; it may run beside them.
    """
    from json import dumps

    from ttv.cli._run import run
    from ttv.wiring.retention import What
    from ttv.wiring.sweeping import sweep

    swept = run(sweep(options.load_settings(data_dir=data_dir), dry=dry_run))
    if json:
        removed = {what.value: swept[what]._asdict() for what in What}
        print(dumps({"dry_run": dry_run, "removed": removed}))
    else:
        print(_text(swept, dry=dry_run))


def _text(swept: Swept, *, dry: bool) -> str:
    """Say it a reason a line."""
    from ttv.cli._target import file_size
    from ttv.wiring.retention import What

    names = {
        What.FILM: "films past their days",
        What.ORPHAN: "films of no job",
        What.UNUSED: "steps to go in a day",
        What.STEP: "steps past their days",
        What.UPLOAD: "broken uploads",
    }
    lines = (
        f"{name:<22} {swept[what].files:>8} files {file_size(swept[what].bytes):>10}"
        for what, name in names.items()
    )
    return "\n".join((*lines, "nothing was removed: --dry-run") if dry else lines)
