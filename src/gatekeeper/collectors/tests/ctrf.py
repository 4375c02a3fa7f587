"""The Common Test Report Format, https://ctrf.io (specification 0.0.x and 1.x)."""

from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, listing, mapping, objects, text
from gatekeeper.collectors.reading.merging import sum_known
from gatekeeper.collectors.tests._report import COUNTERS, TestReport, failure, full_name, seconds
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.json import Object

_SKIPPED = frozenset({"skipped", "pending"})


def recognises(content: Content) -> bool:
    """Return whether the file is such a report."""
    document = content.object
    results = document.get("results")
    keys = results.keys() if isinstance(results, dict) else set[str]()
    marked = "summary" in keys and not keys.isdisjoint({"tests", "tool"})
    return marked or document.get("reportFormat") == "CTRF"


def read(content: Content) -> TestReport:
    """Return the results of a report."""
    document = content.object
    results = mapping(document.get("results"), "results")
    summary = mapping(results.get("summary"), "results.summary")
    tests = list(objects(results.get("tests", []), "results.tests", "a test"))
    by_status: dict[str, list[Object]] = {}
    for test in tests:
        by_status.setdefault(text(test.get("status"), "the status of a test"), []).append(test)
    # `other` is the status of tests whose outcome the format has no word for: it is not a pass.
    failed = [
        _failed_test(test)
        for status, group in by_status.items()
        if status != "passed" and status not in _SKIPPED
        for test in group
    ]
    passed = tuple(_name(test) for test in by_status.get("passed", ()))
    counted = _counter(summary, "failed") + _counter(summary, "other")
    if counted > len(failed):
        failed.append(Finding(f"{counted} tests failed, but {len(failed)} are listed"))
    report = TestReport(
        "ctrf",
        total=len(tests),
        passed=passed,
        failed=tuple(failed),
        skipped=sum(len(by_status.get(status, ())) for status in _SKIPPED),
        duration_s=sum_known(map(seconds, tests)),
        produced_at=instants.from_epoch(summary.get("stop")),
    )
    if tests:
        return report
    return report._replace(
        total=_counter(summary, "tests"),
        passed=None,
        skipped=_counter(summary, "skipped") + _counter(summary, "pending"),
        counted_from=COUNTERS,
    )


def _name(test: Object) -> str:
    suite = test.get("suite") or []
    # Up to 0.0.x the suite is text, later a list from the outside in.
    titles = [suite] if isinstance(suite, str) else listing(suite, "the suite of a test")
    name = text(test.get("name"), "the name of a test")
    return full_name([text(title, "the suite of a test") for title in titles], name)


def _failed_test(test: Object) -> Finding:
    said = test.get("message") or test.get("trace")
    message = said if isinstance(said, str) else ""
    if test["status"] != "failed":
        message = message or f"status {test['status']!r}"
    return failure(_name(test), message, test.get("filePath"), test.get("line"))


def _counter(summary: Object, name: str) -> int:
    return count(summary.get(name, 0), f"summary.{name}")
