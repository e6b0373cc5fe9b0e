"""A courier in a process of its own: ``python -m tests.integration.courier REDIS_URL``."""

from __future__ import annotations

import asyncio
import random
import sys
from ipaddress import ip_network

from ttv import jobs, webhooks


async def main(url: str) -> None:
    guard = webhooks.Guard(allow=(ip_network("127.0.0.0/8"),))
    async with jobs.connect(url) as connection:
        courier = webhooks.Courier(
            webhooks.Post(connection),
            webhooks.Sender(guard),
            links=lambda job_id, _: {"self": job_id},
            chance=random.Random(1),
        )
        async with courier.at_work():
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
