"""The Common Test Report Format, https://ctrf.io (specification 0.0.x and 1.x)."""

import re
from collections.abc import Iterator
from datetime import datetime

from gatekeeper.collectors.reading import figures, instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.subjects import repositories
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._report import CaseOutcome, Counters, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="the Common Test Report Format, by reporters of many test runners",
    seen="the specification 0.0.x and 1.x, jest-ctrf-json-reporter 0.0.11",
    source="https://ctrf.io/docs/specification/overview",
    command="a reporter of CTRF, such as `jest-ctrf-json-reporter`",
    recognised="`results` with `summary` and `tests` or `tool`; or `reportFormat: CTRF`",
    models="the tests with retries and tags, the counters, the commit, whether the environment was healthy",
    not_modelled="steps and attachments",
)

_NO_END = frozenset({"timedout", "interrupted"})
"""What `rawStatus`, the word of the tool, may say of a test that did not run to its end."""


def recognises(content: Content) -> bool:
    """Return whether the file is such a report."""
    document = content.object
    results = document.get("results")
    keys = results.keys() if isinstance(results, dict) else set[str]()
    marked = "summary" in keys and not keys.isdisjoint({"tests", "tool"})
    return marked or document.get("reportFormat") == "CTRF"


def read(content: Content) -> TestReport:
    """Return the results of a report."""
    results = figures.mapping(content.object.get("results"), "results")
    summary = figures.mapping(results.get("summary"), "results.summary")
    cases = tuple(map(_case, figures.objects(results.get("tests", []), "results.tests", "a test")))
    names = ("tests", "skipped", "pending", "failed", "other")
    total, *skipped, failed, other = (
        figures.count(summary.get(name, 0), f"summary.{name}") for name in names
    )
    origin = _origin(results)._replace(
        produced_at=_report.oldest_time(_time(summary), (case.time for case in cases))
    )
    passed = sum(case.outcome <= CaseOutcome.FLAKY for case in cases)
    if (counted := figures.count(summary.get("passed", passed), "summary.passed")) < passed:
        too_many = f"{counted} passed tests are counted, but {passed} are listed"
        origin = origin._replace(partial=(*origin.partial, too_many))
    return TestReport(origin, cases, tuple(_errors(results)), Counters(total, sum(skipped), failed + other))


def _origin(results: Object) -> Origin:
    tool, environment = figures.section(results, "tool"), figures.section(results, "environment")
    name, version = figures.first_text(tool, "name"), figures.first_text(tool, "version")
    is_unhealthy = environment.get("healthy") is False
    return Origin(
        "ctrf",
        producer=f"{name} {version}" if name and version else name,
        commit=figures.first_text(environment, "commit"),
        subjects=repositories(environment.get("repositoryUrl")),
        partial=("the report states that its run was not healthy",) if is_unhealthy else (),
    )


def _time(of: Object) -> datetime | None:
    """Return the start of a run or test, else its end; 0 states none."""
    return instants.from_epoch(of.get("start") or None) or instants.from_epoch(of.get("stop") or None)


def _errors(results: Object) -> Iterator[Finding]:
    """Yield the errors outside of the tests, which the reporter of Playwright adds."""
    errors = figures.section(results, "extra").get("errors")
    for error in errors if isinstance(errors, list) else ():
        said = error.get("message") if isinstance(error, dict) else error
        yield _report.failure("an error outside of the tests", said)


def _case(test: Object) -> TestCase:
    suite = test.get("suite") or []
    # Up to 0.0.x the suite is text, later a list from the outside in.
    titles = [suite] if isinstance(suite, str) else figures.listing(suite, "the suite of a test")
    suites = tuple(figures.text(title, "the suite of a test") for title in titles)
    status = figures.text(test.get("status"), "the status of a test")
    # `other` is the status of tests whose outcome the format has no word for: it is not a pass.
    outcome, said = _report.judged(status, {"passed"}, figures.first_text(test, "message", "trace") or "")
    raw = figures.first_text(test, "rawStatus") or ""
    if outcome is CaseOutcome.PASSED and re.sub("[^a-z]", "", raw.lower()) in _NO_END:
        outcome, said = CaseOutcome.FAILED, said or f"status {raw!r}"
    if outcome is CaseOutcome.PASSED and (
        test.get("flaky") is True or test.get("retries") or _failed_runs(test)
    ):
        outcome, said = CaseOutcome.FLAKY, said or "".join(_failed_runs(test)[:1])
    tags = tuple(_tags(test))
    return TestCase(
        _report.full_name(suites, figures.text(test.get("name"), "the name of a test"), tags),
        suites,
        figures.first_text(test, "filePath"),
        _report.seconds(test),
        outcome,
        said,
        figures.line_or_none(test.get("line")),
        tags,
        _time(test),
    )


def _failed_runs(test: Object) -> list[str]:
    """Return the messages of the attempts that did not pass."""
    attempts = [attempt for attempt in _list(test.get("retryAttempts")) if isinstance(attempt, dict)]
    return [figures.first_text(of, "message") or "" for of in attempts if of.get("status") != "passed"]


def _tags(test: Object) -> Iterator[str]:
    """Yield the tags of a test, and the labels and extensions that name an id."""
    parts = [{"tags": test.get("tags")}, test.get("labels"), test.get("extra")]
    for part in parts:
        for key, value in part.items() if isinstance(part, dict) else ():
            if key.lower() in _report.TAGGING:
                yield from (tag for tag in _list(value) if isinstance(tag, str))


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]
