"""The results of CTest for CDash, `Testing/<stamp>/Test.xml`.

https://gitlab.kitware.com/cmake/cmake/-/blob/master/Source/CTest/cmCTestTestHandler.cxx writes it.

Only the status `passed` is a pass. `notrun` is skipped if the test was disabled or asked to be skipped;
otherwise the test could not be started, and failed. Labels are tags. A report without its end is partial, and
so is one that lists more tests than it has results of.
"""

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _elements, _report, _values
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._report import Counters, TestCase, TestReport
from gatekeeper.model.evidence import Origin

ABOUT = About(
    tool="CTest",
    seen="3.25",
    source="https://gitlab.kitware.com/cmake/cmake/-/blob/master/Source/CTest/cmCTestTestHandler.cxx",
    command="ctest -T Test",
    recognised="the root element `Site` with an element `Testing`",
    models="each test, labels as tags, tests that were not run, the list of tests, the time",
    not_modelled="measurements, and earlier runs of `--repeat`",
)

_WITHOUT = frozenset({"FullCommandLine", "Environment"})


class _Reader:
    """Collects the tests."""

    def __init__(self) -> None:
        self.cases: list[TestCase] = []
        self.listed = 0

    def take(self, element: Element) -> bool:
        if element.name != "Test" or element.outer is None:
            return False
        if element.outer.name == "TestList":
            self.listed += 1
        else:
            self.cases.append(_case(element))
        return True


def recognises(content: Content) -> bool:
    """Return whether the root element is `Site`, and has an element `Testing`."""
    return content.xml_root == "Site" and b"<Testing" in content.head


def read(content: Content) -> TestReport:
    """Return the results of a run."""
    reader = _Reader()
    root = _elements.read(content.data, "Site", reader.take, _WITHOUT)
    start = root.text_at("Testing", "StartTestTime")
    has_end = bool(root.text_at("Testing", "EndTestTime"))
    return TestReport(
        Origin(
            "ctest",
            producer=root.get("Generator") or None,
            produced_at=instants.from_epoch(int(start)) if _values.is_count(start) else None,
            partial=() if has_end else ("the run has no end",),
        ),
        reader.cases,
        counters=Counters(reader.listed),
    )


def _case(element: Element) -> TestCase:
    measured = {of.get("name"): of.text_at("Value") for of in element.at("Results", "NamedMeasurement")}
    state, code = measured.get("Completion Status", ""), measured.get("Exit Code", "")
    output = element.text_at("Results", "Measurement", "Value")
    is_skipped = state == "Disabled" or state.startswith("SKIP_")
    said = code if code == "Timeout" else output or code or state
    not_run = {"notrun"} if is_skipped else frozenset[str]()
    outcome, message = _report.judged(element.get("Status"), {"passed"}, said, not_run)
    path = element.text_at("Path").removeprefix(".").strip("/")
    tags = tuple(of.text for of in element.at("Labels", "Label"))
    suites = (path,) if path else ()
    return TestCase(
        _report.full_name((), element.text_at("Name"), tags),
        suites,
        None,
        _values.seconds(measured.get("Execution Time", "")),
        outcome,
        message,
        tags=tags,
    )
