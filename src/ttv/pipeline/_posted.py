"""What is read of a manifest that somebody sends, who may be anybody.

Of what it says of steps nothing is used but the hash of the film, to compare with: its keys
never become keys of a store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from ttv import outputs
from ttv.errors import InvalidRequest
from ttv.pipeline._given import Given
from ttv.pipeline._graph import Seam
from ttv.pipeline._makers import COMPARED, makers
from ttv.pipeline._manifest import VERSION
from ttv.pipeline._order import Limits, Order, parse_mode
from ttv.pipeline._reproduce import Difference
from ttv.pipeline._take import Take
from ttv.pipeline._work import Tools
from ttv.planning import Plan, from_document
from ttv.seeds import checked

_BackEnd: TypeAlias = Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z0-9_-]*$")]
_Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Word: TypeAlias = Annotated[str, Field(max_length=64)]
#: The path of a field is repeated in a refusal up to this length.
_MOST_PATH: Final = 128
#: Fields that are not known are told up to so many: a manifest can have half a million.
_MOST_UNREAD: Final = 8


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class _Take(_Strict):
    model_config = ConfigDict(extra="forbid")

    shot: int
    number: int = Field(ge=1, le=1_000_000)
    prompt: str | None = None
    seed: int | None = None


class _Given(_Strict):
    model_config = ConfigDict(extra="forbid")

    id: _Word
    sha256: _Sha256


class _Order(_Strict):
    #: What is not read here would be left out of the film: it is told.
    model_config = ConfigDict(extra="allow")

    prompt: str | None
    plan: dict[str, JsonValue] | None
    size: _Word
    fps: int
    frames: int | None
    seed: int
    mode: _Word
    planner: _BackEnd
    painter: _BackEnd
    generator: _BackEnd
    takes: list[_Take] = Field(default=[], max_length=10_000)
    outputs: list[_Word] = Field(default=[], max_length=100)
    strip_metadata: bool = False
    first_frame: _Given | None = None
    soundtrack: _Given | None = None
    #: Of a film that was itself made from a manifest.
    reproduces: str | None = None
    differences: list[str] = []


class _File(_Strict):
    sha256: _Sha256


class _Files(_Strict):
    film: _File


class _Film(_Strict):
    files: _Files


class _Steps(_Strict):
    film: _Film


class _Seam(_Strict):
    join: _Word


class Posted(_Strict):
    """What is read of a manifest."""

    version: int
    ttv: str
    order: _Order
    plan: dict[str, JsonValue]
    #: The plan before any shot was made anew, where that is not the order's own.
    planned: dict[str, JsonValue] | None = None
    seams: list[_Seam]
    made_with: dict[str, str] = {}
    steps: _Steps

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Posted:
        """Check the form of a manifest. Raises InvalidRequest naming the field."""
        try:
            told = cls.model_validate(document)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            param = ".".join(map(str, first["loc"]))[:_MOST_PATH]
            lacks = "is missing" if first["type"] == "missing" else "does not have the form of one"
            raise InvalidRequest(
                f"this is no manifest of a film: its {param} {lacks}", param=param
            ) from error
        if told.version != VERSION:
            raise InvalidRequest(f"the version of a manifest is {VERSION} here", param="version")
        return told

    def first_plan(self, limits: Limits) -> tuple[Plan, tuple[Difference, ...]]:
        """Give the plan before any shot was made anew, and what is not known of it.

        Raises InvalidRequest for one that no order may ask for.
        """
        for name, told in (("order.plan", self.order.plan), ("planned", self.planned)):
            if told is not None:
                return _read_plan(told, name, limits), ()
        plan = _read_plan(self.plan, "plan", limits)
        if not self.order.takes:
            return plan, ()
        lost = Difference("planned", "the manifest does not tell the plan before its new takes")
        return plan, (lost,)

    def order_of(self, plan: Plan) -> Order:
        """Give the order that makes the film again. Raises InvalidRequest naming the field."""
        said = self.order
        if len({take.shot for take in said.takes}) < len(said.takes):
            raise InvalidRequest("a shot has several takes; keep one of each", param="order.takes")
        return Order(
            plan=plan,
            format=plan.format,
            seed=checked(said.seed),
            mode=parse_mode(said.mode),
            planner=said.planner,
            painter=said.painter,
            generator=said.generator,
            takes=tuple(Take(**take.model_dump()) for take in said.takes),
            outputs=outputs.chosen(said.outputs),
            strip_metadata=said.strip_metadata,
            first_frame=_given(said.first_frame),
            soundtrack=_given(said.soundtrack),
            reproduces=self.steps.film.files.film.sha256,
        )

    def unread(self) -> Iterator[Difference]:
        """Name the first fields of the order that say something which is not known here."""
        told = (name for name, value in (self.order.model_extra or {}).items() if value)
        for name in islice(told, _MOST_UNREAD):
            param = f"order.{name}"[:_MOST_PATH]
            yield Difference(param, "a field of the order is not known to this version")

    def differences(self, tools: Tools, heads: tuple[Seam, ...]) -> Iterator[Difference]:
        """Tell what may make the film come out otherwise here."""
        engine, mine = tools.engine, makers(tools)
        told = {**self.made_with, "ttv": self.ttv}
        for name, what in COMPARED.items():
            if told.get(name) != mine[name]:
                param = name if name == "ttv" else f"made_with.{name}"
                verb = "was" if name in told else "may have been"
                yield Difference(param, f"{what} {verb} another; here it is {mine[name]}")
        if engine.price_per_second or engine.price_per_segment:
            yield Difference("order.generator", f"{engine.model} is paid for every clip anew")
        if not engine.seed:
            yield Difference("order.generator", f"{engine.model} makes another clip every time")
        if [seam.join for seam in self.seams] != [head.join.value for head in heads]:
            yield Difference("seams", "the shots meet in another way here")


def _given(file: _Given | None) -> Given | None:
    return None if file is None else Given(file.id, file.sha256)


def _read_plan(document: Mapping[str, Any], param: str, limits: Limits) -> Plan:
    """Read a plan within the limits. Raises InvalidRequest naming the field."""
    try:
        plan = from_document(document)
    except InvalidRequest as error:
        inside = f"{param}.{error.param}" if error.param not in {None, "plan"} else param
        raise InvalidRequest(f"in the {param}, {error.message}", param=inside) from error
    seconds = plan.format.seconds(plan.frames)
    if seconds > limits.film_seconds:
        raise InvalidRequest(
            f"the film lasts {seconds:g} seconds; the limit is {limits.film_seconds:g}", param=param
        )
    longest = max(len(text) for text in _texts(plan))
    if longest > limits.prompt_chars:
        raise InvalidRequest(
            f"a text of the {param} has {longest:,} characters; the limit is "
            f"{limits.prompt_chars:,}",
            param=param,
        )
    return plan


def _texts(plan: Plan) -> Iterator[str]:
    """Give every text that a plan holds; the prompts of its shots are for the engine to judge."""
    yield from (plan.brief, plan.style or "", *plan.cast, *plan.warnings)
    for shot in plan.shots:
        yield from (shot.camera or "", shot.framing or "", shot.first_keyframe or "")
