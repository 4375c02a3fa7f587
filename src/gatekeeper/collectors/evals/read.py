"""Read evidence of the kind `evals`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean

from gatekeeper.collectors.evals._report import Check, EvalCase, EvalReport
from gatekeeper.collectors.evals.facts import EvalsFacts
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options

__all__ = ["FORMATS", "Check", "EvalCase", "EvalReport", "collect"]

FORMATS = Formats[EvalReport]("evals")


def collect(artefact: Artefact, options: Options) -> Collected[EvalsFacts]:
    """Read every file of the artefact and merge the results."""
    reports = FORMATS.read_each(artefact, options)
    facts = _merged(reports)
    if not facts.total and not facts.failed:
        raise Absent(f"{artefact.path} holds no result")
    has_checks = any(case.checks != () for report in reports for case in report.cases)
    if not facts.failed and len(facts.unasserted or ()) == facts.total and not has_checks:
        raise Absent(f"{artefact.path} holds {facts.total} results, and nothing judged any of them")
    return collected(reports, facts)


def _merged(reports: Sequence[EvalReport]) -> EvalsFacts:
    cases = [case for report in reports for case in report.cases]
    failed = tuple(case.failure for case in cases if case.failure)
    checks = _checks(cases)
    failures = tuple(check.failure for check in checks or () if check.failure)
    return EvalsFacts(
        total=len(cases),
        failed=(*failed, *(finding for report in reports for finding in report.unlisted)),
        pass_pct=100 * (len(cases) - len(failed)) / len(cases) if cases else None,
        errors=sum(case.errored for case in cases),
        metrics=None if checks is None else _metrics(checks),
        scores=None if checks is None else _means(checks, len(cases)),
        assertions_failed=None if checks is None else failures,
        unasserted=tuple(case.unasserted for case in cases if case.unasserted),
        prompts=tuple(dict.fromkeys(case.prompt for case in cases if case.prompt)) or None,
    )


def _checks(cases: Sequence[EvalCase]) -> list[Check] | None:
    """Return all checks; None if a report omits some, because a part would look like the whole."""
    if any(case.checks is None for case in cases):
        return None
    return [check for case in cases for check in case.checks or ()]


def _metrics(checks: Sequence[Check]) -> Mapping[str, float] | None:
    total = Counter(check.metric for check in checks if check.metric)
    passed = Counter(check.metric for check in checks if check.metric and check.passed)
    return {metric: 100 * passed[metric] / total[metric] for metric in total} or None


def _means(checks: Sequence[Check], cases: int) -> Mapping[str, float] | None:
    """Return the mean of each metric that scored every case."""
    scores: dict[str, list[float]] = {}
    for check in checks:
        if check.metric and check.score is not None:
            scores.setdefault(check.metric, []).append(check.score)
    return {metric: fmean(of) for metric, of in scores.items() if len(of) == cases} or None
