"""The house keeps its own rules."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

PACKAGE = CHECKOUT / "proctor_desktop"
MODULES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if "migrations" not in path.parts  # made by Django
)
LONGEST = 400
VAGUE = {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common", "shared"}


def name_of(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def test_the_modules_were_found() -> None:
    assert len(MODULES) > 100


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_says_what_it_is_and_is_named_by_it(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(source)), f"{name_of(path)} has no docstring"
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    words = {word for part in parts for word in part.split("_")}
    assert not words & VAGUE, f"{name_of(path)} is named after nothing in particular"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_opencv_is_loaded_in_one_way(path: Path) -> None:
    """Whichever module comes first decides for them all."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    quiet = {
        id(line)
        for block in ast.walk(tree)
        if isinstance(block, ast.With) and "importing_opencv()" in map(_called, block.items)
        for line in block.body
    }
    assert all(id(line) in quiet for line in ast.walk(tree) if _imports_opencv(line))


def _called(item: ast.withitem) -> str:
    return ast.unparse(item.context_expr)


def _imports_opencv(line: ast.AST) -> bool:
    match line:
        case ast.Import(names):
            return any(name.name.split(".")[0] == "cv2" for name in names)
        case ast.ImportFrom(module=str(module)):
            return module.split(".")[0] == "cv2"
        case _:
            return False


def test_every_folder_with_modules_is_a_package() -> None:
    folders = {path.parent for path in MODULES}
    assert [name_of(f) for f in folders if not (f / "__init__.py").is_file()] == []
