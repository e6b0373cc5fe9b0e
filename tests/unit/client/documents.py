"""Answers of the service, as the API writes them."""

from __future__ import annotations

from typing import Any

JOB_ID = "job_01JZ8Q5W3N6X4T7V9B2C1D0EFG"


def job(**changes: Any) -> dict[str, Any]:
    """Give a job in full, with the fields that a test is about."""
    return {
        "id": JOB_ID,
        "status": "started",
        "stage": "segments",
        "progress": 0.5,
        "message": "shot 1",
        "attempt": 1,
        "revision": 7,
        "created_at": "2026-11-24T05:50:59.123000Z",
        "started_at": "2026-11-24T05:51:00Z",
        "finished_at": None,
        "error": None,
        "warnings": [],
        "links": {"self": f"/v1/jobs/{JOB_ID}"},
        "order": {"prompt": "a red fox", "size": "1280x720"},
        "steps": [
            {
                "name": "segment-1",
                "kind": "segment",
                "shot": 1,
                "status": "running",
                "progress": 0.4,
                "attempts": 2,
            }
        ],
        **changes,
    }


def problem(status: int, **changes: Any) -> dict[str, Any]:
    """Give the problem document of a refusal."""
    return {
        "type": "/docs#problem-x",
        "title": "A problem",
        "status": status,
        "detail": "size must look like 1280x720.",
        "instance": "urn:ttv:request:1",
        "code": "x",
        "retryable": False,
        "request_id": "1",
        **changes,
    }
