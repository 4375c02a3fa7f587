"""SonarQube's generic test coverage, an XML that tools write for it.

https://docs.sonarsource.com/sonarqube-server/analyzing-source-code/test-coverage/generic-test-data describes
it. Like SonarQube, the reader refuses a file with other elements. A branch has no name: of the branches of a
line, the most that one report saw run count.
"""

from typing import NamedTuple

from gatekeeper.collectors.coverage._dialects import dialect
from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, Ratio, normalised
from gatekeeper.collectors.coverage._numbers import Numbers
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax import xml

ABOUT = About(
    tool="SonarQube's generic coverage, which gcovr, Karma, Vitest and others write",
    seen="gcovr 8.8",
    source="https://docs.sonarsource.com/sonarqube-server/analyzing-source-code/test-coverage/generic-test-data",
    command="`gcovr --sonarqube coverage.xml`",
    recognised="the root element `coverage` with the children `file`",
    models="lines and branches of each file",
)
_CHILDREN = {"": "coverage", "coverage": "file", "file": "lineToCover"}
_COVERED = {"true": 1, "1": 1, "false": 0, "0": 0}


class _File(NamedTuple):
    """The hits of a source file under construction."""

    path: str
    lines: dict[int, int]
    branches: dict[int, Ratio]


class _Reader:
    """Listens to the elements of a report and collects the hits of each file."""

    def __init__(self) -> None:
        self.path = [""]
        self.files: list[_File] = []
        self.number = Numbers("a line to cover")

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        if _CHILDREN.get(self.path[-1]) != tag:
            raise Unreadable(f"<{tag[:60]}> in <{self.path[-1]}> is not an element of SonarQube's format")
        self.path.append(tag)
        if tag == "coverage" and attributes.get("version") != "1":
            raise Unreadable(f"the version is {attributes.get('version', '')[:40]!r}, not '1'")
        if tag == "file":
            if not attributes.get("path", "").strip():
                raise Unreadable("a file without a path")
            self.files.append(_File(normalised(attributes["path"]), {}, {}))
        elif tag == "lineToCover":
            self.line(self.files[-1], attributes)
        return False

    def end(self, tag: str) -> bool:  # noqa: ARG002 - a `Listener`
        self.path.pop()
        return False

    def text(self, text: str) -> None:
        """Ignore text: the elements have none."""

    def line(self, file: _File, attributes: dict[str, str]) -> None:
        """Add a line of a file."""
        line, covered = self.number.of(attributes, "lineNumber"), attributes.get("covered", "")
        if covered.lower() not in _COVERED:
            raise Unreadable(f"line {line} has covered={covered[:40]!r}, neither true nor false")
        file.lines[line] = max(file.lines.get(line, 0), _COVERED[covered.lower()])
        if "branchesToCover" in attributes:
            taken = self.number[attributes.get("coveredBranches", "0")]
            branches = Ratio(taken, self.number.of(attributes, "branchesToCover"))
            file.branches[line] = branches.checked(f"the branches of line {line}")


def recognises(content: Content) -> bool:
    """Return whether the root element is `coverage`, with the children `file`."""
    return dialect(content) == "sonarqube"


def read(content: Content) -> CoverageReport:
    """Return the coverage of the files."""
    reader = _Reader()
    xml.parse(content.data, reader)
    files = [
        FileCoverage.of_hits(path, Hits(lines, nameless=(branches, {})))
        for path, lines, branches in reader.files
    ]
    return CoverageReport(Origin("sonarqube", items=len(files)), files)
