"""The XML of Qt Test, `-o FILE,xml`.

https://github.com/qt/qtbase/blob/dev/src/testlib/qxmltestlogger.cpp

Each row of data of a function is a test; of several incidents the worst counts. Only `pass` is a pass. A
failure that was expected (`xfail`) and the results of a function on the blacklist show nothing: they are
skipped. A pass that was not expected fails, and so does a function without an incident. `initTestCase` and
`cleanupTestCase` are no tests; if one fails, that is a failure besides the tests. An element or text that is
not known makes the file partial: there are no counters.
"""

from collections.abc import Iterator

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _elements, _report, _values
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._report import CaseOutcome, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin

ABOUT = About(
    tool="Qt Test",
    seen="5.15; 6 by its source",
    source="https://github.com/qt/qtbase/blob/dev/src/testlib/qxmltestlogger.cpp",
    command="./tst_cart -o results.xml,xml",
    recognised="the root element `TestCase` with an element `QtVersion`",
    models="each function and row of data, expected failures, the blacklist, functions around the tests",
    not_modelled="benchmarks; the time of the run, which the format does not state",
)

_SKIPPED = frozenset({"skip", "xfail", "bpass", "bfail", "bxpass", "bxfail"})
_FATAL = frozenset({"qfatal", "system"})
_AROUND = frozenset({"initTestCase", "cleanupTestCase"})
_KNOWN = {
    "TestCase": frozenset({"Environment", "TestFunction", "Duration"}),
    "TestFunction": frozenset({"Incident", "Message", "BenchmarkResult", "Duration"}),
}


class _Reader:
    """Collects the tests, and the functions around them that failed."""

    def __init__(self) -> None:
        self.cases: list[TestCase] = []
        self.failures: list[Finding] = []
        self.unknown: dict[str, None] = {}

    def take(self, element: Element) -> bool:
        outer = element.outer
        if outer and element.name not in _KNOWN.get(outer.name, {element.name}):
            self.unknown[f"<{element.name[:60]}> is not known"] = None
        if element.name != "TestFunction" or outer is None:
            return False
        cases = list(_cases(element, outer.get("name")))
        if element.get("name") in _AROUND:
            self.failures += (case.finding for case in cases if case.outcome is CaseOutcome.FAILED)
        else:
            self.cases += cases
        return True


def recognises(content: Content) -> bool:
    """Return whether the root element is `TestCase`, and the file states a version of Qt."""
    return content.xml_root == "TestCase" and b"<QtVersion>" in content.head


def read(content: Content) -> TestReport:
    """Return the results of a test program."""
    reader = _Reader()
    root = _elements.read(content.data, "TestCase", reader.take)
    if root.text:
        reader.unknown["there is text between the functions"] = None
    version = root.text_at("Environment", "QTestVersion")
    origin = Origin("qttest", producer=f"Qt Test {version}".strip(), partial=tuple(reader.unknown)[:20])
    return TestReport(origin, reader.cases, tuple(reader.failures))


def _cases(function: Element, program: str) -> Iterator[TestCase]:
    """Yield the tests of a function: one for each tag of data."""
    rows: dict[str, list[Element]] = {}
    for of in function.children:
        is_result = of.name == "Incident" or (of.name == "Message" and of.get("type") in {"skip", *_FATAL})
        if is_result:
            rows.setdefault(of.text_at("DataTag"), []).append(of)
    name = function.get("name")
    seconds = next((_values.seconds(of.get("msecs"), 0.001) for of in function.at("Duration")), None)
    for tag, results in (rows or {"": []}).items():
        judged = [(*_judged(of), of) for of in results] or [
            (CaseOutcome.FAILED, "it has no result", function)
        ]
        worst, said, decisive = max(judged, key=lambda one: one[0])
        yield TestCase(
            _report.full_name((program,), f"{name}({tag})" if tag else name),
            (program, name) if tag else (program,),
            decisive.get("file") or None,
            seconds if len(rows) <= 1 else None,
            worst,
            said,
            _values.line(decisive.get("line")),
        )


def _judged(result: Element) -> tuple[CaseOutcome, str]:
    return _report.judged(result.get("type"), {"pass"}, result.text_at("Description"), _SKIPPED)
