from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.uploads._upload import NAME_CHARACTERS, Upload, UploadKind, file_id, is_file_id, shown_name

DIGEST = "a" * 64


def test_an_id_depends_on_the_bytes_and_on_whose_they_are() -> None:
    assert file_id("acme", DIGEST) == file_id("acme", DIGEST)
    assert file_id("acme", DIGEST) != file_id("globex", DIGEST)
    assert file_id("acme", DIGEST) != file_id("acme", "b" * 64)


@given(st.text(), st.text())
def test_every_id_has_the_form_of_one(tenant: str, digest: str) -> None:
    assert is_file_id(file_id(tenant.encode(errors="replace").decode(), digest.encode().hex()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "file_",
        "../../etc/passwd",
        file_id("acme", DIGEST) + "\n",
        file_id("acme", DIGEST) + "/..",
        file_id("acme", DIGEST).lower(),
        file_id("acme", DIGEST)[:-1],
        file_id("acme", DIGEST).replace("file_", "job__"),
    ],
)
def test_what_has_another_form_is_no_id(text: str) -> None:
    assert not is_file_id(text)


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        (None, None),
        ("", None),
        ("fox.png", "fox.png"),
        ("C:\\Users\\eve\\fox.png", "fox.png"),
        ("../../etc/passwd", "passwd"),
        ("..", None),
        ("/", None),
        ("a\0b\nc\x1b[31m.png", "abc[31m.png"),
        ("fox\u202egnp.exe", "foxgnp.exe"),
        ("\ud800.png", "png"),
        ("r\u00e9sum\u0065\u0301.png", "r\u00e9sum\u00e9.png"),
        ("x" * 300, "x" * NAME_CHARACTERS),
    ],
)
def test_a_name_is_cleaned_before_it_is_shown(given_name: str | None, expected: str | None) -> None:
    assert shown_name(given_name) == expected


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_a_shown_name_can_be_written_and_shown_anywhere(name: str) -> None:
    shown = shown_name(name)

    assert shown is None or 0 < len(shown) <= NAME_CHARACTERS
    assert all(c.isprintable() or c.isspace() for c in shown or "")
    assert not set(shown or "") & {"/", "\\", "\n", "\r"}
    assert (shown or "").encode().decode() == (shown or "")


def test_an_upload_is_read_back_as_it_was() -> None:
    upload = Upload(
        "file_0", UploadKind.AUDIO, 3, DIGEST, "audio/flac", 1.5, filename="a", seconds=2.5
    )

    assert Upload.from_json(upload.to_json()) == upload
