"""`--format tap`: TAP version 14 (testanything.org), a subtest a service and a test point a criterion."""

from collections.abc import Iterator

from pydantic_core import to_json

from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording.verdict_cases import CaseVerdict, VerdictCase, number_of_suites, suites

_INDENT = "    "


def render(report: Report, screen: Screen) -> str:
    """Return the verdict as test points: `# TODO` is open and does not block, `# SKIP` does not apply."""
    return "".join(pieces(report, screen))


def pieces(report: Report, screen: Screen) -> Iterator[str]:  # noqa: ARG001 - every format takes both
    """Yield the lines, those of one service after another."""
    return (f"{line}\n" for line in _document(report))


def _document(report: Report) -> Iterator[str]:
    yield "TAP version 14"
    yield f"1..{number_of_suites(report)}"
    for number, suite in enumerate(suites(report), 1):
        name = _escaped(suite.name)
        yield f"# Subtest: {name}"
        yield f"{_INDENT}1..{len(suite.cases)}"
        for position, case in enumerate(suite.cases, 1):
            yield from (f"{_INDENT}{line}" for line in _point(case, position))
        failed = any(case.verdict is CaseVerdict.FAILED for case in suite.cases)
        yield f"{'not ok' if failed else 'ok'} {number} - {name}"


def _point(case: VerdictCase, number: int) -> Iterator[str]:
    is_met = case.verdict in (CaseVerdict.PASSED, CaseVerdict.SKIPPED)
    told = f"{'ok' if is_met else 'not ok'} {number} - {_escaped(case.name)}"
    match case.verdict:
        case CaseVerdict.PASSED:
            yield told
        case CaseVerdict.SKIPPED:
            yield f"{told} # SKIP {_escaped('; '.join(case.reasons))}"
        case CaseVerdict.TOLERATED:
            yield f"{told} # TODO {_escaped(case.reasons[0])}"
            yield from _diagnostic(case)
        case CaseVerdict.FAILED:
            yield told
            yield from _diagnostic(case)


def _diagnostic(case: VerdictCase) -> Iterator[str]:
    """Yield the block of YAML; each value is JSON, which is YAML too."""
    values = {
        "message": visible("; ".join(case.reasons)),
        "severity": "fail" if case.verdict is CaseVerdict.FAILED else "todo",
        "status": case.status,
        "reason_code": case.reason_code,
        "question": case.question and visible(case.question),
        "findings": list(map(visible, case.findings)),
        "remedy": case.remedy and visible(case.remedy),
        "at": {"file": visible(case.where.file), "line": case.where.line} if case.where else None,
    }
    yield "  ---"
    yield from (f"  {key}: {to_json(value).decode()}" for key, value in values.items() if value)
    yield "  ..."


def _escaped(text: str) -> str:
    """Return untrusted text for a description or a reason, where `#` begins a directive."""
    return visible(text).replace("\\", "\\\\").replace("#", "\\#")
