"""The layout of the package: no circle of imports, and nothing private crosses the border of a folder."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from builders.workspaces import ROOT

SOURCE = ROOT / "src"


def _name(file: Path) -> str:
    return ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


MODULES = {_name(file): file for file in sorted((SOURCE / "gatekeeper").rglob("*.py"))}


@cache
def _imports(module: str) -> tuple[str, ...]:
    """Return what a module imports of the package, imports inside functions and for types included."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    return tuple(name for node in ast.walk(tree) for name in _imported(node) if name.startswith("gatekeeper"))


def _imported(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=str() as package, names=names):
            yield from (f"{package}.{alias.name}" for alias in names)
        case _:
            pass


def _module_of(name: str) -> str:
    return name if name in MODULES else name.rpartition(".")[0]


def _owners(name: str) -> Iterator[str]:
    """Yield the folders, or modules, to which the private steps of a name belong."""
    steps = name.split(".")
    for place, step in enumerate(steps):
        if step.startswith("_") and not step.startswith("__"):
            yield ".".join(steps[:place])


@pytest.mark.long
def test_no_modules_import_each_other() -> None:
    graph = {module: {_module_of(name) for name in _imports(module)} - {module} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' -> '.join(error.args[1])}")


@pytest.mark.long
def test_what_is_private_stays_in_its_folder() -> None:
    assert [found for module in MODULES for found in _private_of_others(module)] == []


def _private_of_others(module: str) -> list[str]:
    folder = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    wrong = [name for name in _imports(module) if not all(owner == folder for owner in _owners(name))]
    return [f"{module} imports {name}" for name in wrong]


def test_no_file_of_the_program_is_named_like_a_test() -> None:
    names = [file.stem for file in MODULES.values()]
    assert [name for name in names if name.startswith("test_") or name.endswith("_test")] == []


@pytest.mark.long
def test_every_public_class_has_one_meaning() -> None:
    classes: dict[str, str] = {}
    for module, file in MODULES.items():
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                assert node.name not in classes, f"{node.name} is in {module} and in {classes[node.name]}"
                classes[node.name] = module
