"""coverlet's JSON: libraries, files, classes and methods by name, each within the one before.

https://github.com/coverlet-coverage/coverlet/blob/master/src/coverlet.core/CoverageResult.cs has the types. A
method ran if one of its lines did; the methods of a file may share lines.
"""

from collections.abc import Hashable, Iterator
from typing import NamedTuple

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, normalised, sums
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, listing, mapping
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="coverlet",
    seen="by its source, 6.0",
    source="https://github.com/coverlet-coverage/coverlet/blob/master/src/coverlet.core/CoverageResult.cs",
    command="`dotnet test --collect 'XPlat Code Coverage;Format=json'`",
    recognised="methods with `Lines` and `Branches`, four objects deep",
    models="lines, branches and methods of each file",
)


class _Method(NamedTuple):
    """A method, with the path of its file and its full name."""

    path: str
    name: str
    value: Object


def recognises(content: Content) -> bool:
    """Return whether the file holds methods with lines and branches, and nothing else."""
    if not _may_hold_methods(content.object):
        return False
    methods = [method.value for method in _methods(content.object)]
    return bool(methods) and all({"Lines", "Branches"} <= method.keys() for method in methods)


def read(content: Content) -> CoverageReport:
    """Return the coverage of the files."""
    files: dict[str, list[_Method]] = {}
    for method in _methods(content.object):
        files.setdefault(normalised(method.path), []).append(method)
    listed = [FileCoverage.of_hits(path, _hits(methods)) for path, methods in files.items()]
    return CoverageReport(Origin("coverlet", producer="coverlet", items=len(listed)), listed)


def _may_hold_methods(document: Json) -> bool:
    """Return whether the first of the objects within others are four levels deep, as in this format."""
    for _ in range(4):
        if not isinstance(document, dict):
            return False
        document = next(iter(document.values()), {})
    return True


def _methods(document: Object) -> Iterator[_Method]:
    """Yield the methods; nothing if something is not an object, four levels deep."""
    levels: list[tuple[tuple[str, ...], Json]] = [((), document)]
    for _ in range(4):
        if not all(isinstance(value, dict) for _, value in levels):
            return
        levels = [
            ((*names, name), inner)
            for names, value in levels
            if isinstance(value, dict)
            for name, inner in value.items()
        ]
    for (library, path, *names), value in levels:
        yield _Method(path, " ".join((library, *names)), mapping(value, " ".join(names)))


def _hits(methods: list[_Method]) -> Hits:
    lines: list[tuple[int, int]] = []
    branches: list[tuple[Hashable, int]] = []
    functions: list[tuple[Hashable, int]] = []
    for method in methods:
        own = list(_lines(method))
        lines += own
        functions.append((method.name, max((hits for _, hits in own), default=0)))
        for at, branch in enumerate(listing(method.value["Branches"], f"{method.name}: Branches")):
            hits = mapping(branch, f"{method.name}: a branch").get("Hits")
            branches.append(((method.name, at), count(hits, f"{method.name}: the Hits of a branch")))
    return Hits(sums(lines), sums(branches), sums(functions))


def _lines(method: _Method) -> Iterator[tuple[int, int]]:
    for line, hits in mapping(method.value["Lines"], f"{method.name}: Lines").items():
        if not (line.isascii() and line.isdigit() and len(line) < 10):
            raise Unreadable(f"{method.name}: {line[:40]!r} is not a line")
        yield int(line), count(hits, f"{method.name}: line {line}")
