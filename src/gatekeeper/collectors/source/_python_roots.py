"""From where a Python file imports: the folders of a tree that hold its packages.

Certain are the nearest folder with a file of a project (`pyproject.toml`) that is not a package, `src` in
it, folders that the `pyproject.toml` names, and folders `src` around a file in it; without a project, the
root of the repository. Whether another folder around a file is one depends on how the program is started.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from posixpath import dirname, join, normpath

from gatekeeper.collectors.formats.grammar import content
from gatekeeper.collectors.source._parsed import Imported
from gatekeeper.model.evidence import ArtefactFile

_PROJECT = re.compile(
    r"(?:.*/)?(?:pyproject\.toml|setup\.py|setup\.cfg|Pipfile|manage\.py|requirements[^/]*\.txt)"
)
_STATED = re.compile(
    rb"^\s*(?:.*[{,]\s*)?(?:where|from|pythonpath|package-dir)\s*=\s*[\[{\s]*(?:\"\"\s*=\s*)?\"([^\"\n]*)\"",
    re.MULTILINE,
)
"""A folder of packages in a `pyproject.toml` of setuptools, Poetry, uv or pytest."""


class PythonRoots:
    """The modules of a tree, found from the files that import them."""

    def __init__(self, files: Sequence[ArtefactFile], sources: Sequence[str]) -> None:
        self._files = frozenset(sources)
        self._by_folder: dict[str, list[str]] = {}
        for name in sources:
            self._by_folder.setdefault(dirname(name), []).append(name)
        self._folders = frozenset(outer for name in self._by_folder for outer in _around(name))
        self._manifests = {
            file.name: file for file in files
            if _PROJECT.fullmatch(file.name) and "/node_modules/" not in f"/{file.name}"
        }  # fmt: skip
        folders = set(map(dirname, self._manifests))
        self._projects = {folder for folder in folders if not self._is_package(folder)}
        self._certain = cache(self._certain_roots)
        self._possible = cache(self._possible_roots)
        self._meant = cache(self._absolute)

    def relative(self, importer: str, name: str) -> Imported:
        """Return what a relative import refers to: `..money.Money`."""
        path = name.lstrip(".")
        folder = dirname(importer)
        for _ in range(len(name) - len(path) - 1):
            folder = dirname(folder)
        parts = [*folder.split("/"), *path.split(".")]
        return Imported(None, self._modules("", [part for part in parts if part]))

    def absolute(self, importer: str, name: str) -> Imported:
        """Return what an import refers to: a file of the tree, or a package by its first name."""
        return self._meant(dirname(importer), name)

    def _absolute(self, folder: str, name: str) -> Imported:
        parts = name.split(".")
        for root in self._certain(folder):
            found = self._modules(root, parts)
            start = join(root, parts[0])
            is_module = f"{start}.py" in self._files or self._is_package(start)
            if is_module or (
                found and len(parts) > 1
            ):  # `import a` prefers any other module to a plain folder
                return Imported(None, found)
        possible = (self._modules(root, parts) for root in self._possible(folder))
        return Imported(parts[0], next(filter(None, possible), ()))

    def _is_package(self, folder: str) -> bool:
        """Return whether a folder is a package for certain; without this file, an installed one prevails."""
        return join(folder, "__init__.py") in self._files

    def _possible_roots(self, folder: str) -> Sequence[str]:
        """Return the folders from which a program may be started: those that are not packages."""
        return [root for root in _around(folder) if not self._is_package(root)]

    def _certain_roots(self, folder: str) -> Sequence[str]:
        around = list(_around(folder))
        project = next((outer for outer in around if outer in self._projects), "")
        manifest = self._manifests.get(join(project, "pyproject.toml"))
        stated = _STATED.findall(content(manifest)) if manifest else ()
        named = (normpath(join(project, each.decode(errors="replace"))) for each in stated)
        inside = around[: around.index(project)]
        sources = (outer for outer in inside if outer.rpartition("/")[2] == "src")
        roots = dict.fromkeys([*sources, join(project, "src"), *named])
        if any(f"{folder}/".startswith(f"{root}/") for root in roots):
            return list(roots)  # what is beside `src` is not installed with it
        return [project, *roots]

    def _modules(self, root: str, parts: Sequence[str]) -> Sequence[str]:
        """Return the file of a module, or of the module that has the last part; else those of the package."""
        start = join(root, *parts[:1])
        if start not in self._folders and f"{start}.py" not in self._files:
            return ()
        for count in (len(parts), len(parts) - 1):
            path = join(root, *parts[: max(0, count)])
            for file in (f"{path}.py", join(path, "__init__.py")):
                if file in self._files:
                    return [file]
        return self._by_folder.get(join(root, *parts), ())  # a package without `__init__.py`


def _around(folder: str) -> Iterator[str]:
    """Yield a folder and the folders around it, the innermost first."""
    yield folder
    while folder:
        folder = dirname(folder)
        yield folder
