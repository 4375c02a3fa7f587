"""The types into which every format of test report is read: cases, and what the report counts itself."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import amount
from gatekeeper.collectors.reading.one_line import first_line
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.model.tagging import ids_in, with_ids
from gatekeeper.syntax.json import Object

TAGGING = frozenset({"id", "ids", "tag", "tags", "requirement", "requirements", "gate", "gates"})
"""The names of properties and labels whose values tag a test."""

_LONGEST_NAME = 1000
_SCRIPTS = frozenset({"ts", "tsx", "js", "jsx", "mts", "cts", "mjs", "cjs"})
_NOT_RUN = frozenset(
    ["skipped", "pending", "todo", "disabled", "notrun", "suppressed", "ignored", "untested"]
)
_FAILED = frozenset(["failed", "fail", "failure", "errored", "error"])


class CaseOutcome(IntEnum):
    """The outcome of a test; of several results of one case the worst counts."""

    PASSED = 0
    FLAKY = 1
    """It failed, and passed when it was run again."""
    SKIPPED = 2
    FAILED = 3


class TestCase(NamedTuple):
    """One test, with the ids of its tags in its name."""

    name: str
    suites: tuple[str, ...] = ()
    """The titles around it as the report has them, from the outside in."""
    file: str | None = None
    seconds: float | None = None
    outcome: CaseOutcome = CaseOutcome.PASSED
    message: str = ""
    line: int | None = None
    tags: tuple[str, ...] = ()
    time: datetime | None = None
    """Its own time, if the report states one for each case."""

    @property
    def finding(self) -> Finding:
        """Its name, the first line of its message, and its place."""
        return failure(self.name, self.message, self.file, self.line)


class PassedTests(NamedTuple):
    """Tests of one suite that passed, of which the report says no more: most of a large report."""

    names: Sequence[str]
    seconds: Sequence[float | None]
    """One for each name."""
    suites: tuple[str, ...]
    file: str | None

    def cases(self) -> Iterator[TestCase]:
        """Yield each test as a case."""
        for name, seconds in zip(self.names, self.seconds, strict=True):
            yield TestCase(name, self.suites, self.file, seconds)


class Counters(NamedTuple):
    """What a report counts itself."""

    total: int
    skipped: int = 0
    failed: int = 0
    """Each that is not listed is a failure."""
    seconds: float | None = None


class TestReport(NamedTuple):
    """The results of one file. A format of this kind returns it."""

    origin: Origin
    cases: Sequence[TestCase] = ()
    failures: tuple[Finding, ...] = ()
    """What failed besides the cases, such as a file that could not be loaded."""
    counters: Counters | None = None
    succeeded: bool = True
    """False if the report states that the run failed."""
    plain: Sequence[PassedTests] = ()
    """Tests besides the cases."""
    run_of: str | None = None
    """The id of the test of which the file is one run; other files of the artefact may be others."""

    @property
    def listed(self) -> int:
        """How many tests it lists."""
        return len(self.cases) + sum(len(group.names) for group in self.plain)


def judged(
    status: str, passes: Collection[str], message: str, not_run: Collection[str] = _NOT_RUN
) -> tuple[CaseOutcome, str]:
    """Return the outcome that a status word states, and the message; an unknown word is a failure."""
    word = status.lower()
    if word in passes:
        return CaseOutcome.PASSED, message
    if word in not_run:
        return CaseOutcome.SKIPPED, message
    return CaseOutcome.FAILED, message or ("" if word in _FAILED else f"status {status!r}")


def united(cases: Sequence[TestCase]) -> Sequence[TestCase]:
    """Return the cases of a report; those of a test that failed and then passed become one, which is flaky.

    Only for reports that list each run of a test: elsewhere two cases of a name are two tests.
    A test is the same if its name, suites and file are. What passed earlier was not run again because it
    failed: then its cases stay apart.
    """
    runs: dict[object, list[int]] = {}
    failed = {case.name for case in cases if case.outcome is CaseOutcome.FAILED}
    for index, case in enumerate(cases) if failed else ():
        if case.name in failed:
            runs.setdefault(case[:3], []).append(index)
    result: list[TestCase | None] = list(cases)
    for *earlier, last in runs.values():
        final, outcomes = cases[last], {cases[index].outcome for index in earlier}
        if outcomes == {CaseOutcome.FAILED} and final.outcome <= CaseOutcome.FLAKY:
            message = cases[earlier[0]].message
            result[last] = final._replace(outcome=CaseOutcome.FLAKY, message=message)
            for index in earlier:
                result[index] = None
    return [case for case in result if case is not None] if runs else cases


def with_runs_united(reports: Sequence[TestReport]) -> Sequence[TestReport]:
    """Return the reports; the runs of a test that are in several files become one case, as in `united`.

    A run without a time may be the first or the last: then the cases stay apart.
    """
    runs: dict[str, list[int]] = {}
    for number, report in enumerate(reports):
        if report.run_of and all(case.time for case in report.cases):
            runs.setdefault(report.run_of, []).append(number)
    result = list(reports)
    for first, *others in runs.values():
        cases = [case for number in (first, *others) for case in reports[number].cases]
        cases.sort(key=lambda case: case.time.timestamp() if case.time else 0.0)
        result[first] = reports[first]._replace(cases=united(cases))
        for number in others:
            result[number] = reports[number]._replace(cases=())
    return result


def oldest_time(run: datetime | None, times: Iterable[datetime | None]) -> datetime | None:
    """Return the oldest of the times of cases and of their run; None if a case has neither."""
    known = [time or run for time in times]
    return None if None in known else min(filter(None, [run, *known]), default=None)


def failure(name: str, message: object, file: object = None, line: object = None) -> Finding:
    """Return the finding of a failed test: its full name, the first line of its message, and its place.

    A message or file that is not text, and a line that is not a whole number, are left out.
    """
    said = first_line(message) if isinstance(message, str) else ""
    return Finding(
        f"{name}: {said}" if said else name,
        file if isinstance(file, str) else None,
        line if isinstance(line, int) and not isinstance(line, bool) else None,
    )


def full_name(outer: Sequence[str], name: str, tags: Sequence[str] = ()) -> str:
    """Return the full name of a test from its titles, from the outside in, with the ids of its tags."""
    return with_ids(name_below(useful_titles(outer), name), ids_in(tags))


def useful_titles(outer: Sequence[str]) -> list[str]:
    """Return the titles that can be part of a name, from the inside out: no paths of source files."""
    titles = [title.strip() for title in reversed(outer)]
    return [title for title in titles if title and not is_source_file(title)]


def name_below(titles: Sequence[str], name: str) -> str:
    """Return a full name from `useful_titles`: joined by ` > `, from the outside in.

    Omitted are titles that the rest of the name repeats, and titles that would make the name longer than
    1,000 characters.
    """
    name = name.strip()
    for title in titles:
        is_repeated = title in name and f" {title} " in f" {name} "
        if not is_repeated and len(title) + len(name) < _LONGEST_NAME:
            name = f"{title} > {name}" if name else title
    return name or "(a test without a name)"


@lru_cache(maxsize=1024)
def is_source_file(title: str) -> bool:
    """Return whether a title is the path of a source file, as vitest names its suites and classes."""
    _, folder, name = title.replace("\\", "/").rpartition("/")
    stem, _, suffix = name.rpartition(".")
    known = suffix in _SCRIPTS or (folder and len(suffix) <= 5 and suffix.isalnum())
    return bool(stem and known) and len(title.split()) == 1


def seconds(test: Object) -> float | None:
    """Return the `duration` of a test of a JSON report, which is in milliseconds; None if it has none."""
    duration = test.get("duration")
    return None if duration is None else amount(duration, "the duration of a test") / 1000
