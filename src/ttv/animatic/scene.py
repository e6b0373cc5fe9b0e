"""The scene graph: what a shot shows, as frozen values the renderer draws.

A Scene says everything about the picture; with a seed and a frame number it fixes every
pixel (``state = f(scene, seed, t)``), so any frame can be drawn without the ones before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Setting(StrEnum):
    """Where the shot plays: one grammar of layers each."""

    FOREST = "forest"
    JUNGLE = "jungle"
    MEADOW = "meadow"
    FARM = "farm"
    MOUNTAINS = "mountains"
    DESERT = "desert"
    BEACH = "beach"
    OCEAN = "ocean"  #: The surface of the open sea.
    UNDERWATER = "underwater"
    LAKE = "lake"  #: A lake or river bank.
    CITY = "city"
    VILLAGE = "village"
    ROAD = "road"  #: A country road.
    ROOM = "room"  #: Indoors.
    SKY = "sky"  #: High among the clouds.
    SPACE = "space"


class Weather(StrEnum):
    """What falls or drifts through the air."""

    CLEAR = "clear"
    CLOUDY = "cloudy"
    RAIN = "rain"
    STORM = "storm"  #: Rain, wind and lightning.
    SNOW = "snow"
    FOG = "fog"
    WIND = "wind"


class TimeOfDay(StrEnum):
    """Light and palette."""

    DAWN = "dawn"
    DAY = "day"
    SUNSET = "sunset"
    NIGHT = "night"


class Season(StrEnum):
    """Colour of plants and ground; winter lies under snow."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class Passage(StrEnum):
    """How sun or moon move."""

    RISE = "rise"
    SET = "set"


class Move(StrEnum):
    """What the camera does."""

    STATIC = "static"
    PAN_LEFT = "pan_left"
    PAN_RIGHT = "pan_right"
    TILT_UP = "tilt_up"
    TILT_DOWN = "tilt_down"
    ZOOM_IN = "zoom_in"  #: Every layer grows alike.
    ZOOM_OUT = "zoom_out"
    DOLLY_IN = "dolly_in"  #: Near layers grow more than far ones.
    DOLLY_OUT = "dolly_out"
    TRACK = "track"  #: The camera travels beside the moving subject.


class Framing(StrEnum):
    """How much of the subject fills the picture."""

    WIDE = "wide"
    MEDIUM = "medium"
    CLOSE = "close"


class RigKind(StrEnum):
    """The skeleton a subject moves on."""

    QUADRUPED = "quadruped"
    BIPED = "biped"
    BIRD = "bird"
    FISH = "fish"
    VEHICLE = "vehicle"
    OBJECT = "object"  #: Stands, floats or hangs; has no limbs.
    PLACEHOLDER = "placeholder"  #: Nobody drew this noun yet: a labelled shape.


class Action(StrEnum):
    """What a subject does; rigs map it to their nearest gait."""

    STAND = "stand"
    SIT = "sit"
    SLEEP = "sleep"
    WALK = "walk"
    RUN = "run"
    JUMP = "jump"
    DANCE = "dance"
    WAVE = "wave"
    EAT = "eat"
    LOOK = "look"
    FLY = "fly"
    HOVER = "hover"
    SWIM = "swim"
    DIVE = "dive"
    DRIVE = "drive"
    SAIL = "sail"
    FLOAT = "float"
    CLIMB = "climb"
    FALL = "fall"
    SPIN = "spin"


#: The scenery a prompt can name beside its setting ("a meadow by a river").
SCENERY: Final = frozenset(
    {
        "bridge",
        "city",
        "fence",
        "forest",
        "hills",
        "lake",
        "mountains",
        "path",
        "river",
        "rocks",
        "sea",
        "village",
        "waterfall",
        "window",
    }
)


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of thing in the picture, ``count`` of them."""

    #: Canonical singular noun, a key of the rigs' species table ("fox"); for a placeholder
    #: the user's own word.
    noun: str
    rig: RigKind
    count: int = 1
    #: Canonical colour name of the language's colour table, or None for its natural colours.
    colour: str | None = None
    action: Action = Action.STAND
    #: 1 faces and moves right, -1 left.
    facing: int = 1
    #: Relative size against its natural one ("tiny" .4, "giant" 2.5).
    scale: float = 1.0
    #: What it stands on, sits in or carries, as another noun ("boat"); drawn by the stage.
    on: str | None = None
    #: Canonical colour name of ``on``, or None for its natural colours.
    on_colour: str | None = None
    #: Tempo of its movements: 1.0 is the everyday one, "slowly" .6, "fast" 1.5.
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class Camera:
    """Framing and move of the camera."""

    move: Move = Move.STATIC
    framing: Framing = Framing.WIDE
    #: 1.0 is the everyday speed; "slowly" .5, "fast" 1.8.
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Understanding:
    """What became of the words: nothing is dropped or swapped in silence."""

    #: Words or phrases drawn as asked.
    understood: tuple[str, ...] = ()
    #: (asked, drawn instead) pairs.
    substituted: tuple[tuple[str, str], ...] = ()
    #: Words that are neither drawn nor grammar.
    ignored: tuple[str, ...] = ()

    def warnings(self) -> tuple[str, ...]:
        """Say each gap in a sentence for the user."""
        swapped = tuple(f"drew {drawn} for {asked!r}" for asked, drawn in self.substituted)
        if not self.ignored:
            return swapped
        return (*swapped, f"did not draw: {', '.join(self.ignored)}")


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything the animatic shows in one shot."""

    setting: Setting
    subjects: tuple[Subject, ...] = ()
    time: TimeOfDay = TimeOfDay.DAY
    weather: Weather = Weather.CLEAR
    season: Season = Season.SUMMER
    camera: Camera = field(default_factory=Camera)
    #: Things in the sky that were named: "moon", "sun", "stars", "rainbow", "aurora".
    sky: tuple[str, ...] = ()
    #: What sun or moon do; None hangs still.
    passage: Passage | None = None
    #: Scenery that was named beside the setting: members of ``SCENERY``.
    props: tuple[str, ...] = ()
    #: A palette grade: "noir", "pastel", "neon", "sepia", "watercolor"; None is natural.
    style: str | None = None
    understanding: Understanding = field(default_factory=Understanding)
