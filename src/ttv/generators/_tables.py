"""Read what is known of a provider's models, and pick one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr

from ttv.errors import InvalidRequest

_Model = TypeVar("_Model", bound=BaseModel)


def _sides(text: object) -> object:
    return text.split("x") if isinstance(text, str) else text


#: Written as ``1280x720``.
Size = Annotated[tuple[int, int], BeforeValidator(_sides)]


class Row(BaseModel):
    """What is known of a model; derive from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: The lengths that it makes.
    seconds: tuple[int, ...]
    #: It makes sound unless told otherwise.
    sound: bool = False


@cache
def _table(provider: str) -> Mapping[str, Any]:
    text = (files("ttv.generators") / f"{provider}.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def row(provider: str, model: str, form: type[_Model]) -> _Model:
    """Read the row of a model. Raises InvalidRequest for one that is not in the table."""
    table = _table(provider)
    if model not in table:
        raise InvalidRequest(
            f"the engine {provider} knows no model {model!r}; choose from: {', '.join(table)}",
            param=f"generators.{provider}.model",
        )
    return form.model_validate(table[model])


def micro_usd(dollars: Decimal) -> int:
    """Give an amount of US dollars in millionths."""
    return round(dollars * 1_000_000)


def needed(provider: str, option: str, secret: SecretStr | None) -> str:
    """Give a secret that an engine cannot do without. Raises InvalidRequest without one."""
    if secret is None or not secret.get_secret_value():
        variable = f"TTV_GENERATORS__{provider}__{option}".upper()
        raise InvalidRequest(
            f"the engine {provider} needs the {option} of your account: set {variable}, or "
            f"{variable}_FILE to the file that holds it",
            param=f"generators.{provider}.{option}",
        )
    return secret.get_secret_value()
