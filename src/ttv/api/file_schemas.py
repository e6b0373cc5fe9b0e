"""The JSON documents about uploaded files."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Self

from pydantic import Field

from ttv.api.schemas import Document
from ttv.moments import moment
from ttv.uploads import Upload, UploadKind

#: The address of a file is here and nowhere else.
FILES: Final = "/v1/files"
FILE: Final = f"{FILES}/{{file_id}}"
CONTENT: Final = f"{FILE}/content"


class File(Document):
    """An uploaded file as it is kept: an image as PNG, audio as FLAC, both without tags."""

    id: str = Field(
        description="Made of its bytes: the same file sent twice has one id.",
        examples=["file_3V5K8Q2M7T9W1X4Z6B0C2D4F8H"],
    )
    kind: UploadKind
    size: int = Field(description="Bytes, as it is kept.")
    sha256: str = Field(description="Of the bytes, as they are kept.")
    content_type: str = Field(examples=["image/png"])
    width: int | None = Field(description="Of an image, in pixels.")
    height: int | None
    seconds: float | None = Field(description="Of audio.")
    created_at: datetime
    filename: str | None = Field(description="As it was called by who sent it first.")

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """Show an upload."""
        return cls(
            id=upload.id,
            kind=upload.kind,
            size=upload.size,
            sha256=upload.sha256,
            content_type=upload.content_type,
            width=upload.width,
            height=upload.height,
            seconds=upload.seconds,
            created_at=moment(upload.created_at * 1_000),
            filename=upload.filename,
        )


class FilePage(Document):
    """A page of files, in the order of their ids."""

    files: list[File]
    next_cursor: str | None = Field(description="For the next page; null on the last.")
