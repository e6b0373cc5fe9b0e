"""No request that can be made up gets an answer that is not described."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from tests.integration.conftest import Valkey
from ttv import tether

#: So many requests are made up in all, unless TTV_FUZZ_EXAMPLES asks for fewer or more.
LEAST: Final = 20_000
USUAL: Final = 160
#: Requests that are made up for each operation, in each phase that has no number of its own.
EXAMPLES: Final = int(os.environ.get("TTV_FUZZ_EXAMPLES", USUAL))
#: Who asks, and his part of the examples: most of what a guesser gets is a 401.
SHARES: Final = {"owner": 1.0, "stranger": 1.0, "guesser": 0.4}
ROOT: Final = Path(__file__).parents[3]


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A server that waits for no disk: a busy one would make it answer too late now and then."""
    valkey = Valkey(tmp_path)
    valkey.start("--appendfsync", "no")
    yield valkey
    valkey.stop()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_made_up_request_gets_an_answer_that_is_not_described(
    valkey: Valkey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = asked_by_all(valkey, tmp_path)
    statuses = sum((Counter(one["statuses"]) for one in told.values()), Counter[str]())
    cases = sum(sum(one["cases"].values()) for one in told.values())
    with capsys.disabled():
        print(f"\n{cases:,} requests made up, answered with {dict(sorted(statuses.items()))}:")  # noqa: T201  # the figure that is asked for
        for who, one in told.items():
            print(f"  {who}: {one['cases']}")  # noqa: T201  # likewise
    assert {who: one["findings"] for who, one in told.items() if one["findings"]} == {}
    assert not [status for status in statuses if status.startswith("5")]
    assert cases >= LEAST or EXAMPLES < USUAL


def asked_by_all(valkey: Valkey, folder: Path) -> dict[str, Any]:
    """Ask as every principal at once, each in a process that ends with this one."""
    with ExitStack() as ends:
        running = {}
        for who, share in SHARES.items():
            (folder / who).mkdir()
            module = (sys.executable, "-m", "tests.integration.api.fuzz")
            asked = (str(valkey.folder), str(folder / who), who, str(max(1, int(EXAMPLES * share))))
            running[who] = ends.enter_context(
                subprocess.Popen(tether.tied(*module, *asked), cwd=ROOT, stdout=subprocess.PIPE)
            )
            ends.callback(running[who].kill)
        printed = {who: process.communicate()[0] for who, process in running.items()}
        assert {who: process.returncode for who, process in running.items()} == dict.fromkeys(
            running, 0
        )
    return {who: json.loads(text) for who, text in printed.items()}
