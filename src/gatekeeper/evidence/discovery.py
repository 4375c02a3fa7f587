"""Find the artefacts in a folder: what people keep there and what builds write, recognised by content.

Folders that Git ignores are looked into only if builds write there: `target`, `coverage`, `reports` ...
"""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, islice, takewhile
from pathlib import Path
from typing import NamedTuple

from gatekeeper.collectors.api_diff.read import EARLIER, LATER
from gatekeeper.collectors.identify import NO_FORMATS, Own, identify
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.source.read import recognises as is_code
from gatekeeper.collectors.typescript.read import recognises as is_typescript
from gatekeeper.errors import UsageError
from gatekeeper.evidence.artefacts import Bounds, open_artefact
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.trees.disk import DiskTree
from gatekeeper.trees.git_command import run_git

MOST_NAMES = 200_000
MOST_READ = 10_000
MOST_BYTES = 2_000_000_000
_DEEPEST = 24
BUILT = frozenset({
    "target", "build", "coverage", "reports", "report", "dist", "out", "bin", "test-results", "testresults",
    "test-reports", "test_reports", "test-output", "playwright-report", "allure-results", ".nyc_output",
    "htmlcov", "artifacts", "artefacts", "pacts", "surefire-reports", "failsafe-reports", "cucumber-report",
    "cucumber-reports", "results", "junit", "k6", "jmeter", "gatling", "evals", "scans", "sbom"
})  # fmt: skip
"""Folders that builds write to."""
_SKIPPED = frozenset({
    "__fixtures__", "__mocks__", "__pycache__", "__snapshots__", "bower_components", "cache", "caches",
    "fixtures", "jspm_packages", "node_modules", "pods", "site-packages", "testdata", "vendor", "venv",
    "virtualenv"
})  # fmt: skip
_ENDINGS = frozenset({
    "csv", "eval", "gcov", "info", "json", "jsonl", "jtl", "log", "md", "markdown", "mdown", "mkd",
    "ndjson", "nessus", "out", "sarif", "sql", "tap", "trx", "txt", "xml", "yaml", "yml", "zip"
})  # fmt: skip
"""The endings of the formats that are read, other than code."""
_LOCKS = frozenset({"package-lock.json", "pnpm-lock.yaml", "composer.lock", "npm-shrinkwrap.json"})
_OF_MODULES = frozenset({
    "package.json", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts", "pyproject.toml", "setup.py",
    "cargo.toml"
})  # fmt: skip
_SHARD = re.compile(
    r"(?<![0-9a-f])([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|\d{1,3})(?![0-9a-f])"
)
_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_OF_SUITE = re.compile(r"TEST-.*(?=\.xml$)")
_OF_MIGRATIONS = re.compile(r"migrations?|migrate|changelog", re.IGNORECASE)
_WILD = frozenset("*?{}\\")
_IN_FOLDERS = frozenset({
    "alerts", "audit_events", "contracts", "events", "migrations", "pen_test", "prompts", "slo", "sync",
    "tenant_keys", "traces", "vulnerabilities"
})  # fmt: skip
"""The kinds of which a folder with nothing else is one artefact."""
_IN_SHARDS = frozenset({"tests", "coverage"})


class FoundArtefact(NamedTuple):
    """A file that is evidence, or files that are read together."""

    path: str
    """A file, a folder or a glob, relative to the folder that was searched, with forward slashes."""
    kind: str
    format: str
    files: tuple[str, ...]
    """Its files, likewise; of a source tree some of them."""


class Discovered(NamedTuple):
    """What is in a folder."""

    folder: Path
    artefacts: tuple[FoundArtefact, ...]
    """Single files first, then files that may be one artefact together."""
    structured: tuple[str, ...]
    """JSON and YAML files, from which a slot of the kind `json` selects what it wants."""
    notes: tuple[str, ...] = ()
    """What was not looked at, a sentence each."""
    is_whole: bool = True
    """Whether all files were looked at."""
    looked_at: int = 0
    """How many files there are."""


def discover(folder: Path, own: Own = NO_FORMATS) -> Discovered:
    """Return the artefacts in a folder; links that lead out of it are not followed.

    Args:
        folder: The root of a repository, or a folder of it.
        own: The formats that the workspace describes, by kind and name.
    """
    root, notes = os.path.realpath(folder), list[str]()
    paths = list(islice(_paths(root), MOST_NAMES + 1))
    if len(paths) > MOST_NAMES:
        notes.append(f"stopped after {MOST_NAMES:,} files: name a folder below")
    writable = [path for path in paths[:MOST_NAMES] if path.isprintable()]
    if less := len(paths[:MOST_NAMES]) - len(writable):
        notes.append(f"{less:,} file names have characters that a manifest cannot have")
    singles = list(_recognised(root, writable, own, notes))
    structured = [path for path in writable if _ending(path) in ("json", "yaml", "yml")]
    artefacts = (*singles, *_together(singles, writable), *_trees(writable))
    is_whole = not any(note.startswith("stopped") for note in notes)
    return Discovered(
        Path(root), _without_repeats(artefacts), tuple(structured), tuple(notes), is_whole, len(paths)
    )


def _without_repeats(artefacts: Iterable[FoundArtefact]) -> tuple[FoundArtefact, ...]:
    return tuple({(one.path, one.kind, one.format): one for one in artefacts}.values())


def _ending(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].casefold()


def _paths(root: str) -> Iterator[str]:
    """Yield the files below a folder, without those that only tools need."""
    kept = _folders_of_git(root)
    for parent, folders, names in os.walk(root):
        below = os.path.relpath(parent, root).replace(os.sep, "/")
        steps = [] if below == "." else below.split("/")
        if "pyvenv.cfg" in names or len(steps) > _DEEPEST:
            folders.clear()
            continue
        is_built = any(step.casefold() in BUILT for step in steps)
        prefix = "".join(f"{step}/" for step in steps)
        folders[:] = sorted(
            name
            for name in folders
            if _may_enter(name) and (kept is None or is_built or _is_built(name) or prefix + name in kept)
        )
        yield from (prefix + name for name in sorted(names) if not name.startswith("."))


def _is_built(name: str) -> bool:
    return name.casefold() in BUILT


def _may_enter(name: str) -> bool:
    return _is_built(name) or not (name.startswith(".") or name.casefold() in _SKIPPED)


def _folders_of_git(root: str) -> set[str] | None:
    """Return the folders below `root` with files that Git does not ignore.

    None outside of a work tree, or if Git ignores `root` itself.
    """
    above = (Path(root), *Path(root).parents)
    repository = next((str(folder) for folder in above if (folder / ".git").exists()), None)
    if repository is None:
        return None
    inner = os.path.relpath(root, repository).replace(os.sep, "/")
    only = () if inner == "." else (f":(literal){inner}",)
    question = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *only)
    try:
        answer = run_git(repository, *question, without_git="", seconds=60)
    except UsageError:
        return None
    if answer.returncode or not answer.stdout:
        return None
    skipped = 0 if inner == "." else len(inner) + 1
    found: set[str] = set()
    for path in answer.stdout.decode("utf-8", "surrogateescape").split("\0"):
        folder = path[skipped:].rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _recognised(root: str, paths: Iterable[str], own: Own, notes: list[str]) -> Iterator[FoundArtefact]:
    """Yield each file that is evidence, once for each of its kinds; what builds write comes first."""
    of_formats = [path for path in paths if _ending(path) in _ENDINGS and not _is_lock(path)]
    of_formats.sort(key=lambda path: not any(step.casefold() in BUILT for step in path.split("/")))
    bounds, size = Bounds(DiskTree(root)), 0
    for number, path in enumerate(of_formats):
        if number == MOST_READ or size > MOST_BYTES:
            notes.append(f"stopped after the content of {number:,} files: name a folder below")
            return
        try:
            size += (Path(root) / path).stat().st_size
            matches = identify(open_artefact(root, path, bounds), own)
        except (Absent, Unreadable, OSError):
            continue
        for match in matches:
            yield FoundArtefact(path, match.kind, match.format, (path,))


def _is_lock(path: str) -> bool:
    return path.rpartition("/")[2] in _LOCKS


def _together(singles: Iterable[FoundArtefact], paths: Iterable[str]) -> Iterator[FoundArtefact]:
    """Yield folders and globs whose files are one artefact: shards, migrations, contracts, two versions."""
    in_folder: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        in_folder[path.rpartition("/")[0]].append(path)
    of: dict[tuple[str, str], list[FoundArtefact]] = defaultdict(list)
    for one in singles:
        of[one.path.rpartition("/")[0], one.kind].append(one)
    below = Counter(above for folder, its in in_folder.items() for above in _above(folder) for _ in its)
    for (folder, kind), members in of.items():
        if kind in _IN_SHARDS:
            yield from _shards(members, in_folder[folder])
        elif kind == "openapi":
            yield from _versions(members, in_folder[folder])
        elif kind in _IN_FOLDERS and folder and len({one.path for one in members}) == below[folder] > 1:
            yield FoundArtefact(folder, kind, _formats(members), _files(members))
    yield from _migrations(path for path in paths if _ending(path) == "sql")


def _migrations(paths: Iterable[str]) -> Iterator[FoundArtefact]:
    """Yield folders of migrations by their name; each migration may have a folder of its own."""
    by_root: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in paths:
        folder = path.rpartition("/")[0]
        roots = [one for one in _above(folder) if _OF_MIGRATIONS.fullmatch(one.rpartition("/")[2])]
        if roots:
            by_root[roots[-1]][folder].append(path)
    for root, folders in by_root.items():
        if all(len(files) == 1 for files in folders.values()):
            every = sorted(chain.from_iterable(folders.values()))
            yield FoundArtefact(root, "migrations", "migrations", tuple(every))
            continue
        for folder, files in folders.items():
            yield FoundArtefact(folder, "migrations", "migrations", tuple(sorted(files)))


def _above(folder: str) -> Iterator[str]:
    yield folder
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _formats(members: Iterable[FoundArtefact]) -> str:
    return ", ".join(sorted({one.format for one in members}))


def _files(members: Iterable[FoundArtefact]) -> tuple[str, ...]:
    return tuple(sorted({one.path for one in members}))


def _shards(members: Iterable[FoundArtefact], siblings: Iterable[str]) -> Iterator[FoundArtefact]:
    """Yield a glob of the files of one suite: one for each class, worker or run of a test."""
    by_glob: dict[tuple[str, str], list[FoundArtefact]] = defaultdict(list)
    for one in members:
        by_glob[_shape(one.path), one.format].append(one)
    shapes = Counter(map(_shape, siblings))
    for (glob, format_), its in by_glob.items():
        if "*" in glob and len(its) == shapes[glob] > 1:
            yield FoundArtefact(glob, its[0].kind, format_, _files(its))


def _shape(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    if _WILD & set(path) or _DATE.search(name):
        return path
    shape = _OF_SUITE.sub("TEST-*", name)
    return folder + slash + (shape if shape != name else _SHARD.sub("*", name))


def _versions(members: Iterable[FoundArtefact], siblings: Iterable[str]) -> Iterator[FoundArtefact]:
    """Yield a glob of two descriptions, one of which is an earlier version by its name."""
    files = _files(members)
    names = [path.rpartition("/")[2] for path in files]
    words = [frozenset(re.split(r"[^a-z0-9]+", name.casefold())) for name in names]
    if len(files) != 2 or not any(words[a] & EARLIER and words[1 - a] & LATER for a in (0, 1)):
        return
    start, end = _common(*files), _common(*(path[::-1] for path in files))[::-1]
    glob = f"{start}*{end}"
    between = [path for path in siblings if path.startswith(start) and path.endswith(end)]
    if len(between) == 2 and not _WILD & set(start + end):
        yield FoundArtefact(glob, "api_diff", "openapi-comparison", files)


def _common(first: str, second: str) -> str:
    """Return the characters with which both texts begin."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    return "".join(character for character, _ in same)


def _trees(paths: Iterable[str]) -> Iterator[FoundArtefact]:
    """Yield the source tree of each module: its folder `src` (of Maven `src/main`), else the module."""
    code, modules = defaultdict[str, list[str]](list), {""}
    listed = list(paths)
    for path in listed:
        folder, _, name = path.rpartition("/")
        if name.casefold() in _OF_MODULES or name.endswith((".csproj", ".fsproj")):
            modules.add(folder)
    for path in listed:
        content = Content(path, b"")
        if "." in path.rpartition("/")[2] and (is_code(content) or is_typescript(content)):
            code[_tree_of(path, modules)].append(path)
    with_src = {_module_of(tree, modules) for tree in code if _has_src(tree)}
    for tree, files in code.items():
        is_beside = not _has_src(tree) and _module_of(tree, modules) in with_src
        if is_beside or f"{tree}/main" in code:
            continue
        yield FoundArtefact(tree or ".", "source", "source", tuple(files))
        if any(is_typescript(Content(path, b"")) for path in files):
            yield FoundArtefact(tree or ".", "typescript", "typescript", tuple(files))


def _has_src(tree: str) -> bool:
    return f"/{tree}".endswith("/src") or f"/{tree}".endswith("/src/main")


def _module_of(path: str, modules: set[str]) -> str:
    return next(folder for folder in _above(path) if folder in modules)


def _tree_of(path: str, modules: set[str]) -> str:
    """Return the source tree that a file is in."""
    steps = path.split("/")[:-1]
    if "src" in steps:
        end = steps.index("src") + 1
        return "/".join(steps[: end + 1] if steps[end : end + 1] == ["main"] else steps[:end])
    return _module_of("/".join(steps), modules)
