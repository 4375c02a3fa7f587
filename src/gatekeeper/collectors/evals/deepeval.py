"""A test run of DeepEval as it saves it: `.deepeval/.latest_run_full.json`, `test_run_<time>.json`.

https://deepeval.com/docs/evaluation-introduction and the models of DeepEval 0.20 to 4.3. Metrics and cases
that were declared flaky decide nothing there, and a case that nothing decided says of no success.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gatekeeper.collectors.evals._report import Check, EvalCase, EvalReport, brief
from gatekeeper.collectors.reading.figures import count, listing, mapping, shown
from gatekeeper.collectors.reading.json_lines import JsonDocument
from gatekeeper.collectors.reading.one_line import first_line
from gatekeeper.model.evidence import Finding, Unreadable
from gatekeeper.syntax.yaml import Step

_LATEST = "testRunData"
"""Where `.deepeval/.latest_test_run.json` keeps the run."""
_CASES = ("testCases", "conversationalTestCases")


def recognises(document: Mapping[str, Any]) -> bool:
    """Tell whether a JSON document is such a run."""
    run = document.get(_LATEST, document)
    return isinstance(run, dict) and any(isinstance(run.get(name), list) for name in _CASES)


def read(document: JsonDocument) -> EvalReport:
    """Read a run, which has no timestamp; `Unreadable` where a part of it is not what it should be."""
    path: tuple[Step, ...] = (_LATEST,) if _LATEST in document.object else ()
    run = mapping(document.object[_LATEST], _LATEST) if path else document.object
    cases = [
        _case(mapping(case, f"{name}[{index}]"), document, (*path, name, index))
        for name in _CASES
        for index, case in enumerate(listing(run.get(name) or [], name))
    ]
    return EvalReport("deepeval", cases, _unlisted(run, cases, document, path))


def _unlisted(
    run: Mapping[str, Any], cases: Sequence[EvalCase], document: JsonDocument, path: tuple[Step, ...]
) -> tuple[Finding, ...]:
    told = count(run.get("testFailed") or 0, "testFailed")
    listed = sum(case.failure is not None for case in cases)
    if told <= listed:
        return ()
    more = f"the counters say that {told} failed, the test cases show {listed}"
    return (document.finding(more, *path, "testFailed"),)


def _case(case: Mapping[str, Any], document: JsonDocument, path: tuple[Step, ...]) -> EvalCase:
    name, success = _name(case), case.get("success")
    if not isinstance(success, bool | None):
        raise Unreadable(f"{name}: success is {shown(success)}, neither true nor false")
    metrics = {(*path, *place): metric for place, metric in _metrics(case, name)}
    checks = _checks(metrics, name, document)
    if success:
        unasserted = None if metrics else document.finding(f"{name}: passed without a metric", *path)
        return EvalCase(unasserted=unasserted, checks=checks)
    reasons = "; ".join(_reason(metric) for metric in metrics.values() if metric.get("success") is not True)
    told = brief(reasons, 300) if success is False else "nothing decided it"
    failure = document.finding(f"{name}: {told or 'failed without a reason'}", *path)
    return EvalCase(failure, checks=checks, errored=any(metric.get("error") for metric in metrics.values()))


def _name(case: Mapping[str, Any]) -> str:
    return next(
        (brief(case[key]) for key in ("name", "input") if isinstance(case.get(key), str) and case[key]),
        "a test case without a name",
    )


def _metrics(case: Mapping[str, Any], name: str) -> Iterator[tuple[tuple[Step, ...], Mapping[str, Any]]]:
    for key in ("metricsData", "metricsMetadata"):  # the latter in early versions
        for index, metric in enumerate(listing(case.get(key) or [], f"{name}: {key}")):
            yield (key, index), mapping(metric, f"{name}: {key}[{index}]")


def _checks(
    metrics: Mapping[tuple[Step, ...], Mapping[str, Any]], name: str, document: JsonDocument
) -> tuple[Check, ...] | None:
    """Return what the metrics say; None where one has a score and no verdict, as in early versions."""
    checks = []
    for path, metric in metrics.items():
        passed = metric.get("success")
        if not isinstance(passed, bool) and not metric.get("error"):
            return None
        decides = metric.get("flaky") is not True
        failure = document.finding(f"{name}: {_reason(metric)}", *path) if decides and not passed else None
        checks.append(Check(_metric_name(metric), passed is True, failure))
    return tuple(checks)


def _metric_name(metric: Mapping[str, Any]) -> str | None:
    return next((metric[key] for key in ("name", "metric") if isinstance(metric.get(key), str)), None)


def _reason(metric: Mapping[str, Any]) -> str:
    said = metric.get("error") or metric.get("reason")
    reason = first_line(said) if isinstance(said, str) else ""
    named = brief(_metric_name(metric) or "a metric")
    return f"{named} failed: {reason}" if reason else f"{named} failed"
