"""OpenCover's XML, as OpenCover, AltCover and coverlet write it.

https://github.com/OpenCover/opencover/tree/main/main/OpenCover.Framework/Model has the elements. A line has
the hits of the most often run sequence point that starts in it. What the summary of the session counts as not
visited and no module lists makes the report partial; its branches are not compared, because OpenCover counts
the entry of a method as one, and coverlet writes lines there.
"""

from collections.abc import Hashable, Iterator
from typing import NamedTuple

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, Ratio, hidden, normalised
from gatekeeper.collectors.coverage._numbers import Numbers
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax import xml

ABOUT = About(
    tool="OpenCover's XML, which OpenCover, AltCover and coverlet write",
    seen="by the source of OpenCover 4.7 and coverlet 6.0",
    source="https://github.com/OpenCover/opencover/tree/main/main/OpenCover.Framework/Model",
    command="`dotnet test --collect 'XPlat Code Coverage;Format=opencover'`",
    recognised="the root element `CoverageSession`",
    models="lines, branches and methods of each source file",
    not_modelled="modules that were skipped, and why; lines of a statement after its first",
)
_MOST_LISTED = 20
_HIDDEN = 0xFEEFEE
"""The line of compiler-generated code."""
_POINTS = {"SequencePoint": "SequencePoints", "BranchPoint": "BranchPoints"}


class _Point(NamedTuple):
    """A point that was visited, or not."""

    file: str
    """Its `uid` in the module."""
    line: int
    hits: int
    branch: tuple[str, ...] | None
    """What identifies a branch of a line; None for a sequence point."""


class _Method:
    """A method under construction."""

    def __init__(self, type_: str) -> None:
        self.type, self.name = type_, ""
        self.file = ""
        self.points: list[_Point] = []


class _File(NamedTuple):
    """The hits of a source file under construction."""

    lines: dict[int, int]
    branches: dict[Hashable, int]
    methods: dict[Hashable, int]


class _Reader:
    """Listens to the elements of a report and collects the files."""

    def __init__(self) -> None:
        self.path = [""]
        self.name: list[str] | None = None
        self.type = ""
        self.uids: dict[str, str] = {}
        self.methods: list[_Method] = []
        """Those of the open module: its files may come after them."""
        self.files: dict[str, _File] = {}
        self.points: list[int] = []
        """The hits of all sequence points."""
        self.summary = Ratio()
        self.partial: dict[str, None] = {}
        self.number = Numbers("a point or summary")

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        parent = self.path[-1]
        self.path.append(tag)
        if _POINTS.get(tag) == parent:
            self.point(tag, attributes)
        elif tag == "Method":
            self.methods.append(_Method(self.type))
        elif tag == "FileRef" and parent == "Method":
            self.methods[-1].file = attributes.get("uid", "")
        elif tag == "File" and parent == "Files":
            self.file(attributes)
        elif tag == "Summary" and parent == "CoverageSession":
            visited = self.number.of(attributes, "visitedSequencePoints")
            self.summary = Ratio(visited, self.number.of(attributes, "numSequencePoints"))
        elif (parent, tag) in (("Class", "FullName"), ("Method", "Name")):
            self.name = []
            return True
        return False

    def text(self, text: str) -> None:
        if self.name is not None:
            self.name.append(text)

    def end(self, tag: str) -> bool:
        self.path.pop()
        if tag == "Module":
            self.close()
        if self.name is None or tag not in ("FullName", "Name"):
            return False
        if tag == "Name":
            self.methods[-1].name = "".join(self.name)
        else:
            self.type = "".join(self.name)
        self.name = None
        return True

    def file(self, attributes: dict[str, str]) -> None:
        """Add a file of the module."""
        path = normalised(attributes.get("fullPath", ""))
        if not path:
            raise Unreadable("a file without a path")
        self.uids[attributes.get("uid", "")] = path
        self.files.setdefault(path, _File({}, {}, {}))

    def point(self, tag: str, attributes: dict[str, str]) -> None:
        """Add a point of the open method."""
        line, hits = self.number.of(attributes, "sl"), self.number.of(attributes, "vc")
        branch = None
        if tag == "BranchPoint":
            branch = tuple(attributes.get(name, "") for name in ("offset", "ordinal", "path"))
        if line != _HIDDEN and self.methods:
            self.methods[-1].points.append(_Point(attributes.get("fileid", ""), line, hits, branch))

    def close(self) -> None:
        """Add the points of a module to its files."""
        for method in self.methods:
            for point in method.points:
                file = self.files.get(self.uids.get(point.file) or self.uids.get(method.file, ""))
                if file is None:
                    self.partial[f"a point of {method.type} {method.name} is of no listed file"] = None
                    continue
                if point.branch is not None:
                    key = (method.type, method.name, point.line, *point.branch)
                    file.branches[key] = file.branches.get(key, 0) + point.hits
                    continue
                self.points.append(point.hits)
                file.lines[point.line] = max(file.lines.get(point.line, 0), point.hits)
                name = (method.type, method.name)
                file.methods[name] = max(file.methods.get(name, 0), point.hits)
        self.uids, self.methods, self.type = {}, [], ""

    def missing(self) -> Iterator[str]:
        """Yield what is of no file, and what the session counts and no module lists."""
        yield from list(self.partial)[:_MOST_LISTED]
        yield from hidden("sequence points", self.summary, Ratio.of(self.points))


def recognises(content: Content) -> bool:
    """Return whether the root element is `CoverageSession`."""
    return content.xml_root == "CoverageSession"


def read(content: Content) -> CoverageReport:
    """Return the coverage of the files."""
    reader = _Reader()
    xml.parse(content.data, reader)
    files = [FileCoverage.of_hits(path, Hits(*file)) for path, file in reader.files.items()]
    return CoverageReport(Origin("opencover", partial=tuple(reader.missing()), items=len(files)), files)
