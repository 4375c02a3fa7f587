"""The files of a source tree, by their names: the targets of imports, and the ancestors of classes."""

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cached_property
from posixpath import commonprefix, dirname, join, normpath
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.collectors.formats.grammar import content
from gatekeeper.collectors.formats.typescript.imports import EVERYTHING, package_of
from gatekeeper.collectors.formats.typescript.source import Class, Reference, Source
from gatekeeper.model.evidence import ArtefactFile, Unreadable
from gatekeeper.syntax import SyntaxProblem

if TYPE_CHECKING:
    from tree_sitter import Node

_ENDINGS = (".ts", ".tsx", ".mts", ".cts", "/index.ts", "/index.tsx", "/src/index.ts",
            ".js", ".jsx", ".mjs", ".cjs", "/index.js", "/index.jsx", "/src/index.js",
            ".d.ts", ".d.mts", ".d.cts", "/index.d.ts")  # fmt: skip
_parsed: dict[str, tuple[bytes, Source]] = {}
"""The files of the tree that was read last, as they were: the next slot often reads the same tree."""
_SOURCE = re.compile(r"\.[cm]?[jt]sx?$")
_DECLARATION = re.compile(r"\.d(\.[^/.]+)?\.[cm]?ts$")
_BESIDE_TESTS = re.compile(r"(^|/)(__(tests|mocks)__|tests?/([^/]+/)*(fixtures|mocks))/")
TEST = re.compile(r"[.-](test|spec|e2e)(-d)?\.[cm]?[jt]sx?$")
"""The end of the name of a test."""
_BESIDE = re.compile(r"\.d\.[cm]?ts$|/(package|[jt]sconfig[^/]*)\.json$")
"""Files that are read for what they say of others."""
_INSTALLED_ROOT = re.compile(r"(?:.*?/)??node_modules/")
_TYPES = re.compile(rb'"(?:types|typings)"\s*:\s*"([^"]+)"')
"""What a `package.json` says of its declarations, at its top or among its exports."""
_ALIAS = re.compile(rb'"([^"\s]+)"\s*:\s*\[?\s*"([^"\s]+)"')
"""A line of `paths` of a `tsconfig.json`, or of `imports` of a `package.json`; others name no file."""
_NO_PACKAGE = re.compile(r"[@~#]/|[@~#]")
"""How an alias begins that cannot be a package."""
_MOST_ANCESTORS = 100
"""The most ancestors of a class: a limit against hostile files; real classes have far fewer."""
_COMPILED = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")


def is_source(path: str) -> bool:
    """Return whether a file has code of the product, in TypeScript or JavaScript.

    Declaration files have none: a compiler wrote them, or they describe a library. Tests are known by their
    names (`a.test.ts`, `a.e2e.ts`, `a.int-spec.ts`, `__tests__/`, `__mocks__/`, `tests/mocks/`), not by a
    folder `test`, which is the domain of a service about examinations.
    """
    return bool(
        _SOURCE.search(path)
        and not _DECLARATION.search(path)
        and not TEST.search(path)
        and not _BESIDE_TESTS.search(path)
        and "/node_modules/" not in f"/{path}"
    )


def is_declaration(path: str) -> bool:
    """Return whether a file declares what another one holds."""
    return bool(_DECLARATION.search(path))


class Ancestor(NamedTuple):
    """A class or interface that a class extends or implements, directly or not."""

    names: frozenset[str]
    """Its names: where it is used, where it is exported, and its own."""
    found: Class | None
    """None if it is not in the tree."""
    reference: Reference
    is_extended: bool
    """Whether the class reaches it through `extends` only."""


class SourceTree:
    """The files of an artefact that are source by their names, each parsed when it is needed.

    The declarations of packages that are installed in it (`node_modules/a/index.d.ts`) are found, too.
    """

    def __init__(self, files: Sequence[ArtefactFile], is_source: Callable[[str], bool]) -> None:
        self._files: Mapping[str, ArtefactFile] = {file.name: file for file in files if is_source(file.name)}
        self._beside = {file.name: file for file in files if _BESIDE.search(f"/{file.name}")}
        self._names = frozenset(file.name for file in files)
        for name in _parsed.keys() - self._files.keys() - self._beside.keys():
            del _parsed[name]
        self.unparsed: dict[str, str] = {}
        """Why files that were needed could not be parsed; they count as empty."""
        self._sources: dict[str, Source] = {}
        self._modules: dict[str, str | None] = {}
        self._paths: dict[str, str | None] = {}
        self._ancestors: dict[tuple[str, int], list[Ancestor]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._files or (name in self._beside and not name.endswith(".json"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def source(self, name: str) -> Source:
        """Return a parsed file."""
        if name not in self._sources:
            try:
                data = content(self._files.get(name) or self._beside[name])
                if name not in _parsed or _parsed[name][0] != data:
                    _parsed[name] = (data, Source(name, data))
                self._sources[name] = _parsed[name][1]
            except (SyntaxProblem, Unreadable) as reason:
                self.unparsed[name] = str(reason).removeprefix(f"{name}: ")
                self._sources[name] = Source(name, b"")
        return self._sources[name]

    def containing(self, looked_for: re.Pattern[bytes]) -> Iterator[Source]:
        """Yield the files in which a pattern occurs, parsed; declaration files are left out."""
        for name, file in self._files.items():
            if looked_for.search(content(file)):
                yield self.source(name)

    def parsed(self, names: Sequence[str]) -> list[Source]:
        """Return files.

        Raises:
            Unreadable: None of them can be parsed.
        """
        found = [self.source(name) for name in names]
        if all(name in self.unparsed for name in names):
            raise Unreadable(f"{names[0]}: {self.unparsed[names[0]]}")
        return found

    def module(self, importer: str, specifier: str) -> str | None:
        """Return the file that an import refers to; None if it is not in the tree.

        The compiler's options that define an alias (`@shared/money`, `src/shared/money`) are not read: an
        alias refers to the only file whose path ends like it.
        """
        if specifier.startswith("."):
            specifier = normpath(join(dirname(importer), specifier))
            if specifier not in self._paths:
                self._paths[specifier] = self._at(specifier)
            return self._paths[specifier]
        if specifier not in self._modules:
            self._modules[specifier] = self._ending_like(specifier) or self._declaration_of(specifier)
        return self._modules[specifier]

    def own(self, importer: str, specifier: str) -> str | None:
        """Return the file of the tree that an import certainly refers to; None if it may be a package.

        An alias must be declared in a `tsconfig.json` or `package.json` of the tree, begin like no package
        (`@/money`, `~/money`, `#money`), or be the whole end of one path: `src/money`, `@shared/money`.
        """
        specifier = specifier.partition("?")[0]
        if specifier.startswith("."):
            return self.module(importer, specifier)
        for alias, target in self._aliases:
            head, star, tail = alias.partition("*")
            is_meant = specifier.startswith(head) and specifier.endswith(tail) if star else specifier == alias
            middle = specifier[len(head) : len(specifier) - len(tail)]
            if is_meant and (found := self._at(normpath(target.replace("*", middle)))) is not None:
                return found
        rest = _NO_PACKAGE.sub("", specifier, count=1) if _NO_PACKAGE.match(specifier) else specifier
        possible = self._ending_in(rest) if rest != specifier or "/" in rest else []
        return max(possible, key=lambda name: len(commonprefix([importer, name])), default=None)

    def is_data(self, importer: str, specifier: str) -> bool:
        """Return whether an import refers to a file of the tree that has no code, such as JSON."""
        path = normpath(join(dirname(importer), specifier.partition("?")[0]))
        return path in self._names and path.endswith((".json", ".css", ".scss", ".svg", ".txt", ".sql"))

    @cached_property
    def _aliases(self) -> list[tuple[str, str]]:
        """The aliases of paths and the packages of the tree, with their targets, relative to it."""
        found = []
        for name, file in self._beside.items():
            if not name.endswith(".json") or "/node_modules/" in f"/{name}":
                continue
            stated = [(key.decode(errors="replace"), value.decode(errors="replace"))
                      for key, value in _ALIAS.findall(file.read())]  # fmt: skip
            base = next((value for key, value in stated if key == "baseUrl"), ".")
            for key, value in stated:
                if key == "name":
                    found += [(value, join(dirname(name), at)) for at in (".", "src")]
                    found += [(f"{value}/*", join(dirname(name), at, "*")) for at in (".", "src")]
                found += [(key, join(dirname(name), at, value)) for at in {".", base}]
        return found

    def _at(self, path: str) -> str | None:
        if path in self._files:
            return path
        return next((name for name in _possible(path) if name in self), None)

    def _declaration_of(self, specifier: str) -> str | None:
        """Return the declarations of an installed package, or of a module of it."""
        package = package_of(specifier) or ""
        for root in self._roots_of_packages:
            for name in (package, f"@types/{package.removeprefix('@').replace('/', '__')}"):
                if (manifest := self._beside.get(f"{root}{name}/package.json")) is not None:
                    stated = _TYPES.search(manifest.read()) if specifier == package else None
                    at = (
                        stated[1].decode(errors="replace")
                        if stated
                        else specifier.removeprefix(package).lstrip("/")
                    )
                    return self._at(normpath(join(root, name, at)))
        return None

    @cached_property
    def _roots_of_packages(self) -> list[str]:
        """The folders `node_modules`, the outermost first; not those of packages."""
        found = {_INSTALLED_ROOT.match(name) for name in self._beside}
        return sorted({match[0] for match in found if match}, key=len)

    def _ending_like(self, specifier: str) -> str | None:
        parts = specifier.split("/")
        ends = (self._ending_in("/".join(parts[skipped:])) for skipped in range(min(len(parts), 8)))
        found = next(filter(None, ends), [])
        return found[0] if len(found) == 1 else None

    def _ending_in(self, path: str) -> list[str]:
        return [name for each in _possible(path) for name in self._by_last_part.get(_last_part(each), ())
                if f"/{name}".endswith(f"/{each}")]  # fmt: skip

    @cached_property
    def _by_last_part(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self._files:
            found.setdefault(_last_part(name), []).append(name)
        return found

    def find(self, file: str, reference: Reference) -> Class | None:
        """Return the class or interface that a name refers to in a file; None if it is not in the tree."""
        found = self._located(file, reference, lambda source: source.by_name)
        return found[0].by_name[found[1]] if found is not None else None

    def declared(self, file: str, reference: Reference) -> "tuple[str, Node] | None":
        """Return the function, variable or type that a name refers to, with its file."""
        found = self._located(file, reference, lambda source: source.declared)
        return (found[0].name, found[0].declared[found[1]]) if found is not None else None

    def _located(
        self, file: str, reference: Reference, names: Callable[[Source], Container[str]]
    ) -> tuple[Source, str] | None:
        """Return the file that declares what a name refers to, and its name there."""
        source = self.source(file)
        if len(reference) == 1 and reference[0] in names(source):
            return source, reference[0]
        specifier, imported = source.bindings.get(reference[0], (None, ""))
        if specifier is None:
            return (source, reference[-1]) if reference[-1] in names(source) else None
        module = self.module(file, specifier)
        if module is None:
            return None
        name = reference[-1] if imported == EVERYTHING else imported
        found = self._exported(module, name, names)
        if found is None and len(reference) > 1:  # a namespace of the module
            return self._exported(module, reference[-1], names)
        return found

    def _exported(
        self, module: str, name: str, names: Callable[[Source], Container[str]]
    ) -> tuple[Source, str] | None:
        """Return the file that declares what a module exports, also through other modules."""
        todo, seen = [(module, name)], {(module, name)}
        while todo:
            module, name = todo.pop()
            source = self.source(module)
            local = source.local_name(name)
            if local in names(source):
                return source, local
            onward = [(each.specifier, inner) for each in source.imports for outer, inner in each.exports
                      if outer in (name, EVERYTHING)]  # fmt: skip
            if local in source.bindings:
                onward.append(source.bindings[local])
            for specifier, inner in onward:
                target = self.module(module, specifier)
                step = (target or "", name if inner == EVERYTHING else inner)
                if target is not None and step not in seen:
                    seen.add(step)
                    todo.append((target, step[1]))
        return None

    def ancestors(self, of: Class) -> list[Ancestor]:
        """Return the classes and interfaces that a class extends and implements, the nearest first."""
        if of.key not in self._ancestors:
            self._ancestors[of.key] = list(self._ancestors_of(of))
        return self._ancestors[of.key]

    def _ancestors_of(self, of: Class) -> Iterator[Ancestor]:
        todo, seen = [(of, True)], {of.key}
        for descendant, is_extended in todo:
            bases = [(reference, True) for reference in descendant.extends]
            bases += [(reference, False) for reference in descendant.implements]
            for reference, extends in bases:
                found = self.find(descendant.file, reference)
                names = {reference[-1], self._imported_name(descendant.file, reference)}
                if found is not None:
                    names.add(found.name)
                yield Ancestor(frozenset(names), found, reference, is_extended and extends)
                if found is not None and found.key not in seen and len(seen) < _MOST_ANCESTORS:
                    seen.add(found.key)
                    todo.append((found, is_extended and extends))

    def _imported_name(self, file: str, reference: Reference) -> str:
        _, imported = self.source(file).bindings.get(reference[0], ("", ""))
        return (
            imported if len(reference) == 1 and imported not in ("", EVERYTHING, "default") else reference[-1]
        )


def _possible(path: str) -> list[str]:
    """Return the files that an import of a path may refer to, also if it names what is compiled from them."""
    stem = next((path.removesuffix(end) for end in _COMPILED if path.endswith(end)), path)
    return list(dict.fromkeys(base + end for base in (path, stem) for end in _ENDINGS))


def _last_part(path: str) -> str:
    """Return the name of a file; for an index file, with the name of its folder."""
    folder, _, name = path.rpartition("/")
    return f"{folder.rpartition('/')[2]}/{name}" if name.startswith("index.") else name
