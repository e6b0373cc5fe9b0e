from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from ttv.access import key_secret
from ttv.access._secret import derived
from ttv.errors import InvalidRequest
from ttv.settings import Settings


def test_a_configured_secret_is_used_and_no_file_made(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, key_secret=SecretStr("s" * 32))
    assert key_secret(settings) == b"s" * 32
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_keeps_its_secret_to_itself(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    secret = key_secret(settings)
    assert len(secret) >= 32
    assert key_secret(settings) == secret
    assert (tmp_path / "data" / "key_secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["key_secret"]


def test_whoever_is_first_all_have_the_same_secret(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(16) as threads:
        secrets = set(threads.map(lambda _: key_secret(settings), range(64)))
    assert len(secrets) == 1


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    key_secret(settings)
    (tmp_path / "key_secret").chmod(0o644)
    with pytest.raises(InvalidRequest, match="chmod 600"):
        key_secret(settings)


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 40])
def test_a_damaged_secret_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "key_secret"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(InvalidRequest, match="key_secret"):
        key_secret(Settings(data_dir=tmp_path))


def test_every_use_has_a_secret_of_its_own() -> None:
    one, other = derived(b"s" * 32, "links"), derived(b"s" * 32, "cursors")
    assert len({one, other, derived(b"t" * 32, "links"), b"s" * 32}) == 4
    assert one == derived(b"s" * 32, "links")


def test_a_secret_is_derived_by_hkdf() -> None:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=b"ttv", info=b"links")
    assert derived(b"s" * 32, "links") == hkdf.derive(b"s" * 32)
