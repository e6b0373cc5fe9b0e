"""Sign a film in a child process: it takes memory by the size of the film, and can be ended."""

from __future__ import annotations

from pathlib import Path

from ttv import children
from ttv.children import Message, Report
from ttv.provenance._c2pa_sign import sign
from ttv.provenance._port import Claim


def work(request: Message, _report: Report) -> Message:
    """Write the signed film that the request names."""
    sign(
        Path(request["film"]),
        Path(request["to"]),
        Claim(**request["claim"]),
        certificate=Path(request["certificate"]),
        key=Path(request["key"]),
    )
    return {}


if __name__ == "__main__":
    children.serve(work)
