"""Clover's XML, as OpenClover, istanbul, PHPUnit and gcovr write it.

https://openclover.org/doc/manual/latest/general--Clover-XML-schema.html describes it. The lines of statements
are listed, and counted in `metrics`, where istanbul counts lines. Statements that are counted and not listed
are lines, too: PHPUnit lists one on the line of a method as a method only.

What `truecount` and `falsecount` mean differs from tool to tool, so branches are counted by the `metrics` of
a file: of several reports of it, the most that one saw run count. Code below `testproject` is that of tests.
"""

from collections.abc import Hashable, Iterator
from datetime import datetime

from gatekeeper.collectors.coverage._dialects import dialect
from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, Ratio, hidden, normalised
from gatekeeper.collectors.coverage._numbers import Numbers
from gatekeeper.collectors.coverage.facts import PLACES
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.model.evidence import Origin, Unreadable, oldest
from gatekeeper.syntax import xml

ABOUT = About(
    tool="Clover's XML, which OpenClover, istanbul (nyc, c8, Vitest, Jest), PHPUnit and gcovr write",
    seen="istanbul-reports of nyc 18.0.0 and c8 1.0.0, PHPUnit 9.6.7, gcovr 8.8",
    source="https://openclover.org/doc/manual/latest/general--Clover-XML-schema.html",
    command="`nyc --reporter=clover`, `phpunit --coverage-clover clover.xml`",
    recognised="the root element `coverage` with `generated`, `clover` or the child `project`",
    models="lines, branches and methods of each file; the time of the oldest content",
    not_modelled="which branches of a line ran; code of tests; complexity",
)
_COUNTED = {
    "statements": "coveredstatements",
    "conditionals": "coveredconditionals",
    "methods": "coveredmethods",
}
_TYPES = frozenset({"stmt", "cond", "method"})


class _File:
    """A source file under construction."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.path = normalised(attributes.get("path") or attributes.get("name", ""))
        if not self.path:
            raise Unreadable("a file without a path")
        self.lines: dict[int, int] = {}
        self.statements: list[int] = []
        """Hits of each statement: a line may have several."""
        self.methods: dict[Hashable, int] = {}
        self.decisions = 0
        self.metrics: dict[str, Ratio] = {}

    def coverage(self) -> FileCoverage:
        """Return the counts, and what the metrics report beyond the lines."""
        counted = self.metrics.get("statements", Ratio())
        listed = Ratio.of(self.statements)
        unlisted = max(0, counted.uncovered - listed.uncovered)
        methods = self.metrics.get("methods", Ratio())
        missing = methods.total - len(self.methods)
        of_file = {"methods": methods} if not self.methods else {}
        branches = {"conditionals": self.metrics.get("conditionals", Ratio())}
        hits = Hits(
            self.lines,
            functions=self.methods,
            unlisted=(unlisted, 0, max(0, missing) if self.methods else 0),
            nameless=(branches, of_file),
        )
        file = FileCoverage.of_hits(self.path, hits)
        more = max(0, counted.covered - listed.covered)
        return file._replace(lines=Ratio(file.lines.covered + more, file.lines.total + more))


class _Reader:
    """Listens to the elements of a report and collects the files."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self.path = [""]
        self.files: list[_File] = []
        self.times: list[datetime | None] = []
        self.project: dict[str, Ratio] = {}
        self.number = Numbers("a line or metric")
        self.ledger, self.name = ledger, name

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        parent = self.path[-1]
        self.path.append(tag)
        if "testproject" in self.path[:3]:
            return False
        if tag == "line":
            if parent == "file":
                self.line(self.files[-1], attributes)
        elif tag == "metrics":
            if parent == "file":
                self.files[-1].metrics = self.metrics(attributes)
            elif parent == "project":
                self.project = self.metrics(attributes)
        elif tag == "file":
            self.files.append(_File(attributes))
        elif tag in ("coverage", "project"):
            stated = attributes.get("generated" if tag == "coverage" else "timestamp")
            self.times += [instants.from_epoch(self.number[stated])] if stated else []
        return False

    def end(self, tag: str) -> bool:  # noqa: ARG002 - a `Listener`
        self.path.pop()
        return False

    def text(self, text: str) -> None:
        """Ignore text: the elements have none."""

    def metrics(self, attributes: dict[str, str]) -> dict[str, Ratio]:
        """Return the counters of a file or of the project."""
        return {
            name: Ratio(self.number.of(attributes, covered), self.number[attributes[name]]).checked(name)
            for name, covered in _COUNTED.items()
            if name in attributes
        }

    def line(self, file: _File, attributes: dict[str, str]) -> None:
        """Add a line of a file."""
        line, type_ = self.number.of(attributes, "num"), attributes.get("type", "")
        if type_ not in _TYPES:
            what = f"{file.path}, line {line}: a line of the type {type_[:40]!r}"
            self.ledger.note("line", what, file=self.name)
        elif type_ == "method":
            name = attributes.get("name") or attributes.get("signature")
            file.methods[(line, name, len(file.methods))] = self.number.of(attributes, "count")
        elif type_ == "cond" and "count" not in attributes:
            # OpenClover lists the statement, too, with its count.
            runs = self.number.of(attributes, "truecount") + self.number.of(attributes, "falsecount")
            file.lines[line] = max(file.lines.get(line, 0), runs)
            file.decisions += 1
        else:
            count = self.number.of(attributes, "count")
            file.lines[line] = max(file.lines.get(line, 0), count)
            file.statements.append(count)
            file.decisions += type_ == "cond"


def recognises(content: Content) -> bool:
    """Return whether the root element is `coverage`, with a mark of Clover."""
    return dialect(content) == "clover"


def read(content: Content) -> CoverageReport:
    """Return the coverage of the files."""
    ledger = Ledger(PLACES)
    reader = _Reader(ledger, content.name)
    xml.parse(content.data, reader)
    for file in reader.files:
        if file.decisions and "conditionals" not in file.metrics:
            what = f"{file.path}: {file.decisions} branches without `conditionals` in its metrics"
            ledger.note("branch", what, file=content.name)
    files = [file.coverage() for file in reader.files]
    origin = Origin(
        "clover",
        produced_at=oldest(reader.times),
        partial=tuple(_missing(reader.project, files, reader.files)),
        not_understood=ledger.places(),
        items=len(files),
    )
    return CoverageReport(origin, files)


def _missing(project: dict[str, Ratio], files: list[FileCoverage], listed: list[_File]) -> Iterator[str]:
    """Yield what the project counts and no file shows."""
    statements = Ratio.sum(
        max(Ratio.of(file.statements), file.metrics.get("statements", Ratio()), key=lambda one: one.uncovered)
        for file in listed
    )
    yield from hidden("statements", project.get("statements", Ratio()), statements)
    branches = Ratio.sum(file.branches for file in files)
    yield from hidden("conditionals", project.get("conditionals", Ratio()), branches)
    methods = Ratio.sum(file.metrics.get("methods", Ratio()) for file in listed)
    yield from hidden("methods", project.get("methods", Ratio()), methods)
