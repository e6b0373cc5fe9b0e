"""When a message is tried again."""

from __future__ import annotations

from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
#: Seconds between one try and the next, as Standard Webhooks has them: over three days in all.
WAITS: Final = (
    *(5, 5 * _MINUTE, 30 * _MINUTE),
    *(2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR),
)
#: The part of a wait that chance adds, so that what failed together is not tried together.
_JITTER: Final = 0.1


def next_wait(tries: int, *, chance: float, asked: float | None = None) -> float | None:
    """Give the seconds until a message is tried again that was tried so often; None for never.

    ``chance`` is from 0.0 to 1.0; ``asked`` is what the receiver asked for, of which a day counts.
    """
    if tries > len(WAITS):
        return None
    wait = WAITS[tries - 1] * (1 + _JITTER * chance)
    return max(wait, min(asked or 0, _DAY))
