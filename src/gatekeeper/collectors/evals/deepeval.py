"""A test run of DeepEval, as it saves it: `.deepeval/.latest_run_full.json`, `test_run_<time>.json`.

https://deepeval.com/docs/evaluation-introduction and the models of DeepEval 0.20 to 4.3. Metrics and cases
that were declared flaky decide nothing, and a case that nothing decided has no `success`.
"""

from collections.abc import Iterator, Mapping

from gatekeeper.collectors.evals._report import (
    Check,
    EvalCase,
    EvalReport,
    brief,
    compared,
    only_object,
    prompt_named,
)
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, first_text, mapping, objects, shown
from gatekeeper.collectors.reading.one_line import first_line, one_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

_LATEST = "testRunData"
"""Where `.deepeval/.latest_test_run.json` keeps the run."""
_LOWER_IS_BETTER = ("bias", "hallucination", "toxicity")
"""Metrics whose threshold is the highest score that passes."""
_CASES = ("testCases", "conversationalTestCases")


def recognises(content: Content) -> bool:
    """Return whether the file is such a run."""
    document = only_object(content)
    run = document.get(_LATEST, document)
    return isinstance(run, dict) and any(isinstance(run.get(name), list) for name in _CASES)


def read(content: Content) -> EvalReport:
    """Return the results of a run; it has no timestamp."""
    [document] = content.lines
    path: tuple[Step, ...] = (_LATEST,) if _LATEST in document.object else ()
    run = mapping(document.object[_LATEST], _LATEST) if path else document.object
    cases = [
        _case(case, document, (*path, name, index))
        for name in _CASES
        for index, case in enumerate(objects(run.get(name) or [], name))
    ]
    failed, passed = (count(run.get(name) or 0, name) for name in ("testFailed", "testPassed"))
    report = EvalReport(Origin("deepeval", items=len(cases)), cases)
    return compared(report, failed, passed + failed, document, *path, "testFailed")


def _case(case: Object, document: Structured, path: tuple[Step, ...]) -> EvalCase:
    name, success = _name(case), case.get("success")
    if not isinstance(success, bool | None):
        raise Unreadable(f"{name}: success is {shown(success)}, neither true nor false")
    metrics = {(*path, *place): metric for place, metric in _metrics(case, name)}
    checks = _checks(metrics, name, document)
    metadata = case.get("additionalMetadata")
    prompt = prompt_named(metadata.get("prompt")) if isinstance(metadata, dict) else None
    if success and not any(check.failure for check in checks or ()):
        why = "no metric judges the answer" if metrics else "passed without a metric"
        is_judged = any(map(_judges, metrics.values()))
        unasserted = None if is_judged else document.finding(f"{name}: {why}", *path)
        return EvalCase(unasserted=unasserted, checks=checks, prompt=prompt)
    reasons = "; ".join(_reason(metric) for metric in metrics.values() if metric.get("success") is not True)
    reason = one_line(reasons) if success is not None else "nothing decided it"
    failure = document.finding(f"{name}: {reason or 'failed without a reason'}", *path)
    errored = any(metric.get("error") for metric in metrics.values())
    return EvalCase(failure, checks=checks, errored=errored, prompt=prompt)


def _name(case: Object) -> str:
    name = first_text(case, "name", "input")
    return brief(name) if name else "a test case without a name"


def _metrics(case: Object, name: str) -> Iterator[tuple[tuple[Step, ...], Object]]:
    for key in ("metricsData", "metricsMetadata"):  # the latter in early versions
        for index, metric in enumerate(objects(case.get(key) or [], f"{name}: {key}")):
            yield (key, index), metric


def _checks(
    metrics: Mapping[tuple[Step, ...], Object], name: str, document: Structured
) -> tuple[Check, ...] | None:
    """Return the checks of the metrics; None if one has a score and no verdict, as in early versions."""
    checks = []
    for path, metric in metrics.items():
        passed = metric.get("success")
        if not isinstance(passed, bool) and not metric.get("error"):
            return None
        decides = metric.get("flaky") is not True
        failure = document.finding(f"{name}: {_reason(metric)}", *path) if decides and not passed else None
        checks.append(Check(first_text(metric, "name", "metric"), passed is True, failure))
    return tuple(checks)


def _judges(metric: Object) -> bool:
    """Return whether a metric can fail: its threshold is not the end of the scale, from 0 to 1."""
    threshold = metric.get("threshold")
    if metric.get("flaky") is True:
        return False
    if not isinstance(threshold, int | float):
        return True
    name = (first_text(metric, "name", "metric") or "").casefold()
    return threshold < 1 if any(word in name for word in _LOWER_IS_BETTER) else threshold > 0


def _reason(metric: Object) -> str:
    reason = first_line(first_text(metric, "error", "reason") or "")
    named = brief(first_text(metric, "name", "metric") or "a metric")
    return f"{named} failed: {reason}" if reason else f"{named} failed"
