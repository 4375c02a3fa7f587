"""The report of the plugin pytest-json-report.

https://github.com/numirias/pytest-json-report#format. A test that pytest-rerunfailures ran again has the
outcome `rerun`, whatever the last run gave; its stages are those of the last run. A test without the stage
`call` was set up only (`--setup-only`, `--setup-plan`, or an end in between): it is skipped.
"""

from collections.abc import Iterator

from gatekeeper.collectors.reading import figures, instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._pytest import node, seconds_of
from gatekeeper.collectors.tests._report import CaseOutcome, Counters, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="pytest with the plugin pytest-json-report",
    seen="pytest-json-report 1.5 on pytest 9.2",
    source="https://github.com/numirias/pytest-json-report#format",
    command="pytest --json-report --json-report-file=report.json",
    recognised="`exitcode`, `root` and `summary` with `collected`",
    models="the tests with their stages, reruns and metadata; modules that failed to load; the exit code",
    not_modelled="markers, which pytest does not write with their values",
)

_STAGES = ("setup", "call", "teardown")
_FINISHED = (0, 1, 5)
"""The exit codes of a run that came to its end: passed, tests failed, no tests."""
_PASSES = frozenset({"passed", "xpassed"})


def recognises(content: Content) -> bool:
    """Return whether the file is such a report."""
    summary = content.object.get("summary")
    is_named = {"exitcode", "root"} <= content.object.keys()
    return is_named and isinstance(summary, dict) and "collected" in summary


def read(content: Content) -> TestReport:
    """Return the results of a report."""
    document = content.object
    summary = figures.mapping(document.get("summary"), "summary")
    names = ("total", "collected", "deselected", "skipped", "failed", "error")
    total, collected, deselected, skipped, failed, errors = (
        figures.count(summary.get(name, 0), f"summary.{name}") for name in names
    )
    code = figures.count(document.get("exitcode"), "exitcode")
    partial = []
    if deselected:
        partial.append(f"{deselected} tests were deselected")
    if collected - deselected > total:
        partial.append(f"{collected - deselected} tests were collected, and {total} have run")
    created = instants.from_epoch(document.get("created"))
    cases = tuple(map(_case, figures.listed(document, "tests", "a test")))
    return TestReport(
        Origin("pytest-json-report", producer="pytest", produced_at=created, partial=tuple(partial)),
        cases,
        tuple(_failures(document, code)),
        Counters(total, skipped, failed + errors),
        succeeded=code in (0, 5),
    )


def _failures(document: Object, code: int) -> Iterator[Finding]:
    """Yield what failed besides the tests: modules that could not be collected, an interrupted run."""
    for collector in figures.listed(document, "collectors", "a collector"):
        if collector.get("outcome") not in ("passed", "skipped"):
            name = figures.first_text(collector, "nodeid") or "a module"
            yield _report.failure(name, _last_line(collector.get("longrepr")), name)
    if code not in _FINISHED:
        yield Finding(f"pytest ended with the exit code {code}")


def _case(test: Object) -> TestCase:
    file, suites, name = node(figures.text(test.get("nodeid"), "`nodeid` of a test"))
    stages = [figures.section(test, stage) for stage in _STAGES if stage in test]
    word = figures.text(test.get("outcome"), "the outcome of a test")
    found, said = _judged(word, stages, is_called="call" in test)
    tags = tuple(_tags(figures.section(test, "metadata")))
    line = test.get("lineno")
    return TestCase(
        _report.full_name(suites, name, tags),
        suites,
        file,
        seconds_of(stages),
        found,
        said,
        # Counted from 0.
        figures.line_or_none(line + 1) if isinstance(line, int) else None,
        tags,
    )


def _judged(word: str, stages: list[Object], *, is_called: bool) -> tuple[CaseOutcome, str]:
    """Return the outcome of a test and its message, from its word and those of its stages."""
    said = next(
        filter(None, (figures.first_text(figures.section(of, "crash"), "message") for of in stages)), ""
    )
    if word == "xfailed":
        return CaseOutcome.SKIPPED, said
    worst = {figures.text(of.get("outcome"), "the outcome of a stage") for of in stages}
    if worst == {"passed"} and not is_called:
        return CaseOutcome.SKIPPED, "it was not called"
    if word == "rerun" and worst == {"passed"}:
        return CaseOutcome.FLAKY, said
    found, said = _report.judged(word, _PASSES, said)
    if found is CaseOutcome.PASSED and worst != {"passed"}:
        return CaseOutcome.FAILED, said or "a stage of it did not pass"
    return found, said


def _tags(metadata: Object) -> Iterator[str]:
    """Yield the values that a test added to its metadata under a name that tags tests."""
    for key, value in metadata.items():
        if key.lower() in _report.TAGGING:
            yield from (
                tag for tag in (value if isinstance(value, list) else [value]) if isinstance(tag, str)
            )


def _last_line(text: object) -> str:
    """Return the error at the end of a traceback of pytest, which begins with `E`."""
    lines = text.splitlines() if isinstance(text, str) else []
    return next((line.removeprefix("E").strip() for line in reversed(lines) if line.startswith("E ")), "")
