from __future__ import annotations

import pytest

from ttv import outputs
from ttv.testing.outputs import OutputContract


@pytest.mark.parametrize("name", outputs.names())
class TestEveryOutput(OutputContract):
    """All of them keep the contract."""
