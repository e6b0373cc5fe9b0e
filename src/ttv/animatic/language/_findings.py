"""What the reader finds in a text, before anything is chosen or filled in."""

from __future__ import annotations

from dataclasses import dataclass, field

from ttv.animatic.language._ledger import Ledger
from ttv.animatic.language._senses import Count, Mark, Noun, Place, Scenery, Verb
from ttv.animatic.scene import Action


@dataclass(slots=True)
class Part:
    """One subject, as far as it is read."""

    #: None for a noun nobody drew yet.
    noun: Noun | None
    #: The words that name it, for a placeholder's label and to know it again.
    name: str
    #: First and last unit (exclusive) of the phrase that brought it in.
    start: int
    end: int
    definite: bool = False
    count: Count | None = None
    #: True for one word for several ("a herd of"), whose verb has either number.
    grouped: bool = False
    plural: bool = False
    colour: str | None = None
    scale: float = 1.0
    pace: float = 1.0
    #: What it does; None until a verb says so.
    action: Action | None = None
    facing: int | None = None
    #: What it stands on, sits in or carries.
    on: Noun | None = None
    on_colour: str | None = None

    @property
    def several(self) -> bool:
        """Tell whether it is more than one."""
        return self.plural or (self.count is not None and self.count.least > 1)

    @property
    def vague(self) -> bool:
        """Tell whether a verb of either number fits: "a herd of goats", "the sheep"."""
        return self.grouped or (self.noun is not None and self.noun.invariant)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that was named, with the units of its phrase."""

    at: int
    start: int
    end: int
    preposition: str | None
    place: Place | None
    scenery: Scenery | None


@dataclass(slots=True)
class Findings:
    """Everything a text says, in its order."""

    ledger: Ledger
    parts: list[Part] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    #: The verb of sun or moon ("the moon slowly rises").
    passage: Verb | None = None
    #: Things that stand beside the subjects ("past a lighthouse"); verbs do not bind to them.
    things: list[Part] = field(default_factory=list)
    #: Light, air, look, moves and framing, with the unit that says so.
    marks: list[tuple[int, Mark]] = field(default_factory=list)
    #: Tempo of the camera.
    camera_pace: Mark | None = None
    #: Colours of places and sky, by unit, with the spot or mark they belong to.
    tints: list[tuple[int, str, int]] = field(default_factory=list)
    #: A pronoun that stands for something outside this text: unit and what it stands for.
    loose_pronoun: tuple[int, str] | None = None
    #: A verb that has no subject in this text, by unit.
    loose_verb: int | None = None
