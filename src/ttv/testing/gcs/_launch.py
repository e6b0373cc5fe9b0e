"""Start the emulator as a process of its own, which outlives whoever is killed in a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from ttv import tether
from ttv.testing.gcs._accounts import EMAIL, SUBJECT, workload


class Emulator:
    """The emulated service in a process of its own; a context manager.

    The process ends with the one that started it, and with ``stop``.
    """

    #: The one bucket, and the one service account.
    bucket = "films"
    service_account = EMAIL

    def __init__(self) -> None:
        #: Where it answers, once it is started.
        self.url = ""
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
    def store_options(self) -> dict[str, object]:
        """Give the options with which the store asks the emulator, without credentials."""
        return {"bucket": self.bucket, "endpoint": self.url}

    def start(self) -> None:
        """Start the process and wait until it has an address."""
        command = (sys.executable, "-P", "-m", "ttv.testing.gcs", f"--bucket={self.bucket}")
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            tether.tied(*command), stdout=subprocess.PIPE, text=True
        )
        self.url = self._process.stdout.readline().strip() if self._process.stdout else ""
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

    def key_file(self, folder: Path) -> Path:
        """Write the key of the service account, as an operator downloads it."""
        path = folder / "key.json"
        path.write_bytes(self._ask("GET", "/-/key").content)
        return path

    def workload_file(self, folder: Path) -> Path:
        """Write what a workload without a key signs in with, to be its application default."""
        subject = folder / "subject"
        subject.write_text(SUBJECT)
        path = folder / "workload.json"
        path.write_text(json.dumps(workload(self.url, str(subject))))
        return path

    def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """Tell what was asked, in order; a connection that was broken has the status 0."""
        calls: list[dict[str, Any]] = self._ask("GET", "/-/calls").json()
        return [call for call in calls if method in (None, call["method"])]

    def faults(self, **changes: object) -> None:
        """Change the faults in force, by the names of ``Faults``."""
        self._ask("POST", "/-/faults", changes)

    def reset(self) -> None:
        """Forget all objects, calls and faults."""
        self._ask("POST", "/-/reset")

    def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        answer = httpx.request(method, f"{self.url}{path}", json=body, trust_env=False)
        return answer.raise_for_status()
