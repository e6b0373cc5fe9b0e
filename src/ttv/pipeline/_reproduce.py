"""A film that is made again from its manifest: what would differ here, and whether it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from ttv.errors import Conflict
from ttv.pipeline._order import Order
from ttv.pipeline._step import Result


@dataclass(frozen=True, slots=True)
class Difference:
    """Why the film that is made here may be another."""

    #: The field of the manifest.
    param: str
    message: str


class NotReproducible(Conflict):
    """The film of this manifest cannot be made again here as it was."""

    code: ClassVar[str] = "not_reproducible"

    def __init__(self, differences: tuple[Difference, ...]) -> None:
        reasons = "; ".join(one.message for one in differences)
        super().__init__(
            f"the film of this manifest would come out otherwise here: {reasons}. Allow "
            "differences to make it all the same"
        )
        self.differences = differences


@dataclass(frozen=True, slots=True)
class Reproduction:
    """A film to be made again."""

    order: Order
    differences: tuple[Difference, ...]

    def allowing(self, *, differences: bool) -> Order:
        """Give the order; raises NotReproducible where it differs and must not."""
        if self.differences and not differences:
            raise NotReproducible(self.differences)
        return replace(self.order, differences=tuple(one.message for one in self.differences))


def compared(order: Order, result: Result) -> Result:
    """Tell of a film that was to be like another whether it is; other films stay as they are."""
    if order.reproduces is None:
        return result
    if result.files["film"].sha256 == order.reproduces:
        return replace(result, facts={**result.facts, "reproduced": True})
    warning = "this film is not, byte by byte, the one of the manifest that it was made from"
    return replace(result, warnings=(*result.warnings, warning))
