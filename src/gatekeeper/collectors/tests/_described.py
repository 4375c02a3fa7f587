"""What the kind `tests` makes of a format that is described as data: rows are tests, or runs of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from gatekeeper.collectors.reading.described import Described, Field, Row
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._report import CaseOutcome, Counters, TestCase, TestReport
from gatekeeper.model.evidence import Origin

FIELDS: Mapping[str, Field] = {
    "id": Field.TEXT,
    "name": Field.TEXT,
    "full_name": Field.TEXT,
    "suites": Field.TEXTS,
    "file": Field.TEXT,
    "line": Field.LINE,
    "seconds": Field.SECONDS,
    "status": Field.WORD,
    "attempts": Field.COUNT,
    "message": Field.TEXTS,
    "tags": Field.TEXTS,
    "labels": Field.ANY,
    "time": Field.TIME,
}
"""`id`: rows with the same one are runs of one test. `full_name`: the titles of the suites and the name,
with a blank between, if the format has no `suites`; these are from the outside in. `status`: `passed`,
`failed`, `skipped` or `flaky`. `attempts`: more than one make a test that passed flaky. `message`: the
first one counts. `labels`: an object or a list of objects that may tag the test by a name such as
`gate`."""
REQUIRED = frozenset({"name", "status"})
FIGURES: Mapping[str, Field] = {
    "total": Field.COUNT,
    "passed": Field.COUNT,
    "failed": Field.COUNT,
    "broken": Field.COUNT,
    "skipped": Field.COUNT,
    "seconds": Field.SECONDS,
    "succeeded": Field.FLAG,
    "errors": Field.TEXTS,
}
"""`broken`: tests in error, which `failed` does not count. `errors`: what failed outside of the tests.
`succeeded`: what the tool says of the whole run."""
DOUBTS = frozenset({"total", "passed", "failed", "skipped", "skipped_pct", "flaky"})
WORDS: Mapping[str, Collection[str]] = {"status": [outcome.name.lower() for outcome in CaseOutcome]}

_OUTCOMES = {outcome.name.lower(): outcome for outcome in CaseOutcome}
_NAMES = ("name", "key", "type")
_VALUES = ("value", "description")


def part(described: Described) -> TestReport:
    """Return the results of a file."""
    cases = _united((row.get("id"), _case(row)) for row in described.rows)
    figures = described.figures
    failures = [
        _report.failure("an error outside of the tests", said) for said in figures.get("errors", ()) if said
    ]
    return TestReport(
        _origin(described, cases),
        cases,
        tuple(failures),
        _counters(figures),
        succeeded=figures.get("succeeded", True),
    )


def _origin(described: Described, cases: Sequence[TestCase]) -> Origin:
    origin = described.origin()
    listed = sum(case.outcome <= CaseOutcome.FLAKY for case in cases)
    counted = described.figures.get("passed", listed)
    too_many = [f"{counted} passed tests are counted, but {listed} are listed"] if counted < listed else []
    return origin._replace(
        produced_at=_report.oldest_time(origin.produced_at, (case.time for case in cases)),
        partial=(*origin.partial, *too_many),
    )


def _counters(figures: Mapping[str, Any]) -> Counters | None:
    parts = {name: figures[name] for name in ("passed", "failed", "broken", "skipped") if name in figures}
    if "total" not in figures and not parts:
        return None
    failed = parts.get("failed", 0) + parts.get("broken", 0)
    total = figures.get("total", sum(parts.values()))
    return Counters(total, parts.get("skipped", 0), failed, figures.get("seconds"))


def _united(runs: Iterable[tuple[str | None, TestCase]]) -> Sequence[TestCase]:
    """Return the cases; the runs of a test, which have one id, become one."""
    by_test: dict[object, list[TestCase]] = {}
    for number, (id_, case) in enumerate(runs):
        by_test.setdefault(number if id_ is None else id_, []).append(case)
    return [case for cases in by_test.values() for case in _report.united(cases)]


def _case(row: Row) -> TestCase:
    name = row.get("name") or ""
    suites = row.get("suites") or _suites_before(name, row.get("full_name") or "")
    tags = (*(row.get("tags") or ()), *_tags(row.get("labels")))
    outcome, said = _judged(row)
    return TestCase(
        _report.full_name(suites, name, tags),
        suites,
        _path(row.get("file")),
        row.get("seconds"),
        outcome,
        said,
        row.get("line"),
        tags,
        row.get("time"),
    )


def _suites_before(name: str, full_name: str) -> tuple[str, ...]:
    titles = full_name.removesuffix(name).strip() if name and full_name.endswith(f" {name}") else ""
    return (titles,) if titles else ()


def _path(file: str | None) -> str | None:
    return file.removeprefix("file://") if file else None


def _judged(row: Row) -> tuple[CaseOutcome, str]:
    """Return the outcome of a row and its message; a status that is not known is a failure."""
    said = next(filter(str.strip, row.get("message") or ()), "")
    word = row.get("status")
    outcome = _OUTCOMES.get(word or "", CaseOutcome.FAILED)
    if word not in _OUTCOMES and not said:
        said = f"status {row.unmapped.get('status', word or 'missing')}"
    if outcome is CaseOutcome.PASSED and (row.get("attempts") or 0) > 1:
        return CaseOutcome.FLAKY, said
    return outcome, "" if outcome in (CaseOutcome.PASSED, CaseOutcome.SKIPPED) else said


def _tags(labels: Any) -> Iterator[str]:
    """Yield the texts under a name that tags tests."""
    owners = labels if isinstance(labels, list) else [labels]
    for owner in owners:
        for name, value in _pairs(owner) if isinstance(owner, dict) else ():
            if isinstance(name, str) and name.lower() in _report.TAGGING:
                yield from (
                    tag for tag in (value if isinstance(value, list) else [value]) if isinstance(tag, str)
                )


def _pairs(owner: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the names and values of an object: its own, or those of a label with `name` and `value`."""
    yield from owner.items()
    values = [owner[key] for key in _VALUES if key in owner]
    yield from ((owner.get(name), value) for name in _NAMES for value in values)
