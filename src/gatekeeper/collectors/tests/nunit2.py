"""The results of NUnit 2, which nunit-console 2 writes, and others still offer as `nunit2`.

https://docs.nunit.org/files/TestResult.xml is an example.

Only the result `Success` is a pass; `Ignored`, `Skipped` and `Inconclusive` are skipped. Before 2.5 a test
has no result, and `success` and `executed` state it. A suite that failed although no test in it did is a
failure.
"""

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _elements, _report, _values
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._nunit import NUnitReader, said_of
from gatekeeper.collectors.tests._report import Counters, TestCase, TestReport
from gatekeeper.model.evidence import Origin

ABOUT = About(
    tool="NUnit 2",
    seen="the format of NUnit 2.6, by its documentation",
    source="https://docs.nunit.org/articles/nunit/technical-notes/usage/XML-Formats.html",
    command="nunit3-console Tests.dll --result:TestResult.xml;format=nunit2",
    recognised="the root element `test-results`",
    models="each test case, categories and properties as tags, suites that failed by themselves, counters",
)

_SKIPPED = frozenset({"ignored", "skipped", "inconclusive"})
_FINE = frozenset({"success", "", *_SKIPPED})
_WITHOUT = frozenset({"environment", "culture-info"})


def recognises(content: Content) -> bool:
    """Return whether the root element is `test-results`."""
    return content.xml_root == "test-results"


def read(content: Content) -> TestReport:
    """Return the results of a run."""
    reader = NUnitReader(_case, _has_failed)
    root = _elements.read(content.data, "test-results", reader.take, _WITHOUT)
    total, not_run, *skipped = map(root.count, ("total", "not-run", "inconclusive", "ignored", "skipped"))
    day, time = root.get("date"), root.get("time")
    return TestReport(
        Origin("nunit2", produced_at=instants.from_text(f"{day} {time}".strip())),
        reader.cases,
        tuple(reader.failures),
        Counters(total + not_run, sum(skipped), sum(map(root.count, ("errors", "failures", "invalid")))),
    )


def _has_failed(suite: Element) -> bool:
    result = suite.get("result").lower()
    is_false = suite.get("success").lower() == "false" and result not in _SKIPPED
    return is_false or result not in _FINE


def _case(element: Element) -> TestCase:
    outcome, message = _report.judged(_result(element), {"success"}, said_of(element), _SKIPPED)
    outers = list(element.outers())
    fixtures = [of.get("name") for of in outers if of.get("type") == "TestFixture"]
    name = element.get("name")
    # The name of a test is that of its class and method; the fixture's is the last part of the class.
    class_name = name.partition("(")[0].rpartition(".")[0]
    suites = (class_name,) if class_name else tuple(fixtures[:1])
    tags = element.tags_by(_tags)
    file, line = _values.place_in(element.text_at("failure", "stack-trace"))
    return TestCase(
        _report.full_name(suites, name.removeprefix(f"{class_name}.") if class_name else name, tags),
        suites,
        file,
        _values.seconds(element.get("time")),
        outcome,
        message,
        line,
        tags,
    )


def _result(element: Element) -> str:
    """Return the result of a test."""
    if result := element.get("result"):
        return result
    if element.get("executed").lower() == "false":
        return "Skipped"
    return {"true": "Success"}.get(element.get("success").lower(), "Failure")


def _tags(element: Element) -> list[str]:
    properties = element.at("properties", "property")
    named = [of.get("value") for of in properties if of.get("name").lower() in _report.TAGGING]
    return [*(of.get("name") for of in element.at("categories", "category")), *named]
