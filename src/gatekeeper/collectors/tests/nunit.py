"""The results of NUnit 3 and 4, as nunit3-console, NUnitLite and NunitXml.TestLogger write them.

https://docs.nunit.org/articles/nunit/technical-notes/usage/Test-Result-XML-Format.html

Only the result `Passed` is a pass; `Skipped`, `Inconclusive` and `Warning` show nothing and are skipped. A
suite that failed although no test in it did is a failure: its `OneTimeSetUp` or `OneTimeTearDown` failed. The
categories of a suite apply to the tests in it. A run with a filter is partial.
"""

from collections.abc import Iterable

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _elements, _report, _values
from gatekeeper.collectors.tests._elements import Element
from gatekeeper.collectors.tests._nunit import NUnitReader, said_of
from gatekeeper.collectors.tests._report import Counters, TestCase, TestReport
from gatekeeper.model.evidence import Origin

ABOUT = About(
    tool="NUnit 3 and 4",
    seen="the format of NUnit 3, by its documentation",
    source="https://docs.nunit.org/articles/nunit/technical-notes/usage/Test-Result-XML-Format.html",
    command="nunit3-console Tests.dll, or dotnet test --logger nunit",
    recognised="the root element `test-run`",
    models="each test case, categories and properties as tags, suites that failed by themselves, counters",
    not_modelled="attachments, assertions that passed",
)

_SKIPPED = frozenset({"skipped", "inconclusive", "warning"})
_FINE = frozenset({"passed", *_SKIPPED})
_WITHOUT = frozenset({"output", "attachments", "assertions", "settings", "environment"})


def recognises(content: Content) -> bool:
    """Return whether the root element is `test-run`."""
    return content.xml_root == "test-run"


def read(content: Content) -> TestReport:
    """Return the results of a run."""
    reader = NUnitReader(_case, _has_failed)
    root = _elements.read(content.data, "test-run", reader.take, _WITHOUT)
    filters = any(of.children for of in root.at("filter"))
    version = root.get("engine-version")
    return TestReport(
        Origin(
            "nunit",
            producer=f"nunit {version}" if version else None,
            produced_at=instants.from_text(root.get("start-time")),
            partial=("the run was filtered",) if filters else (),
        ),
        reader.cases,
        tuple(reader.failures),
        Counters(
            root.count("total"), root.count("skipped") + root.count("inconclusive"), root.count("failed")
        ),
        succeeded=not _has_failed(root),
    )


def _has_failed(element: Element) -> bool:
    return element.get("result").lower() not in _FINE


def _case(element: Element) -> TestCase:
    outcome, message = _report.judged(element.get("result"), {"passed"}, said_of(element), _SKIPPED)
    suites = tuple(filter(None, [_assembly(element), _class_name(element)]))
    tags = element.tags_by(_tags)
    file, line = _values.place_in(element.text_at("failure", "stack-trace"))
    return TestCase(
        _report.full_name(suites[-1:], element.get("name") or element.get("fullname"), tags),
        suites,
        file,
        _values.seconds(element.get("duration")),
        outcome,
        message,
        line,
        tags,
    )


def _assembly(element: Element) -> str:
    return next((of.get("name") for of in element.outers() if of.get("type") == "Assembly"), "")


def _class_name(element: Element) -> str:
    """Return the name of the class of a test; the framework of NUnit 3.0 does not state it in each test."""
    owners = (of.get("classname") for of in [element, *element.outers()])
    name = next(filter(None, owners), "")
    return name or element.get("fullname").removesuffix(element.get("name")).rstrip(".")


def _tags(element: Element) -> Iterable[str]:
    for of in element.at("properties", "property"):
        if of.get("name") == "Category" or of.get("name").lower() in _report.TAGGING:
            yield of.get("value")
