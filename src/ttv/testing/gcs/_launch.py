"""Start the emulator, and write the files with which one signs in there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ttv.testing._emulated import Emulated
from ttv.testing.gcs._accounts import EMAIL, SUBJECT, workload


class Emulator(Emulated):
    """The emulated service in a process of its own."""

    #: The one bucket, and the one service account.
    bucket = "films"
    service_account = EMAIL

    def __init__(self) -> None:
        super().__init__("ttv.testing.gcs", f"--bucket={self.bucket}")

    @property
    def store_options(self) -> dict[str, object]:
        """Give the options with which the store asks the emulator, without credentials."""
        return {"bucket": self.bucket, "endpoint": self.url}

    def key_file(self, folder: Path) -> Path:
        """Write the key of the service account, as an operator downloads it."""
        path = folder / "key.json"
        path.write_bytes(self.ask("GET", "/-/key").content)
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
        calls: list[dict[str, Any]] = self.ask("GET", "/-/calls").json()
        return [call for call in calls if method in (None, call["method"])]
