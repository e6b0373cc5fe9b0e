"""Read a store folder by folder, however many there are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from ttv.artifacts._port import Listed, Store


@dataclass(frozen=True, slots=True)
class Folder:
    """All files whose keys begin with the same parts."""

    key: str
    files: tuple[Listed, ...]

    @property
    def size(self) -> int:
        """Count the bytes of all its files."""
        return sum(file.size for file in self.files)

    @property
    def modified(self) -> float:
        """Tell when the newest of its files was put there."""
        return max(file.modified for file in self.files)


async def folders(store: Store, prefix: str, *, parts: int) -> AsyncIterator[Folder]:
    """Give the folders below ``prefix`` whose keys have so many parts, in their order.

    Only the files of one are in memory at a time. A file that lies higher is a folder alone.
    """
    key, files = "", list[Listed]()
    async for listed in store.listed(prefix):
        place = "/".join(listed.key.split("/", parts)[:parts])
        if files and place != key:
            yield Folder(key, tuple(files))
            files = []
        key = place
        files.append(listed)
    if files:
        yield Folder(key, tuple(files))
