from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ttv import backends
from ttv.testing.stores import Opener, StoreContract

#: How to build each store for a test; a new back end fails here until it is added.
OPTIONS: dict[str, Callable[[Path], dict[str, object]]] = {
    "disk": lambda folder: {"folder": str(folder / "store")},
}


@pytest.mark.parametrize("name", backends.names("ttv.artifacts"))
class TestEveryStore(StoreContract):
    @pytest.fixture
    def opener(self, name: str, tmp_path: Path) -> Opener:
        return lambda: backends.build("ttv.artifacts", name, OPTIONS[name](tmp_path))
