"""Uploads: the images and audio that users give to their films."""

from __future__ import annotations

from ttv.uploads._upload import (
    NAME_CHARACTERS,
    UPLOAD_PARTS,
    UPLOADS,
    Purpose,
    Upload,
    UploadKind,
    content_key,
    is_file_id,
    is_kept,
)
from ttv.uploads._uploads import MAX_PAGE, NoRoom, Page, Quota, Uploads

__all__ = [
    "MAX_PAGE",
    "NAME_CHARACTERS",
    "UPLOADS",
    "UPLOAD_PARTS",
    "NoRoom",
    "Page",
    "Purpose",
    "Quota",
    "Upload",
    "UploadKind",
    "Uploads",
    "content_key",
    "is_file_id",
    "is_kept",
]
