"""Files that are made to harm who reads them, built at test time: none is in the repository."""

from __future__ import annotations
