"""Store files in a folder, under their own names, where other programs can play them.

What ``stat`` must know without reading a file - its hash and type - lies beside the files, in
``.facts``. Facts name the file they were taken of: its number in the file system, size and time
(two files written within one tick of the clock have the same time). Where they do not fit (a
crash between the two writes, a file put back from a backup) they are taken again, so a file can
never be given a hash that is not its own.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BufferedReader
from itertools import islice
from operator import itemgetter
from pathlib import Path
from stat import S_ISREG
from types import TracebackType
from typing import BinaryIO, Final, Self

from pydantic import BaseModel, ConfigDict

from ttv.artifacts._key import checked_key
from ttv.artifacts._port import Artifact, KeyTaken, Listed, Offer
from ttv.artifacts._source import opened
from ttv.artifacts._types import content_type
from ttv.backends import checked
from ttv.errors import Conflict, InvalidRequest, NotFound, storage_errors
from ttv.files import whole

#: Gives a new file its place.
_Placing = Callable[[Path, Path], None]

_CHUNK: Final = 1 << 20
#: Files that a listing looks at before it gives them.
_LISTED_AT_ONCE: Final = 500
#: Files that were never finished are swept after this long.
_ABANDONED_SECONDS: Final = 24 * 3600


class Options(BaseModel):
    """Options of the disk store."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Made when it does not exist.
    folder: Path


def build(options: Mapping[str, object]) -> Disk:
    """Build the store from its options."""
    return Disk(checked(Options, options).folder.expanduser().absolute())


class Disk:
    """A folder as Store; all its work with files runs in threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._facts = folder / ".facts"
        self._incoming = folder / ".incoming"

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._open)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close nothing: no file stays open between two calls."""

    async def put(
        self, key: str, source: Path, *, content_type: str, if_absent: bool = False
    ) -> Artifact:
        place = _link if if_absent else _replace
        return await asyncio.to_thread(self._put, checked_key(key), source, content_type, place)

    async def stat(self, key: str) -> Artifact | None:
        return await asyncio.to_thread(self._stat, checked_key(key))

    async def fetch(self, key: str, to: Path) -> Artifact:
        return await asyncio.to_thread(self._fetch, checked_key(key), to)

    async def read(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        # Not in a thread: were we cancelled meanwhile, nobody would close the file.
        with self._open_file(checked_key(key)) as file:
            await asyncio.to_thread(file.seek, start)
            while end is None or start < end:
                size = _CHUNK if end is None else min(_CHUNK, end - start)
                data = await asyncio.to_thread(file.read, size)
                if not data:
                    return
                start += len(data)
                yield data

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._delete, checked_key(key))

    async def listed(self, prefix: str) -> AsyncIterator[Listed]:
        walk = self._walk(checked_key(prefix))
        while some := await asyncio.to_thread(lambda: list(islice(walk, _LISTED_AT_ONCE))):
            for listed in some:
                yield listed

    def uri(self, key: str) -> str:
        return (self._folder / checked_key(key)).as_uri()

    async def link(self, key: str, _offer: Offer) -> str | None:
        checked_key(key)
        return None

    async def sweep(self) -> int:
        return await asyncio.to_thread(self._sweep)

    async def ping(self) -> None:
        await asyncio.to_thread(self._ping)

    def _open(self) -> None:
        with storage_errors(self._folder):
            for folder in (self._folder, self._facts, self._incoming):
                folder.mkdir(parents=True, exist_ok=True)
        self._sweep()

    def _sweep(self) -> int:
        """Count by the clock of the file system, which may be another machine's."""
        swept = 0
        with storage_errors(self._folder):
            with self._new_file() as (probe, _):
                now = os.fstat(probe.fileno()).st_mtime
            for left in self._incoming.iterdir():
                with suppress(FileNotFoundError):  # another process sweeps too
                    if now - left.stat().st_mtime > _ABANDONED_SECONDS:
                        left.unlink()
                        swept += 1
        return swept

    def _ping(self) -> None:
        with storage_errors(self._folder), self._new_file() as (probe, _):
            probe.write(b"ping")
            probe.flush()

    @contextmanager
    def _new_file(self) -> Iterator[tuple[BinaryIO, Path]]:
        """Give a file that is gone afterwards unless it was moved to its place."""
        handle, name = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file, Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _at(self, key: str, *, facts: bool = False) -> Path:
        """Give the path of a file or of its facts; no symbolic link may lead it out of here."""
        root = self._facts if facts else self._folder
        path = root / key
        if not path.resolve().is_relative_to(root.resolve()):
            raise InvalidRequest("a symbolic link leads this key out of the folder", param="key")
        return path

    def _put(self, key: str, source: Path, content_type: str, place: _Placing) -> Artifact:
        path = self._at(key)
        digest = hashlib.sha256()
        with storage_errors(self._folder), opened(source) as data, self._new_file() as (file, new):
            while chunk := data.read(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
            status = os.fstat(file.fileno())
            place(new, path)
            self._sync(path)
        artifact = Artifact(key, status.st_size, digest.hexdigest(), content_type)
        self._note(artifact, status)
        return artifact

    def _sync(self, path: Path) -> None:
        """Make a file's place last: sync the folders that name it."""
        for folder in path.parents:
            _sync(folder)
            if folder == self._folder:
                return

    def _note(self, artifact: Artifact, status: os.stat_result) -> None:
        """Write down the facts of a file, to be trusted while size and time fit."""
        facts = {
            **_identity(status),
            "sha256": artifact.sha256,
            "content_type": artifact.content_type,
        }
        with storage_errors(self._folder), self._new_file() as (file, new):
            file.write(json.dumps(facts).encode())
            file.flush()
            _replace(new, self._at(artifact.key, facts=True))

    def _stat(self, key: str) -> Artifact | None:
        path = self._at(key)
        try:
            status = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if path.is_dir():
            return None
        facts = self._read_facts(key)
        told = str(facts.get("content_type") or content_type(key))
        if _identity(status).items() <= facts.items():
            return Artifact(key, status.st_size, str(facts["sha256"]), told)
        return self._take_facts(key, told)

    def _read_facts(self, key: str) -> Mapping[str, object]:
        try:
            facts = json.loads(self._at(key, facts=True).read_bytes())
        except (OSError, ValueError):
            return {}
        return facts if isinstance(facts, dict) else {}

    def _take_facts(self, key: str, told: str) -> Artifact:
        with self._open_file(key) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            status = os.fstat(file.fileno())
        artifact = Artifact(key, status.st_size, digest, told)
        self._note(artifact, status)
        return artifact

    def _fetch(self, key: str, to: Path) -> Artifact:
        artifact = self._stat(key)
        if artifact is None:
            raise NotFound(f"there is no file {key}")
        with (
            storage_errors(to.parent),
            self._open_file(key) as file,
            whole(to) as part,
            part.open("wb") as copy,
        ):
            shutil.copyfileobj(file, copy, _CHUNK)
        return artifact

    def _open_file(self, key: str) -> BufferedReader:
        try:
            return self._at(key).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise NotFound(f"there is no file {key}") from error

    def _walk(self, prefix: str) -> Iterator[Listed]:
        """Go through a folder in the order of keys; in memory is one folder of each depth."""
        for name, entry in self._entries(prefix):
            key = f"{prefix}/{name}"
            if name.endswith("/"):
                yield from self._walk(key.removesuffix("/"))
                continue
            with storage_errors(self._folder), suppress(FileNotFoundError):  # deleted meanwhile
                status = entry.stat(follow_symlinks=False)
                if S_ISREG(status.st_mode):
                    yield Listed(key, status.st_size, status.st_mtime)

    def _entries(self, prefix: str) -> list[tuple[str, os.DirEntry[str]]]:
        """List a folder by name; folders end with "/", as they stand in keys."""
        place = self._at(prefix)
        with storage_errors(place), suppress(FileNotFoundError, NotADirectoryError):
            with os.scandir(place) as entries:
                named = [
                    (one.name + "/" * one.is_dir(follow_symlinks=False), one) for one in entries
                ]
            return sorted(named, key=itemgetter(0))
        return []

    def _delete(self, key: str) -> None:
        for root, path in (
            (self._folder, self._at(key)),
            (self._facts, self._at(key, facts=True)),
        ):
            with storage_errors(self._folder), suppress(FileNotFoundError, NotADirectoryError):
                if not path.is_dir():
                    path.unlink()
            with suppress(OSError):  # the first folder that is not empty ends it
                for folder in path.relative_to(root).parents[:-1]:
                    (root / folder).rmdir()


def _identity(status: os.stat_result) -> dict[str, int]:
    return {"inode": status.st_ino, "size": status.st_size, "mtime_ns": status.st_mtime_ns}


def _replace(new: Path, path: Path) -> None:
    """Move a file to its place, whatever was there."""
    _place(path, lambda: new.replace(path))


def _link(new: Path, path: Path) -> None:
    """Give a file its place only where none is: the system lets one of many do so."""
    try:
        _place(path, lambda: path.hardlink_to(new))
    except Conflict as error:
        if path.is_file():
            raise KeyTaken from error
        raise


def _place(path: Path, put: Callable[[], object]) -> None:
    """Put a file into its folder, made again should another process tidy it away meanwhile."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            put()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        put()
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise Conflict(f"another key makes {path.name} both a file and a folder") from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # this file system cannot sync a folder
            raise
    finally:
        os.close(handle)
