"""Start an emulator as a process of its own, which outlives whoever is killed in a test."""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType
from typing import Final, Self

import httpx

from ttv import tether

#: Seconds for a process to end in order.
_PATIENCE: Final = 5.0


class Emulated:
    """An emulated service in a process of its own; a context manager.

    ``arguments`` are those of ``python -m``. The process says its address on its first line, and
    takes calls of the tests below ``/-/``. It ends with the one that started it, and with ``stop``.
    """

    def __init__(self, *arguments: str) -> None:
        #: Where it answers, once it is started.
        self.url = ""
        self._arguments = arguments
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
        if self._process is None:
            raise RuntimeError("the emulator is not started")
        return self._process.pid

    def start(self) -> None:
        """Start the process and wait until it has an address."""
        process = subprocess.Popen(  # noqa: S603 - our own module
            tether.tied(sys.executable, "-P", "-m", *self._arguments),
            stdout=subprocess.PIPE,
            text=True,
        )
        self._process = process
        self.url = process.stdout.readline().strip() if process.stdout else ""
        if not self.url:
            self.stop()
            raise RuntimeError("the emulator did not start")

    def stop(self) -> None:
        """End the process, which takes away what it has written; one that hangs is killed."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            if self._process.stdout:
                self._process.stdout.close()
            self._process = None

    def faults(self, **changes: object) -> None:
        """Change the faults in force, by the names of ``Faults``."""
        self.ask("POST", "/-/faults", changes)

    def reset(self) -> None:
        """Forget all that was sent, all that was asked and all faults."""
        self.ask("POST", "/-/reset")

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Make a call of the tests."""
        answer = httpx.request(method, f"{self.url}{path}", json=body, trust_env=False)
        return answer.raise_for_status()
