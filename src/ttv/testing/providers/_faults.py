"""What an emulated provider does wrong, on demand."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import NonNegativeFloat, NonNegativeInt

from ttv.testing._faults import CountedFaults

#: Faults that happen to so many of the next calls or tasks, and then no more.
Counted: TypeAlias = Literal[
    "lose_answers",
    "hang_submits",
    "refuse_submits",
    "refuse_polls",
    "refuse_downloads",
    "fail_tasks",
    "expire_urls",
    "stall_downloads",
    "break_downloads",
    "cut_downloads",
    "page_downloads",
]


class Faults(CountedFaults[Counted]):
    """All that it can do wrong."""

    #: Submits that are taken, and whose connection breaks in the middle of the answer.
    lose_answers: NonNegativeInt = 0
    #: Submits that are taken and never answered.
    hang_submits: NonNegativeInt = 0
    #: Calls that are answered with ``refusal`` (and ``retry_after``) before anything is done.
    refuse_submits: NonNegativeInt = 0
    refuse_polls: NonNegativeInt = 0
    refuse_downloads: NonNegativeInt = 0
    refusal: int = 503
    retry_after: NonNegativeFloat | None = None
    #: How long after it was taken a submit is answered.
    answer_delay_seconds: NonNegativeFloat = 0
    #: Tasks that fail when they should be ready.
    fail_tasks: NonNegativeInt = 0
    #: Tasks whose first address of the clip has expired.
    expire_urls: NonNegativeInt = 0
    #: Downloads that stop in the middle: for ever, or with the connection.
    stall_downloads: NonNegativeInt = 0
    break_downloads: NonNegativeInt = 0
    #: Downloads that end early as if that were all, and those that are a web page.
    cut_downloads: NonNegativeInt = 0
    page_downloads: NonNegativeInt = 0
    #: After how many downloads, or how long after its task, a clip cannot be had any more.
    url_downloads: NonNegativeInt | None = None
    url_seconds: NonNegativeFloat | None = None
    #: Words in prompts that the provider does not allow.
    moderated: tuple[str, ...] = ("forbidden",)

    def moderates(self, prompt: str) -> bool:
        """Tell whether a prompt holds a word that is not allowed."""
        return any(word in prompt.lower() for word in self.moderated)
