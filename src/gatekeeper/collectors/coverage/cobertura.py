"""Cobertura XML, as istanbul, coverage.py and gcovr write it.

http://cobertura.sourceforge.net/xml/coverage-04.dtd names the elements.

Rates are rounded, so lines are counted. Classes of the same file, and several reports of it, are united by
line; the lines within `methods` repeat lines of the class and are used only to decide whether the method ran,
unless the class lists none of its own.
A branch has no name: of the branches of a line, the most that one report saw run count.

Not modelled: a branch without a readable `condition-coverage`.
"""

import re
from collections import Counter
from collections.abc import Hashable, Mapping

from gatekeeper.collectors.coverage._dialects import dialect
from gatekeeper.collectors.coverage._file_coverage import (
    FileCoverage,
    Hits,
    Ratio,
    hidden,
    is_absolute,
    normalised,
)
from gatekeeper.collectors.coverage.facts import PLACES
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.model.evidence import NotUnderstood, Origin, Unreadable
from gatekeeper.syntax import xml

ABOUT = About(
    tool="Cobertura's XML, which istanbul, coverage.py, gcovr, coverlet and many others write",
    seen="istanbul-reports of vitest 3, coverage.py 7, gcovr 7 and 8",
    source="http://cobertura.sourceforge.net/xml/coverage-04.dtd",
    command="`coverage xml`, `gcovr --cobertura`, `nyc --reporter=cobertura`",
    recognised="the root element `coverage` with `line-rate`, or with the child `sources` or `packages`",
    models="lines, branches and methods of each file; the time; the tool if it is named",
    not_modelled="a branch without a readable `condition-coverage`",
)
_CLASS_LINE = ["class", "lines", "line"]
_METHOD_LINE = ["method", "lines", "line"]
_ROUNDING = 1.0
"""By how much, in per cent, a rate may be rounded."""
_CONDITIONS = re.compile(r".*\(([0-9]{1,9})/([0-9]{1,9})\)\s*")


class _File:
    """The counts of a source file under construction."""

    def __init__(self) -> None:
        self.hits: Counter[int] = Counter()
        self.branches: dict[Hashable, Ratio] = {}
        self.methods: Counter[Hashable] = Counter()
        """Hits by class, name, signature and number: a name may repeat."""
        self.method: Hashable = None
        self.uncounted: int | None = None
        """A line with branches that does not say how many of them were run."""

    def take_line(self, attributes: dict[str, str]) -> None:
        """Add a line of a class."""
        line = _count(attributes, "number")
        self.hits[line] += _count(attributes, "hits")
        conditions = _CONDITIONS.fullmatch(attributes.get("condition-coverage", ""))
        if conditions:
            ratio = Ratio(int(conditions[1]), int(conditions[2])).checked(f"the branches of line {line}")
            self.branches[line] = max(ratio, self.branches.get(line, ratio))
        elif attributes.get("branch", "").lower() == "true":
            self.uncounted = line

    def take_method(self, class_: str, attributes: dict[str, str]) -> None:
        """Begin a method of a class."""
        number = len(self.methods)
        self.method = (class_, attributes.get("name"), attributes.get("signature"), number)
        self.methods[self.method] = _count(attributes, "hits") if "hits" in attributes else 0

    def coverage(self, path: str) -> FileCoverage:
        """Return the counts."""
        hits = Hits(self.hits, functions=self.methods, nameless=(self.branches, {}))
        return FileCoverage.of_hits(path, hits)


class _Reader:
    """Listens to the elements of a report and collects the counts."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.sources: list[str] = []
        self.files: dict[str, _File] = {}
        self.file, self.name = _File(), ""
        self.of_methods: list[dict[str, str]] = []
        """The lines within the methods of the open class."""
        self.has_lines = False
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
            path = _located(normalised(attributes["filename"]), self.sources)
            self.file, self.name = self.files.setdefault(path, _File()), attributes.get("name", "")
            self.of_methods, self.has_lines = [], False
        elif tag == "method":
            self.file.take_method(self.name, attributes)
        elif self.path[-3:] == _CLASS_LINE:
            self.file.take_line(attributes)
            self.has_lines = True
        elif self.path[-3:] == _METHOD_LINE:
            self.file.methods[self.file.method] += _count(attributes, "hits")
            self.of_methods.append(attributes)
        return tag == "source"

    def text(self, text: str) -> None:
        if self.path[-1] == "source":
            self.sources[-1] += text

    def end(self, tag: str) -> bool:
        self.path.pop()
        if tag == "class" and not self.has_lines:
            for line in self.of_methods:
                self.file.take_line(line)
        return tag == "source"


def recognises(content: Content) -> bool:
    """Return whether the root element is `coverage`, with an attribute or a child of Cobertura's."""
    return dialect(content) == "cobertura"


def read(content: Content) -> CoverageReport:
    """Return the coverage of the files."""
    reader = _Reader()
    xml.parse(content.data, reader)
    files = [file.coverage(path) for path, file in reader.files.items()]
    listed = Ratio.sum(file.lines for file in files)
    valid = _counted(reader.root, "lines-valid", listed.total)
    lines = Ratio(_counted(reader.root, "lines-covered", listed.covered), valid)
    time = _counted(reader.root, "timestamp", 0)
    origin = Origin(
        "cobertura",
        producer=_producer(content.data, reader.root.get("version", "")),
        produced_at=instants.from_epoch(time) if time else None,
        partial=hidden("lines", lines, listed) or _below(reader.root, listed),
        not_understood=_uncounted(content.name, reader.files),
        items=len(files),
    )
    # The root also counts branches on lines without a statement, which are not listed.
    branches = Ratio(_counted(reader.root, "branches-covered", 0), _counted(reader.root, "branches-valid", 0))
    return CoverageReport(origin, files, branches=branches.checked("the report's branches"))


def _producer(data: bytes, version: str) -> str | None:
    """Return the tool; None if neither the version nor a comment, as coverage.py writes it, names it."""
    if b"<!-- Generated by coverage.py:" in data[:1000]:
        return f"coverage.py {version}".strip()
    return version if version[:1].isalpha() else None


def _uncounted(report: str, files: Mapping[str, _File]) -> tuple[NotUnderstood, ...]:
    ledger = Ledger(PLACES)
    for path, file in files.items():
        if file.uncounted is not None:
            what = f"{path}, line {file.uncounted}: a branch without a readable `condition-coverage`"
            ledger.note("branch", what, file=report)
    return ledger.places()


def _located(path: str, sources: list[str]) -> str:
    """Return the path including its source folder, if there is only one folder it can be relative to."""
    source = normalised(sources[0]).rstrip("/") if len(sources) == 1 else ""
    return path if source in ("", ".") or is_absolute(path) else f"{source}/{path}"


def _below(root: dict[str, str], listed: Ratio) -> tuple[str, ...]:
    """Return why a report is partial that states a lower rate than its lines show, and no count of them."""
    stated, counts = root.get("line-rate", ""), root.get("lines-valid", "")
    if re.fullmatch(r"[0-9]{1,15}", counts) or not re.fullmatch(r"[01](\.[0-9]+)?", stated) or not listed.pct:
        return ()
    is_lower = 100 * float(stated) < listed.pct - _ROUNDING
    return (f"the line-rate is {stated}, the files show {listed.pct / 100:.4g}",) if is_lower else ()


def _counted(root: dict[str, str], name: str, default: int) -> int:
    text = root.get(name, "")
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else default


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "").strip()
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Unreadable(f"a line or method has {name}={text[:40]!r}, not a count")
    return int(text)
