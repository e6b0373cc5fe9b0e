from __future__ import annotations

import pytest

from ttv.errors import InvalidRequest
from ttv.jobs import State
from ttv.webhooks import USUAL, Event, Wish, is_endpoint_id


def test_events_are_called_as_the_states_that_they_tell_of() -> None:
    states = {f"job.{state}" for state in State if state is not State.QUEUED}
    assert {event.value for event in Event} == states | {"job.paused"}


def test_nobody_is_told_that_a_job_began_unasked() -> None:
    assert set(Event) - {Event.STARTED} == USUAL


@pytest.mark.parametrize(
    ("wish", "param"),
    [
        ({"url": "nonsense"}, "url"),
        ({"events": frozenset()}, "events"),
        ({"description": "a\nb"}, "description"),
        ({"description": "a" * 201}, "description"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(wish: dict[str, object], param: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        Wish(**wish)  # type: ignore[arg-type]  # as they come
    assert refusal.value.param == param


@pytest.mark.parametrize("text", ["", "wh_", "wh_01", "job_01JZ8Q5W3N6X4T7V9B2C1D0EFG", "wh_*"])
def test_an_id_has_one_form(text: str) -> None:
    assert not is_endpoint_id(text)
    assert is_endpoint_id("wh_01JZ8Q5W3N6X4T7V9B2C1D0EFG")
