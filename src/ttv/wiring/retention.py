"""What may be removed from the store, and when: the rules, as pure functions.

What is younger than a day stays, whatever the settings, save what belongs to a deleted job. A
film whose job nobody knows stays for its days: where Redis was lost, ``ttv rebuild`` needs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any, Final, Self

from ttv.artifacts import Folder, Listed
from ttv.jobs import Fate, State, is_job_id
from ttv.pipeline import MANIFEST_FILE, Kept
from ttv.settings import Settings
from ttv.uploads import is_kept
from ttv.wiring.places import Place

_DAY: Final = 24 * 3600.0


class What(StrEnum):
    """Why something is removed."""

    FILM = "film"  #: It is older than films are kept.
    ORPHAN = "orphan"  #: Its job is deleted, or shows the film of another attempt.
    UNUSED = "unused"  #: It is older than step results are kept; the next film finds it no more.
    STEP = "step"  #: That was so for a day.
    UPLOAD = "upload"  #: An upload that broke off.


@dataclass(frozen=True, slots=True)
class Retention:
    """For how long files are kept, in seconds; None means for ever."""

    film: float | None = None
    step: float | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Read the settings."""
        return cls(_seconds(settings.film_days), _seconds(settings.step_days))

    def judge_films(
        self, folder: Folder, fate: Fate | None, *, now: float
    ) -> Iterator[tuple[What, Folder]]:
        """Tell what to remove of all that was delivered for a job, attempt by attempt.

        ``fate`` is that of its job; None where nobody knows it.
        """
        for attempt, films in _attempts(folder):
            what = self._judge_attempt(attempt, films, fate, now=now)
            if what is not None:
                yield what, films

    def judge_step(self, kept: Kept, *, wanted: Set[str], now: float) -> What | None:
        """Tell whether to remove the result of a step, and how.

        ``wanted`` names the results that jobs need which are not over. A whole result first
        loses its record, so that nobody finds it any more; its files go when whoever found it
        before has long said so.
        """
        if self.step is None or now - kept.written < self.step or kept.key in wanted:
            return None
        if kept.complete:
            return What.UNUSED
        if kept.retired is not None and now - kept.retired < _DAY:
            return None
        return What.STEP

    def judge_upload(self, folder: Folder, *, now: float) -> What | None:
        """Tell whether to remove what has no record: it broke off, or somebody deleted it.

        What is kept, its tenant alone deletes.
        """
        if is_kept(file.key for file in folder.files) or now - folder.modified < _DAY:
            return None
        return What.UPLOAD

    def _judge_attempt(
        self, attempt: int, films: Folder, fate: Fate | None, *, now: float
    ) -> What | None:
        age = now - films.modified
        if fate is None:
            return self._judge_stranger(films, age=age)
        if fate.state is None:
            return What.ORPHAN
        shown = _shown(fate.result)
        over = fate.state.terminal
        if attempt == shown:
            return What.FILM if over and self._is_old(_ended(fate), age, now=now) else None
        waits = not over and attempt >= fate.attempt
        unclear = fate.state is State.FINISHED and shown is None
        return What.ORPHAN if age >= _DAY and not waits and not unclear else None

    def _judge_stranger(self, films: Folder, *, age: float) -> What | None:
        """Judge a film of a job that nobody knows: what has a manifest can be listed again."""
        if not is_job_id(Place.of(films.files[0].key).job_id) or age < _DAY:
            return None
        if not any(file.key.endswith(f"/{MANIFEST_FILE}") for file in films.files):
            return What.ORPHAN
        return What.FILM if self.film is not None and age >= self.film else None

    def _is_old(self, ended: float, age: float, *, now: float) -> bool:
        return self.film is not None and now - ended >= self.film and age >= _DAY


def _seconds(days: float) -> float | None:
    """Give a time to keep files for; the shortest is a day."""
    return max(days * _DAY, _DAY) if days else None


def _attempts(folder: Folder) -> Iterable[tuple[int, Folder]]:
    """Divide what lies in the folder of a job by the attempts that have delivered it."""

    def attempt_of(file: Listed) -> int:
        return Place.of(file.key).attempt

    for attempt, files in groupby(sorted(folder.files, key=attempt_of), key=attempt_of):
        yield attempt, Folder(folder.key, tuple(files))


def _shown(result: Mapping[str, Any] | None) -> int | None:
    """Tell of which attempt the film is that a job shows."""
    film = (result or {}).get("files", {}).get("film")
    return Place.of(film["key"]).attempt if film else None


def _ended(fate: Fate) -> float:
    """Tell when a job was over; one that does not say so was not yet."""
    return float("inf") if fate.finished_at is None else fate.finished_at / 1000
