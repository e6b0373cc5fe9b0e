"""What the documents tell a reader to type or open is there."""

from __future__ import annotations

import importlib
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml

from ttv.api.requests import JobRequest
from ttv.cli._app import app
from ttv.cli._main import COMMANDS
from ttv.media import Format
from ttv.planning import from_draft
from ttv.settings import GUIDE, Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands(program: str) -> Iterator[list[str]]:
    """Give the words after a program's name, of every shell line that calls it."""
    for line in "".join(blocks("sh")).replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words and words[0] == program:
            yield words[1 : words.index(">")] if ">" in words else words[1:]


def test_every_make_target_of_the_readme_exists() -> None:
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = re.findall(r"^make ([a-z]+)", "".join(blocks("sh")), re.MULTILINE)

    assert named
    assert set(named) <= set(targets)


@pytest.mark.parametrize("words", list(commands("ttv")), ids=" ".join)
def test_every_ttv_command_of_the_readme_can_be_typed(words: list[str]) -> None:
    for name in COMMANDS:
        importlib.import_module(f"ttv.cli.{name}")
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)

    group.commands[words[0]].make_context(words[0], words[1:])


@pytest.mark.parametrize("text", blocks("yaml"))
def test_a_plan_of_the_readme_is_a_plan(text: str) -> None:
    assert from_draft(yaml.safe_load(text), format=Format(), seed=0).shots


def test_a_request_of_the_readme_is_one() -> None:
    bodies = [words[words.index("-d") + 1] for words in commands("curl") if "-d" in words]

    assert bodies
    for body in bodies:
        assert JobRequest.read(json.loads(body)).prompt


def test_every_variable_of_the_readme_is_a_setting() -> None:
    rows = re.findall(r"^\| (`[^|]*) \|", README, re.MULTILINE)
    named = re.findall(r"`([A-Z_]+)`", "".join(rows))

    assert named
    for name in named:
        field = name.removeprefix("TTV_").lower()
        assert field in (Settings.model_fields if name.startswith("TTV_") else GUIDE), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\[[^]]*\]\((?!https?:)([^)#]+)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_is_named_exists(document: Path) -> None:
    named = re.findall(r"`([a-z_][\w./-]*(?:/|\.(?:py|md|json|toml|lua)))`", document.read_text())
    places = (ROOT, ROOT / "docs", ROOT / "src/ttv", *(ROOT / "src/ttv").glob("*/"))

    assert [path for path in named if not any((place / path).exists() for place in places)] == []


def test_the_architecture_is_short() -> None:
    assert len((ROOT / "docs" / "ARCHITECTURE.md").read_text().splitlines()) < 150


def test_the_map_of_the_architecture_names_every_room_and_module() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text()
    rooms = {f"{path.parent.name}/" for path in (ROOT / "src/ttv").glob("*/__init__.py")}
    modules = {path.name for path in (ROOT / "src/ttv").glob("*.py") if path.name[0] != "_"}

    assert [name for name in sorted(rooms | modules) if f"`{name}" not in text] == []


@pytest.mark.parametrize("number", range(1, len(DECISIONS) + 1))
def test_a_decision_is_numbered_and_says_context_choice_and_consequences(number: int) -> None:
    path = DECISIONS[number - 1]
    text = path.read_text()

    assert path.name.startswith(f"{number:04}-")
    assert text.startswith(f"# {number}. ")
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
    ]
    assert len(text.splitlines()) <= 40
