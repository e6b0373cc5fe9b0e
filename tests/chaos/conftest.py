"""Every test of chaos ends with its figures, shown together at the end of the run."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.chaos.forge import Forge
from tests.chaos.house import House
from tests.chaos.trials import LONG, PATIENCE
from tests.integration.conftest import Valkey
from tests.loops import BACKEND

_ROOT = Path(__file__).parents[2]
_FIGURES = pytest.StashKey[list[str]]()

#: Notes the figures of a test, one by one.
Figures: TypeAlias = Callable[..., None]
#: Opens the house of one trial, in a lane of its own.
Houses: TypeAlias = Callable[[int], AbstractAsyncContextManager[House]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(PATIENCE))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    lines = config.stash.get(_FIGURES, [])
    if lines:
        terminalreporter.section(f"chaos, {'long' if LONG else 'short'} version")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Note figures of this test for the table at the end, also when it fails afterwards."""

    def note(title: str, **values: object) -> None:
        said = "  ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items())
        request.config.stash.setdefault(_FIGURES, []).append(f"{title:<44} {said}")

    return note


@pytest.fixture
def anyio_backend() -> tuple[str, object]:
    return BACKEND


@pytest.fixture(scope="session")
def forge() -> Iterator[Forge]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(_ROOT)
        known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        # The children of a worker take no modules from the folder that they are in.
        patch.setenv("PYTHONPATH", os.pathsep.join((str(_ROOT), *filter(None, known))))
        with Forge.running() as forge:
            yield forge


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """One server for all trials that leave it alone; each lane has a database of its own."""
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    server.start("--appendfsync", "no")
    yield server
    server.stop()


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A server for one test that may do anything to it."""
    server = Valkey(tmp_path / "valkey")
    server.folder.mkdir()
    yield server
    server.stop()


@pytest.fixture
def houses(valkey: Valkey, forge: Forge, tmp_path: Path) -> Houses:
    count = iter(range(1_000_000))

    @asynccontextmanager
    async def opened(lane: int) -> AsyncIterator[House]:
        folder = tmp_path / f"trial-{next(count)}"
        async with House.opened(f"{valkey.url}?db={lane}", folder, forge) as house:
            yield house

    return opened
