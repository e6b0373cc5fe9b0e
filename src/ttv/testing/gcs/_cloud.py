"""The emulated service: which call does what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from ttv.testing.gcs import _links
from ttv.testing.gcs._accounts import Accounts
from ttv.testing.gcs._faults import Faults
from ttv.testing.gcs._http import Answer, Call, Refused, answered, refusal
from ttv.testing.gcs._objects import Shelf, Stored
from ttv.testing.gcs._uploads import Uploads

_MOST_LISTED: Final = 1_000
_Do: TypeAlias = Callable[[Call, Mapping[str, str]], Answer]


class Cloud:
    """Buckets, an account and faults."""

    def __init__(self, buckets: tuple[str, ...]) -> None:
        self.faults = Faults()
        self.accounts = Accounts()
        self.uploads = Uploads(self.faults)
        #: What was asked, in order.
        self.calls: list[dict[str, Any]] = []
        self._buckets = {bucket: Shelf() for bucket in buckets}
        bucket, name = r"/b/(?P<bucket>[^/]+)", r"/o/(?P<name>[^/]+)"
        api, upload, download = (f"{door}/storage/v1" for door in ("", "/upload", "/download"))
        account = r"/v1/projects/-/serviceAccounts/(?P<email>[^/:]+)"
        self._routes: tuple[tuple[str, re.Pattern[str], _Do], ...] = tuple(
            (methods, re.compile(path), do)
            for methods, path, do in (
                ("GET", f"{api}{bucket}", self._bucket),
                ("GET", f"{api}{bucket}/o", self._list),
                ("GET", f"{api}{bucket}{name}", self._get),
                ("GET", f"{download}{bucket}{name}", self._download),
                ("PATCH", f"{api}{bucket}{name}", self._patch),
                ("DELETE", f"{api}{bucket}{name}", self._delete),
                ("POST", f"{upload}{bucket}/o", self._upload),
                ("PUT", f"{upload}{bucket}/o", self._go_on),
                ("DELETE", f"{upload}{bucket}/o", self._forget),
                ("POST", "/token", lambda call, _: self.accounts.token(call)),
                ("POST", f"{account}:signBlob", self._sign),
                ("GET HEAD", "/(?P<bucket>[^/]+)/(?P<name>.+)", self._linked),
            )
        )

    def answer(self, call: Call) -> Answer:
        """Do what a call asks for."""
        if call.path != "/token" and self.faults.take("refuse_calls"):
            return refusal(self.faults.refusal, "not now")
        try:
            self.accounts.knows(call)
            for methods, path, do in self._routes:
                match = path.fullmatch(call.path)
                if match and call.method in methods.split():
                    return do(call, {key: unquote(part) for key, part in match.groupdict().items()})
            raise Refused(404, "Not Found")
        except Refused as refused:
            return refusal(refused.status, refused.message)

    def change_faults(self, changes: Mapping[str, object]) -> None:
        """Put faults in force, by their names."""
        changed = Faults.model_validate(self.faults.model_dump() | dict(changes))
        for name in Faults.model_fields:
            setattr(self.faults, name, getattr(changed, name))

    def reset(self) -> None:
        """Forget objects, calls and faults."""
        self._buckets = {bucket: Shelf() for bucket in self._buckets}
        self.calls.clear()
        self.change_faults(Faults().model_dump())

    def _shelf(self, where: Mapping[str, str]) -> Shelf:
        shelf = self._buckets.get(where["bucket"])
        if shelf is None:
            raise Refused(404, "The specified bucket does not exist.")
        return shelf

    def _bucket(self, _call: Call, where: Mapping[str, str]) -> Answer:
        self._shelf(where)
        name = where["bucket"]
        return answered({"kind": "storage#bucket", "id": name, "name": name, "location": "HERE"})

    def _list(self, call: Call, where: Mapping[str, str]) -> Answer:
        query = call.query
        most = min(call.number("maxResults") or _MOST_LISTED, self.faults.most_listed)
        token = query.get("pageToken", "")
        page, following = self._shelf(where).listed(query.get("prefix", ""), token, most)
        items = [stored.resource(where["bucket"]) for stored in page]
        following_page = {"nextPageToken": following} if following else {}
        return answered({"kind": "storage#objects", "items": items, **following_page})

    def _get(self, call: Call, where: Mapping[str, str]) -> Answer:
        if call.query.get("alt") == "media":
            return self._download(call, where)
        shelf = self._shelf(where)
        stored = shelf.get(where["name"], call.generation)
        shelf.require(where["name"], call.wanted_generation)
        return answered(stored.resource(where["bucket"]))

    def _patch(self, call: Call, where: Mapping[str, str]) -> Answer:
        shelf = self._shelf(where)
        if self.faults.take("refuse_patches"):
            raise Refused(self.faults.refusal, "not now")
        shelf.get(where["name"], call.generation)
        shelf.require(where["name"], call.wanted_generation)
        noted = shelf.note(where["name"], call.json().get("metadata") or {})
        return answered(noted.resource(where["bucket"]), changed=True)

    def _delete(self, call: Call, where: Mapping[str, str]) -> Answer:
        self._shelf(where).delete(
            where["name"], wanted=call.wanted_generation, generation=call.generation
        )
        return Answer(204, changed=True)

    def _upload(self, call: Call, where: Mapping[str, str]) -> Answer:
        return self.uploads.begin(call, where["bucket"], self._shelf(where))

    def _go_on(self, call: Call, where: Mapping[str, str]) -> Answer:
        if call.body and self.faults.take("lose_sessions"):
            self.uploads.forget(call)
        if call.body and self.faults.take("refuse_chunks"):
            raise Refused(self.faults.refusal, "not now")
        answer = self.uploads.go_on(call, self._shelf(where))
        if answer.changed and self.faults.take("lose_finished"):
            self.uploads.forget(call)
        return answer

    def _forget(self, call: Call, _where: Mapping[str, str]) -> Answer:
        self.uploads.forget(call)
        return Answer(499)

    def _download(self, call: Call, where: Mapping[str, str]) -> Answer:
        shelf = self._shelf(where)
        stored = shelf.get(where["name"], call.generation)
        shelf.require(where["name"], call.wanted_generation)
        return _bytes(call, stored)

    def _sign(self, call: Call, where: Mapping[str, str]) -> Answer:
        return self.accounts.sign_blob(call, where["email"])

    def _linked(self, call: Call, where: Mapping[str, str]) -> Answer:
        """Give an object by its public address, to who has a token or a signature."""
        shelf = self._shelf(where)
        if not self.accounts.knows(call):
            _links.check(call, self.accounts.keys, datetime.now(tz=UTC))
        return _bytes(call, shelf.get(where["name"], call.generation))


def _bytes(call: Call, stored: Stored) -> Answer:
    """Give an object, or the range of it that is asked for."""
    query = call.query
    headers = {
        "Content-Type": query.get("response-content-type", stored.content_type),
        "Accept-Ranges": "bytes",
        "ETag": f'"{stored.etag}"',
        "x-goog-generation": str(stored.generation),
        "x-goog-metageneration": str(stored.metageneration),
        "x-goog-stored-content-length": str(len(stored.data)),
        "x-goog-hash": ",".join(f"{kind}={value}" for kind, value in stored.hashes.items()),
    }
    if disposition := query.get("response-content-disposition"):
        headers["Content-Disposition"] = disposition
    size = len(stored.data)
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", call.headers.get("range", ""))
    if not match:
        return Answer(200, stored.data, headers, media=True)
    first, last = int(match[1]), min(int(match[2] or size), size - 1)
    if first > last:
        raise Refused(416, "Request range not satisfiable")
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Answer(206, stored.data[first : last + 1], headers, media=True)
