"""An Upload: one admitted file of a tenant, and where it lies in the store."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, Self

from ttv.errors import NotFound
from ttv.ids import id_of, is_id

#: Where the uploads of all tenants are, and the parts of a key that name the folder of one.
UPLOADS: Final = "files"
UPLOAD_PARTS: Final = 3
_RECORD: Final = "/record.json"
UNKNOWN: Final = "there is no such file here; ttv files list shows those that there are"
#: The longest name that is shown.
NAME_CHARACTERS: Final = 100
#: What a name may not hold: ends of folders, control, half and directing characters.
_UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class UploadKind(StrEnum):
    """What a file is, told by its bytes."""

    IMAGE = "image"
    AUDIO = "audio"


class Purpose(StrEnum):
    """What a file is to be of a film."""

    FIRST_FRAME = "first_frame"
    SOUNDTRACK = "soundtrack"

    @property
    def kind(self) -> UploadKind:
        """Tell what a file must be for it."""
        return UploadKind.IMAGE if self is Purpose.FIRST_FRAME else UploadKind.AUDIO


#: The form in which each kind is kept.
_SUFFIXES: Final = {UploadKind.IMAGE: "png", UploadKind.AUDIO: "flac"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it is kept: made anew, which its size and hash are those of."""

    id: str
    kind: UploadKind
    size: int
    #: Hex SHA-256 of the bytes as they are kept.
    sha256: str
    content_type: str
    #: Seconds since 1970.
    created_at: float
    #: For people; no key and no path is made of it.
    filename: str | None = None
    #: Of an image, in pixels.
    width: int | None = None
    height: int | None = None
    #: Of audio.
    seconds: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read the JSON form."""
        return cls(**{**document, "kind": UploadKind(document["kind"])})


def is_file_id(text: str) -> bool:
    """Tell whether a text could be the id of an upload."""
    return is_id("file", text)


def file_id(tenant: str, digest: str) -> str:
    """Give the id of the bytes with this SHA-256 among the files of a tenant."""
    return id_of("file", sha256(f"{tenant}\0{digest}".encode()).digest())


def tenant_folder(tenant: str) -> str:
    """Give the key prefix of all files of a tenant."""
    return f"{UPLOADS}/{tenant}"


def content_key(tenant: str, upload_id: str, kind: UploadKind) -> str:
    """Give the key of the bytes of an upload; raises NotFound for what is no id."""
    return f"{_upload_folder(tenant, upload_id)}/content.{_SUFFIXES[kind]}"


def record_key(tenant: str, upload_id: str) -> str:
    """Give the key of what is known of an upload; it is written last."""
    return f"{_upload_folder(tenant, upload_id)}{_RECORD}"


def is_kept(keys: Iterable[str]) -> bool:
    """Tell of all that lies in the folder of an upload whether it is one: it has its record."""
    return any(key.endswith(_RECORD) for key in keys)


def _upload_folder(tenant: str, upload_id: str) -> str:
    if not is_file_id(upload_id):
        raise NotFound(UNKNOWN)
    return f"{tenant_folder(tenant)}/{upload_id}"


def shown_name(name: str | None) -> str | None:
    """Clean the name that a user gave a file: its last part, safe to show, or None."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    safe = "".join(c for c in last if unicodedata.category(c) not in _UNSHOWN)
    return safe.strip(" .")[:NAME_CHARACTERS] or None
