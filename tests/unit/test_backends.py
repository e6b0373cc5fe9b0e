from __future__ import annotations

import sys

import pytest

from ttv import backends
from ttv.errors import InvalidRequest


def test_a_back_end_without_its_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for loaded in [name for name in sys.modules if name.startswith("ttv.artifacts.")]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, "google.cloud", None)

    with pytest.raises(InvalidRequest) as caught:
        backends.build("ttv.artifacts", "gcs", {"bucket": "films"})

    assert caught.value.message == (
        "artifacts: the libraries of gcs are not installed; run pip install 'ttv-pipeline[gcs]'"
    )


def test_a_back_end_that_is_broken_is_not_mistaken_for_one_without_its_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "ttv.artifacts.disk", raising=False)
    monkeypatch.setitem(sys.modules, "ttv.artifacts._source", None)

    with pytest.raises(ModuleNotFoundError):
        backends.build("ttv.artifacts", "disk", {"folder": "/nowhere"})


def test_a_name_that_is_near_a_back_end_is_guessed() -> None:
    with pytest.raises(InvalidRequest, match="did you mean 'disk'"):
        backends.build("ttv.artifacts", "dsk", {})
