"""Short enough to read, and named after what it is about."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.layers import PACKAGE, source_files

FUNCTION_LINES = 60
FILE_LINES = 500
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "extras", "manager", "managers"}


def test_no_long_functions() -> None:
    long = [
        f"{file.relative_to(PACKAGE)}:{function.lineno} {function.name} has {lines} lines"
        for file in source_files()
        for function, lines in functions_in(file)
        if lines > FUNCTION_LINES
    ]
    assert long == []


def test_no_long_files() -> None:
    texts = [*source_files(), *PACKAGE.rglob("*.js"), *PACKAGE.rglob("*.css"), *PACKAGE.rglob("*.html")]
    lengths = {file: file.read_text(encoding="utf-8").count("\n") for file in texts if "vendor" not in file.parts}
    assert {str(file.relative_to(PACKAGE)): n for file, n in lengths.items() if n > FILE_LINES} == {}


def test_modules_are_named_after_what_they_are_about() -> None:
    nameless = [file for file in source_files() if NAMELESS & {part.lower() for part in (file.stem, file.parent.name)}]
    assert nameless == []


def functions_in(file: Path) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1
