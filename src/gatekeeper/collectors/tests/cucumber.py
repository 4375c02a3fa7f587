"""The JSON report of Cucumber, which Behave, Karate, godog and pytest-bdd write too.

https://github.com/cucumber/cucumber-json-schema describes what the tools have in common. Cucumber-JVM and
Cucumber for Ruby write the background of a scenario as an element before it; Behave repeats its steps in the
scenario, has a status for each element, texts as tags, and seconds instead of nanoseconds.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from gatekeeper.collectors.reading import figures, instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._gherkin import StepResult, outcome
from gatekeeper.collectors.tests._report import CaseOutcome, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Cucumber; also Behave, Karate, godog and pytest-bdd",
    seen="cucumber-js 12.9, Cucumber for Ruby 2.4, Behave 1.3, pytest-bdd 9.0; Cucumber-JVM by its source",
    source="https://github.com/cucumber/cucumber-json-schema",
    command="cucumber-js --format json:cucumber.json",
    recognised="a list of features with `keyword`, `name` and `elements`",
    models="the scenarios with steps, hooks, backgrounds, tags and runs that are listed again",
    not_modelled="what tools leave out: cucumber-js runs before the last one, pytest-bdd scenarios with a "
    "step that has no definition",
)

_UNFINISHED = "untested"
_FINE = frozenset({"", "passed", "skipped", _UNFINISHED})
"""What the status of a feature of Behave may be without a failure."""
_NANOSECONDS = 1e9


def recognises(content: Content) -> bool:
    """Return whether the file is such a report."""
    features = content.first
    rows = features if isinstance(features, list) else []
    return any(isinstance(row, dict) and isinstance(row.get("elements"), list) for row in rows) and all(
        isinstance(row, dict) and row.keys() >= {"keyword", "name"} for row in rows
    )


def read(content: Content) -> TestReport:
    """Return the results of a report."""
    cases, failures, partial = list[TestCase](), list[Finding](), list[str]()
    for feature in figures.objects(content.json, "the features", "a feature"):
        of_feature = _united(_scenarios(feature))
        cases += of_feature
        name, status = figures.first_text(feature, "name") or "", _text(feature, "status")
        if status == _UNFINISHED:
            partial.append(f"the feature {name!r} did not run")
        elif status not in _FINE and all(case.outcome is not CaseOutcome.FAILED for case in of_feature):
            failures.append(_report.failure(name, f"the feature is {status}"))
    time = _report.oldest_time(None, (case.time for case in cases))
    origin = Origin("cucumber-json", produced_at=time, partial=tuple(partial))
    return TestReport(origin, cases, tuple(failures))


def _united(runs: Iterable[tuple[object, TestCase]]) -> list[TestCase]:
    """Return the cases of a feature; the runs of a scenario, which have its id and line, become one."""
    by_scenario: dict[object, list[TestCase]] = {}
    for key, case in runs:
        by_scenario.setdefault(key, []).append(case)
    return [case for cases in by_scenario.values() for case in _report.united(cases)]


def _scenarios(feature: Object) -> Iterator[tuple[object, TestCase]]:
    """Yield each run of a scenario of a feature with a key of the scenario."""
    background: list[StepResult] = []
    last: Object = {}
    for number, element in enumerate(figures.listed(feature, "elements", "an element of a feature")):
        last = element
        if element.get("type") == "background":
            background += [] if "location" in element else _results(element)
            continue
        case = _case(feature, element, [*background, *_results(element)])
        background = []
        yield (case.file, _text(element, "id"), case.line or f"element {number}"), case
    if background:
        yield None, _case(feature, last, background)


def _case(feature: Object, element: Object, results: list[StepResult]) -> TestCase:
    suites = (figures.text(feature.get("name"), "the name of a feature"),)
    name = figures.text(element.get("name") or element.get("keyword"), "the name of a scenario")
    tags = tuple(_tags(feature)) + tuple(_tags(element))
    found, said = outcome(results)
    file, _, line = _text(element, "location").rpartition(":")
    path = file or _text(feature, "uri").removeprefix("file:").removeprefix("classpath:")
    return TestCase(
        _report.full_name(suites, name, tags),
        suites,
        path or None,
        _seconds(element),
        found,
        said,
        int(line) if line.isdecimal() and len(line) < 9 else figures.line_or_none(element.get("line")),
        tuple(dict.fromkeys(tags)),
        _time(element),
    )


def _results(element: Object) -> list[StepResult]:
    """Return the results of an element: its own status, its steps, its hooks and theirs."""
    own = _text(element, "status")
    results = [StepResult(own, step="the scenario")] if own else []
    for step in _steps(element):
        result = figures.mapping(step.get("result") or {}, "the result of a step")
        status = _text(result, "status") or ("skipped" if own == "skipped" else "")
        name = _text(step, "name") or _text(step, "keyword").strip()
        results.append(
            StepResult(status, _text(result, "error_message"), f"the step {name!r}" if name else "")
        )
    # The steps say more about a failure than the status of the scenario.
    return results[1:] + results[:1] if own else results


def _steps(element: Object) -> Iterator[Object]:
    """Yield the hooks and steps of an element in the order in which they ran."""
    yield from figures.listed(element, "before", "a hook")
    for step in figures.listed(element, "steps", "a step"):
        yield from figures.listed(step, "before", "a hook")
        yield step
        yield from figures.listed(step, "after", "a hook")
    yield from figures.listed(element, "after", "a hook")


def _seconds(element: Object) -> float | None:
    results = [figures.section(step, "result") for step in _steps(element)]
    known = [figures.amount(of["duration"], "a duration") for of in results if of.get("duration") is not None]
    unit = 1 if "location" in element else _NANOSECONDS
    return sum(known) / unit if known else None


def _tags(owner: Object) -> Iterator[str]:
    for tag in figures.entries(owner.get("tags"), "tags"):
        name = tag.get("name") if isinstance(tag, dict) else tag
        yield figures.text(name, "the name of a tag")


def _time(element: Object) -> datetime | None:
    return instants.from_text(element.get("start_timestamp"))


def _text(owner: Object, key: str) -> str:
    value: Json = owner.get(key)
    return value if isinstance(value, str) else ""
