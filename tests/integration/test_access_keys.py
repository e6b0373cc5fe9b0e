"""Keys over a real Valkey."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from coredis import Redis
from pydantic import SecretStr

from tests.integration.conftest import Valkey
from ttv.access import (
    FRESH_SECONDS,
    MAX_KEYS,
    By,
    Door,
    ForeignSecret,
    Grant,
    Keys,
    Mode,
    Scope,
    Unauthenticated,
    over,
    read_audit,
)
from ttv.errors import Conflict, InvalidRequest, NotFound, Unavailable
from ttv.redis import Connection
from ttv.settings import Settings

pytestmark = pytest.mark.anyio

ME = By("cli:me", "r1")
SECRET = b"s" * 32
SETTINGS = Settings(key_secret=SecretStr(SECRET.decode()))
HOUR = 3_600_000


@dataclass
class Clock:
    now: float = 0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def connection(shared_valkey: Valkey, redis: Redis[str]) -> AsyncIterator[Connection]:
    async with Connection(shared_valkey.url) as connection:
        over(connection, SETTINGS, host="127.0.0.1")
        yield connection


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(connection: Connection, clock: Clock) -> Keys:
    return Keys(connection, secret=SECRET, monotonic=clock)


async def test_a_key_lets_its_tenant_in(keys: Keys) -> None:
    scopes = frozenset({Scope.JOBS_READ, Scope.ARTIFACTS_READ})
    issued = await keys.create(
        Grant("acme", "desk", scopes, lifetime=60, max_cost=5, max_cost_per_day=7), by=ME
    )
    key = await keys.verify(issued.secret)
    assert (key.tenant, key.name, key.scopes) == ("acme", "desk", scopes)
    assert (key.max_cost, key.max_cost_per_day) == (5, 7)
    assert key.expires_at == key.created_at + 60_000


async def test_what_is_kept_does_not_give_a_key_away(keys: Keys, redis: Redis[str]) -> None:
    issued = await keys.create(Grant(), by=ME)
    await keys.verify(issued.secret)
    kept = ""
    async for name in redis.scan_iter():
        kept += repr(await redis.dump(name)) + name
    assert issued.key.id in kept
    assert issued.secret[18:61] not in kept


@pytest.mark.parametrize("change", [1, 30, 60])
async def test_a_key_that_was_never_made_lets_nobody_in(change: int, keys: Keys) -> None:
    secret = (await keys.create(Grant(), by=ME)).secret
    forged = secret[:change] + ("a" if secret[change] != "a" else "b") + secret[change + 1 :]
    with pytest.raises(Unauthenticated):
        await keys.verify(forged)


async def test_the_id_of_a_key_is_not_enough(
    keys: Keys, connection: Connection, redis: Redis[str]
) -> None:
    made = await keys.create(Grant(), by=ME)
    other = await keys.create(Grant(), by=ME)
    # The record of one key under the id of another: only its own secret fits.
    await redis.copy(f"ttv:key:{made.key.id}", f"ttv:key:{other.key.id}", replace=True)
    with pytest.raises(Unauthenticated):
        await Keys(connection, secret=SECRET).verify(other.secret)


async def test_a_revoked_key_lets_nobody_in_within_a_second(
    keys: Keys, connection: Connection, clock: Clock
) -> None:
    issued = await keys.create(Grant(), by=ME)
    await keys.verify(issued.secret)
    await Keys(connection, secret=SECRET).revoke(issued.key.id, by=ME)
    await keys.verify(issued.secret)
    clock.now = FRESH_SECONDS + 0.01
    assert clock.now <= 1
    with pytest.raises(Unauthenticated):
        await keys.verify(issued.secret)


async def test_who_revokes_is_obeyed_at_once(keys: Keys) -> None:
    issued = await keys.create(Grant(), by=ME)
    await keys.verify(issued.secret)
    await keys.revoke(issued.key.id, by=ME)
    with pytest.raises(Unauthenticated):
        await keys.verify(issued.secret)


async def test_a_key_expires_by_the_clock_of_redis(
    keys: Keys, redis: Redis[str], clock: Clock
) -> None:
    issued = await keys.create(Grant(lifetime=60), by=ME)
    await keys.verify(issued.secret)
    await redis.hset(f"ttv:key:{issued.key.id}", {"expires_at": issued.key.created_at})
    clock.now = 1
    with pytest.raises(Unauthenticated):
        await keys.verify(issued.secret)


async def test_a_used_key_asks_redis_once_a_second(
    keys: Keys, redis: Redis[str], clock: Clock
) -> None:
    issued = await keys.create(Grant(), by=ME)
    await keys.verify(issued.secret)
    await redis.delete([f"ttv:key:{issued.key.id}"])
    for _ in range(10):
        await keys.verify(issued.secret)
    clock.now = 1
    with pytest.raises(Unauthenticated):
        await keys.verify(issued.secret)


async def test_the_last_use_is_known_to_a_minute(keys: Keys, redis: Redis[str]) -> None:
    issued = await keys.create(Grant(), by=ME)
    await keys.verify(issued.secret)
    first = (await keys.list())[0].last_used
    await keys.verify(issued.secret)
    assert first is not None
    assert first >= issued.key.created_at
    assert (await keys.list())[0].last_used == first


async def test_a_rotated_key_goes_on_beside_the_new_one(keys: Keys, redis: Redis[str]) -> None:
    old = await keys.create(Grant("acme", "desk", lifetime=7 * 86_400, max_cost=5), by=ME)
    new = await keys.rotate(old.key.id, overlap_seconds=60, by=ME)
    for issued in (old, new):
        key = await keys.verify(issued.secret)
        assert (key.tenant, key.name, key.scopes) == ("acme", "desk", old.key.scopes)
        assert key.max_cost == 5
    ends = {key.id: key.expires_at for key in await keys.list("acme")}
    assert ends[new.key.id] == new.key.created_at + 7 * 24 * HOUR
    assert ends[old.key.id] == new.key.created_at + 60_000


async def test_a_rotated_key_has_spent_what_the_old_one_has(keys: Keys, redis: Redis[str]) -> None:
    first = await keys.create(Grant(max_cost=9), by=ME)
    second = await keys.rotate(first.key.id, by=ME)
    third = await keys.rotate(second.key.id, by=ME)

    await redis.hset(f"ttv:spend:key:{first.key.id}", {"reserved": "3", "spent": "4"})

    assert (await keys.verify(third.secret)).spent == 7
    assert {key.spent for key in await keys.list()} == {7}


async def test_a_rotated_key_does_not_live_longer_than_it_would(keys: Keys) -> None:
    old = await keys.create(Grant(lifetime=60), by=ME)
    await keys.rotate(old.key.id, overlap_seconds=3_600, by=ME)
    ends = {key.id: key.expires_at for key in await keys.list()}
    assert ends[old.key.id] == old.key.expires_at


async def test_an_ended_key_is_not_rotated(keys: Keys) -> None:
    old = await keys.create(Grant(), by=ME)
    await keys.revoke(old.key.id, by=ME)
    with pytest.raises(Conflict, match="ended"):
        await keys.rotate(old.key.id, by=ME)


async def test_a_tenant_finds_its_own_keys_only(keys: Keys) -> None:
    ours, theirs = [await keys.create(Grant(tenant), by=ME) for tenant in ("acme", "globex")]
    assert [key.id for key in await keys.list("acme")] == [ours.key.id]
    assert {key.id for key in await keys.list()} == {ours.key.id, theirs.key.id}
    for refused in (
        keys.revoke(theirs.key.id, tenant="acme", by=ME),
        keys.rotate(theirs.key.id, tenant="acme", by=ME),
    ):
        with pytest.raises(NotFound):
            await refused
    await keys.verify(theirs.secret)


@pytest.mark.parametrize("key_id", ["", "aaaaaaaa", "x" * 100, "../../etc", "a:b", "ä", "a\n"])
async def test_an_id_that_is_none_is_not_found(key_id: str, keys: Keys) -> None:
    await keys.create(Grant(), by=ME)
    for refused in (keys.revoke(key_id, by=ME), keys.rotate(key_id, by=ME)):
        with pytest.raises(NotFound):
            await refused


async def test_a_tenant_has_a_limit_of_keys_that_ended_ones_do_not_fill(keys: Keys) -> None:
    made = [await keys.create(Grant("acme"), by=ME) for _ in range(MAX_KEYS)]
    with pytest.raises(Conflict, match="revoke one"):
        await keys.create(Grant("acme"), by=ME)
    await keys.create(Grant("globex"), by=ME)
    await keys.revoke(made[0].key.id, by=ME)
    await keys.create(Grant("acme"), by=ME)


async def test_a_key_is_forgotten_a_month_after_its_end(keys: Keys, redis: Redis[str]) -> None:
    lately, long_ago, expired = [await keys.create(Grant("acme"), by=ME) for _ in range(3)]
    for issued in (lately, long_ago):
        await keys.revoke(issued.key.id, by=ME)
    await redis.hset(f"ttv:key:{long_ago.key.id}", {"revoked_at": 1})
    await redis.hset(f"ttv:key:{expired.key.id}", {"expires_at": 1})
    kept = await keys.create(Grant("acme"), by=ME)
    assert {key.id for key in await keys.list()} == {lately.key.id, kept.key.id}
    assert await redis.exists([f"ttv:key:{long_ago.key.id}"]) == 0
    assert await keys.in_use()


async def test_every_change_is_in_the_audit_log_with_who_made_it(
    keys: Keys, connection: Connection
) -> None:
    old = (await keys.create(Grant("acme"), by=ME)).key
    new = (await keys.rotate(old.id, by=By("key:boss", "r2"))).key
    await keys.revoke(old.id, by=By("ip:192.0.2.1", "r3"))
    await keys.revoke(old.id, by=By("ip:192.0.2.1", "r4"))
    log = await read_audit(connection, limit=10)
    assert [(e.actor, e.action, e.target, e.tenant, e.request_id) for e in log] == [
        ("ip:192.0.2.1", "key.revoke", f"key:{old.id}", "acme", "r3"),
        ("key:boss", "key.create", f"key:{new.id}", "acme", "r2"),
        ("key:boss", "key.rotate", f"key:{old.id}", "acme", "r2"),
        ("cli:me", "key.create", f"key:{old.id}", "acme", "r1"),
    ]


async def test_a_key_that_is_made_again_after_a_lost_answer_is_one(
    keys: Keys, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = connection.script

    async def twice(name: str, *args: str | int | float) -> object:
        await script(name, *args)
        return await script(name, *args)

    monkeypatch.setattr(connection, "script", twice)
    issued = await keys.create(Grant(), by=ME)
    await keys.rotate(issued.key.id, by=ME)
    assert len(await keys.list()) == 2
    assert len(await read_audit(connection, limit=10)) == 3


async def test_another_secret_is_told_and_not_taken_for_bad_keys(
    keys: Keys, connection: Connection
) -> None:
    await keys.create(Grant(), by=ME)
    other = Keys(connection, secret=b"t" * 32)
    with pytest.raises(ForeignSecret, match="TTV_KEY_SECRET_FILE"):
        await other.create(Grant(), by=ME)
    with pytest.raises(ForeignSecret):
        await other.check_secret()
    await keys.check_secret()


async def test_a_full_redis_lets_people_in_and_locks_them_out(
    keys: Keys, redis: Redis[str], connection: Connection, clock: Clock
) -> None:
    issued = await keys.create(Grant(), by=ME)
    await redis.config_set({"maxmemory": 1})
    try:
        await keys.verify(issued.secret)
        await keys.revoke(issued.key.id, by=ME)
        with pytest.raises(Unauthenticated):
            await keys.verify(issued.secret)
    finally:
        await redis.config_set({"maxmemory": 0})


async def test_without_redis_nobody_is_let_in(own_valkey: Valkey) -> None:
    async with Connection(own_valkey.url) as connection:
        door = over(connection, SETTINGS, host="127.0.0.1").door
        keys = Keys(connection, secret=SECRET)
        secret = (await keys.create(Grant(), by=ME)).secret
        own_valkey.kill()
        for credential in (secret, None):
            with pytest.raises(Unavailable):
                await door.admit(credential, ip="127.0.0.1", here=True)


@pytest.mark.parametrize(
    ("mode", "private", "open_before", "open_after"),
    [
        ("auto", True, True, False),
        ("auto", False, False, False),
        ("keys", True, False, False),
        ("keys", False, False, False),
        ("none", True, True, True),
        ("none", False, True, True),
    ],
)
async def test_the_first_key_closes_the_door(
    mode: Mode, private: bool, open_before: bool, open_after: bool, keys: Keys, clock: Clock
) -> None:
    door = Door(keys, mode=mode, private=private)

    async def is_open() -> bool:
        try:
            await door.admit(None, ip="127.0.0.1", here=True)
        except Unauthenticated:
            return False
        return True

    assert await is_open() is open_before
    await keys.create(Grant(), by=ME)
    clock.now = FRESH_SECONDS + 0.01
    assert await is_open() is open_after


async def test_a_key_that_is_shown_is_checked_also_where_none_is_needed(
    keys: Keys, connection: Connection
) -> None:
    door = Door(keys, mode="auto", private=True)
    assert (await door.admit(None, ip="127.0.0.1", here=True)).tenant == "local"
    issued = await Keys(connection, secret=SECRET).create(Grant("acme"), by=ME)
    assert (await door.admit(issued.secret, ip="127.0.0.1", here=True)).tenant == "acme"
    with pytest.raises(Unauthenticated):
        await door.admit("nonsense", ip="127.0.0.1", here=True)


async def test_keys_that_are_all_revoked_leave_the_door_shut(keys: Keys, clock: Clock) -> None:
    issued = await keys.create(Grant(), by=ME)
    await keys.revoke(issued.key.id, by=ME)
    with pytest.raises(Unauthenticated):
        await Door(keys, mode="auto", private=True).admit(None, ip="127.0.0.1", here=True)


async def test_a_service_does_not_start_open_to_strangers(keys: Keys, clock: Clock) -> None:
    door = Door(keys, mode="auto", private=False)
    with pytest.raises(InvalidRequest, match="ttv keys create") as refused:
        await door.check()
    assert refused.value.param == "auth"
    for harmless in (
        Door(keys, mode="auto", private=True),
        Door(keys, mode="keys", private=False),
        Door(keys, mode="none", private=False),
    ):
        await harmless.check()
    await keys.create(Grant(), by=ME)
    clock.now = 1
    await door.check()


@pytest.mark.parametrize(
    ("host", "proxies", "is_open"),
    [
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("::", "", False),
        ("192.0.2.1", "", False),
        # who is behind a proxy on this machine is anybody
        ("127.0.0.1", "127.0.0.1", False),
    ],
)
async def test_only_this_machine_needs_no_key(
    host: str, proxies: str, is_open: bool, connection: Connection
) -> None:
    settings = Settings.model_validate({"key_secret": "s" * 32, "trusted_proxies": proxies.split()})
    door = over(connection, settings, host=host).door
    if is_open:
        assert not (await door.admit(None, ip="127.0.0.1", here=True)).limited
    else:
        with pytest.raises(Unauthenticated):
            await door.admit(None, ip="127.0.0.1", here=True)


async def test_a_private_door_is_shut_for_who_is_not_here(keys: Keys) -> None:
    door = Door(keys, mode="auto", private=True)
    with pytest.raises(Unauthenticated, match="localhost"):
        await door.admit(None, ip="127.0.0.1", here=False)


async def test_a_door_without_keys_gives_strangers_no_keys(keys: Keys) -> None:
    caller = await Door(keys, mode="none", private=False).admit(None, ip="192.0.2.1", here=True)
    assert Scope.ADMIN not in caller.scopes
    assert caller.limited


async def test_many_may_come_at_once(keys: Keys) -> None:
    issued = await keys.create(Grant(), by=ME)
    found = await asyncio.gather(*(keys.verify(issued.secret) for _ in range(100)))
    assert {key.id for key in found} == {issued.key.id}
