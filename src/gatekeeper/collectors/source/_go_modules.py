"""The Go modules of a tree, by their `go.mod`: which import paths are folders of it.

https://go.dev/ref/mod: `module` names the module, `replace` with a path takes another folder for one,
`require` lists the modules that packages come from. https://go.dev/ref/spec#Import_declarations
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from posixpath import dirname, join, normpath

from gatekeeper.collectors.formats.grammar import content
from gatekeeper.collectors.source._parsed import Imported
from gatekeeper.model.evidence import ArtefactFile

_STANDARD = frozenset({
    "archive", "arena", "bufio", "builtin", "bytes", "cmp", "compress", "container", "context", "crypto",
    "database", "debug", "embed", "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html",
    "image", "index", "io", "iter", "log", "maps", "math", "mime", "net", "os", "path", "plugin",
    "reflect", "regexp", "runtime", "simd", "slices", "sort", "strconv", "strings", "structs", "sync",
    "syscall", "testing", "text", "time", "unicode", "unique", "unsafe", "weak",
})  # fmt: skip
"""What import paths of the standard library begin with: https://pkg.go.dev/std."""
_COMMENT = re.compile(r"//.*")
_HOSTS_OF_REPOSITORIES = re.compile(r"(?:github|gitlab|bitbucket)\.(?:com|org)/[^/]+/[^/]+(?:/v\d+)?")
_OTHER_HOSTS = re.compile(r"[^/]+/[^/]+(?:/v\d+)?")


@dataclass(frozen=True, eq=False)
class GoModule:
    """What a `go.mod` says."""

    folder: str
    """With a slash at the end, unless it is the root."""
    path: str
    """Empty if it does not say."""
    requires: Sequence[str]
    folders: Mapping[str, str]
    """The folders that replace modules, by the modules' paths."""


_NO_MODULE = GoModule("", "", (), {})


def is_standard(path: str) -> bool:
    """Return whether an import path that is not of the tree is of the standard library."""
    return path.partition("/")[0] in _STANDARD


class GoModules:
    """The modules of a tree and its folders with code."""

    def __init__(self, files: Sequence[ArtefactFile], sources: Sequence[str]) -> None:
        self._manifests = [file for file in files if f"/{file.name}".endswith(("/go.mod", "/go.work"))]
        self._by_folder: dict[str, list[str]] = {}
        for name in sources:
            self._by_folder.setdefault(dirname(name), []).append(name)
        self._of = cache(self._module_of)
        self._meant = cache(self._imported)

    @cached_property
    def _modules(self) -> list[GoModule]:
        """The modules, the innermost first."""
        found = [_module(file) for file in self._manifests if file.name.endswith("go.mod")]
        return sorted(found, key=lambda module: -len(module.folder))

    @cached_property
    def _used(self) -> dict[str, str]:
        """The folders of the modules that a `go.work` uses together, by the modules' paths."""
        used = {
            normpath(join(dirname(file.name), path))
            for file in self._manifests if file.name.endswith("go.work")
            for directive, path in _directives(content(file)) if directive == "use"
        }  # fmt: skip
        return {
            module.path: module.folder for module in self._modules if (module.folder or "./")[:-1] in used
        }

    def imported(self, importer: str, path: str) -> Imported:
        """Return what an import path refers to in a file."""
        return self._meant(self._of(dirname(importer)), path)

    def _module_of(self, folder: str) -> GoModule:
        found = (module for module in self._modules if f"{folder}/".startswith(module.folder))
        return next(found, _NO_MODULE)

    def _imported(self, module: GoModule, path: str) -> Imported:
        own = {module.path: module.folder, **self._used, **module.folders}
        for root in sorted(filter(None, own), key=len, reverse=True):
            if path == root or path.startswith(f"{root}/"):
                return Imported(None, self._in(join(own[root], path[len(root) + 1 :])))
        if "." not in path.partition("/")[0]:
            return Imported(path)  # the standard library, C, or what `replace` gives a name without a dot
        files = self._ending_like(path)
        is_own = module is _NO_MODULE and bool(files) and "internal" in path.split("/")
        return Imported(None if is_own else _package(path, module.requires), files)

    def _in(self, folder: str) -> Sequence[str]:
        path = normpath(folder)
        return self._by_folder.get("" if path == "." else path, ())

    def _ending_like(self, path: str) -> Sequence[str]:
        """Return the files of a folder that a path may name: of another module, or of a tree without one."""
        for module in self._modules:
            if module.path and (path == module.path or path.startswith(f"{module.path}/")):
                return self._in(join(module.folder, path[len(module.path) + 1 :]))
        parts = path.split("/") if not self._modules else []
        ends = ("/".join(parts[skipped:]) for skipped in range(1, len(parts)))
        return next((self._by_folder[end] for end in ends if end in self._by_folder), ())


def _module(file: ArtefactFile) -> GoModule:
    folder = file.name.removesuffix("go.mod")
    directives = list(_directives(content(file)))
    replaced = (rest.partition("=>") for directive, rest in directives if directive == "replace")
    return GoModule(
        folder,
        next((rest for directive, rest in directives if directive == "module"), ""),
        tuple(rest.split()[0] for directive, rest in directives if directive == "require"),
        {
            old.split()[0]: join(folder, new.split()[0])
            for old, _, new in replaced if old.strip() and new.strip().startswith(".")
        },
    )  # fmt: skip


def _directives(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the directives of a `go.mod` or `go.work`: a word and the rest, those of a block one by one."""
    block = ""
    for written in data.decode(errors="replace").splitlines():
        line = _COMMENT.sub("", written).replace('"', "").replace("`", "").strip()
        word, _, rest = line.partition(" ")
        if line == ")":
            block = ""
        elif block and line:
            yield block, line
        elif rest.strip() == "(" or line.endswith("("):
            block = word.rstrip("(")
        elif rest.strip():
            yield word, rest.strip()


def _package(path: str, required: Sequence[str]) -> str:
    """Return the module that a package is in; the repository if no module is required for it."""
    modules = [module for module in required if path == module or path.startswith(f"{module}/")]
    named = _HOSTS_OF_REPOSITORIES.match(path) or _OTHER_HOSTS.match(path)
    return max(modules, key=len, default=named[0] if named else path)
