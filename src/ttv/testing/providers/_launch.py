"""Start an emulator as a process of its own, which outlives whoever is killed in a test."""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType
from typing import Any, Final, Literal, Self

import httpx

from ttv import tether
from ttv.testing.providers import kling, runway
from ttv.testing.providers._studio import Charge

#: Options of the engines for the emulated accounts.
_KEYS: Final = {
    "kling": {"access_key": kling.ACCESS_KEY, "secret_key": kling.SECRET_KEY},
    "runway": {"api_key": runway.API_KEY},
}


class Emulator:
    """An emulated provider in a process of its own; a context manager.

    ``options`` are those of the ``python -m ttv.testing.providers`` command. The process ends
    with the one that started it, and with ``stop``.
    """

    def __init__(self, provider: Literal["kling", "runway"], **options: object) -> None:
        self.provider = provider
        #: Where it answers, once it is started.
        self.url = ""
        self._options = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Give the process."""
        return self._running.pid

    @property
    def engine_options(self) -> dict[str, Any]:
        """Give the options with which the engine of this provider asks the emulator."""
        return {"base_url": self.url, **_KEYS[self.provider], "poll_seconds": 0.05}

    def start(self) -> None:
        """Start the process and wait until it has an address."""
        command = (sys.executable, "-P", "-m", "ttv.testing.providers", self.provider)
        process = subprocess.Popen(  # noqa: S603 - our own module
            tether.tied(*command, *self._options), stdout=subprocess.PIPE, text=True
        )
        self._process = process
        self.url = process.stdout.readline().strip() if process.stdout else ""
        if not self.url:
            self.stop()
            raise RuntimeError("the emulator did not start")

    def stop(self) -> None:
        """End the process."""
        if self._process:
            self._process.kill()
            self._process.wait()
            if self._process.stdout:
                self._process.stdout.close()
            self._process = None

    def charges(self) -> list[Charge]:
        """Read the book: one entry for every task that was ever taken, in that order."""
        return [Charge(**charge) for charge in self._ask("GET", "/-/charges").json()]

    def faults(self, **changes: object) -> None:
        """Change the faults in force, by the names of ``Faults``."""
        self._ask("POST", "/-/faults", changes)

    def reset(self) -> None:
        """Forget all tasks, charges and faults."""
        self._ask("POST", "/-/reset")

    @property
    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("the emulator is not started")
        return self._process

    def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        answer = httpx.request(method, f"{self.url}{path}", json=body, trust_env=False)
        return answer.raise_for_status()
