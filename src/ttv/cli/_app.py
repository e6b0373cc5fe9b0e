"""The command ``ttv`` and what its subcommands share."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Final

import typer

#: Groups of commands in ``ttv --help``.
FILMS: Final = "Make films here"
SERVICE: Final = "Run the service"
JOBS: Final = "Use a running service"
STEER: Final = "Steer a job"
LOOK: Final = "Look closer"

app: Final = typer.Typer(
    name="ttv",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def examples(*commands: str) -> str:
    """Write the end of a help page: commands to copy."""
    return "\n".join(["[bold]Examples[/bold]", *(f"  {line}" for line in commands)])


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the flag
    if wanted:
        typer.echo(f"ttv {version('ttv-pipeline')}")
        raise typer.Exit


@app.callback(
    epilog=examples(
        'ttv render "a red fox runs through a snowy forest at night" -o fox.mp4',
        "ttv up",
        'ttv submit "a small boat crosses a stormy sea" --wait',
    )
)
def ttv(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Turn one prompt into one finished film."""
