"""`--format junit`: JUnit XML, one test suite a service and one test case a criterion.

The dialect is that of the Jenkins JUnit plugin (`junit-10.xsd`), which GitLab and others also read.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gatekeeper.model.changes import Change, Comparison
from gatekeeper.model.report import Report, Screen
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, Reason, ServiceResult
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording import changes, outcomes, verdict
from gatekeeper.reporters.wording.reasons import NOTHING_IN_SCOPE, REASONS, is_reported

MOST_FINDINGS = 50
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the verdict as test results: open criteria failed, criteria that do not apply were skipped."""
    suites = [_suite(service, report) for service in report.result.services]
    if not suites:
        case = _Case(NOTHING_IN_SCOPE, "failure", NOTHING_IN_SCOPE, verdict.verdict_of_report(report))
        suites = [_Suite(report.result.milestone, (), (case,))]
    if report.comparison:
        suites.insert(0, _change_suite(report.comparison))
    cases = [case for suite in suites for case in suite.cases]
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f"<testsuites{_attributes(name=f'gatekeeper {report.result.milestone}', **_counts(cases))}>\n",
            *(line for suite in suites for line in _suite_lines(suite, report)),
            "</testsuites>\n",
        ]
    )


class _Case(NamedTuple):
    """A test case; `outcome` is the name of its result element, None if it passed."""

    name: str
    outcome: str | None = None
    type: str = ""
    message: str = ""
    lines: tuple[str, ...] = ()


class _Suite(NamedTuple):
    name: str
    properties: tuple[tuple[str, str], ...]
    cases: tuple[_Case, ...]


def _suite(result: ServiceResult, report: Report) -> _Suite:
    properties = {
        "milestone": report.result.label,
        "owner": result.service.owner,
        "verdict": result.verdict,
        "target_level": str(result.cell.level),
        "effective_level": str(result.effective_level),
    }
    return _Suite(result.service.service, tuple(properties.items()), tuple(_cases(result, report)))


def _change_suite(comparison: Comparison) -> _Suite:
    """Return what the change does: what blocks it failed, and what needs no attention passed."""
    cases = tuple(_of_change(change, comparison) for change in comparison.changes)
    properties = {"base": comparison.base, "head": comparison.head}
    properties |= {f"note {number}": note for number, note in enumerate(comparison.notes, 1)}
    return _Suite("change", tuple(properties.items()), cases or (_Case(changes.conclusion(comparison)),))


def _of_change(change: Change, comparison: Comparison) -> _Case:
    name = f"{change.kind}: {change.id}"
    if not change.blocks:
        return _Case(name)
    remedy = f"→ {changes.remedy(change, comparison)}"
    named = change.id if change.needs_sign_off else None
    lines = (changes.place(change), changes.seen(change), remedy, named)
    return _Case(name, "failure", change.kind, changes.message(change), tuple(filter(None, lines)))


def _cases(result: ServiceResult, report: Report) -> Iterator[_Case]:
    for reason in result.reasons:
        # Reasons that name open criteria fail through these; the others need a case of their own.
        if is_reported(reason):
            yield _of_reason(reason)
    gates = report.filter.gates
    once = {of.rule.id: of for of in (*result.criteria, *result.held_up_by)}
    yield from (_of_criterion(of) for of in once.values() if not gates or of.rule.gate in gates)


def _of_reason(reason: Reason) -> _Case:
    wording = REASONS[reason.code]
    lines = (wording.question, f"→ {wording.remedy}")
    return _Case(reason.code, "failure", reason.code, reason.message, lines)


def _of_criterion(result: CriterionResult) -> _Case:
    rule = result.rule
    seen = outcomes.seen(result)
    match result.status:
        case Status.PASS:
            return _Case(rule.id)
        case Status.NOT_APPLICABLE | Status.EXCEPTED as status:
            return _Case(rule.id, "skipped", status, "; ".join([status.replace("_", " "), *seen]))
        case status if why := outcomes.not_binding(result):
            return _Case(rule.id, "skipped", status, "; ".join([why, status, *seen]))
        case status:
            lines = (rule.question, *_findings(result), f"→ {result.remedy}")
            return _Case(rule.id, "failure", status, "; ".join([status, *seen]), lines)


def _findings(result: CriterionResult) -> Iterator[str]:
    for finding in result.findings[:MOST_FINDINGS]:
        yield f"- {outcomes.located(finding)}"
    if len(result.findings) > MOST_FINDINGS:
        yield f"- and {len(result.findings) - MOST_FINDINGS:,} more"


def _suite_lines(suite: _Suite, report: Report) -> Iterator[str]:
    timestamp = f"{report.result.as_of}T00:00:00"
    yield f"  <testsuite{_attributes(name=suite.name, timestamp=timestamp, **_counts(suite.cases))}>\n"
    if suite.properties:
        yield "    <properties>\n"
        for name, value in suite.properties:
            yield f"      <property{_attributes(name=name, value=value)}/>\n"
        yield "    </properties>\n"
    for case in suite.cases:
        yield from _case_lines(case, suite.name)
    yield "  </testsuite>\n"


def _case_lines(case: _Case, suite: str) -> Iterator[str]:
    opening = f"    <testcase{_attributes(classname=suite, name=case.name, time='0')}"
    if case.outcome is None:
        yield f"{opening}/>\n"
        return
    text = "\n".join(_escaped(line) for line in case.lines)
    outcome = f"<{case.outcome}{_attributes(type=case.type, message=case.message)}"
    yield f"{opening}>\n"
    yield f"      {outcome}>{text}</{case.outcome}>\n" if text else f"      {outcome}/>\n"
    yield "    </testcase>\n"


def _counts(cases: Sequence[_Case]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("failure")),
        "errors": "0",
        "skipped": str(outcomes.count("skipped")),
        "time": "0",
    }


def _attributes(**values: str) -> str:
    return "".join(f' {name}="{_escaped(value)}"' for name, value in values.items())


def _escaped(text: str) -> str:
    """Return text for XML; `visible` has already escaped the characters that XML cannot hold."""
    return visible(text).translate(_ESCAPES)
