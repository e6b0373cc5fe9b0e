"""No request that can be made up gets an answer that is not described."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from tests.integration.conftest import Valkey

#: Requests that are made up for each operation in each phase that has no number of its own;
#: ``make fuzz`` asks for a thousand.
EXAMPLES: Final = int(os.environ.get("TTV_FUZZ_EXAMPLES", "20"))
#: So many are made up in all with as many examples as ``ENOUGH``.
LEAST: Final = 20_000
ENOUGH: Final = 230
PRINCIPALS: Final = ("owner", "stranger", "guesser")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_made_up_request_gets_an_answer_that_is_not_described(
    shared_valkey: Valkey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = dict(zip(PRINCIPALS, asked_by_all(shared_valkey, tmp_path), strict=True))
    statuses = sum((Counter(one["statuses"]) for one in told.values()), Counter[str]())
    cases = sum(sum(one["cases"].values()) for one in told.values())
    with capsys.disabled():
        print(f"\n{cases:,} requests made up, answered with {dict(sorted(statuses.items()))}:")  # noqa: T201  # the figure that is asked for
        for who, one in told.items():
            print(f"  {who}: {one['cases']}")  # noqa: T201  # likewise
    assert {who: one["findings"] for who, one in told.items() if one["findings"]} == {}
    assert not [status for status in statuses if status.startswith("5")]
    assert cases >= LEAST or EXAMPLES < ENOUGH


def asked_by_all(valkey: Valkey, folder: Path) -> list[dict[str, Any]]:
    """Ask as every principal at once, each in a process of its own; give what was found."""
    running = []
    for who in PRINCIPALS:
        (folder / who).mkdir()
        module = (sys.executable, "-m", "tests.integration.api.fuzz")
        asked = (*module, str(valkey.folder), str(folder / who), who, str(EXAMPLES))
        running.append(subprocess.Popen(asked, stdout=subprocess.PIPE))
    return [json.loads(process.communicate()[0]) for process in running]
