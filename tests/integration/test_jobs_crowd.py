"""Many actors at once: whatever they do to each other's jobs, every job stays in order.

An actor knows only what it was told, which others may have changed since. After each burst of
their calls the journals must tell of legal moves only, and records and indexes must be what the
journals tell (``crowd.Audit``, ``replay.Replay``).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Final

import hypothesis
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.integration.conftest import Valkey
from tests.integration.crowd import Act, Audit, Crowd
from ttv import jobs
from ttv.jobs import EventKind
from ttv.redis import Connection

RUNS: Final = 1_000
BURSTS: Final = 8
#: What actors do, the common things more often.
VERBS: Final = (
    *("claim",) * 7,
    *("settle",) * 5,
    *("fail",) * 3,
    *("retry", "resume", "sweep") * 2,
    *("create", "report", "hold", "release", "fall_silent", "proceed"),
    *("cancel", "pause", "remake", "delete", "miss_deadline"),
)
#: What this crowd has no money for, and what it comes to in a few runs only.
RARE: Final = {
    *(EventKind.RESERVED, EventKind.CHARGED, EventKind.REFUNDED),
    *(EventKind.FINISHED, EventKind.STEP_FAILED),
}
ACTS: Final = st.builds(
    Act, st.sampled_from(VERBS), st.integers(0, 2), st.integers(0, 7), st.integers(0, 3)
)


class Machine(RuleBasedStateMachine):
    """One run: bursts of calls that are all under way together."""

    portal: ClassVar[BlockingPortal]
    connection: ClassVar[Connection]
    runs: ClassVar[int] = 0
    calls: ClassVar[int] = 0
    happened: ClassVar[Counter[EventKind]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        type(self).runs += 1
        self._crowd = Crowd(self.connection)
        self._audit = Audit(self._crowd, self.connection)
        self.portal.call(self._crowd.open)

    @rule(acts=st.lists(ACTS, min_size=2, max_size=8))
    def burst(self, acts: Sequence[Act]) -> None:
        type(self).calls += len(acts)
        self.portal.call(partial(self._burst, acts))

    async def _burst(self, acts: Sequence[Act]) -> None:
        await self._crowd.burst(acts)
        await self._audit.look()

    def teardown(self) -> None:
        self.happened.update(self._audit.happened)


def test_a_thousand_runs_of_concurrent_actors_make_no_illegal_move(
    shared_valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a machine that is busy with other things an answer may take long, and is waited for:
    # what became of a call that was given up would not be known.
    monkeypatch.setattr("ttv.redis._connection._PATIENCE", 30)
    began = time.monotonic()
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(jobs.connect(shared_valkey.url)) as connection,
    ):

        class Bound(Machine):
            pass

        Bound.portal, Bound.connection = portal, connection
        run_state_machine_as_test(
            Bound,
            settings=hypothesis.settings(
                max_examples=RUNS,
                stateful_step_count=BURSTS,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=[hypothesis.HealthCheck.too_slow],
            ),
        )
    print(  # noqa: T201  # the figure that this test is for
        f"{Bound.runs} runs, {Bound.calls} calls, {Bound.happened.total()} changes, 0 of them "
        f"illegal, {time.monotonic() - began:.0f} s: {dict(Bound.happened)}"
    )
    assert Bound.runs >= RUNS
    assert {*Bound.happened} >= {*EventKind} - RARE
