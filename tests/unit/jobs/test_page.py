from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.errors import InvalidRequest
from ttv.jobs import new_job_id
from ttv.jobs._page import cursor_after, read_cursor


def test_a_cursor_is_read_back() -> None:
    job_id = new_job_id()
    assert read_cursor(cursor_after(job_id)) == job_id


@pytest.mark.parametrize("cursor", ["", "x", "é", "====", base64.b64encode(b"+").decode()])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_cursor(cursor)
    assert caught.value.param == "cursor"


@given(st.text())
def test_no_text_does_more_than_be_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        read_cursor(cursor)
