"""The XML of xUnit.net v2 and v3.

https://xunit.net/docs/format-xml-v2 describes it, up to version 3 of the schema.

Only the result `Pass` is a pass; `Skip` and `NotRun`, an explicit test that nobody asked for, are skipped.
The errors of an assembly, such as a fixture that could not be cleaned up, are failures besides the tests.
"""

from collections.abc import Iterable
from datetime import datetime

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _elements, _report, _values
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._report import Counters, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin

ABOUT = About(
    tool="xUnit.net v2 and v3",
    seen="versions 1 to 3 of the schema, by their documentation",
    source="https://xunit.net/docs/format-xml-v2",
    command="dotnet test --logger xunit, or -xml FILE of the runner",
    recognised="the root element `assemblies`",
    models="each test, traits as tags, the errors of assemblies outside of tests, counters",
    not_modelled="output, warnings, attachments",
)

_SKIPPED = frozenset({"skip", "notrun"})
_WITHOUT = frozenset({"output", "warnings", "attachments"})


class _Reader:
    """Collects the tests and the errors outside of them."""

    def __init__(self) -> None:
        self.cases: list[TestCase] = []
        self.failures: list[Finding] = []

    def take(self, element: Element) -> bool:
        if element.name == "test":
            self.cases.append(_case(element))
            return True
        if element.name == "error":
            name = element.get("name") or element.get("type") or "an error outside of the tests"
            self.failures.append(_report.failure(name, element.text_at("failure", "message")))
            return True
        return False


def recognises(content: Content) -> bool:
    """Return whether the root element is `assemblies`."""
    return content.xml_root == "assemblies"


def read(content: Content) -> TestReport:
    """Return the results of all assemblies."""
    reader = _Reader()
    root = _elements.read(content.data, "assemblies", reader.take, _WITHOUT)
    assemblies = root.at("assembly")
    total, skipped, not_run, failed, errors = (
        sum(of.count(name) for of in assemblies)
        for name in ("total", "skipped", "not-run", "failed", "errors")
    )
    failures = list(reader.failures)
    if errors > len(failures):
        failures.append(
            Finding(f"{errors} errors outside of the tests are counted, but {len(failures)} are listed")
        )
    frameworks = {of.get("test-framework") for of in assemblies} - {""}
    return TestReport(
        Origin(
            "xunit",
            producer=frameworks.pop() if len(frameworks) == 1 else None,
            produced_at=_report.oldest_time(None, map(_time, assemblies)) if assemblies else None,
        ),
        reader.cases,
        tuple(failures),
        Counters(total, skipped + not_run, failed),
    )


def _time(assembly: Element) -> datetime | None:
    """Return when the tests of an assembly began."""
    stated = assembly.get("start-rtf") or f"{assembly.get('run-date')}T{assembly.get('run-time')}"
    return instants.from_text(stated)


def _case(element: Element) -> TestCase:
    said = element.text_at("failure", "message") or element.text_at("reason")
    outcome, message = _report.judged(element.get("result"), {"pass"}, said, _SKIPPED)
    class_name = element.get("type")
    name = element.get("name") or element.get("method")
    tags = tuple(_tags(element))
    suites = (class_name,) if class_name else ()
    file, line = _values.place_in(element.text_at("failure", "stack-trace"))
    return TestCase(
        _report.full_name(suites, name.removeprefix(f"{class_name}."), tags),
        suites,
        file or element.get("source-file") or None,
        _values.seconds(element.get("time")),
        outcome,
        message,
        line or _values.line(element.get("source-line")),
        tags,
    )


def _tags(element: Element) -> Iterable[str]:
    """Yield the values of traits; of a trait that has no value, the name."""
    for trait in element.at("traits", "trait"):
        yield trait.get("value") or trait.get("name")
