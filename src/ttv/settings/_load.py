"""Gather the settings of a process from everywhere they may stand."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Final

from dotenv import dotenv_values
from pydantic import JsonValue
from pydantic import ValidationError as Refused

from ttv.errors import InvalidRequest
from ttv.settings._files import open_text, read_secret, read_yaml
from ttv.settings._model import GUIDE, ROOMS, SECRET_OPTION, SECRETS, Options, Settings
from ttv.settings._refusals import Given, explain, limit, nearest

_FILES: Final = ("api_config.yaml", "pipeline_config.yaml")

#: A variable that sets one option: room, back end, option.
_OPTION: Final = re.compile(rf"TTV_({'|'.join(ROOMS).upper()})__([A-Z0-9_]+?)__([A-Z0-9_]+)")

#: Variables with our prefix that are not settings of the service.
_ELSEWHERE: Final = frozenset({"TTV_API_KEY", "TTV_CONFIG_DIR", "TTV_DEBUG", "TTV_URL"})


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
        explain(refused, given)
    return settings.model_copy(update=_options(settings, variables))


def _variables(environ: Mapping[str, str], dotenv: Path) -> dict[str, Given]:
    """Give the texts of all variables that are not empty."""
    lines = dotenv_values(stream=open_text(dotenv), interpolate=False) if dotenv.is_file() else {}
    origin = dict.fromkeys(lines, ".env") | dict.fromkeys(environ, "environment")
    texts = lines | dict(environ)
    return {name: Given(text, f"{name} ({origin[name]})") for name, text in texts.items() if text}


def _options(settings: Settings, variables: Mapping[str, Given]) -> dict[str, Options]:
    """Add the options that variables set, and put secrets in the place of their files."""
    rooms = {room: deepcopy(getattr(settings, room)) for room in ROOMS}
    for name in filter(_OPTION.fullmatch, variables):
        room, back_end, option = name.removeprefix("TTV_").lower().split("__", 2)
        rooms[room].setdefault(back_end, {})[option] = variables[name].value
    for room in ROOMS:
        for back_end, options in rooms[room].items():
            _read_secrets(options, f"{room}.{back_end}")
    return rooms


def _read_secrets(options: dict[str, JsonValue], place: str) -> None:
    for option in [name for name in options if name.endswith("_file")]:
        secret = option.removesuffix("_file")
        if not SECRET_OPTION.fullmatch(secret):
            continue
        at = f"{place}.{option}"
        if secret in options:
            raise InvalidRequest(f"{at} and {secret} set the same thing; keep one", param=at)
        options[secret] = read_secret(Path(str(options.pop(option))), at)


def _from_variables(variables: Mapping[str, Given]) -> dict[str, Given]:
    spellings = dict(_spellings())
    for name, variable in variables.items():
        known = name in spellings or name in _ELSEWHERE or _OPTION.fullmatch(name)
        if name.startswith("TTV_") and not known:
            hint = nearest(name, spellings)
            raise InvalidRequest(f"{variable.place} is not a setting{hint}", param=name)
    found: dict[str, Given] = {}
    for name in sorted(variables.keys() & spellings.keys()):
        field = spellings[name]
        place = variables[name].place
        if field in found:
            both = " and ".join(sorted((found[field].place, place)))
            raise InvalidRequest(f"{both} set the same thing; keep one", param=name)
        text = str(variables[name].value)
        if field in SECRETS and name.endswith("_FILE"):
            text = read_secret(Path(text), place)
        found[field] = Given(_decode(field, text, place), place)
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


def _from_files(folder: Path) -> dict[str, Given]:
    found: dict[str, Given] = {}
    for file in _FILES:
        for key, value in read_yaml(folder / file).items():
            place = f"{key} ({file})"
            if key not in Settings.model_fields:
                hint = nearest(str(key), Settings.model_fields)
                raise InvalidRequest(f"{place} is not a setting{hint}", param=str(key))
            if key in found:
                raise InvalidRequest(f"{place} is also in {_FILES[0]}; keep one", param=key)
            if isinstance(value, bool):  # pydantic would take `yes` for the number 1
                raise InvalidRequest(f"{place} must be {limit(key)}", param=key)
            if value is not None:
                found[key] = Given(value, place)
    return found
