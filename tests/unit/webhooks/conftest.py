from __future__ import annotations

import pytest

from tests.loops import BACKEND


@pytest.fixture
def anyio_backend() -> tuple[str, object]:
    return BACKEND
