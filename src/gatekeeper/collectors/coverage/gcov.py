"""gcov's text, a `.gcov` file for each source file, or all of them as `gcov --stdout` prints them.

https://gcc.gnu.org/onlinedocs/gcc/Invoking-Gcov.html describes it, with `-b`. A line of a template is listed
once for each instance, and ran if one of them did. The lines of a source are numbered without a gap: one that
is missing makes the report partial.
"""

import re
from collections.abc import Hashable

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, normalised
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax import decode

ABOUT = About(
    tool="gcov's text",
    seen="gcc 12.2.0, with and without `-b -c`",
    source="https://gcc.gnu.org/onlinedocs/gcc/Invoking-Gcov.html",
    command="`gcov -b -c *.gcda`",
    recognised="the first line `-: 0:Source:`",
    models="lines, branches and functions of each source file",
    not_modelled="calls and unexecuted blocks of lines that ran; counts in thousands, of `-H`",
)
_MARK = re.compile(rb"\s*-:\s+0:Source:")
_SOURCE = re.compile(r"\s*-:\s+0:Source:(.*)")
_LINE = re.compile(r"\s*([0-9]{1,18}\*?|-|#####|=====):\s*([0-9]{1,9}):.*")
_BLOCK = re.compile(r"\s*([0-9]{1,18}\*?|-|[%$]{5}):\s*[0-9]{1,9}-block\s+[0-9]+.*")
_BRANCH = re.compile(r"branch\s+([0-9]+) (?:taken ([0-9]{1,18})%?|never executed).*")
_FUNCTION = re.compile(r"function (.+) called ([0-9]{1,18}) returned .*")
_BESIDE = re.compile(r"(call|unconditional)\s+[0-9]+ .*|-{10,}|\S.*:")
"""Calls and jumps; what separates the instances of a template, and the name of one."""


class _Source:
    """A source file under construction."""

    def __init__(self, path: str) -> None:
        self.path = normalised(path)
        self.last = 0
        self.missing: list[int] = []
        self.lines: dict[int, int] = {}
        self.branches: dict[Hashable, int] = {}
        self.functions: dict[Hashable, int] = {}

    def take(self, text: str) -> bool:
        """Add a line of the file; False if it is not one of gcov's."""
        if line := _LINE.fullmatch(text):
            self.line(line[1], int(line[2]))
        elif branch := _BRANCH.fullmatch(text):
            key = (self.last, branch[1])
            self.branches[key] = self.branches.get(key, 0) + int(branch[2] or 0)
        elif function := _FUNCTION.fullmatch(text):
            name = function[1]
            self.functions[name] = self.functions.get(name, 0) + int(function[2])
        else:
            return bool(_BLOCK.fullmatch(text) or _BESIDE.fullmatch(text))
        return True

    def line(self, count: str, number: int) -> None:
        """Add a line of the source, or a line about it, which has the number 0."""
        if number == 0:
            return
        self.missing += range(self.last + 1, number)[:1]
        self.last = number
        if count != "-":
            hits = int(count.rstrip("*")) if count[0].isdigit() else 0
            self.lines[number] = self.lines.get(number, 0) + hits

    def hits(self) -> Hits:
        """Return what was run."""
        return Hits(self.lines, self.branches, self.functions)


def recognises(content: Content) -> bool:
    """Return whether the first line names the source."""
    return _MARK.match(content.head) is not None


def read(content: Content) -> CoverageReport:
    """Return the coverage of the source files."""
    sources: list[_Source] = []
    for number, text in enumerate(decode(content.data).split("\n"), start=1):
        if begun := _SOURCE.fullmatch(text.rstrip("\r")):
            if not begun[1].strip():
                raise Unreadable(f"line {number}: the source has no name")
            sources.append(_Source(begun[1]))
        elif text.strip() and not (sources and sources[-1].take(text.rstrip("\r"))):
            raise Unreadable(f"line {number}: {text[:60]!r} is not a line of gcov")
    missing = [f"line {line} of {source.path} is missing" for source in sources for line in source.missing]
    files = [FileCoverage.of_hits(source.path, source.hits()) for source in sources]
    return CoverageReport(Origin("gcov", partial=tuple(missing[:20]), items=len(files)), files)
