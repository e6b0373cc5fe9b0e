"""What the parts of the stack say: kept in files as it was written, shown to people by line."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from ttv.cli._kept import Log
from ttv.moments import rfc3339

#: A log file longer than this is set aside as ``NAME.log.1``.
MAX_LOG_BYTES: Final = 10 * 2**20
_COLOURS: Final = ("cyan", "magenta", "green", "yellow", "blue")
_LEVEL_STYLES: Final = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "bold red"}
#: Fields that the columns of a line already tell, or that only machines read.
_TOLD: Final = frozenset(
    {
        *("timestamp", "level", "component", "message", "duration_ms"),
        *("action", "exception", "logger", "request_id"),
    }
)


class Tee:
    """Passes everything on to several logs."""

    def __init__(self, *logs: Log) -> None:
        self._logs = logs

    def line(self, component: str, line: str) -> None:
        """Pass a child's line on."""
        for log in self._logs:
            log.line(component, line)

    def note(self, component: str, sentence: str) -> None:
        """Pass a sentence on."""
        for log in self._logs:
            log.note(component, sentence)


class Files:
    """Keeps each component's lines in ``FOLDER/COMPONENT.log``.

    A full disk costs log lines and nothing else.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def line(self, component: str, line: str) -> None:
        """Append a line as it is."""
        path = self._folder / f"{component}.log"
        with contextlib.suppress(OSError):
            if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
                path.replace(path.with_suffix(".log.1"))
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")

    def note(self, component: str, sentence: str) -> None:
        """Append a sentence in the form of the other lines."""
        self.line(component, _entry(component, sentence))


class Screen:
    """Shows lines as they come: for people on a terminal, else as they were written.

    People are spared the requests of those who only look.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._colours = cycle(_COLOURS)
        self._colour_of: dict[str, str] = {}

    def line(self, component: str, line: str) -> None:
        """Show a child's line."""
        if not self._console.is_terminal:
            self._print(Text(line))
            return
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if isinstance(entry, dict):
            if not _is_routine(entry):
                self._print(self._for_people(component, entry))
        else:
            self._print(self._head(component, datetime.now(UTC)).append(line))

    def note(self, component: str, sentence: str) -> None:
        """Show a sentence about a component."""
        if self._console.is_terminal:
            head = self._head(component, datetime.now(UTC))
            self._print(head.append(sentence, style="bold"))
        else:
            self._print(Text(_entry(component, sentence)))

    def _print(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)

    def _head(self, component: str, moment: datetime) -> Text:
        if component not in self._colour_of:
            self._colour_of[component] = next(self._colours)
        clock = moment.astimezone().strftime("%H:%M:%S")
        return Text.assemble(
            (clock, "dim"), " ", (f"{component:<9}", self._colour_of[component]), " "
        )

    def _for_people(self, component: str, entry: Mapping[str, Any]) -> Text:
        text = self._head(component, _moment(entry.get("timestamp")))
        text.append(str(entry.get("message", "")), style=_LEVEL_STYLES.get(str(entry.get("level"))))
        if isinstance(took := entry.get("duration_ms"), int | float):
            text.append(f"  {took:.0f} ms", style="dim")
        for name, value in entry.items():
            if name not in _TOLD and value is not None:
                text.append(f"  {name}={value}", style="dim")
        if trace := entry.get("exception"):
            text.append("\n" + str(trace), style="dim")
        return text


def _is_routine(entry: Mapping[str, Any]) -> bool:
    """Tell whether a request only read something, as those of a watching client do."""
    return entry.get("method") in {"GET", "HEAD"} and entry.get("status", 500) < 400


def _moment(stamp: object) -> datetime:
    try:
        return datetime.fromisoformat(str(stamp))
    except ValueError:
        return datetime.now(UTC)


def _entry(component: str, sentence: str) -> str:
    stamp = rfc3339(datetime.now(UTC))
    return json.dumps(
        {"timestamp": stamp, "level": "INFO", "component": component, "message": sentence}
    )
