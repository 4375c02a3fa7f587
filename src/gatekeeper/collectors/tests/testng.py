"""The results of TestNG, `testng-results.xml`.

https://github.com/testng-team/testng/tree/master/testng-core/src/main/java/org/testng/reporters writes it.

Only the status `PASS` is a pass. Methods that set up and tear down are no tests; if one fails, that is a
failure besides the tests. A run that was retried has the status `SKIP` and says so: the test is flaky if it
passed then. The groups of a method are its tags. Results that are in another file make this one partial.
"""

import re
from collections import defaultdict
from datetime import datetime

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _elements, _report, _values
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._report import CaseOutcome, Counters, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin

ABOUT = About(
    tool="TestNG",
    seen="6.9.12; 7.11 by its source",
    source="https://github.com/testng-team/testng/blob/master/testng-core/src/main/java/org/testng/reporters",
    command="TestNG writes test-output/testng-results.xml by itself",
    recognised="the root element `testng-results`",
    models="each test with its parameters, groups as tags, failed configuration methods, retries, counters",
    not_modelled="dependencies between methods, attributes, output",
)

_WITHOUT = frozenset({"reporter-output", "full-stacktrace", "short-stacktrace", "attributes"})
_ZONE = re.compile(r" (?:UTC|GMT)$")
_NAMED_ZONE = re.compile(r" [A-Z]\w{1,5}$")


class _Reader:
    """Collects the tests, and the methods around them that failed."""

    def __init__(self) -> None:
        self.cases: list[TestCase] = []
        self.failures: list[Finding] = []
        self.groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.retried: dict[tuple[str, ...], TestCase] = {}
        self.partial: dict[str, None] = {}

    def take(self, element: Element) -> bool:
        if element.name == "test-method":
            self.add(element)
            return True
        if element.name == "method" and element.outer and element.outer.name == "group":
            groups = self.groups[element.get("class"), element.get("name")]
            if len(groups) < _elements.MOST_TAGS:
                groups.append(element.outer.get("name"))
            return True
        if element.name in ("suite", "test") and element.get("url"):
            self.partial[f"results are in another file, {element.get('url')!r}"] = None
        return False

    def add(self, element: Element) -> None:
        """Add a test, or the failure of a method around tests."""
        outers = list(element.outers())
        titles = tuple(of.get("name") for of in reversed(outers) if of.name in ("suite", "test", "class"))
        tags = tuple(self.groups.get((titles[-1] if titles else "", element.get("name")), ()))
        case = _case(element, titles, tags)
        if element.get("is-config") == "true":
            if case.outcome is CaseOutcome.FAILED:
                self.failures.append(case.finding)
            return
        key = (*titles, case.name)
        if element.get("retried") == "true":
            self.retried.setdefault(key, case)
            return
        earlier = self.retried.pop(key, None)
        if earlier and case.outcome is CaseOutcome.PASSED:
            case = case._replace(outcome=CaseOutcome.FLAKY, message=earlier.message)
        self.cases.append(case)


def recognises(content: Content) -> bool:
    """Return whether the root element is `testng-results`."""
    return content.xml_root == "testng-results"


def read(content: Content) -> TestReport:
    """Return the results of all suites."""
    reader = _Reader()
    root = _elements.read(content.data, "testng-results", reader.take, _WITHOUT)
    unfinished = [case._replace(outcome=CaseOutcome.FAILED) for case in reader.retried.values()]
    cases = [*reader.cases, *unfinished]
    total, skipped, ignored, failed, retried = map(
        root.count, ("total", "skipped", "ignored", "failed", "retried")
    )
    return TestReport(
        Origin(
            "testng",
            produced_at=_report.oldest_time(None, map(_time, root.at("suite"))),
            partial=tuple(reader.partial)[:20],
        ),
        cases,
        tuple(reader.failures),
        Counters(max(total - retried, 0), skipped + ignored, failed),
    )


def _time(element: Element) -> datetime | None:
    """Return when a suite began; up to version 7 the zone may be a name such as `CET`, which states none."""
    return instants.from_text(_NAMED_ZONE.sub("", _ZONE.sub("Z", element.get("started-at"))))


def _case(element: Element, titles: tuple[str, ...], tags: tuple[str, ...]) -> TestCase:
    said = element.text_at("exception", "message")
    [exception] = element.at("exception")[:1] or [element]
    outcome, message = _report.judged(
        element.get("status"), {"pass"}, said or exception.get("class"), {"skip"}
    )
    parameters = ", ".join(of.text for of in element.at("params", "param", "value"))
    name = f"{element.get('name')}({parameters})" if parameters else element.get("name")
    return TestCase(
        _report.full_name(titles[-1:], name, tags),
        titles,
        None,
        _values.seconds(element.get("duration-ms"), 0.001),
        outcome,
        message,
        tags=tags,
    )
