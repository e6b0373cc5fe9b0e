"""The settings, what each may be, and its default."""

from __future__ import annotations

import os
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import unquote, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SecretStr,
)

#: Options of back ends by their names; each back end checks its own.
Options = dict[str, dict[str, JsonValue]]

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
        "gcs_bucket",
        "gcs_credentials_file",
        "redis_url",
        "redis_password",
    }
)

#: Settings that may stand in a file of their own, named by ``X_FILE``.
SECRETS: Final = frozenset({"redis_url", "redis_password", "key_secret"})

#: Options of back ends that hold secrets.
SECRET_OPTION: Final = re.compile(r"(?:\w+_)?(?:key|password|secret|token)")
#: The settings that are options.
ROOMS: Final = ("planners", "painters", "generators", "stores")


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

    #: Days for which the files of a finished film are kept; 0 means for ever.
    film_days: float = Field(default=0, ge=0, le=36_500)
    #: Days for which what a step made is kept, to be used again; 0 means for ever.
    step_days: float = Field(default=0, ge=0, le=36_500)
    #: How often the store is swept, by one of the workers.
    sweep_seconds: float = Field(default=3_600, ge=1, le=86_400)

    max_prompt_chars: int = Field(default=4_000, ge=1, le=100_000)
    max_body_bytes: int = Field(default=65_536, ge=1_024, le=16_777_216)
    #: The same for a manifest from which a film is made again.
    max_manifest_bytes: int = Field(default=4_194_304, ge=1_024, le=67_108_864)
    #: How long a client may take to send a body.
    body_seconds: float = Field(default=30, ge=1, le=3_600)
    #: Event streams that one API process holds open.
    max_event_streams: int = Field(default=1_000, ge=1, le=100_000)
    #: Of these, the ones of one tenant.
    max_event_streams_per_tenant: int = Field(default=250, ge=1, le=100_000)
    #: How long a client may leave unread what it is sent.
    unread_seconds: float = Field(default=60, ge=1, le=3_600)
    max_film_seconds: float = Field(default=600, ge=1, le=86_400)
    #: Bytes of uploaded files that one tenant may keep, as they are kept.
    max_upload_bytes_per_tenant: int = Field(default=1 << 30, ge=0, le=1 << 50)
    #: The same, in files.
    max_uploads_per_tenant: int = Field(default=1_000, ge=0, le=100_000)
    #: How long a link to a file works where nobody says.
    link_seconds: int = Field(default=3_600, ge=60, le=604_800)
    #: Where webhooks may be beside the public Internet, there also without TLS and on any port.
    webhook_allow: Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_listed)] = (
        Field(default=(), description="addresses or networks such as 10.0.0.0/8, with commas")
    )

    #: The back ends that a request gets when it names none.
    planner: str = "builtin"
    painter: str = "animatic"
    generator: str = "animatic"
    #: The back end that keeps finished files. Unset means: ``gcs`` where ``gcs_bucket`` is set,
    #: else ``disk``.
    store: str | None = Field(default=None, description="the name of a store")
    #: The bucket of Google Cloud Storage that keeps them.
    gcs_bucket: str | None = Field(
        default=None, min_length=3, max_length=222, description="the name of a bucket"
    )
    #: The JSON key of a service account for it. Unset means: what the machine or workload signs
    #: in with.
    gcs_credentials_file: Annotated[Path, AfterValidator(_absolute)] | None = Field(
        default=None, description="the path of a service account's key"
    )

    #: What films are signed with by C2PA: the chain of certificates in PEM, and the private key of
    #: the first. Both or none.
    c2pa_certificate_file: Annotated[Path, AfterValidator(_absolute)] | None = Field(
        default=None, description="the path of a chain of certificates in PEM"
    )
    c2pa_key_file: Annotated[Path, AfterValidator(_absolute)] | None = Field(
        default=None, description="the path of a private key in PEM"
    )

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
            for room in ROOMS
            for options in getattr(self, room).values()
            for option, value in options.items()
            if SECRET_OPTION.fullmatch(option)
        )
        return tuple(secret for secret in (*found, *optional) if secret)
