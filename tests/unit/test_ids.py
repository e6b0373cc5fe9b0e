from __future__ import annotations

import pytest

from ttv.ids import id_of, is_id, new_id


def test_ids_are_of_their_kind_and_none_is_made_twice() -> None:
    first, second = new_id("job"), new_id("job")

    assert first != second
    assert is_id("job", first)
    assert not is_id("file", first)


def test_a_hash_has_one_id() -> None:
    assert id_of("file", b"0123456789abcdef") == id_of("file", b"0123456789abcdef and more")
    assert id_of("file", b"0123456789abcdef") != id_of("file", b"0123456789abcdeg")
    assert is_id("file", id_of("file", b"\xff" * 32))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "job_",
        "job_01JZ8Q5W3N6X4T7V9B2C1D0EF",
        "job_01JZ8Q5W3N6X4T7V9B2C1D0EFGH",
        "job_01jz8q5w3n6x4t7v9b2c1d0efg",
        "job_01JZ8Q5W3N6X4T7V9B2C1D0EFI",
        "job_01JZ8Q5W3N6X4T7V9B2C1D0EFG\n",
        "job-01JZ8Q5W3N6X4T7V9B2C1D0EFG",
        "../job_01JZ8Q5W3N6X4T7V9B2C1D0EFG",
    ],
)
def test_any_other_text_is_no_id(text: str) -> None:
    assert not is_id("job", text)
