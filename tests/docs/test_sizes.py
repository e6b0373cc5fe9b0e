"""The budgets of sizes: small files and small functions are what keeps the rooms readable."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parents[2]
SOURCE = sorted((ROOT / "src").rglob("*.py"))
ALL = [*SOURCE, *sorted((ROOT / "tests").rglob("*.py"))]
FILE_LINES, FILE_MEDIAN = 400, 120
FUNCTION_LINES, FUNCTION_MEDIAN, FUNCTION_P95 = 80, 10, 40


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Give the name and the length of every function of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_too_long_to_read() -> None:
    assert [f"{path.relative_to(ROOT)}" for path in SOURCE if lines(path) > FILE_LINES] == []


def test_no_function_is_too_long_to_see() -> None:
    assert [
        f"{path.relative_to(ROOT)}: {name}"
        for path in ALL
        for name, length in functions(path)
        if length > FUNCTION_LINES
    ] == []


def test_most_files_and_functions_are_small() -> None:
    lengths = [length for path in SOURCE for _, length in functions(path)]

    assert median(map(lines, SOURCE)) <= FILE_MEDIAN
    assert median(lengths) <= FUNCTION_MEDIAN
    assert quantiles(lengths, n=20)[-1] <= FUNCTION_P95
