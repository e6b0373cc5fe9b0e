"""Start an emulated provider, and read its book."""

from __future__ import annotations

from typing import Any, Final, Literal

from ttv.testing._emulated import Emulated
from ttv.testing.providers import kling, runway
from ttv.testing.providers._studio import Charge

#: Options of the engines for the emulated accounts.
_KEYS: Final = {
    "kling": {"access_key": kling.ACCESS_KEY, "secret_key": kling.SECRET_KEY},
    "runway": {"api_key": runway.API_KEY},
}


class Emulator(Emulated):
    """An emulated provider in a process of its own.

    ``options`` are those of the ``python -m ttv.testing.providers`` command.
    """

    def __init__(self, provider: Literal["kling", "runway"], **options: object) -> None:
        named = (f"--{name.replace('_', '-')}={value}" for name, value in options.items())
        super().__init__("ttv.testing.providers", provider, *named)
        self.provider = provider

    @property
    def engine_options(self) -> dict[str, Any]:
        """Give the options with which the engine of this provider asks the emulator."""
        return {"base_url": self.url, **_KEYS[self.provider], "poll_seconds": 0.05}

    def charges(self) -> list[Charge]:
        """Read the book: one entry for every task that was ever taken, in that order."""
        return [Charge(**charge) for charge in self.ask("GET", "/-/charges").json()]
