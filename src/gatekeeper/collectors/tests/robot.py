"""The output of Robot Framework and Rebot, `output.xml`.

https://github.com/robotframework/robotframework/tree/master/doc/schema describes it.

Only the status `PASS` is a pass. If the teardown of a suite failed, all tests in it did, although the output
of a run still says `PASS`: a report of Robot Framework shows them as failed, too. A suite that failed but for
its tests is a failure. A test that passed without a keyword that ran, as in a dry run, shows nothing: it is
skipped, and the output is partial. So is an output with an error in a suite file. A test that `rebot --merge`
united is flaky if it had failed before.
"""

import re

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.one_line import first_line
from gatekeeper.collectors.tests import _elements, _report, _values
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._report import CaseOutcome, Counters, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin

ABOUT = About(
    tool="Robot Framework and Rebot",
    seen="4.1.3, 5.0.1, 6.1.1, 7.5 (schemas 2 to 5)",
    source="https://github.com/robotframework/robotframework/tree/master/doc/schema",
    command="robot --output output.xml tests",
    recognised="the root element `robot`",
    models="each test or task, tags, failed teardowns of suites, errors in files, merged reruns, statistics",
    not_modelled="what keywords did",
)

_BODY = frozenset(
    {"kw", "for", "while", "if", "try", "branch", "iter", "group", "return", "break", "continue", "variable"}
)
"""The elements of which tests and keywords consist."""
_GENERATED = re.compile(rb"<robot\s[^>]*\bgenerator=")
_FLAW = re.compile(r"Error in |Parsing '")
"""How an error begins that is one of a file, and not a message of a test."""
_WAS_FAILED = re.compile(r'Old status:</span> <span class="fail">')
_OUTCOMES = {"pass": CaseOutcome.PASSED, "skip": CaseOutcome.SKIPPED}


class _Reader:
    """Collects the tests, and the suites that failed by themselves."""

    def __init__(self) -> None:
        self.cases: list[TestCase] = []
        self.failures: list[Finding] = []
        self.partial: list[str] = []
        self.has_run = self.has_not_run = False
        """Whether a library keyword of the current test ran, and whether one did not."""

    def take(self, element: Element) -> bool:
        tag, outer = element.name, element.outer.name if element.outer else ""
        if tag == "test":
            self.add(element)
            return True
        if tag == "suite" and outer != "statistics":
            self.close(element)
            return False
        if tag == "kw" and outer != "suite":
            self.note(element)
        return (tag in _BODY and outer != "suite") or (outer in _BODY and tag != "status")

    def note(self, keyword: Element) -> None:
        """Note whether a keyword ran that has no keywords itself: others pass in a dry run as well."""
        if _status(keyword) == "not run":
            self.has_not_run = True
        elif not keyword.taken:
            self.has_run = True

    def add(self, element: Element) -> None:
        """Add a test."""
        case = _case(element)
        if case.outcome is CaseOutcome.PASSED and self.has_not_run and not self.has_run:
            case = case._replace(outcome=CaseOutcome.SKIPPED, message="none of its keywords was run")
            self.partial = ["no keyword of a test was run, as in a dry run"]
        self.has_run = self.has_not_run = False
        if case.outcome is CaseOutcome.FAILED:
            element.note_failure()
        self.cases.append(case)

    def close(self, suite: Element) -> None:
        """Apply the status of a suite, and of its teardown, to the tests in it."""
        teardowns = [of for of in suite.at("kw") if of.get("type").lower() == "teardown"]
        has_run = teardowns and _status(teardowns[-1]) != "not run"
        outcome = _outcome(teardowns[-1]) if has_run else CaseOutcome.PASSED
        said = (
            f"the teardown of {suite.get('name')!r}: {teardowns[-1].text_at('status')}" if teardowns else ""
        )
        if outcome is not CaseOutcome.PASSED and suite.taken:
            own = self.cases[-suite.taken :]
            self.cases[-suite.taken :] = [_worse(case, outcome, said) for case in own]
            suite.failures += outcome is CaseOutcome.FAILED
        if _outcome(suite) is CaseOutcome.FAILED and not suite.failures:
            suite.failures = 1
            said = suite.text_at("status") or "failed outside of its tests"
            self.failures.append(_report.failure(suite.get("name"), said, suite.get("source") or None))
        if suite.outer:
            suite.outer.failures += suite.failures
            suite.outer.taken += suite.taken


def recognises(content: Content) -> bool:
    """Return whether the root element is `robot`."""
    return content.xml_root == "robot"


def is_distinct(content: Content) -> bool:
    """Return whether Robot Framework generated the file: models of robots have this root, too."""
    return _GENERATED.search(content.head) is not None


def read(content: Content) -> TestReport:
    """Return the results of an output."""
    reader = _Reader()
    root = _elements.read(content.data, "robot", reader.take, {"doc"})
    errors = [of.text for of in root.at("errors", "msg") if of.get("level") == "ERROR"]
    flaws = [f"an error: {first_line(said)}" for said in errors if _FLAW.match(said)]
    counters = max(map(_counters, root.at("statistics", "total", "stat")), default=None)
    unended = [] if counters else ["the output has no statistics"]
    return TestReport(
        Origin(
            "robot",
            producer=root.get("generator").partition(" (")[0] or None,
            produced_at=_report.oldest_time(None, (case.time for case in reader.cases)),
            partial=(*reader.partial, *flaws[:5], *unended),
        ),
        reader.cases,
        tuple(reader.failures),
        counters,
    )


def _counters(total: Element) -> Counters:
    passed, skipped, failed = map(total.count, ("pass", "skip", "fail"))
    return Counters(passed + skipped + failed, skipped, failed)


def _status(element: Element) -> str:
    return next((of.get("status").lower() for of in element.at("status")), "")


def _outcome(element: Element) -> CaseOutcome:
    return _OUTCOMES.get(_status(element), CaseOutcome.FAILED)


def _case(element: Element) -> TestCase:
    [status] = element.at("status")[:1] or [element]
    said = element.text_at("status")
    outcome, message = _report.judged(status.get("status"), {"pass"}, _plain(said), {"skip"})
    if outcome is CaseOutcome.PASSED:
        outcome = CaseOutcome.FLAKY if _WAS_FAILED.search(said) else outcome
    suites = [of for of in element.outers() if of.name == "suite"]
    titles = tuple(of.get("name") for of in reversed(suites))
    tags = tuple(of.text for path in (("tag",), ("tags", "tag")) for of in element.at(*path))
    start = status.get("start") or status.get("starttime")
    return TestCase(
        _report.full_name(titles, element.get("name"), tags),
        titles,
        next(filter(None, (of.get("source") for of in suites)), None),
        _seconds(status),
        outcome,
        message,
        _values.line(element.get("line")),
        tags,
        instants.from_text(start),
    )


def _seconds(status: Element) -> float | None:
    """Return how long a test took; up to version 6 it has a start and an end."""
    if elapsed := status.get("elapsed"):
        return _values.seconds(elapsed)
    start, end = (instants.from_text(status.get(name)) for name in ("starttime", "endtime"))
    return max((end - start).total_seconds(), 0) if start and end else None


def _plain(message: str) -> str:
    """Return a message without the markup of HTML that it may have."""
    html = message.removeprefix("*HTML*")
    return message if html == message else re.sub(r"<[^<>]*>", " ", html).strip()


def _worse(case: TestCase, outcome: CaseOutcome, message: str) -> TestCase:
    """Return a test with the outcome of a teardown if that is worse."""
    return case if case.outcome >= outcome else case._replace(outcome=outcome, message=message)
