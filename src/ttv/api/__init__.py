"""The HTTP API."""

from __future__ import annotations

from ttv.api.app import create_app
from ttv.api.messages import job_links
from ttv.api.serve import serve
from ttv.api.services import Services

__all__ = ["Services", "create_app", "job_links", "serve"]
