"""lcov's tracefile, as geninfo(1) describes it; several records of one file, from shards, add up."""

import re
from collections import Counter
from collections.abc import Hashable

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, normalised
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax import decode

_MARK = re.compile(rb"(\xef\xbb\xbf)?(\s*#[^\n]*\n)*\s*(TN:|SF:)")
_LINE = re.compile(r"([A-Z]+):(.*)")
_NUMBER = re.compile(r"[0-9]{1,18}")
_RUN = re.compile(r"DA:([0-9]{1,18}),([0-9]{1,18})(?:,.*)?\s*")
_END = "end_of_record"


class _NotAsDocumented(Exception):  # noqa: N818 - it becomes `Unreadable` once the line is known
    """A line of the tracefile does not follow geninfo(1)."""


class _File:
    """A source file under construction: hits by line, branch and function."""

    def __init__(self) -> None:
        self.lines: dict[int, int] = {}
        self.branches: Counter[Hashable] = Counter()
        self.functions: Counter[Hashable] = Counter()
        self.line_count = 0
        self.seen: Counter[str] = Counter()
        """Functions of the current record by name: names repeat, so a function is a name and a number."""

    def take(self, key: str, value: str) -> None:
        """Add one line of a record; lines without hits are skipped."""
        first, _, rest = value.partition(",")
        match key:
            case "DA":
                line = _number(first)
                self.lines[line] = self.lines.get(line, 0) + _number(rest.partition(",")[0])
            case "BRDA":
                # Only the last part is fixed: a branch may be an expression with commas.
                branch, _, taken = value.rpartition(",")
                self.branches[branch] += 0 if taken == "-" else _number(taken)
            case "FNDA":
                self.take_function(rest, _number(first))
            case "FNA":
                hits, _, name = rest.partition(",")
                self.take_function(name, _number(hits))
            case "LF":
                self.line_count = max(self.line_count, _number(value))
            case _:
                pass

    def take_function(self, name: str, hits: int) -> None:
        """Add the hits of a function."""
        self.functions[name, self.seen[name]] += hits
        self.seen[name] += 1

    def coverage(self, path: str) -> FileCoverage:
        """Return the counts."""
        if self.line_count > len(self.lines):
            raise Unreadable(f"{path}: {self.line_count} lines to cover, but {len(self.lines)} are listed")
        return FileCoverage.of_hits(path, Hits(self.lines, self.branches, self.functions))


def recognises(content: Content) -> bool:
    """Return whether the first line below comments is one of a tracefile."""
    return _MARK.match(content.data) is not None


def read(content: Content) -> CoverageReport:
    """Return the coverage of the files."""
    return CoverageReport("lcov", _files(content.data))


def _files(data: bytes) -> list[FileCoverage]:
    files: dict[str, _File] = {}
    record: _File | None = None
    for number, line in enumerate(decode(data).split("\n"), start=1):
        if record is not None and (run := _RUN.fullmatch(line)):
            # Nearly all lines have this form: handled here, without a call.
            source_line, lines = int(run[1]), record.lines
            lines[source_line] = lines.get(source_line, 0) + int(run[2])
            continue
        try:
            record = _step(line.strip(), record, files)
        except _NotAsDocumented as reason:
            raise Unreadable(f"line {number}: {reason}") from None
    if record is not None:
        raise Unreadable(f"the last record is cut short: it lacks {_END}")
    return [file.coverage(path) for path, file in files.items()]


def _step(line: str, record: _File | None, files: dict[str, _File]) -> _File | None:
    """Process a line; return the record that is open after it."""
    if not line or line.startswith("#"):
        return record
    if line == _END:
        return None
    parts = _LINE.fullmatch(line)
    if parts is None:
        raise _NotAsDocumented(f"{line[:40]!r} is not a line of a tracefile")
    key, value = parts.groups()
    if key == "SF":
        if record is not None or not value.strip():
            raise _NotAsDocumented(
                f"the previous record lacks {_END}" if record else "a record without a file"
            )
        record = files.setdefault(normalised(value), _File())
        record.seen.clear()
    elif record is not None:
        record.take(key, value)
    elif key not in ("TN", "VER"):
        raise _NotAsDocumented(f"{key} outside a record")
    return record


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise _NotAsDocumented(f"{text[:40]!r} is not a count")
    return int(text)
