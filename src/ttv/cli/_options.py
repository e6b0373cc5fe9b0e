"""Options that several commands share, and the order they make."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ttv.errors import InvalidRequest

if TYPE_CHECKING:  # these load the film-maker, which ``ttv --help`` must not wait for
    from ttv.client import Client
    from ttv.pipeline import Limits, Order, Wish
    from ttv.settings import Settings

_FILM: Final = "The film"

Prompt = Annotated[
    str | None,
    typer.Argument(help="What the film shows, in your words; - reads it from standard input."),
]
PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        metavar="FILE",
        help="Make the shots of this plan (YAML or JSON) instead of a prompt.",
        rich_help_panel=_FILM,
    ),
]
ManifestFile = Annotated[
    Path | None,
    typer.Option(
        "--manifest",
        metavar="FILE",
        help="Make the film of this manifest again, instead of a prompt.",
        rich_help_panel=_FILM,
    ),
]
AllowDifferences = Annotated[
    bool,
    typer.Option(
        "--allow-differences",
        help="With --manifest: make it also where it may come out otherwise.",
        rich_help_panel=_FILM,
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option(help="Length; the prompt's beats decide by default.", rich_help_panel=_FILM),
]
Size = Annotated[
    str | None,
    typer.Option(
        metavar="WxH", help="Picture size. [dim]default: 1280x720[/]", rich_help_panel=_FILM
    ),
]
Fps = Annotated[
    int | None,
    typer.Option(help="Frames per second. [dim]default: 24[/]", rich_help_panel=_FILM),
]
Seed = Annotated[
    int | None,
    typer.Option(
        help="Same seed, same film; another seed, another take. [dim]default: from the prompt[/]",
        rich_help_panel=_FILM,
    ),
]
Mode = Annotated[
    str | None,
    typer.Option(
        metavar="MODE",
        help="How shots are joined: keyframe, chaining or auto. [dim]default: auto[/]",
        rich_help_panel=_FILM,
    ),
]
Generator = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The engine that makes the shots. [dim]default: animatic[/]",
        rich_help_panel=_FILM,
    ),
]
Forms = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        metavar="FORM",
        help="A form to have the film in, too: webm, gif, hls, srt ... or all; give it once for "
        "each. [dim]default: MP4 only[/]",
        rich_help_panel=_FILM,
    ),
]
StripMetadata = Annotated[
    bool,
    typer.Option(
        "--strip-metadata",
        help="Write neither title nor a word on how it was made into the film.",
        rich_help_panel=_FILM,
    ),
]
FirstFrame = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="An image (PNG, JPEG, WebP) that the film opens on.",
        rich_help_panel=_FILM,
    ),
]
Soundtrack = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Audio (WAV, FLAC, MP3, Ogg, M4A, AAC) that is heard instead of the scenes.",
        rich_help_panel=_FILM,
    ),
]
SentFirstFrame = Annotated[
    str | None,
    typer.Option(
        "--first-frame",
        metavar="ID|FILE",
        help="An image that the film opens on: uploaded already, or a file to upload.",
        rich_help_panel=_FILM,
    ),
]
SentSoundtrack = Annotated[
    str | None,
    typer.Option(
        "--soundtrack",
        metavar="ID|FILE",
        help="Audio that is heard instead of the scenes: uploaded already, or a file to upload.",
        rich_help_panel=_FILM,
    ),
]
MaxCost = Annotated[
    str | None,
    typer.Option(
        metavar="USD",
        help="What it may cost at most, in US dollars. [dim]default: no limit[/]",
        rich_help_panel=_FILM,
    ),
]
_TERMS: Final = "On which terms"
Priority = Annotated[
    str | None,
    typer.Option(
        metavar="P",
        help="Which of your jobs go first: low, normal or high. [dim]default: normal[/]",
        rich_help_panel=_TERMS,
    ),
]
StartAt = Annotated[
    str | None,
    typer.Option(
        "--start-at",
        "--delay",
        metavar="WHEN",
        help="Nothing begins before: 2030-01-31T09:00, or 2h, 30min from now.",
        rich_help_panel=_TERMS,
    ),
]
Deadline = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="The job fails if it is not over by then; a time, or how long from now.",
        rich_help_panel=_TERMS,
    ),
]
JobMaxCost = Annotated[
    str | None,
    typer.Option(
        "--max-cost",
        metavar="USD",
        help="What the job may cost in all, in US dollars. [dim]default: no limit[/]",
        rich_help_panel=_TERMS,
    ),
]
NewMaxCost = Annotated[
    str | None,
    typer.Option(
        "--max-cost",
        metavar="USD",
        help="What the job may cost in all from now on. [dim]default: as before[/]",
    ),
]
Keep = Annotated[
    bool,
    typer.Option(
        "--keep", help="Also write shots, stills, poster, plan and manifest beside the film."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Force = Annotated[bool, typer.Option("--force", "-f", help="Overwrite a file that exists.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Json = Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")]
JsonLines = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
JobId = Annotated[str, typer.Argument(metavar="JOB", help="The id that ttv submit printed.")]
Output = Annotated[
    str | None,
    typer.Option(
        metavar="FORM",
        help="A form that the film was asked for in, or poster, plan, manifest. "
        "[dim]default: film[/]",
    ),
]
Port = Annotated[
    int | None,
    typer.Option(min=1, max=65_535, help="Port of the API. [dim]default: API_PORT or 8000[/]"),
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Where films, jobs and logs are kept. "
        "[dim]default: TTV_DATA_DIR or ~/.local/share/ttv[/]",
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        envvar="TTV_URL",
        metavar="URL",
        help="Where the service is. [dim]default: this machine, API_PORT[/]",
    ),
]
AskUrl = Annotated[
    str | None,
    typer.Option(
        envvar="TTV_URL", metavar="URL", help="Ask this service. [dim]default: none is asked[/]"
    ),
]


def load_settings(
    *,
    api_host: str | None = None,
    api_port: int | None = None,
    worker_replicas: int | None = None,
    data_dir: Path | None = None,
) -> Settings:
    """Read the settings of this process; what the command line says wins."""
    from ttv import settings

    said = {
        "api_host": api_host,
        "api_port": api_port,
        "worker_replicas": worker_replicas,
        "data_dir": data_dir and data_dir.expanduser().absolute(),
    }
    given = {name: value for name, value in said.items() if value is not None}
    return settings.load().model_copy(update=given)


def read_prompt(prompt: str | None) -> str | None:
    """Take the prompt from standard input where it is ``-``."""
    if prompt != "-":
        return prompt
    return sys.stdin.buffer.read().decode(errors="surrogateescape")


def read_max_cost(dollars: str | None) -> int | None:
    """Read the limit of what a film may cost, in millionths of a US dollar."""
    from ttv.money import parse_usd

    return None if dollars is None else parse_usd(dollars, param="--max-cost")


def read_dollars(dollars: str | None) -> Decimal | None:
    """Read a limit of cost for a request."""
    limit = read_max_cost(dollars)
    return None if limit is None else Decimal(limit).scaleb(-6)


def open_client(url: str | None) -> Client:
    """Give the client of the service at ``url``, by default of the one on this machine.

    The key in ``TTV_API_KEY``, if any, goes with every request.
    """
    from ttv import settings
    from ttv.cli import _listening
    from ttv.client import Client

    if url is None:
        loaded = settings.load()
        url = _listening.url(loaded.api_host, loaded.api_port)
    return Client(url, api_key=os.environ.get("TTV_API_KEY"))


def to_wish(**fields: object) -> Wish:
    """Give what the user asked for; None is the default of each field."""
    from ttv.pipeline import Wish

    given = {name: value for name, value in fields.items() if value is not None}
    return Wish(**given)  # type: ignore[arg-type]  # as the options are typed


def to_request(plan_file: Path | None, **fields: object) -> Mapping[str, Any]:
    """Give the body of a request for a film; the service checks what it says."""
    given = {name: value for name, value in fields.items() if value is not None}
    if plan_file is None:
        return given
    from ttv.planning import to_document

    wish = _planned(to_wish(**given), plan_file)
    kept = {name: given[name] for name in given if getattr(wish, name) is not None}
    return {**kept, "plan": wish.plan and to_document(wish.plan)}


def limits_of(settings: Settings) -> Limits:
    """Say how much one order may ask for."""
    from ttv.pipeline import Limits

    return Limits(settings.max_prompt_chars, settings.max_film_seconds)


def make_order(settings: Settings, wish: Wish, plan_file: Path | None) -> Order:
    """Check what the user asked for, within the limits of the settings.

    Size, frame rate and seed fill what a plan file leaves open; they cannot change what it says.
    """
    from dataclasses import replace

    limits = limits_of(settings)
    wish = replace(
        wish,
        planner=wish.planner or settings.planner,
        painter=wish.painter or settings.painter,
        generator=wish.generator or settings.generator,
    )
    if plan_file is None:
        return wish.order(limits)
    return _planned(wish, plan_file).order(limits)


def _planned(wish: Wish, plan_file: Path) -> Wish:
    """Read the plan file of a wish, whose own picture and seed hold where the file is silent."""
    from dataclasses import replace

    from ttv.media import Format
    from ttv.planning import read_plan
    from ttv.seeds import checked

    picture = Format().altered(size=wish.size, fps=wish.fps)
    plan = read_plan(plan_file, format=picture, seed=checked(wish.seed or 0))
    said = {"size": plan.format.size, "fps": plan.format.fps, "seed": plan.seed}
    for name, value in said.items():
        asked = getattr(wish, name)
        if asked is not None and asked != value:
            raise InvalidRequest(
                f"{name} is {value} in {plan_file.name}; change it there", param=name
            )
    return replace(wish, plan=plan, size=None, fps=None, seed=None)
