"""Everything of this room over one Redis."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ttv.redis import Connection
from ttv.settings import Settings
from ttv.webhooks._courier import Courier
from ttv.webhooks._guard import Guard
from ttv.webhooks._hooks import Hooks
from ttv.webhooks._message import Links
from ttv.webhooks._post import Post
from ttv.webhooks._sender import Sender


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The parts of this room; they live as long as the connection they were made over."""

    hooks: Hooks
    courier: Courier


def over(connection: Connection, settings: Settings, *, links: Links) -> Webhooks:
    """Make the parts over a connection; ``links`` gives the addresses of a job."""
    guard = Guard(settings.webhook_allow)
    sender = Sender(guard)
    courier = Courier(Post(connection), sender, links=links, chance=random.Random())
    return Webhooks(Hooks(connection, guard), courier)
