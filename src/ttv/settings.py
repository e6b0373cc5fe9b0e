"""Every setting of the service, read once and checked at start.

``load`` reads, highest first: environment variables, ``.env``, secrets in files (``X_FILE``),
``api_config.yaml`` and ``pipeline_config.yaml``, defaults. The files are looked for in the
working folder or in ``TTV_CONFIG_DIR``. A setting ``data_dir`` is the variable
``TTV_DATA_DIR``; the names that the deployment guide promises also work bare (``API_PORT``).
An empty variable counts as unset, as Compose passes it. ``TTV_GENERATORS__KLING__MODEL`` is one
option of one back end; an option that holds a secret may name its file, as ``api_key_file``.

``Settings(...)`` itself is a plain value: it reads nothing but its arguments.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NoReturn
from urllib.parse import unquote, urlsplit

import yaml
from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SecretStr,
)
from pydantic import ValidationError as Refused
from pydantic_core import PydanticUndefined

from ttv.errors import InvalidRequest

#: Options of back ends by their names; each back end checks its own.
Options = dict[str, dict[str, JsonValue]]

FILES: Final = ("api_config.yaml", "pipeline_config.yaml")

#: Settings whose variable also works without ``TTV_``, as the deployment guide writes it.
GUIDE: Final = frozenset(
    {
        "environment",
        "api_host",
        "api_port",
        "api_workers",
        "worker_replicas",
        "worker_concurrency",
        "log_level",
        "redis_url",
        "redis_password",
    }
)

#: Settings that may stand in a file of their own, named by ``X_FILE``.
SECRETS: Final = frozenset({"redis_url", "redis_password", "key_secret"})

#: Options of back ends that hold secrets.
_SECRET_OPTION: Final = re.compile(r"(?:\w+_)?(?:key|password|secret|token)")
#: The settings that are options, and a variable that sets one: room, back end, option.
_ROOMS: Final = ("planners", "painters", "generators", "stores")
_OPTION: Final = re.compile(rf"TTV_({'|'.join(_ROOMS).upper()})__([A-Z0-9_]+?)__([A-Z0-9_]+)")

#: Variables with our prefix that are not settings of the service.
ELSEWHERE: Final = frozenset({"TTV_API_KEY", "TTV_CONFIG_DIR", "TTV_DEBUG", "TTV_URL"})


def _data_home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share") / "ttv"


def _cores() -> int:
    return os.cpu_count() or 1


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _listed(value: object) -> object:
    """Take a list as a variable writes it: ``a, b``."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


class Settings(BaseModel):
    """What the operator chose; frozen, passed down, never fetched."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    #: Where the service runs; development logs for people.
    environment: Literal["production", "development"] = "production"

    api_host: str = Field(default="127.0.0.1", min_length=1)
    api_port: int = Field(default=8000, ge=1, le=65_535)
    #: Processes that share the listening socket.
    api_workers: int = Field(default=1, ge=1, le=64)
    #: How long a stopping API lets running requests finish.
    api_grace_seconds: float = Field(default=20, ge=0, le=3_600)

    #: Worker processes that ``ttv up`` starts.
    worker_replicas: int = Field(default=1, ge=1, le=64)
    #: Steps that one worker process runs at a time.
    worker_concurrency: int = Field(default_factory=_cores, ge=1, le=1_000)
    #: How long a stopping worker lets running steps finish before it hands them back.
    worker_grace_seconds: float = Field(default=30, ge=0, le=86_400)
    #: How long a silent worker keeps its step.
    lease_seconds: float = Field(default=10, ge=1, le=3_600)

    #: Jobs of one tenant that may be queued; the next is refused. ``ttv tenants`` sets others.
    max_queued_jobs: int = Field(default=10_000, ge=1, le=1_000_000)
    #: Jobs of one tenant that may have begun; the next waits. ``ttv tenants`` sets others.
    max_running_jobs: int = Field(default=1_000, ge=1, le=1_000_000)
    #: Queued jobs of all tenants together; the next is refused.
    max_queue: int = Field(default=50_000, ge=1, le=10_000_000)

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    #: Unset means: JSON in production, lines for people in development.
    log_format: Literal["json", "console"] | None = None

    #: Unset means: an embedded server in the data folder.
    redis_url: str | None = Field(
        default=None,
        repr=False,
        pattern=r"^(redis|rediss|unix)://\S+$",
        description="a URL such as redis://host:6379/0 or unix:///path/to/socket",
    )
    redis_password: SecretStr | None = None
    #: Whether a production service refuses a Redis without an append-only file.
    redis_persistence: Literal["require", "trust"] = "require"

    data_dir: Annotated[Path, AfterValidator(_absolute)] = Field(
        default_factory=_data_home, validate_default=True, description="the path of a folder"
    )

    #: When an API key is needed: ``auto`` as soon as one was made, and before that the service
    #: listens on this machine only; ``keys`` always; ``none`` never.
    auth: Literal["auto", "keys", "none"] = "auto"
    #: What API keys are hashed with, the same in every process. Unset means: a file of the data
    #: folder, made at first use.
    key_secret: SecretStr | None = Field(
        default=None, min_length=32, description="a text of at least 32 characters"
    )
    #: From where X-Forwarded-For is believed.
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_listed)] = (
        Field(default=(), description="addresses or networks such as 10.0.0.0/8, with commas")
    )
    #: Films that one API key, or one address without a key, may ask for; 0 means no limit.
    creates_per_minute: int = Field(default=60, ge=0, le=1_000_000)
    #: The same for all other requests.
    requests_per_minute: int = Field(default=1_200, ge=0, le=1_000_000)

    max_prompt_chars: int = Field(default=4_000, ge=1, le=100_000)
    max_body_bytes: int = Field(default=65_536, ge=1_024, le=16_777_216)
    #: How long a client may take to send a body.
    body_seconds: float = Field(default=30, ge=1, le=3_600)
    #: Event streams that one API process holds open.
    max_event_streams: int = Field(default=1_000, ge=1, le=100_000)
    #: Of these, the ones of one tenant.
    max_event_streams_per_tenant: int = Field(default=250, ge=1, le=100_000)
    #: How long a client may leave unread what it is sent.
    unread_seconds: float = Field(default=60, ge=1, le=3_600)
    max_film_seconds: float = Field(default=600, ge=1, le=86_400)

    #: The back ends that a request gets when it names none.
    planner: str = "builtin"
    painter: str = "animatic"
    generator: str = "animatic"
    #: The back end that keeps finished files.
    store: str = "disk"

    planners: Options = Field(default_factory=dict, repr=False)
    painters: Options = Field(default_factory=dict, repr=False)
    generators: Options = Field(default_factory=dict, repr=False)
    stores: Options = Field(default_factory=dict, repr=False)

    @property
    def redis_durable(self) -> bool:
        """Tell whether Redis must keep jobs through its own end."""
        return self.environment == "production" and self.redis_persistence == "require"

    @property
    def log_style(self) -> Literal["json", "console"]:
        """Give the log format that is in force."""
        if self.log_format:
            return self.log_format
        return "json" if self.environment == "production" else "console"

    def secrets(self) -> tuple[str, ...]:
        """List the secret values, for the log's redaction."""
        in_url = urlsplit(self.redis_url or "").password
        kept = (self.redis_password, self.key_secret)
        found = (unquote(in_url or ""), *(one.get_secret_value() for one in kept if one))
        optional = (
            str(value)
            for room in _ROOMS
            for options in getattr(self, room).values()
            for option, value in options.items()
            if _SECRET_OPTION.fullmatch(option)
        )
        return tuple(secret for secret in (*found, *optional) if secret)


@dataclass(frozen=True, slots=True)
class _Given:
    """A value as it was found, and the place to correct it."""

    value: object
    #: Such as ``API_PORT (environment)`` or ``api_port (api_config.yaml)``.
    place: str


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings of this process.

    Raises InvalidRequest with one sentence that names the key, where it stands and what it
    may be; the value itself is never repeated.
    """
    environ = os.environ if environ is None else environ
    folder = folder or Path(environ.get("TTV_CONFIG_DIR") or ".")
    if not folder.is_dir():
        raise InvalidRequest(
            f"TTV_CONFIG_DIR names {folder}, which is not a folder; correct or unset it",
            param="TTV_CONFIG_DIR",
        )
    variables = _variables(environ, folder / ".env")
    given = _from_files(folder) | _from_variables(variables)
    values = {name: found.value for name, found in given.items()}
    if home := environ.get("XDG_DATA_HOME"):
        values.setdefault("data_dir", Path(home) / "ttv")
    try:
        settings = Settings.model_validate(values)
    except Refused as refused:
        _explain(refused, given)
    return settings.model_copy(update=_options(settings, variables))


def _variables(environ: Mapping[str, str], dotenv: Path) -> dict[str, _Given]:
    """Give the texts of all variables that are not empty."""
    lines = dotenv_values(stream=_open(dotenv), interpolate=False) if dotenv.is_file() else {}
    origin = dict.fromkeys(lines, ".env") | dict.fromkeys(environ, "environment")
    texts = lines | dict(environ)
    return {name: _Given(text, f"{name} ({origin[name]})") for name, text in texts.items() if text}


def _options(settings: Settings, variables: Mapping[str, _Given]) -> dict[str, Options]:
    """Add the options that variables set, and put secrets in the place of their files."""
    rooms = {room: deepcopy(getattr(settings, room)) for room in _ROOMS}
    for name in filter(_OPTION.fullmatch, variables):
        room, back_end, option = name.removeprefix("TTV_").lower().split("__", 2)
        rooms[room].setdefault(back_end, {})[option] = variables[name].value
    for room in _ROOMS:
        for back_end, options in rooms[room].items():
            _read_secrets(options, f"{room}.{back_end}")
    return rooms


def _read_secrets(options: dict[str, JsonValue], place: str) -> None:
    for option in [name for name in options if name.endswith("_file")]:
        secret = option.removesuffix("_file")
        if not _SECRET_OPTION.fullmatch(secret):
            continue
        at = f"{place}.{option}"
        if secret in options:
            raise InvalidRequest(f"{at} and {secret} set the same thing; keep one", param=at)
        options[secret] = _read_secret(Path(str(options.pop(option))), at)


def _from_variables(variables: Mapping[str, _Given]) -> dict[str, _Given]:
    spellings = dict(_spellings())
    for name, variable in variables.items():
        known = name in spellings or name in ELSEWHERE or _OPTION.fullmatch(name)
        if name.startswith("TTV_") and not known:
            hint = _nearest(name, spellings)
            raise InvalidRequest(f"{variable.place} is not a setting{hint}", param=name)
    found: dict[str, _Given] = {}
    for name in sorted(variables.keys() & spellings.keys()):
        field = spellings[name]
        place = variables[name].place
        if field in found:
            both = " and ".join(sorted((found[field].place, place)))
            raise InvalidRequest(f"{both} set the same thing; keep one", param=name)
        text = str(variables[name].value)
        if name.endswith("_FILE"):
            text = _read_secret(Path(text), place)
        found[field] = _Given(_decode(field, text, place), place)
    return found


def _spellings() -> Iterator[tuple[str, str]]:
    """Give every variable with the setting that it sets."""
    for field in Settings.model_fields:
        for prefix in ("TTV_", "") if field in GUIDE else ("TTV_",):
            yield f"{prefix}{field.upper()}", field
            if field in SECRETS:
                yield f"{prefix}{field.upper()}_FILE", field


def _decode(field: str, text: str, place: str) -> object:
    """Read a variable's text; a mapping is written as JSON."""
    if Settings.model_fields[field].annotation != Options:
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidRequest(f"{place} must be a JSON object", param=field) from error


def _read_secret(path: Path, place: str) -> str:
    return _open(path, named_by=place).read().rstrip("\r\n")


def _from_files(folder: Path) -> dict[str, _Given]:
    found: dict[str, _Given] = {}
    for file in FILES:
        for key, value in _read_yaml(folder / file).items():
            place = f"{key} ({file})"
            if key not in Settings.model_fields:
                hint = _nearest(str(key), Settings.model_fields)
                raise InvalidRequest(f"{place} is not a setting{hint}", param=str(key))
            if key in found:
                raise InvalidRequest(f"{place} is also in {FILES[0]}; keep one", param=key)
            if isinstance(value, bool):  # pydantic would take `yes` for the number 1
                raise InvalidRequest(f"{place} must be {_limit(key)}", param=key)
            if value is not None:
                found[key] = _Given(value, place)
    return found


def _read_yaml(path: Path) -> Mapping[str, object]:
    if not path.is_file():
        return {}
    try:
        document = yaml.safe_load(_open(path))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise InvalidRequest(f"{path.name} is not valid YAML{where}", param=path.name) from error
    if not isinstance(document, dict | None):
        raise InvalidRequest(f"{path.name} must hold settings as 'key: value'", param=path.name)
    return document or {}


def _open(path: Path, *, named_by: str | None = None) -> io.StringIO:
    source = f"{path}, named by {named_by}," if named_by else str(path)
    try:
        return io.StringIO(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise InvalidRequest(
            f"{source} cannot be read: {reason}", param=named_by or path.name
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{source} is not UTF-8 text", param=named_by or path.name) from error


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else "; remove it"


def _explain(refused: Refused, given: Mapping[str, _Given]) -> NoReturn:
    """Turn the first refusal of the model into a sentence."""
    field = str(refused.errors(include_url=False, include_input=False)[0]["loc"][0])
    place = given[field].place if field in given else field
    default = Settings.model_fields[field].default
    has_default = default is not None and default is not PydanticUndefined
    way_out = "change it, or remove it" + (f" for the default, {default}" if has_default else "")
    raise InvalidRequest(f"{place} must be {_limit(field)}; {way_out}", param=field) from refused


def _limit(field: str) -> str:
    """Say what a setting may be, from its schema."""
    schema: dict[str, Any] = Settings.model_json_schema()["properties"][field]
    if "description" in schema:
        return str(schema["description"])
    schema = {**schema, **schema.get("anyOf", [{}])[0]}
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    noun = {
        "integer": "a whole number",
        "number": "a number",
        "string": "text",
        "object": "a mapping of back ends to their options",
    }[schema["type"]]
    low = schema.get("minimum")
    if low is None:
        return noun
    return f"{noun} from {low:.0f} to {schema['maximum']:.0f}"
