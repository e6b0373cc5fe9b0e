"""Work on API keys, and say what became of them."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

from rich.console import Console
from rich.table import Table

from ttv.access import COMMON, By, Entry, Grant, Issued, Key, Scope, read_audit
from ttv.cli._times import seconds
from ttv.errors import InvalidRequest
from ttv.moments import moment
from ttv.money import parse_usd, usd
from ttv.settings import Settings
from ttv.wiring.keys import open_access

_DOLLAR: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Made:
    """A new key."""

    issued: Issued
    #: True when no request needed a key before.
    first: bool


def grant(
    *, tenant: str, name: str, scopes: str, expires: str, max_cost: str, max_cost_per_day: str
) -> Grant:
    """Read what a key is to allow. Raises InvalidRequest naming the option."""
    return Grant(
        tenant=tenant,
        name=name,
        scopes=_scopes(scopes) if scopes else COMMON,
        lifetime=seconds(expires, param="--expires") if expires else None,
        max_cost=parse_usd(max_cost, param="--max-cost") if max_cost else None,
        max_cost_per_day=parse_usd(max_cost_per_day, param="--max-cost-per-day")
        if max_cost_per_day
        else None,
    )


async def create(settings: Settings, wanted: Grant) -> Made:
    """Make a key."""
    async with open_access(settings) as access:
        first = not await access.keys.in_use()
        return Made(await access.keys.create(wanted, by=_here()), first)


async def find(settings: Settings, tenant: str | None) -> list[Key]:
    """List keys."""
    async with open_access(settings) as access:
        return await access.keys.list(tenant)


async def revoke(settings: Settings, key_id: str) -> None:
    """End a key."""
    async with open_access(settings) as access:
        await access.keys.revoke(key_id, by=_here())


async def rotate(settings: Settings, key_id: str, overlap_seconds: int) -> Issued:
    """Make a key in the place of another one."""
    async with open_access(settings) as access:
        return await access.keys.rotate(key_id, by=_here(), overlap_seconds=overlap_seconds)


async def audit(settings: Settings, limit: int) -> list[Entry]:
    """Read the audit log."""
    async with open_access(settings) as access:
        return await read_audit(access.connection, limit=limit)


def show_new(issued: Issued, *, first: bool, as_json: bool) -> None:
    """Print a new key: its secret alone to standard output, what to do with it beside that."""
    key = issued.key
    if as_json:
        print(json.dumps({**_fields(key), "secret": issued.secret}))
        return
    print(issued.secret, flush=True)
    lines = [
        f"key {key.id} of {key.tenant}: {', '.join(sorted(key.scopes))}{_limits(key)}",
        "It is not shown again. Commands take it from TTV_API_KEY; requests send it as",
        "  Authorization: Bearer KEY",
        *(["From now on every request to the service needs a key."] if first else []),
    ]
    print("\n".join(lines), file=sys.stderr)


def show(keys: Iterable[Key], *, as_json: bool) -> None:
    """Print a row for each key."""
    if as_json:
        for key in keys:
            print(json.dumps(_fields(key)))
        return
    now = int(time.time() * 1_000)
    rows = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("id", "tenant", "state", "last used", "scopes", "name"):
        rows.add_column(column, no_wrap=column in {"id", "tenant", "state"}, overflow="fold")
    for key in keys:
        scopes = ", ".join(sorted(key.scopes)) + _limits(key)
        rows.add_row(key.id, key.tenant, _state(key, now), _day(key.last_used), scopes, key.name)
    Console(highlight=False, markup=False).print(rows)


def show_audit(entries: Iterable[Entry], *, as_json: bool) -> None:
    """Print a line for each entry."""
    for entry in entries:
        if as_json:
            print(json.dumps(asdict(entry)))
        else:
            at = moment(entry.at).isoformat(timespec="seconds")
            words = (at, entry.actor, entry.action, entry.target, entry.tenant, entry.request_id)
            print("  ".join(word for word in words if word))


def _scopes(text: str) -> frozenset[Scope]:
    try:
        return frozenset(Scope(part.strip()) for part in text.split(","))
    except ValueError as error:
        raise InvalidRequest(
            f"--scopes takes {', '.join(Scope)}, with commas between them", param="--scopes"
        ) from error


def _here() -> By:
    return By(f"cli:uid-{os.getuid()}@{socket.gethostname()}")


def _state(key: Key, now: int) -> str:
    if key.revoked_at is not None:
        return f"revoked {_day(key.revoked_at)}"
    if key.expires_at is None:
        return "live"
    return f"{'until' if key.live(now) else 'expired'} {_day(key.expires_at)}"


def _limits(key: Key) -> str:
    total = "" if key.max_cost is None else f", {usd(key.spent)} of {usd(key.max_cost)} USD spent"
    daily = key.max_cost_per_day
    return total + ("" if daily is None else f", {usd(daily)} USD a day")


def _day(milliseconds: int | None) -> str:
    return "" if milliseconds is None else f"{moment(milliseconds):%F}"


def _fields(key: Key) -> dict[str, object]:
    """Give a key as the HTTP API shows it."""
    times = ("created_at", "expires_at", "revoked_at", "last_used")
    return {
        **asdict(key),
        "scopes": sorted(key.scopes),
        **{name: _moment(getattr(key, name)) for name in times},
        **{
            name: _dollars(getattr(key, name)) for name in ("max_cost", "max_cost_per_day", "spent")
        },
    }


def _moment(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else moment(milliseconds).isoformat()


def _dollars(amount: int | None) -> float | None:
    return None if amount is None else amount / _DOLLAR
