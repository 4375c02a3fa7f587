"""Read evidence of the kind `tests`: the cases of all files become facts here, whatever their formats."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from gatekeeper.collectors.reading.globs import chooser, name_chooser, texts
from gatekeeper.collectors.reading.merging import sum_known
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.collectors.tests._report import (
    CaseOutcome,
    Counters,
    TestCase,
    TestReport,
    with_runs_united,
)
from gatekeeper.collectors.tests.facts import TestsFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin, Unreadable
from gatekeeper.model.tagging import marks

__all__ = ["FORMATS", "CaseOutcome", "Counters", "TestCase", "TestReport", "collect"]

FORMATS = Formats[TestReport]("tests")
_Choice = Callable[[TestCase], bool]


def collect(artefact: Artefact, options: Options) -> Collected[TestsFacts]:
    """Read every file of the artefact and merge the results.

    What passed or was skipped counts if `select` selects it. What failed counts, but for cases that only
    one of `others` selects.
    """
    reports: Sequence[TestReport] = FORMATS.read_each(artefact, options)
    select = _choice(artefact, options["select"]) if options.get("select") is not None else None
    others = [_choice(artefact, other) for other in options.get("others") or ()]
    origins = tuple(map(_origin, reports))
    reports = with_runs_united(reports)

    def counts(case: TestCase) -> bool:
        return (select is not None and select(case)) or not any(other(case) for other in others)

    failed = tuple(finding for report in reports for finding in _failed(report, counts))
    facts = _facts(reports, select)._replace(failed=failed)
    if not facts.total and not failed:
        raise Absent(f"{artefact.path} holds no test" + (" that `select` selects" if select else ""))
    return Collected(facts, origins)


def _facts(reports: Sequence[TestReport], select: _Choice | None) -> TestsFacts:
    plain = [group for report in reports for group in report.plain]
    chosen: Iterable[TestCase] = (case for report in reports for case in report.cases)
    if select is not None:
        chosen, plain = filter(select, chain(chosen, *(group.cases() for group in plain))), []
    chosen = list(chosen)
    counted = [report.counters for report in reports if report.counters and not report.listed]
    is_listed = not counted or len(counted) < len(reports)
    alone = counted if select is None else []
    total = len(chosen) + sum(len(group.names) for group in plain) + sum(of.total for of in alone)
    skipped = sum(case.outcome is CaseOutcome.SKIPPED for case in chosen) + sum(of.skipped for of in alone)
    passed = [case for case in chosen if case.outcome in (CaseOutcome.PASSED, CaseOutcome.FLAKY)]
    flaky = [case.finding for case in passed if case.outcome is CaseOutcome.FLAKY]
    times = chain(
        *(group.seconds for group in plain), (case.seconds for case in chosen), (of.seconds for of in alone)
    )
    names = chain(*(group.names for group in plain), (case.name for case in passed))
    return TestsFacts(
        total=total,
        passed=tuple(names) if is_listed else None,
        skipped=skipped,
        skipped_pct=round(100 * skipped / total, 4) if total else None,
        flaky=tuple(flaky) if is_listed else None,
        duration_s=sum_known(times),
        counted_from="counters" if counted else "cases",
    )


def _failed(report: TestReport, counts: _Choice) -> Iterator[Finding]:
    """Yield the failures of a report: listed, of no test, counted, or stated of the run as a whole."""
    failed = [case for case in report.cases if case.outcome is CaseOutcome.FAILED]
    yield from (case.finding for case in failed if counts(case))
    yield from report.failures
    counted = report.counters.failed if report.counters else 0
    if counted > len(failed):
        yield Finding(f"{counted} tests failed, but {len(failed)} are listed")
    elif not (report.succeeded or failed or report.failures):
        yield Finding("the run failed, but no failed test is listed")


def _origin(report: TestReport) -> Origin:
    """Return the origin of a report; it is partial if the report counts more tests than it lists."""
    listed, counters, partial = report.listed, report.counters or Counters(0), [*report.origin.partial]
    skipped = sum(case.outcome is CaseOutcome.SKIPPED for case in report.cases) if counters.skipped else 0
    if counters.total > listed:
        partial.append(f"{counters.total} tests are counted, but {listed} are listed")
    elif counters.skipped > skipped:
        partial.append(f"{counters.skipped} skipped tests are counted, but {skipped} are listed")
    return report.origin._replace(partial=tuple(partial), items=max(listed, counters.total))


def _choice(artefact: Artefact, select: object) -> _Choice:
    """Return a predicate for cases that match a glob under every key of a selection."""
    globs = {key: texts(of) for key, of in select.items()} if isinstance(select, Mapping) else {}
    if not globs or not all(globs.values()) or not globs.keys() <= _TEXTS.keys():
        keys = ", ".join(map(str, _TEXTS))
        raise Unreadable(f"{artefact.path}: select takes globs under {keys}, as in select: {{suite: Push*}}")
    matchers = [(_TEXTS[key], _matcher(key, of)) for key, of in globs.items()]
    return lambda case: all(any(map(matches, of(case))) for of, matches in matchers)


def _matcher(key: object, globs: Sequence[str]) -> Callable[[str], bool]:
    # Only a file is a path, in which `*` stays within a folder.
    any_text = (glob.removeprefix("@").replace("**", "*").replace("*", "**") for glob in globs)
    return chooser(globs) if key == "file" else name_chooser(any_text)


def _suites(case: TestCase) -> Iterable[str]:
    titles = case.name.split(" > ")[:-1]  # in vitest's JUnit only the name has them
    return *case.suites, *titles, " > ".join(titles)


_TEXTS: Mapping[object, Callable[[TestCase], Iterable[str]]] = {
    "suite": _suites,
    "file": lambda case: filter(None, [case.file]),
    "tag": lambda case: (*(tag.removeprefix("@") for tag in case.tags), *marks(case.name)),
    "name": lambda case: [case.name],
}
"""The texts of a case, one of which a glob has to match."""
