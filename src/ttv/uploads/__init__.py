"""Uploads: the images and audio that users give to their films."""

from __future__ import annotations

from ttv.uploads._upload import (
    NAME_CHARACTERS,
    Purpose,
    Upload,
    UploadKind,
    content_key,
    is_file_id,
)
from ttv.uploads._uploads import MAX_PAGE, NoRoom, Page, Quota, Uploads

__all__ = [
    "MAX_PAGE",
    "NAME_CHARACTERS",
    "NoRoom",
    "Page",
    "Purpose",
    "Quota",
    "Upload",
    "UploadKind",
    "Uploads",
    "content_key",
    "is_file_id",
]
