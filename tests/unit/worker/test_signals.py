from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.integration.waiting import eventually
from ttv.worker import stop_on_signals

pytestmark = pytest.mark.anyio


@pytest.fixture(params=[signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda sign: sign.name)
def sign(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal whose handler is as before in the end."""
    signs = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {one: signal.getsignal(one) for one in signs}
    yield request.param
    for one, handler in before.items():
        signal.signal(one, handler)


async def test_each_of_these_signals_lets_running_steps_finish(sign: signal.Signals) -> None:
    stop = stop_on_signals()
    os.kill(os.getpid(), sign)
    await eventually(stop.is_set)


async def test_what_our_caller_has_us_ignore_stays_ignored(sign: signal.Signals) -> None:
    signal.signal(sign, signal.SIG_IGN)
    stop_on_signals()
    assert signal.getsignal(sign) is signal.SIG_IGN
