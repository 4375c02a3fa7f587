"""Results of promptfoo: its JSON output of versions 2 and 3, and its JSON lines.

https://www.promptfoo.dev/docs/configuration/outputs and what promptfoo 0.24 to 0.123 write. A row's `success`
is its verdict. Under a test's `threshold` a row succeeds although assertions failed; those are told by
`gradingResult.componentResults`, into which promptfoo flattens assertion sets.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from gatekeeper.collectors.evals._report import Check, EvalCase, EvalReport, brief
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.figures import count, listing, mapping, shown
from gatekeeper.collectors.reading.json_lines import JsonDocument
from gatekeeper.collectors.reading.one_line import first_line
from gatekeeper.model.evidence import Finding, Unreadable
from gatekeeper.syntax.yaml import Step

_VERSIONS = (2, 3)
_SHOWN_VARIABLES = 5
_ERROR = 2
"""Of `failureReason`: 0 is none, 1 an assertion."""


class _Row(NamedTuple):
    """One result, and where it stands."""

    value: Mapping[str, Any]
    document: JsonDocument
    path: tuple[Step, ...] = ()

    def finding(self, message: str, *path: Step) -> Finding:
        return self.document.finding(f"{self.name()}: {message}", *self.path, *path)

    def name(self) -> str:
        """Return the test, the prompt and the provider, as far as they are told."""
        row = self.value
        prompt = _first_text(row.get("prompt"), "label", "display", "raw")
        provider = _first_text(row.get("provider"), "label", "id")
        by = "; ".join(brief(part) for part in (prompt, provider) if part)
        return f"{self.test()} [{by}]" if by else self.test()

    def test(self) -> str:
        test = self.value.get("testCase")
        described = _first_text(test, "description") or _first_text(self.value, "description")
        if described:
            return brief(described)
        variables = self.value.get("vars")
        if isinstance(variables, dict) and variables:
            first = islice(variables.items(), _SHOWN_VARIABLES)
            return brief(", ".join(f"{brief(key)}={brief(_as_text(value))}" for key, value in first))
        return "a test without a description"


def recognises(document: Mapping[str, Any]) -> bool:
    """Tell whether a JSON document is promptfoo's output."""
    results = document.get("results")
    return isinstance(results, dict) and "results" in results


def recognises_row(document: Mapping[str, Any]) -> bool:
    """Tell whether a JSON document is a line of promptfoo's JSON lines."""
    return "success" in document and not document.keys().isdisjoint({"vars", "testCase", "promptIdx"})


def read(document: JsonDocument) -> EvalReport:
    """Read an output; `Unreadable` where a part of it is not what it should be."""
    summary = mapping(document.object["results"], "results")
    version = summary.get("version")
    if type(version) is not int or version not in _VERSIONS:
        raise Unreadable(f"results of promptfoo, but their version is {shown(version)}; 2 and 3 are known")
    rows = listing(summary["results"], "results.results")
    cases = [
        _case(_Row(mapping(row, f"results.results[{index}]"), document, ("results", "results", index)))
        for index, row in enumerate(rows)
    ]
    timestamp = summary.get("timestamp")
    return EvalReport(
        f"promptfoo-v{version}",
        cases,
        _unlisted(document, summary, sum(case.failure is not None for case in cases)),
        instants.from_text(timestamp) if isinstance(timestamp, str) else None,
    )


def read_lines(documents: Sequence[JsonDocument]) -> EvalReport:
    """Read JSON lines, which have rows and neither counters nor a timestamp."""
    rows = (_Row(mapping(document.value, "a line"), document) for document in documents)
    return EvalReport("promptfoo-jsonl", [_case(row) for row in rows])


def _unlisted(document: JsonDocument, summary: Mapping[str, Any], listed: int) -> tuple[Finding, ...]:
    stats = mapping(summary.get("stats") or {}, "results.stats")
    told = sum(count(stats.get(name, 0), f"results.stats.{name}") for name in ("failures", "errors"))
    if told <= listed:
        # Version 2 may count neither successes nor failures where every row ended in an error.
        return ()
    more = f"the counters say that {told} failed, the results show {listed}"
    return (document.finding(more, "results", "stats"),)


def _case(row: _Row) -> EvalCase:
    success = row.value.get("success")
    if not isinstance(success, bool):
        raise Unreadable(f"{row.name()}: success is {shown(success)}, neither true nor false")
    grading = row.value.get("gradingResult")
    graded = None if grading is None else mapping(grading, "gradingResult")
    return _passed(row, graded) if success else _failed(row, graded)


def _passed(row: _Row, graded: Mapping[str, Any] | None) -> EvalCase:
    if graded is None and any(_planned(row)):
        # The output may be stripped of its grading; then the test still tells that there was some.
        return EvalCase(checks=None)
    components = _components(graded or {})
    checks = tuple(_checks(row, components))
    if _was_judged(graded or {}, components.values()):
        return EvalCase(checks=checks)
    return EvalCase(unasserted=row.finding("passed without an assertion"), checks=checks)


def _failed(row: _Row, graded: Mapping[str, Any] | None) -> EvalCase:
    # Before version 3 no reason is told, and a row without a grading is one that could not be graded.
    errored = row.value.get("failureReason", _ERROR if graded is None else None) == _ERROR
    checks: tuple[Check, ...] | None = None
    if graded is not None:
        checks = tuple(_checks(row, _components(graded)))
    elif errored:
        checks = tuple(_unjudged(row))
    said = row.value.get("error") or (graded or {}).get("reason")
    return EvalCase(failure=row.finding(_reason(said)), checks=checks, errored=errored)


def _reason(said: object) -> str:
    return (first_line(said) if isinstance(said, str) else "") or "failed without a reason"


def _components(graded: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    """Return the results of single assertions; one that was not run after another failed leaves a gap."""
    components = listing(graded.get("componentResults") or [], "componentResults")
    return {
        index: mapping(component, "one of componentResults")
        for index, component in enumerate(components)
        if component is not None
    }


def _was_judged(graded: Mapping[str, Any], components: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether an assertion decided; in early versions a lone one stands in the result itself."""
    decided = any(not _only_measures(component) for component in components)
    return decided or isinstance(graded.get("assertion"), dict)


def _checks(row: _Row, components: Mapping[int, Mapping[str, Any]]) -> Iterator[Check]:
    for index, component in components.items():
        passed = component.get("pass")
        if not isinstance(passed, bool):
            raise Unreadable(f"{row.name()}: an assertion's pass is {shown(passed)}, neither true nor false")
        failure = None
        if not passed and not _only_measures(component):
            told = f"{_assertion_name(component)}: {_reason(component.get('reason'))}"
            failure = row.finding(told, "gradingResult", "componentResults", index)
        yield Check(_first_text(component.get("assertion"), "metric"), passed, failure)


def _only_measures(component: Mapping[str, Any]) -> bool:
    """Tell whether an assertion gives a figure and was declared to decide nothing."""
    assertion = component.get("assertion")
    return isinstance(assertion, dict) and assertion.get("metricOnly") is True


def _assertion_name(component: Mapping[str, Any]) -> str:
    return brief(_first_text(component.get("assertion"), "metric", "type") or "an assertion")


def _unjudged(row: _Row) -> Iterator[Check]:
    """Yield a failure for each metric that an error kept from being judged."""
    for assertion in _planned(row):
        if metric := _first_text(assertion, "metric"):
            yield Check(metric, passed=False)


def _planned(row: _Row) -> Iterator[Mapping[str, Any]]:
    """Yield the assertions that the test asks for, those of assertion sets after the set itself."""
    test = row.value.get("testCase")
    asserted = test.get("assert") if isinstance(test, dict) else None
    for assertion in asserted if isinstance(asserted, list) else ():
        if isinstance(assertion, dict):
            members = assertion.get("assert")
            yield assertion
            yield from (
                member
                for member in (members if isinstance(members, list) else ())
                if isinstance(member, dict)
            )


def _first_text(value: object, *keys: str) -> str | None:
    """Return a text, or the first text that is not empty under one of the keys of an object."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return None
    return next((value[key] for key in keys if isinstance(value.get(key), str) and value[key]), None)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else shown(value)
