from __future__ import annotations

import pytest

from tests.acceptance.commands import Home, Service, free_port

pytestmark = pytest.mark.slow


def test_a_key_made_before_the_first_start_is_needed_from_then_on(home: Home) -> None:
    made = home.ttv("keys", "create", "--name", "desk")
    assert made.returncode == 0, made.stderr
    assert "From now on every request to the service needs a key." in made.stderr
    secret = made.stdout.strip()
    with Service.running(home) as service:
        home.environment["TTV_URL"] = service.url
        without = home.ttv("submit", "a red fox")
        assert (without.returncode, without.stdout) == (77, "")
        assert "TTV_API_KEY" in without.stderr

        home.environment["TTV_API_KEY"] = secret
        ordered = home.ttv("submit", "a red fox")
        assert ordered.returncode == 0, ordered.stderr
        job_id = ordered.stdout.strip()
        assert home.ttv("cancel", job_id).returncode == 0
        assert job_id in home.ttv("jobs").stdout
        listed = home.ttv("keys", "list", "--json")
        assert '"name": "desk"' in listed.stdout
        assert secret not in listed.stdout

        assert home.ttv("keys", "revoke", secret[9:17]).returncode == 0
        assert home.ttv("jobs").returncode == 77
    kept = b"".join(path.read_bytes() for path in home.data.rglob("*") if path.is_file())
    assert secret[9:17].encode() in kept
    assert secret[18:61].encode() not in kept


def test_a_service_does_not_open_to_strangers_by_accident(home: Home) -> None:
    home.environment["API_HOST"] = "0.0.0.0"  # noqa: S104 - it must refuse to listen there
    refused = home.ttv("serve", "--port", str(free_port()))
    assert refused.returncode == 2
    assert "ttv keys create" in refused.stderr
    assert "TTV_AUTH=none" in refused.stderr
