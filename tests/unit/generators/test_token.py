from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from tests.unit.generators.test_remote import WANTED
from ttv.generators._token import signed
from ttv.generators.kling import Kling, Options

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def part(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims(token: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(part(token.split(".")[1]))
    return read


def test_a_token_is_a_jwt_that_the_secret_key_signs() -> None:
    token = signed("ak", "sk", now=1_000.7)

    head, body, signature = token.split(".")
    assert json.loads(part(head)) == {"alg": "HS256", "typ": "JWT"}
    assert claims(token) == {"iss": "ak", "exp": 2_800, "nbf": 995}
    assert part(signature) == hmac.digest(b"sk", f"{head}.{body}".encode(), hashlib.sha256)
    assert "=" not in token


async def test_every_call_carries_a_token_that_is_good_for_now() -> None:
    now = 1_000.0
    seen: list[int] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(claims(request.headers["authorization"].removeprefix("Bearer "))["exp"])
        return httpx.Response(404)

    options = Options.model_validate({"access_key": "ak", "secret_key": "sk"})
    transport = httpx.MockTransport(note)
    async with Kling(options, transport=transport, clock=lambda: now) as kling:
        assert await kling.find(WANTED, key="a") is None
        now += 7_200
        assert await kling.find(WANTED, key="a") is None

    assert seen == [2_800, 10_000]
