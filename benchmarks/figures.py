"""Figures with the bars that they are held to."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path


class Figures:
    """Prints each figure as it is measured, and remembers which missed its bar."""

    def __init__(self) -> None:
        self.missed: list[str] = []
        print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")

    def note(self, sentence: str) -> None:
        """Print what no bar holds."""
        print(f"  {sentence}", flush=True)

    def at_most(self, name: str, value: float, bar: float, unit: str, *, beside: str = "") -> None:
        """Print a figure that should not be larger than its bar."""
        self._show(name, value, f"<= {bar:g} {unit}", unit, met=value <= bar, beside=beside)

    def at_least(self, name: str, value: float, bar: float, unit: str, *, beside: str = "") -> None:
        """Print a figure that should not be smaller than its bar."""
        self._show(name, value, f">= {bar:g} {unit}", unit, met=value >= bar, beside=beside)

    def none(self, name: str, found: Sequence[object]) -> None:
        """Print how many of what there should be none of."""
        self._show(name, len(found), "0", "", met=not found, beside=f"{found[0]}" if found else "")

    def status(self, *, strict: bool) -> int:
        """Sum up; the exit status is 1 when something was missed and ``strict`` asks for it."""
        print(f"missed: {', '.join(self.missed)}" if self.missed else "every bar met")
        return int(strict and bool(self.missed))

    def _show(
        self, name: str, value: float, bar: str, unit: str, *, met: bool, beside: str
    ) -> None:
        if not met:
            self.missed.append(name)
        verdict = "OK  " if met else "MISS"
        print(f"{verdict} {name:44} {value:10.3f} {unit:9} bar {bar:16} {beside}", flush=True)


def cpu_seconds(pid: int) -> float:
    """Give the processor time that a process has used, to the nanosecond."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def resident_bytes(pid: int) -> int:
    """Give the memory that a process holds now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value that a share of the values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
