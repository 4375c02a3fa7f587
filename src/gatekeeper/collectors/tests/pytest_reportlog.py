"""The log of the plugin pytest-reportlog: a JSON object a line for each stage of each test.

https://github.com/pytest-dev/pytest-reportlog. A test has the stages `setup`, `call` and `teardown`;
pytest-rerunfailures runs all of them again after a stage with the outcome `rerun`. With `--setup-only` or
`--setup-plan` there is no `call`: such a test is skipped. A subtest that failed fails its test, of which
pytest says that it passed if it is one of `unittest`.
"""

from collections.abc import Iterator
from datetime import datetime

from gatekeeper.collectors.reading import figures, instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._pytest import node, seconds_of
from gatekeeper.collectors.tests._report import CaseOutcome, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="pytest with the plugin pytest-reportlog",
    seen="pytest-reportlog 1.0 on pytest 9.2",
    source="https://github.com/pytest-dev/pytest-reportlog",
    command="pytest --report-log=report.jsonl",
    recognised="JSON Lines with `$report_type`",
    models="the tests with their stages, reruns and user properties; modules that could not be collected; "
    "the exit status",
    not_modelled="tests that were deselected, of which it says nothing",
)

_TYPE = "$report_type"
_FINISHED = (0, 1, 5)
_USED = ("when", "outcome", "longrepr", "duration", "start", "location", "user_properties")
"""What is kept of a stage: its output may be large."""


def recognises(content: Content) -> bool:
    """Return whether the first line is an entry of such a log."""
    first = content.first
    return isinstance(first, dict) and _TYPE in first


def read(content: Content) -> TestReport:
    """Return the results of a log."""
    stages: dict[str, list[Object]] = {}
    failures, finish, version = list[Finding](), Object(), None
    for line in content.stream():
        entry = line.object
        match entry.get(_TYPE):
            case "SessionStart":
                version = figures.first_text(entry, "pytest_version")
            case "TestReport":
                kept = {key: entry.get(key) for key in _USED}
                stages.setdefault(figures.text(entry.get("nodeid"), "`nodeid`"), []).append(kept)
            case "SubTestReport" | "SubtestReport" if entry.get("outcome") not in ("passed", "skipped"):
                kept = {key: entry.get(key) for key in _USED}
                stages.setdefault(figures.text(entry.get("nodeid"), "`nodeid`"), []).append(kept)
            case "CollectReport" if entry.get("outcome") not in ("passed", "skipped"):
                name = figures.first_text(entry, "nodeid") or "a module"
                failures.append(_report.failure(name, _message(entry), name))
            case "SessionFinish":
                finish = entry
            case _:
                pass
    status = finish.get("exitstatus")
    cases = [_case(id_, of) for id_, of in stages.items()]
    if finish and status not in _FINISHED:
        failures.append(Finding(f"pytest ended with the exit status {figures.shown(status)}"))
    origin = Origin(
        "pytest-reportlog",
        producer=f"pytest {version}" if version else "pytest",
        produced_at=_report.oldest_time(None, (case.time for case in cases)),
        partial=() if finish else ("the run did not finish",),
    )
    return TestReport(origin, cases, tuple(failures), succeeded=status in (0, 5, None))


def _case(id_: str, stages: list[Object]) -> TestCase:
    file, suites, name = node(id_)
    outcome, said = _judged(stages)
    tags = tuple(tag for stage in stages[:1] for tag in _tags(stage))
    return TestCase(
        _report.full_name(suites, name, tags),
        suites,
        file,
        seconds_of(stages),
        outcome,
        said,
        _line(stages[0].get("location")),
        tags,
        _time(stages[0]),
    )


def _judged(stages: list[Object]) -> tuple[CaseOutcome, str]:
    """Return the outcome of a test and the message of its first stage that failed."""
    words = [figures.text(of.get("outcome"), "the outcome of a stage").lower() for of in stages]
    said = next((_message(of) for of, word in zip(stages, words, strict=True) if word != "passed"), "")
    last = max((at for at, of in enumerate(stages) if of.get("when") == "setup"), default=0)
    results = [_report.judged(word, {"passed"}, said) for word in words[last:]]
    worst = max(results, default=(CaseOutcome.FAILED, said))
    if worst[0] is CaseOutcome.PASSED and stages[-1].get("when") != "teardown":
        return CaseOutcome.FAILED, "it did not end"
    if worst[0] is CaseOutcome.PASSED and all(of.get("when") != "call" for of in stages[last:]):
        return CaseOutcome.SKIPPED, "it was not called"
    if worst[0] is CaseOutcome.PASSED and last:
        return CaseOutcome.FLAKY, said
    return worst


def _message(entry: Object) -> str:
    """Return what a report says of a crash: the text of it, or the last line of it."""
    said = entry.get("longrepr")
    if isinstance(said, dict):
        return figures.first_text(figures.section(said, "reprcrash"), "message") or ""
    if isinstance(said, list):
        return next((part for part in reversed(said) if isinstance(part, str)), "")
    lines = said.splitlines() if isinstance(said, str) else []
    return next((line.removeprefix("E").strip() for line in reversed(lines) if line.startswith("E ")), "")


def _tags(stage: Object) -> Iterator[str]:
    """Yield the user properties whose names tag tests; each is a list of its name and value."""
    for pair in figures.entries(stage.get("user_properties"), "user_properties"):
        match pair:
            case [str() as name, str() as value] if name.lower() in _report.TAGGING:
                yield value
            case _:
                pass


def _line(location: Json) -> int | None:
    """Return the line of a location, which is a list of file, line from 0, and name."""
    match location:
        case [_, int() as line, *_] if not isinstance(line, bool):
            return figures.line_or_none(line + 1)
        case _:
            return None


def _time(stage: Object) -> datetime | None:
    return instants.from_epoch(stage.get("start") or None)
