"""Texts that are shown for a while: WebVTT and SubRip."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from ttv.outputs._port import Source

_LINE_CHARS: Final = 42
_LINES: Final = 2
#: Nobody reads what is gone sooner.
_SECONDS: Final = 1.2


@dataclass(frozen=True, slots=True)
class Cue:
    """A text and when it is shown, in seconds."""

    start: float
    end: float
    lines: tuple[str, ...]


def captions(source: Source) -> Iterator[Cue]:
    """Give the words of every shot while it is shown, a few lines at a time.

    Each is shown for a share of the time by its length. Where a shot is too short for that, more
    lines are shown at once; nothing is left out.
    """
    for shot in source.shots:
        lines = textwrap.wrap(shot.words, _LINE_CHARS)
        start, seconds = source.seconds(shot.start), source.seconds(shot.frames)
        most = max(1, int(seconds / _SECONDS))
        size = max(_LINES, -(-len(lines) // most))
        texts = [tuple(lines[at : at + size]) for at in range(0, len(lines), size)]
        sums = list(accumulate((sum(map(len, text)) for text in texts), initial=0))
        times = [start + seconds * chars / sums[-1] for chars in sums]
        for text, (begin, end) in zip(texts, pairwise(times), strict=True):
            yield Cue(begin, end, text)


def stamp(seconds: float, *, point: str = ".") -> str:
    """Write a time as ``00:01:02.345``."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}{point}{thousandths:03}"


def webvtt(cues: Iterable[Cue]) -> str:
    """Write a WebVTT file of plain texts."""
    return "WEBVTT\n" + "".join(
        f"\n{stamp(cue.start)} --> {stamp(cue.end)}\n{_plain(cue)}\n" for cue in cues
    )


def subrip(cues: Iterable[Cue]) -> str:
    """Write a SubRip file; it has no way to write an arrow of a time line in a text."""
    return "\n".join(
        f"{number}\n{stamp(cue.start, point=',')} --> {stamp(cue.end, point=',')}\n"
        + "\n".join(cue.lines).replace("-->", "→")
        + "\n"
        for number, cue in enumerate(cues, start=1)
    )


def _plain(cue: Cue) -> str:
    """Write lines so that nothing in them is markup."""
    text = "\n".join(cue.lines)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
