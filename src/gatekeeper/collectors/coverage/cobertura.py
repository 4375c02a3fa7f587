"""Cobertura XML, as istanbul, coverage.py and gcovr write it.

http://cobertura.sourceforge.net/xml/coverage-04.dtd names the elements.

Rates are rounded, so lines are counted. Classes of the same file are merged by line; the lines within
`methods` repeat lines of the class and are used only to decide whether the method ran.
"""

import re
from collections import Counter

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Ratio, normalised
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax import xml

_CLASS_LINE = ["class", "lines", "line"]
_METHOD_LINE = ["method", "lines", "line"]
_MARK = re.compile(rb"line-rate=|<packages|<sources|cobertura")
_CONDITIONS = re.compile(r".*\(([0-9]{1,9})/([0-9]{1,9})\)\s*")


class _File:
    """The counts of a source file under construction."""

    def __init__(self) -> None:
        self.hits: Counter[int] = Counter()
        self.branches: dict[int, Ratio] = {}
        self.methods: list[int] = []

    def take_line(self, attributes: dict[str, str]) -> None:
        """Add a line of a class."""
        line = _count(attributes, "number")
        self.hits[line] += _count(attributes, "hits")
        conditions = _CONDITIONS.fullmatch(attributes.get("condition-coverage", ""))
        if attributes.get("branch", "").lower() == "true" and conditions:
            ratio = Ratio(int(conditions[1]), int(conditions[2])).checked(f"the branches of line {line}")
            self.branches[line] = max(ratio, self.branches.get(line, ratio))

    def coverage(self, path: str) -> FileCoverage:
        """Return the counts."""
        return FileCoverage(
            path,
            lines=Ratio.of(self.hits.values()),
            branches=Ratio.sum(self.branches.values()),
            functions=Ratio.of(self.methods),
            first_uncovered=min((line for line, hits in self.hits.items() if hits == 0), default=None),
        )


class _Reader:
    """Listens to the elements of a report and collects the counts."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.sources: list[str] = []
        self.files: dict[str, _File] = {}
        self.file = _File()
        self.root: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        if not self.path:
            if tag != "coverage":
                raise Unreadable(f"XML, but not Cobertura: the root is <{tag[:60]}>")
            self.root = attributes
        self.path.append(tag)
        if tag == "source":
            self.sources.append("")
        elif tag == "class":
            if not attributes.get("filename", "").strip():
                raise Unreadable("a class without a filename")
            self.file = self.files.setdefault(normalised(attributes["filename"]), _File())
        elif tag == "method":
            self.file.methods.append(_count(attributes, "hits") if "hits" in attributes else 0)
        elif self.path[-3:] == _CLASS_LINE:
            self.file.take_line(attributes)
        elif self.path[-3:] == _METHOD_LINE:
            self.file.methods[-1] += _count(attributes, "hits")
        return tag == "source"

    def text(self, text: str) -> None:
        if self.path[-1] == "source":
            self.sources[-1] += text

    def end(self, tag: str) -> bool:
        self.path.pop()
        return tag == "source"


def recognises(content: Content) -> bool:
    """Return whether the root element is `coverage`, with an attribute or a child of Cobertura's."""
    return content.xml_root == "coverage" and _MARK.search(content.data, 0, 5000) is not None


def read(content: Content) -> CoverageReport:
    """Return the coverage of the files."""
    reader = _Reader()
    xml.parse(content.data, reader)
    sources = [normalised(source).rstrip("/") for source in reader.sources]
    written = (reader.root.get(name, "") for name in ("branches-covered", "branches-valid", "timestamp"))
    covered, total, time = (int(text) if re.fullmatch(r"[0-9]{1,15}", text) else 0 for text in written)
    return CoverageReport(
        "cobertura",
        [file.coverage(_located(path, sources)) for path, file in reader.files.items()],
        instants.from_epoch(time) if time else None,
        # The root also counts branches on lines without a statement, which are not listed.
        branches=Ratio(covered, total).checked("the report's branches"),
    )


def _located(path: str, sources: list[str]) -> str:
    """Return the path including its source folder, if there is only one folder it can be relative to."""
    if len(sources) != 1 or sources[0] in ("", ".") or re.match(r"/|[A-Za-z]:", path):
        return path
    return f"{sources[0]}/{path}"


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "").strip()
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Unreadable(f"a line or method has {name}={text[:40]!r}, not a count")
    return int(text)
