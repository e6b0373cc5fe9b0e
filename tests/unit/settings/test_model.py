from __future__ import annotations

from pathlib import Path

import pytest

from ttv.settings import Settings


def test_settings_made_by_hand_read_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTV_API_PORT", "9")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "api_config.yaml").write_text("api_port: 10\n")
    assert Settings().api_port == 8000


def test_secrets_stay_out_of_the_representation() -> None:
    settings = Settings.model_validate(
        {"redis_url": "redis://:p%40ss@host:6379/0", "redis_password": "hunter2"}
    )
    assert settings.secrets() == ("p@ss", "hunter2")
    assert "hunter2" not in repr(settings)
    assert "p%40ss" not in repr(settings)


def test_logs_are_json_in_production_and_for_people_in_development() -> None:
    assert Settings().log_style == "json"
    assert Settings(environment="development").log_style == "console"
    assert Settings(environment="development", log_format="json").log_style == "json"
