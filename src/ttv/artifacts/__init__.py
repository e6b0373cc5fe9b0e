"""Stores for finished files; each file without an underscore is one."""

from __future__ import annotations

from ttv.artifacts._clear import clear
from ttv.artifacts._document import contents, put_document
from ttv.artifacts._folders import Folder, folders
from ttv.artifacts._key import checked_key
from ttv.artifacts._port import LONGEST_LINK_SECONDS, Artifact, KeyTaken, Listed, Offer, Store
from ttv.artifacts._types import content_type

__all__ = [
    "LONGEST_LINK_SECONDS",
    "Artifact",
    "Folder",
    "KeyTaken",
    "Listed",
    "Offer",
    "Store",
    "checked_key",
    "clear",
    "content_type",
    "contents",
    "folders",
    "put_document",
]
