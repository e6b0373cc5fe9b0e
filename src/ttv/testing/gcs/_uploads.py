"""The three ways in which bytes become an object: at once, with a description, and piecewise."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from ttv.testing.gcs._faults import Faults
from ttv.testing.gcs._http import Answer, Call, Refused, answered
from ttv.testing.gcs._objects import Draft, Shelf, Stored

#: What is kept of a broken piece, and what every piece but the last is a multiple of.
_GRAIN: Final = 256 * 1024
_RANGE: Final = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
_DEFAULT_TYPE: Final = "application/octet-stream"


@dataclass(slots=True)
class Session:
    """An upload that goes on until all its bytes are there."""

    bucket: str
    draft: Draft
    data: bytearray = field(default_factory=bytearray)
    #: The object, once it is made.
    done: Stored | None = None

    def take(self, data: bytes, start: int) -> None:
        """Keep bytes that begin at ``start``; those that are there already are passed over."""
        if start > len(self.data):
            raise Refused(400, "Invalid request. The bytes before these are missing.")
        self.data += data[len(self.data) - start :]

    def told(self) -> Answer:
        """Say how far the upload has got."""
        headers = {"Range": f"bytes=0-{len(self.data) - 1}"} if self.data else {}
        return Answer(308, headers=headers)


class Uploads:
    """Takes bytes for the buckets."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._sessions: dict[str, Session] = {}

    def begin(self, call: Call, bucket: str, shelf: Shelf) -> Answer:
        """Answer a call that starts an upload, or is one."""
        match call.query.get("uploadType"):
            case "media":
                kind = call.headers.get("content-type", _DEFAULT_TYPE)
                return self._made(_draft(call, {}, kind), call.body, bucket, shelf)
            case "multipart":
                described, data, said = _parts(call)
                return self._made(_draft(call, described, said), data, bucket, shelf)
            case "resumable":
                draft = _draft(call, call.json(), call.headers.get("x-upload-content-type"))
                shelf.require(draft.name, draft.wanted_generation)
                name = secrets.token_urlsafe(24)
                self._sessions[name] = Session(bucket, draft)
                where = f"{call.base}{call.path}?uploadType=resumable&upload_id={name}"
                return Answer(200, headers={"Location": where, "X-GUploader-UploadID": name})
        raise Refused(400, "Invalid upload type")

    def go_on(self, call: Call, shelf: Shelf) -> Answer:
        """Answer bytes, or a question, for an upload that has begun."""
        session = self._session(call)
        if session.done:
            return answered(session.done.resource(session.bucket))
        start, total = _placed(call)
        if start is not None:
            whole = total is not None and start + len(call.body) == total
            if not whole and len(call.body) % _GRAIN:
                raise Refused(400, "A piece that is not the last must be a multiple of 256 KiB")
            session.take(call.body, start)
        if total != len(session.data):
            return session.told()
        draft = _with_hashes(session.draft, call)
        session.done = shelf.put(draft, bytes(session.data), check=not self._faults.ignore_hashes)
        return answered(session.done.resource(session.bucket), changed=True)

    def keep(self, call: Call) -> None:
        """Keep what came of a piece before its connection broke."""
        first = re.match(r"bytes (\d+)-", call.headers.get("content-range", "bytes 0-"))
        if first:
            data = call.body[: len(call.body) // _GRAIN * _GRAIN]
            self._session(call).take(data, int(first[1]))

    def forget(self, call: Call) -> None:
        """Forget an upload. Raises Refused where there is none."""
        self._session(call)
        del self._sessions[call.query["upload_id"]]

    def _session(self, call: Call) -> Session:
        session = self._sessions.get(call.query.get("upload_id", ""))
        if session is None:
            raise Refused(404, "No such upload")
        return session

    def _made(self, draft: Draft, data: bytes, bucket: str, shelf: Shelf) -> Answer:
        stored = shelf.put(draft, data, check=not self._faults.ignore_hashes)
        return answered(stored.resource(bucket), changed=True)


def _draft(call: Call, described: dict[str, object], kind: str | None) -> Draft:
    name = call.query.get("name") or described.get("name")
    if not isinstance(name, str) or not name:
        raise Refused(400, "Required parameter: name")
    metadata = described.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise Refused(400, "Invalid metadata")
    hashes = {"crc32c": described.get("crc32c"), "md5": described.get("md5Hash")}
    draft = Draft(
        name,
        str(described.get("contentType") or kind or _DEFAULT_TYPE),
        {str(key): str(value) for key, value in metadata.items()},
        {kind: str(value) for kind, value in hashes.items() if value},
        call.wanted_generation,
    )
    return _with_hashes(draft, call)


def _with_hashes(draft: Draft, call: Call) -> Draft:
    """Add the hashes that stand in the head of a call."""
    given = call.headers.get("x-goog-hash", "")
    pairs = (one.strip().partition("=") for one in given.split(",") if one.strip())
    hashes = {**draft.hashes, **{kind: value for kind, _, value in pairs}}
    return Draft(draft.name, draft.content_type, draft.metadata, hashes, draft.wanted_generation)


def _placed(call: Call) -> tuple[int | None, int | None]:
    """Give where the bytes of a call begin (None: it has none) and how many there will be."""
    given = call.headers.get("content-range")
    if given is None:
        return 0, len(call.body)
    match = _RANGE.fullmatch(given)
    if not match:
        raise Refused(400, "Invalid Content-Range")
    first, last, total = match.groups()
    if first is not None and int(last) - int(first) + 1 != len(call.body):
        raise Refused(400, "Content-Range does not fit the body")
    return (None if first is None else int(first)), (None if total == "*" else int(total))


def _parts(call: Call) -> tuple[dict[str, object], bytes, str | None]:
    """Take apart a body of a description and bytes."""
    match = re.search(r'boundary="?([^";]+)"?', call.headers.get("content-type", ""))
    if not match:
        raise Refused(400, "Missing boundary")
    parts = call.body.split(b"--" + match[1].encode())[1:-1]
    if len(parts) != 2:
        raise Refused(400, "A multipart upload has two parts")
    (_, described), (head, data) = (
        part.removeprefix(b"\r\n").partition(b"\r\n\r\n")[::2] for part in parts
    )
    kind = re.search(rb"content-type:\s*(\S+)", head, re.IGNORECASE)
    try:
        document = json.loads(described)
    except ValueError as error:
        raise Refused(400, "Parse Error") from error
    return document, data.removesuffix(b"\r\n"), kind[1].decode() if kind else None
