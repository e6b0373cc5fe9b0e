"""Ask a service for a film, and stay with the job if that is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from ttv.cli import _options as options
from ttv.cli._files import sent
from ttv.cli._following import follow, left_running
from ttv.cli._saving import save_film
from ttv.cli._target import from_here
from ttv.cli._writing import to_json
from ttv.client import Client, Dollars, Job, When


@dataclass(frozen=True, slots=True)
class Terms:
    """On which conditions a film is made."""

    priority: str | None = None
    start_at: When | None = None
    deadline: When | None = None
    max_cost: Dollars | None = None


@dataclass(frozen=True, slots=True)
class Film:
    """A film of a prompt or a plan."""

    request: Mapping[str, Any]
    #: Ids or paths of files by the fields of the request that name them.
    files: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def forms(self) -> Collection[str]:
        """Name the forms that it is asked for in."""
        forms: Collection[str] = self.request.get("outputs", ())
        return forms

    async def ask(self, client: Client, terms: Terms) -> Job:
        """Ask a service for it."""
        return await client.create(
            {**self.request, **await sent(client, self.files)},
            priority=terms.priority,
            start_at=terms.start_at,
            deadline=terms.deadline,
            max_cost=terms.max_cost,
        )


@dataclass(frozen=True, slots=True)
class Again:
    """A film that is made again from its manifest."""

    manifest: Mapping[str, Any]
    allow_differences: bool
    #: The service reads them from the manifest.
    forms: Collection[str] = ()

    async def ask(self, client: Client, terms: Terms) -> Job:
        """Ask a service for it."""
        return await client.reproduce(
            self.manifest,
            allow_differences=self.allow_differences,
            priority=terms.priority,
            start_at=terms.start_at,
            deadline=terms.deadline,
            max_cost=terms.max_cost,
        )


@dataclass(frozen=True, slots=True)
class Submission:
    """A film that is asked for."""

    film: Film | Again
    terms: Terms
    #: Where the film is saved, its other forms beside it.
    path: Path | None
    #: Whether other forms overwrite what is there.
    force: bool
    #: Stay until the job is over.
    wait: bool
    json: bool

    async def send(self, url: str | None) -> None:
        """Make the job and print it, or its id; follow it to its film if that is wanted."""
        console = Console(stderr=True, highlight=False)
        if self.path and self.film.forms:
            _check_free(self.path, self.film.forms, force=self.force)
        async with options.open_client(url) as client:
            job = await self.film.ask(client, self.terms)
            if not self.json:
                print(job.id, flush=True)
            if self.wait or self.path:
                job = await self._stay(client, job.id, console)
            elif not self.json:
                ways = f"follow it: ttv status {job.id} --wait   end it: ttv cancel {job.id}"
                console.print(ways, soft_wrap=True)
        if self.json:
            print(to_json(job))

    async def _stay(self, client: Client, job_id: str, console: Console) -> Job:
        try:
            job = await follow(client, job_id, console)
            if self.path:
                for path in await save_film(client, job_id, self.path, force=self.force):
                    console.print(f"saved {from_here(path)}", soft_wrap=True)
        except asyncio.CancelledError as error:
            raise left_running(job_id) from error
        return job


def _check_free(film: Path, forms: Collection[str], *, force: bool) -> None:
    """Refuse, before anything is made, to overwrite another form that is there."""
    from ttv.cli._beside import check_free, files_by_role  # loads what makes forms

    check_free(film, files_by_role(forms).values(), force=force)
