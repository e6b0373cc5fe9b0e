from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.errors import InvalidRequest
from ttv.settings import Settings, load


def refusal(environ: dict[str, str], folder: Path) -> str:
    with pytest.raises(InvalidRequest) as caught:
        load(environ, folder)
    assert caught.value.param
    assert "\n" not in caught.value.message
    return caught.value.message


def test_an_empty_world_gives_the_defaults(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    assert settings.environment == "production"
    assert (settings.api_host, settings.api_port) == ("127.0.0.1", 8000)
    assert settings.max_prompt_chars == 4_000
    assert settings.redis_url is None
    assert settings.data_dir.is_absolute()


@pytest.mark.parametrize("name", ["API_PORT", "TTV_API_PORT"])
def test_the_guides_names_work_with_and_without_the_prefix(name: str, tmp_path: Path) -> None:
    assert load({name: "8001"}, tmp_path).api_port == 8001


def test_each_source_gives_way_to_the_one_above_it(tmp_path: Path) -> None:
    (tmp_path / "api_config.yaml").write_text("api_port: 1\nlog_level: DEBUG\napi_workers: 4\n")
    (tmp_path / "pipeline_config.yaml").write_text("generator: slate\n")
    (tmp_path / ".env").write_text("API_PORT=2\nLOG_LEVEL=ERROR\n")
    settings = load({"API_PORT": "3"}, tmp_path)
    assert settings.api_port == 3
    assert settings.log_level == "ERROR"
    assert settings.api_workers == 4
    assert settings.generator == "slate"


def test_the_config_folder_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "api_config.yaml").write_text("api_port: 8123\n")
    assert load({"TTV_CONFIG_DIR": str(tmp_path)}).api_port == 8123


def test_a_config_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="not a folder"):
        load({"TTV_CONFIG_DIR": str(tmp_path / "nowhere")})


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    assert load({"REDIS_URL": "", "TTV_API_PORT": ""}, tmp_path) == load({}, tmp_path)


def test_the_data_folder_follows_the_desktop_standard(tmp_path: Path) -> None:
    environ = {"XDG_DATA_HOME": str(tmp_path)}
    assert load(environ, tmp_path).data_dir == tmp_path / "ttv"
    chosen = environ | {"TTV_DATA_DIR": "~/films"}
    assert load(chosen, tmp_path).data_dir == Path.home() / "films"


def test_a_secret_comes_from_a_file_without_its_trailing_newline(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("hunter2 \n")
    settings = load({"REDIS_PASSWORD_FILE": str(secret)}, tmp_path)
    assert settings.redis_password is not None
    assert settings.redis_password.get_secret_value() == "hunter2 "


def test_the_bucket_and_its_key_have_the_names_of_the_guide(tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text("not read here")
    variables = {"GCS_BUCKET": "films", "GCS_CREDENTIALS_FILE": str(tmp_path / "key.json")}

    settings = load(variables, tmp_path)

    assert (settings.gcs_bucket, settings.gcs_credentials_file) == (
        "films",
        tmp_path / "key.json",
    )


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("REDIS_PASSWORD=one\n")
    message = refusal({"REDIS_PASSWORD_FILE": "/run/secrets/x"}, tmp_path)
    assert message == (
        "REDIS_PASSWORD (.env) and REDIS_PASSWORD_FILE (environment) set the same thing; keep one"
    )


def test_a_secret_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    message = refusal({"REDIS_PASSWORD_FILE": str(tmp_path / "x")}, tmp_path)
    assert "named by REDIS_PASSWORD_FILE (environment), cannot be read" in message


def test_only_secrets_may_stand_in_files(tmp_path: Path) -> None:
    message = refusal({"TTV_DATA_DIR_FILE": "x"}, tmp_path)
    assert message.endswith("is not a setting; did you mean TTV_DATA_DIR?")


def test_an_unknown_variable_with_our_prefix_names_its_nearest(tmp_path: Path) -> None:
    message = refusal({"TTV_API_PROT": "1"}, tmp_path)
    assert message == "TTV_API_PROT (environment) is not a setting; did you mean TTV_API_PORT?"
    (tmp_path / ".env").write_text("TTV_XYZ=1\n")
    assert refusal({}, tmp_path) == "TTV_XYZ (.env) is not a setting; remove it"


def test_other_programs_variables_are_left_alone(tmp_path: Path) -> None:
    guide = {"GCS_REGION": "here", "PROFILING_ENABLED": "true", "PATH": "/bin"}
    assert load(guide, tmp_path) == load({}, tmp_path)


def test_an_unknown_key_in_a_file_names_its_nearest(tmp_path: Path) -> None:
    (tmp_path / "api_config.yaml").write_text("api_prot: 1\n")
    message = refusal({}, tmp_path)
    assert message == "api_prot (api_config.yaml) is not a setting; did you mean api_port?"


def test_a_key_in_both_files_is_refused(tmp_path: Path) -> None:
    for name in ("api_config.yaml", "pipeline_config.yaml"):
        (tmp_path / name).write_text("api_port: 80\n")
    message = refusal({}, tmp_path)
    assert message == "api_port (pipeline_config.yaml) is also in api_config.yaml; keep one"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "is not valid YAML in line 1"),
        ("- a", "must hold settings as 'key: value'"),
        ("api_port: yes", "must be a whole number from 1 to 65535"),
        ("generators: {animatic: 1}", "must be a mapping of back ends to their options"),
        ("1: 2", "is not a setting; remove it"),
    ],
)
def test_a_malformed_file_is_refused_in_a_sentence(
    text: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "api_config.yaml").write_text(text)
    assert sentence in refusal({}, tmp_path)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "api_config.yaml").write_bytes(b"\xff\xfe")
    assert refusal({}, tmp_path).endswith("is not UTF-8 text")


def test_a_null_in_a_file_counts_as_unset(tmp_path: Path) -> None:
    (tmp_path / "api_config.yaml").write_text("redis_url:\napi_port: null\n")
    assert load({}, tmp_path) == load({}, tmp_path / "..")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("API_PORT", "70000", "must be a whole number from 1 to 65535; change it, or remove it"),
        ("LOG_LEVEL", "loud", "must be one of DEBUG, INFO, WARNING, ERROR; change it"),
        ("REDIS_URL", "http://x", "must be a URL such as redis://host:6379/0"),
        ("TTV_MAX_FILM_SECONDS", "nan", "must be a number from 1 to 86400"),
        ("TTV_GENERATORS", "{", "must be a JSON object"),
        ("TTV_GENERATORS", "[]", "must be a mapping of back ends to their options"),
    ],
)
def test_a_bad_value_is_refused_with_key_limit_and_way_out(
    name: str, value: str, sentence: str, tmp_path: Path
) -> None:
    message = refusal({name: value}, tmp_path)
    assert message.startswith(f"{name} (environment) {sentence}")


def test_options_of_back_ends_can_be_given_as_json(tmp_path: Path) -> None:
    settings = load({"TTV_GENERATORS": '{"animatic": {"preset": "fast"}}'}, tmp_path)
    assert settings.generators == {"animatic": {"preset": "fast"}}


@given(name=st.sampled_from(sorted(Settings.model_fields)), value=st.text(min_size=1))
def test_any_text_in_any_variable_is_taken_or_refused_by_its_name(
    name: str, value: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    refused = ""
    try:
        load({f"TTV_{name.upper()}": value}, tmp_path_factory.getbasetemp())
    except InvalidRequest as error:
        refused = error.message
    assert refused.startswith(f"TTV_{name.upper()} (environment) ") or not refused


def test_one_option_of_a_back_end_has_a_variable_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "api_config.yaml").write_text("generators: {kling: {model: a, mode: pro}}\n")
    settings = load({"TTV_GENERATORS__KLING__MODEL": "kling-v3"}, tmp_path)
    assert settings.generators == {"kling": {"model": "kling-v3", "mode": "pro"}}


@pytest.mark.parametrize("by", ["variable", "file"])
def test_a_secret_option_can_stand_in_a_file_of_its_own(tmp_path: Path, by: str) -> None:
    (tmp_path / "key").write_text("hidden\n")
    text = f"generators: {{runway: {{api_key_file: {tmp_path / 'key'}}}}}\n"
    (tmp_path / "api_config.yaml").write_text(text if by == "file" else "")
    variables = {"TTV_GENERATORS__RUNWAY__API_KEY_FILE": str(tmp_path / "key")}

    settings = load(variables if by == "variable" else {}, tmp_path)

    assert settings.generators == {"runway": {"api_key": "hidden"}}
    assert settings.secrets() == ("hidden",)
    assert "hidden" not in repr(settings)


def test_an_option_that_is_no_secret_keeps_the_name_of_its_file(tmp_path: Path) -> None:
    settings = load({"TTV_STORES__DISK__LOCK_FILE": "/a"}, tmp_path)
    assert settings.stores == {"disk": {"lock_file": "/a"}}


def test_a_secret_option_and_its_file_together_are_refused(tmp_path: Path) -> None:
    variables = {
        "TTV_GENERATORS__RUNWAY__API_KEY": "a",
        "TTV_GENERATORS__RUNWAY__API_KEY_FILE": "b",
    }
    message = refusal(variables, tmp_path)
    assert message == "generators.runway.api_key_file and api_key set the same thing; keep one"


def test_a_variable_of_a_room_that_is_none_is_no_setting(tmp_path: Path) -> None:
    message = refusal({"TTV_GENERATOR__KLING__MODEL": "a"}, tmp_path)
    assert message.startswith("TTV_GENERATOR__KLING__MODEL (environment) is not a setting")


def test_trusted_proxies_are_listed_with_commas(tmp_path: Path) -> None:
    loaded = load({"TTV_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.1,::1"}, tmp_path)
    assert [str(network) for network in loaded.trusted_proxies] == [
        "10.0.0.0/8",
        "192.0.2.1/32",
        "::1/128",
    ]


@pytest.mark.parametrize("value", ["everybody", "10.0.0.1/8", "10.0.0.0/33", ","])
def test_a_proxy_that_is_no_network_is_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"TTV_TRUSTED_PROXIES .* addresses or networks"):
        load({"TTV_TRUSTED_PROXIES": value}, tmp_path)


def test_the_key_secret_may_stand_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s" * 32 + "\n")
    loaded = load({"TTV_KEY_SECRET_FILE": str(tmp_path / "secret")}, tmp_path)
    assert loaded.secrets() == ("s" * 32,)
    assert "s" * 32 not in repr(loaded)
    with pytest.raises(InvalidRequest, match="at least 32") as refused:
        load({"TTV_KEY_SECRET": "tooshort"}, tmp_path)
    assert "tooshort" not in refused.value.message
