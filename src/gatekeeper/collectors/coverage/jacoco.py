"""JaCoCo XML, of one module or aggregated over several.

https://www.jacoco.org/jacoco/trunk/coverage/report.dtd names the elements. A line is covered if an
instruction of it ran. The counters of each level are compared with the lines below it. The path of a file is
that of its package, without a source folder.

Groups may have different files of the same path, such as the main class of each service: within one report
they are kept apart.

A branch and a method have no name here: of the branches of a line and of the methods of a file, the most that
one report saw run count. A file whose lines have no instructions, as gcovr writes them, has only totals.
"""

import re
from collections.abc import Hashable, Iterator
from datetime import datetime

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, Ratio, normalised
from gatekeeper.collectors.coverage._numbers import Numbers
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Absent, Origin, oldest
from gatekeeper.syntax import xml

ABOUT = About(
    tool="JaCoCo, and tools that write its format: Kover, gcovr",
    seen="JaCoCo 0.8.6, gcovr 8.8",
    source="https://www.jacoco.org/jacoco/trunk/coverage/report.dtd",
    command="`mvn jacoco:report` or `gradle jacocoTestReport` with `xml.required = true`",
    recognised="the root element `report`, and JaCoCo's document type, counters or packages",
    models="lines, branches and methods of each source file, with groups; the time of the oldest session",
    not_modelled="complexity and instructions; classes without a source file",
)
_MARK = re.compile(rb"-//JACOCO//|/jacoco/|<sessioninfo |<counter type=|<package name=|<group name=")
_COUNTED = {"LINE": "lines", "BRANCH": "branches", "METHOD": "methods"}
_LEVELS = frozenset({"report", "group", "package", "sourcefile"})
_MOST_LISTED = 20


class _Level:
    """The report, a group, a package or a source file under construction."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.counters: dict[str, Ratio] = {}
        self.listed = dict.fromkeys(_COUNTED, Ratio())
        """What the lines and files below it add up to."""
        self.hits: dict[int, int] = {}
        self.branches: dict[Hashable, Ratio] = {}
        self.is_file = False
        self.is_total = False
        """Whether a line does not say how many instructions ran."""

    def file(self, path: str) -> FileCoverage:
        """Return the coverage of a source file, and note what it adds up to."""
        self.is_file = True
        methods = self.counters.get("METHOD", Ratio())
        if self.is_total:
            lines, branches = (self.counters.get(type_, Ratio()) for type_ in ("LINE", "BRANCH"))
            file = FileCoverage(path, lines, branches, methods)
        else:
            hits = Hits(self.hits, nameless=(self.branches, {"methods": methods}))
            file = FileCoverage.of_hits(path, hits)
        self.listed = dict(zip(_COUNTED, (file.lines, file.branches, methods), strict=True))
        return file

    def disagreements(self) -> Iterator[str]:
        """Yield which counters differ from what is listed, and whether code that did not run has no lines."""
        missed = self.counters.get("INSTRUCTION", Ratio()).uncovered
        if self.is_file and missed and not self.listed["LINE"].total:
            yield f"{self.name}: {missed} instructions did not run, and no line is listed; compile with `-g`"
        for type_, what in _COUNTED.items():
            counted, listed = self.counters.get(type_), self.listed[type_]
            if counted is not None and counted != listed:
                yield (
                    f"{self.name}: {counted.uncovered} of {counted.total} {what} are counted as missed, "
                    f"{listed.uncovered} of {listed.total} are listed"
                )


class _Reader:
    """Listens to the elements of a report and collects the files."""

    __slots__ = ("files", "level", "levels", "number", "package", "partial", "path", "times")

    def __init__(self) -> None:
        self.path = [""]
        """The open elements."""
        self.level = _Level("")
        """The innermost of those that are open."""
        self.levels: list[_Level] = []
        """Those around it."""
        self.package = ""
        self.files: list[FileCoverage] = []
        self.times: list[datetime | None] = []
        self.partial: list[str] = []
        self.number = Numbers("a line or counter")

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        parent = self.path[-1]
        self.path.append(tag)
        if tag == "line":
            if parent == "sourcefile":
                self.line(attributes)
        elif tag == "counter":
            if parent in _LEVELS:
                self.counter(attributes)
        elif tag in _LEVELS:
            self.levels.append(self.level)
            self.level = _Level(attributes.get("name", ""))
            if tag == "package":
                self.package = self.level.name
        elif tag == "sessioninfo":
            dumped = attributes.get("dump", "")
            self.times.append(instants.from_epoch(self.number[dumped]) if dumped else None)
        return False

    def text(self, text: str) -> None:
        """Ignore text: the elements have none."""

    def end(self, tag: str) -> bool:
        self.path.pop()
        if tag in _LEVELS:
            level, self.level = self.level, self.levels.pop()
            if tag == "sourcefile":
                file = level.file(normalised(f"{self.package}/{level.name}".lstrip("/")))
                self.files.append(file._replace(module="/".join(one.name for one in self.levels[2:])))
            self.partial += level.disagreements()
            outer = self.level.listed
            for type_, ratio in level.listed.items():
                outer[type_] = Ratio.sum((outer[type_], ratio))
        return False

    def line(self, attributes: dict[str, str]) -> None:
        """Add a line of a source file."""
        number, get = self.number, attributes.get
        line, missed, covered = get("nr"), get("mi"), get("ci")
        if line is None or missed is None or covered is None:
            self.level.is_total = True
            return
        self.level.hits[number[line]] = number[covered] and 1
        missed, covered = get("mb", "0"), get("cb", "0")
        if missed != "0" or covered != "0":
            self.level.branches[number[line]] = Ratio(number[covered], number[covered] + number[missed])

    def counter(self, attributes: dict[str, str]) -> None:
        """Add a counter of a level."""
        covered, missed = (self.number.of(attributes, name) for name in ("covered", "missed"))
        self.level.counters[attributes.get("type", "")] = Ratio(covered, covered + missed)


def recognises(content: Content) -> bool:
    """Return whether the root element is `report`, with a mark of JaCoCo."""
    return content.xml_root == "report" and _MARK.search(content.head, 0, 5000) is not None


def read(content: Content) -> CoverageReport:
    """Return the coverage of the files.

    Raises:
        Absent: The report lists no source file.
    """
    reader = _Reader()
    xml.parse(content.data, reader)
    if not reader.files:
        raise Absent("the report lists no source file; compile with debug information (`javac -g`)")
    origin = Origin(
        "jacoco",
        produced_at=oldest(reader.times),
        partial=tuple(reader.partial[:_MOST_LISTED]),
        items=len(reader.files),
    )
    return CoverageReport(origin, list(_told_apart(reader.files)))


def _told_apart(files: list[FileCoverage]) -> Iterator[FileCoverage]:
    """Yield the files; the module only of those whose path is in several."""
    modules: dict[str, set[str]] = {}
    for file in files:
        modules.setdefault(file.path, set()).add(file.module)
    yield from (file if len(modules[file.path]) > 1 else file._replace(module="") for file in files)
