"""Divide a film into shots of legal length whose sum is exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ttv.planning._port import ShotLimits

#: No film is cut into more shots.
_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Lengths:
    """The legal lengths of one shot, as counts of frames."""

    limits: ShotLimits

    @property
    def shortest(self) -> int:
        """Give the shortest legal length."""
        return min(self.limits.allowed, default=self.limits.min_frames)

    @property
    def longest(self) -> int:
        """Give the longest legal length."""
        return max(self.limits.allowed, default=self.limits.max_frames)

    def nearest(self, frames: float) -> int:
        """Give the legal length nearest to a wish; the shorter of two that are as near."""
        if self.limits.allowed:
            return min(self.limits.allowed, key=lambda legal: (abs(legal - frames), legal))
        return min(self.longest, max(self.shortest, round(frames)))

    def counts(self, total: int) -> list[int]:
        """List the numbers of shots whose lengths can add up to ``total``, ascending."""
        if self.limits.allowed:
            return [
                count for count, sums in enumerate(self._sums(total)) if count and sums >> total & 1
            ]
        fewest, most = -(-total // self.longest), total // self.shortest
        return list(range(max(1, fewest), most + 1))

    def neighbours(self, total: int) -> list[int]:
        """List the nearest possible sums below and above an impossible one."""
        far = total + self.longest
        sums = self.limits.allowed and _reachable(self.limits.allowed, far)

        def is_possible(frames: int) -> bool:
            return bool(sums >> frames & 1) if sums else bool(self.counts(frames))

        below = next((less for less in range(total - 1, 0, -1) if is_possible(less)), None)
        above = next(more for more in range(total + 1, far + 1) if is_possible(more))
        return [above] if below is None else [below, above]

    def split(self, total: int, weights: Sequence[float]) -> list[int]:
        """Divide ``total`` into one legal length for each weight, as near to their shares.

        ``len(weights)`` must be one of ``counts(total)``.
        """
        if self.limits.allowed:
            return self._split_allowed(total, weights)
        return self._split_range(total, weights)

    def _split_range(self, total: int, weights: Sequence[float]) -> list[int]:
        lengths = []
        left, weight_left = total, sum(weights)
        for index, weight in enumerate(weights):
            after = len(weights) - index - 1
            least = max(self.shortest, left - after * self.longest)
            most = min(self.longest, left - after * self.shortest)
            share = round(left * weight / weight_left)
            lengths.append(min(most, max(least, share)))
            left -= lengths[-1]
            weight_left -= weight
        return lengths

    def _split_allowed(self, total: int, weights: Sequence[float]) -> list[int]:
        sums = self._sums(total)
        lengths = []
        left, weight_left = total, sum(weights)
        for index, weight in enumerate(weights):
            after = sums[len(weights) - index - 1]
            share = left * weight / weight_left
            fitting = [
                legal
                for legal in self.limits.allowed
                if legal <= left and after >> (left - legal) & 1
            ]
            lengths.append(min(fitting, key=lambda legal: (abs(legal - share), legal)))
            left -= lengths[-1]
            weight_left -= weight
        return lengths

    def _sums(self, total: int) -> list[int]:
        """Give for every number of shots the sums it can reach, as a set of bits."""
        inside = (1 << (total + 1)) - 1
        sums = [1]
        while sums[-1] and len(sums) <= min(_MOST, total // self.shortest):
            reached = 0
            for legal in set(self.limits.allowed):
                reached |= sums[-1] << legal & inside
            sums.append(reached)
        return sums


def _reachable(allowed: Sequence[int], total: int) -> int:
    """Give every sum up to ``total`` of any number of lengths, as a set of bits."""
    inside = (1 << (total + 1)) - 1
    sums = 1
    for legal in set(allowed):
        step = legal
        while step <= total:
            sums |= sums << step & inside
            step *= 2
    return sums
