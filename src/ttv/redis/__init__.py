"""One way to Redis for every room that keeps something there."""

from ttv.redis._connection import BREAKS, RETRY, Connection, answering

__all__ = ["BREAKS", "RETRY", "Connection", "answering"]
