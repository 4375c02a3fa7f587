"""A test run of DeepEval, as it saves it: `.deepeval/.latest_run_full.json`, `test_run_<time>.json`.

https://deepeval.com/docs/evaluation-introduction and the models of DeepEval 1 to 4.3. Metrics and cases
that were declared flaky decide nothing, and a case that nothing decided has no `success`.
"""

from collections.abc import Sequence

from gatekeeper.collectors.evals._report import (
    Check,
    EvalCase,
    EvalReport,
    Item,
    brief,
    compared,
    only_object,
    prompt_named,
)
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, first_text
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.one_line import first_line, one_line
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="DeepEval",
    seen="1 to 4.3, by the source",
    source="https://deepeval.com/docs/evaluation-introduction",
    command="`deepeval test run tests/`, which saves `.deepeval/.latest_run_full.json`",
    recognised="a list under `testCases` or `conversationalTestCases`, of the document or of `testRunData`",
    models="test cases with their metrics, errors, flaky metrics, counters, prompts",
    not_modelled="costs and times; the run has no timestamp",
)

_LATEST = "testRunData"
"""Where `.deepeval/.latest_test_run.json` keeps the run."""
_LOWER_IS_BETTER = ("bias", "hallucination", "toxicity")
"""Metrics whose threshold is the highest score that passes."""
_CASES = ("testCases", "conversationalTestCases")
_OF_A_RUN = frozenset(
    {"testFile", "metricsScores", "testPassed", "testFailed", "runDuration", "hyperparameters"}
)


def recognises(content: Content) -> bool:
    """Return whether the file is such a run."""
    document = only_object(content)
    run = document.get(_LATEST, document)
    return isinstance(run, dict) and any(isinstance(run.get(name), list) for name in _CASES)


def is_distinct(content: Content) -> bool:
    """Return whether the run has more than its cases: suites of Allure 1 list them, too."""
    run = only_object(content).get(_LATEST, content.object)
    return isinstance(run, dict) and not _OF_A_RUN.isdisjoint(run)


def read(content: Content) -> EvalReport:
    """Return the results of a run; it has no timestamp."""
    [document] = content.lines
    root = Node.of(document)
    run = root.get(_LATEST) or root
    cases = [_case(case) for name in _CASES for case in run.list_of(name)]
    failed, passed = (count(run.object().get(name) or 0, name) for name in ("testFailed", "testPassed"))
    report = EvalReport(Origin("deepeval", items=len(cases)), cases)
    return compared(report, failed, passed + failed, document, *run.path, "testFailed")


def _case(node: Node) -> EvalCase:
    name, success = first_text(node.object(), "name", "input"), node.flag("success")
    case = Item(brief(name) if name else "a test case without a name", node)
    metrics = node.list_of("metricsData")
    checks = _checks(case, metrics)
    metadata = node.object().get("additionalMetadata")
    prompt = prompt_named(metadata.get("prompt")) if isinstance(metadata, dict) else None
    if success and not any(check.failure for check in checks or ()):
        why = "no metric judges the answer" if metrics else "passed without a metric"
        is_judged = any(_judges(metric.object()) for metric in metrics)
        return EvalCase(unasserted=None if is_judged else case.finding(why), checks=checks, prompt=prompt)
    unmet = (one for one in metrics if one.object().get("success") is not True or one.object().get("error"))
    reasons = "; ".join(map(_reason, unmet))
    reason = one_line(reasons) if success is not None else "nothing decided it"
    errored = any(metric.object().get("error") for metric in metrics)
    return EvalCase(case.finding(reason or "failed without a reason"), None, checks, errored, prompt)


def _checks(case: Item, metrics: Sequence[Node]) -> tuple[Check, ...] | None:
    """Return the checks of the metrics; None if one has no verdict."""
    checks = []
    for number, metric in enumerate(metrics):
        passed, decides = metric.object().get("success"), metric.object().get("flaky") is not True
        if not isinstance(passed, bool) and not metric.object().get("error"):
            return None
        passed = passed is True and not metric.object().get("error")
        is_failure = decides and not passed
        failure = case.finding(_reason(metric), "metricsData", number) if is_failure else None
        checks.append(Check(metric.text("name"), passed, failure))
    return tuple(checks)


def _judges(metric: Object) -> bool:
    """Return whether a metric can fail: its threshold is not the end of the scale, from 0 to 1."""
    threshold = metric.get("threshold")
    if metric.get("flaky") is True:
        return False
    if not isinstance(threshold, int | float):
        return True
    name = str(metric.get("name")).casefold()
    return threshold < 1 if any(word in name for word in _LOWER_IS_BETTER) else threshold > 0


def _reason(metric: Node) -> str:
    reason = first_line(first_text(metric.object(), "error", "reason") or "")
    name = brief(metric.text("name") or "a metric")
    return f"{name} failed: {reason}" if reason else f"{name} failed"
