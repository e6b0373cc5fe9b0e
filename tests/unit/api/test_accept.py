from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.api.accept import JSON, TEXT, choose
from ttv.api.problems import NotAcceptable


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/*", TEXT),
        ("text/plain", TEXT),
        ("TEXT/PLAIN", TEXT),
        ("text/plain, application/json", JSON),
        ("text/plain, application/json;q=0.5", TEXT),
        ("application/json;q=0, */*", TEXT),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        ('application/json;profile="x";q=0.1, text/plain;q=0.2', TEXT),
        ("not a header", JSON),
    ],
)
def test_the_best_offer_is_chosen(header: str | None, chosen: str) -> None:
    assert choose(header, [JSON, TEXT]) == chosen


@pytest.mark.parametrize("header", ["image/png", "*/*;q=0", "application/json;q=0"])
def test_a_client_that_takes_no_offer_is_refused(header: str) -> None:
    with pytest.raises(NotAcceptable, match="application/json only"):
        choose(header, [JSON])


@given(st.text())
def test_any_header_is_understood_or_refused(header: str) -> None:
    try:
        assert choose(header, [JSON, TEXT]) in {JSON, TEXT}
    except NotAcceptable as refused:
        assert refused.param == "Accept"
