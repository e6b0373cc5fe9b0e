"""``ttv estimate``: what a film would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ttv.cli import _options as options
from ttv.cli._app import FILMS, app, examples

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ttv.client import Estimate


@app.command(
    rich_help_panel=FILMS,
    epilog=examples(
        'ttv estimate "waves roll in. then a storm breaks" --generator kling',
        "ttv estimate --plan sea.yaml --json",
        'ttv estimate "a small boat" --url http://films.example:8000',
    ),
)
def estimate(
    prompt: options.Prompt = None,
    *,
    plan: options.PlanFile = None,
    seconds: options.Seconds = None,
    size: options.Size = None,
    fps: options.Fps = None,
    seed: options.Seed = None,
    mode: options.Mode = None,
    generator: options.Generator = None,
    json: options.Json = False,
    url: options.AskUrl = None,
) -> None:
    """Show what a film would cost, shot by shot; nothing is made.

    No server is needed; with --url, that service tells what it would cost there.
    """
    from ttv.cli import _estimating
    from ttv.cli._run import run

    wish: dict[str, Any] = {
        "prompt": options.read_prompt(prompt),
        "seconds": seconds,
        "size": size,
        "fps": fps,
        "seed": seed,
        "mode": mode,
        "generator": generator,
    }
    if url:
        found = run(_ask(url, options.to_request(plan, **wish)))
    else:
        from ttv import settings
        from ttv.pipeline import Wish

        loaded = settings.load()
        order = options.make_order(loaded, Wish(**wish), plan)
        found = run(_estimating.estimate(order, loaded))
    _estimating.show(found, as_json=json)


async def _ask(url: str, request: Mapping[str, Any]) -> Estimate:
    async with options.open_client(url) as client:
        return await client.estimate(request)
