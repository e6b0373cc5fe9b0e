"""The Lua scripts of this room, each with what all of them know in front."""

from __future__ import annotations

from importlib.resources import files

from ttv.redis import Connection


def teach(connection: Connection) -> None:
    """Let a connection run the scripts of this room."""
    folder = files("ttv.webhooks") / "scripts"
    shared = (folder / "_shared.lua").read_text()
    connection.learn(
        {
            file.name.removesuffix(".lua"): shared + file.read_text()
            for file in folder.iterdir()
            if file.name.endswith(".lua") and not file.name.startswith("_")
        }
    )
