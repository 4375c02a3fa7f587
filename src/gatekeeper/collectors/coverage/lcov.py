"""lcov's tracefile, as geninfo(1) describes it; several records of one file, from shards, add up.

A record may count more uncovered lines (`LF` less `LH`) than it lists: these are uncovered, too. So are
branches and functions. LLVM counts the lines of nested functions twice.

Not modelled: a line of a record with a key that geninfo(1) does not list.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from functools import partial

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, Ratio, normalised, sums
from gatekeeper.collectors.coverage.facts import PLACES
from gatekeeper.collectors.coverage.read import CoverageReport
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax import decode

ABOUT = About(
    tool="lcov's tracefile, which lcov, istanbul, llvm-cov, Dart and many others write",
    seen="lcov 1 and 2, vitest 3 to 5, jest 29, LLVM 14",
    source="https://github.com/linux-test-project/lcov/blob/master/man/geninfo.1",
    command="`lcov --capture`, `nyc --reporter=lcov`, `cargo llvm-cov --lcov`",
    recognised="the first line `TN:` or `SF:`",
    models="lines, branches and functions of each file",
    not_modelled="a line of a record with a key that geninfo(1) does not list",
)
_MARK = re.compile(rb"(\xef\xbb\xbf)?(\s*#[^\n]*\n)*\s*(TN:|SF:)")
_LINE = re.compile(r"([A-Z]+):(.*)")
_NUMBER = re.compile(r"[0-9]{1,18}")
_RUN = re.compile(r"DA:([0-9]{1,18}),([0-9]{1,18})(?:,.*)?\s*")
_END = "end_of_record"
Note = Callable[[str], None]
_WITHOUT_HITS = frozenset({"VER", "FN", "FNL", "MCDC", "MCF", "MCH"})


class _NotAsDocumented(Exception):  # noqa: N818 - it becomes `Unreadable` once the line is known
    """A line of the tracefile does not follow geninfo(1)."""


class _Record:
    """A record under construction: hits of a source file by line, branch and function."""

    def __init__(self, path: str, note: Note) -> None:
        self.path = path
        self.note = note
        self.runs: list[tuple[int, int]] = []
        """Line and hits: a line may be listed twice, and then the counters count it twice."""
        self.branches: list[tuple[Hashable, int]] = []
        self.functions: list[tuple[Hashable, int]] = []
        self.seen: Counter[str] = Counter()
        """Functions by name: names repeat, so a function is a name and a number."""
        self.counted: dict[str, int] = {}

    def take(self, key: str, value: str) -> None:
        """Add one line of a record; lines without hits are skipped."""
        first, _, rest = value.partition(",")
        match key:
            case "DA":
                self.runs.append((_number(first), _number(rest.partition(",")[0])))
            case "BRDA":
                # Only the last part is fixed: a branch may be an expression with commas.
                branch, _, taken = value.rpartition(",")
                self.branches.append((branch, 0 if taken == "-" else _number(taken)))
            case "FNDA":
                self.take_function(rest, _number(first))
            case "FNA":
                hits, _, name = rest.partition(",")
                self.take_function(name, _number(hits))
            case "LF" | "LH" | "BRF" | "BRH" | "FNF" | "FNH":
                self.counted[key] = _number(value)
            case _ if key not in _WITHOUT_HITS:
                self.note(f"{self.path}: a line with the key {key[:40]}")
            case _:
                pass

    def take_function(self, name: str, hits: int) -> None:
        """Add the hits of a function."""
        self.functions.append(((name, self.seen[name]), hits))
        self.seen[name] += 1

    def coverage(self) -> FileCoverage:
        """Return the counts of the united lines, and what the counters report beyond the list."""
        branches = sums(self.branches)
        unlisted = (
            self._unlisted("L", [hits for _, hits in self.runs]),
            # Two branches of one key would unite to one that was taken: the counters know both.
            self._unlisted("BR", branches.values()),
            self._unlisted("FN", [hits for _, hits in self.functions]),
        )
        return FileCoverage.of_hits(
            self.path, Hits(sums(self.runs), branches, sums(self.functions), unlisted)
        )

    def _unlisted(self, name: str, hits: Iterable[int]) -> int:
        """Return how many more are uncovered by the counters, such as `LF` and `LH`, than are listed."""
        listed = Ratio.of(hits)
        found = self.counted.get(f"{name}F", listed.total)
        return max(0, found - self.counted.get(f"{name}H", listed.covered) - listed.uncovered)


def recognises(content: Content) -> bool:
    """Return whether the first line below comments is one of a tracefile."""
    return _MARK.match(content.head) is not None


def read(content: Content) -> CoverageReport:
    """Return the coverage of the files."""
    ledger = Ledger(PLACES)
    files = _files(content.data, partial(ledger.note, "line of a tracefile", file=content.name))
    return CoverageReport(Origin("lcov", not_understood=ledger.places(), items=len(files)), files)


def _files(data: bytes, note: Note) -> list[FileCoverage]:
    files: list[FileCoverage] = []
    record: _Record | None = None
    for number, line in enumerate(decode(data).split("\n"), start=1):
        if record is not None and (run := _RUN.fullmatch(line)):
            # Nearly all lines have this form: handled here, without a call.
            record.runs.append((int(run[1]), int(run[2])))
            continue
        try:
            record = _step(line.strip(), record, files, note)
        except _NotAsDocumented as reason:
            raise Unreadable(f"line {number}: {reason}") from None
    if record is not None:
        raise Unreadable(f"the last record is cut short: it lacks {_END}")
    return files


def _step(line: str, record: _Record | None, files: list[FileCoverage], note: Note) -> _Record | None:
    """Process a line; return the record that is open after it. A record that ends is a unlisted file."""
    if not line or line.startswith("#"):
        return record
    if line == _END:
        if record:
            files.append(record.coverage())
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
        return _Record(normalised(value), note)
    if record is not None:
        record.take(key, value)
    elif key not in ("TN", "VER"):
        raise _NotAsDocumented(f"{key} outside a record")
    return record


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise _NotAsDocumented(f"{text[:40]!r} is not a count")
    return int(text)
