from __future__ import annotations

import pytest

from ttv import backends
from ttv.testing.planners import Opener, PlannerContract

#: The options of each planner for a test; a new back end fails here until it is added.
OPTIONS: dict[str, dict[str, object]] = {"builtin": {}}


@pytest.mark.parametrize("name", backends.names("ttv.planning"))
class TestEveryPlanner(PlannerContract):
    @pytest.fixture
    def opener(self, name: str) -> Opener:
        return lambda: backends.build("ttv.planning", name, OPTIONS[name])
