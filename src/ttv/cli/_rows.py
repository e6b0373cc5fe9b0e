"""Rows with moving bars, as every command shows them."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.table import Column


class Rows:
    """A row for each thing that gets done: what it is, what it shows, how far it is."""

    def __init__(self, console: Console) -> None:
        #: A context manager: the rows stand while it is open.
        self.progress = Progress(
            TextColumn("{task.fields[label]}", style="bold", markup=False),
            TextColumn(
                "{task.description}",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
            ),
            BarColumn(bar_width=20),
            TaskProgressColumn(),
            TextColumn(
                "{task.fields[status]}",
                style="dim",
                markup=False,
                table_column=Column(min_width=18, no_wrap=True),
            ),
            console=console,
            expand=True,
        )
        self._rows: dict[str, TaskID] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def add(self, name: str, label: str, content: str = "") -> None:
        """Add a row that waits."""
        self._rows[name] = self.progress.add_task(
            " ".join(content.split()), total=1.0, label=label, status="waiting"
        )

    def show(self, name: str, fraction: float, status: str, *, content: str | None = None) -> None:
        """Move a row's bar; ``content`` replaces what it shows."""
        description = None if content is None else " ".join(content.split())
        self.progress.update(
            self._rows[name], completed=fraction, status=status, description=description
        )
