"""What a tenant may be called: one rule, wherever one is named."""

from __future__ import annotations

import re
from typing import Final

from ttv.errors import InvalidRequest

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def is_tenant(name: str) -> bool:
    """Tell whether a tenant may be called so."""
    return _NAME.fullmatch(name) is not None


def check_tenant(name: str) -> None:
    """Raise InvalidRequest for what no tenant is called."""
    if not is_tenant(name):
        raise InvalidRequest(
            "tenant must have 1 to 63 of a-z, 0-9, '.', '_' and '-', a letter or digit first",
            param="tenant",
        )
