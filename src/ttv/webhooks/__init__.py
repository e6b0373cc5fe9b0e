"""Webhooks: tenants are told of their jobs, by the spec of Standard Webhooks."""

from ttv.webhooks._courier import Courier
from ttv.webhooks._endpoint import (
    PING,
    USUAL,
    Attempt,
    Endpoint,
    Event,
    Issued,
    Wish,
    is_endpoint_id,
)
from ttv.webhooks._guard import Guard
from ttv.webhooks._hooks import MAX_ENDPOINTS, Hooks
from ttv.webhooks._open import Webhooks, over
from ttv.webhooks._post import Post
from ttv.webhooks._sender import Reply, Sender

__all__ = [
    "MAX_ENDPOINTS",
    "PING",
    "USUAL",
    "Attempt",
    "Courier",
    "Endpoint",
    "Event",
    "Guard",
    "Hooks",
    "Issued",
    "Post",
    "Reply",
    "Sender",
    "Webhooks",
    "Wish",
    "is_endpoint_id",
    "over",
]
