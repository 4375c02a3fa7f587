"""`--format csv`: a row for each service and criterion, for spreadsheets and databases.

CSV as RFC 4180 describes it, in UTF-8. The columns are named as the keys of the JSON contract. A cell that a
spreadsheet would read as a formula begins with an apostrophe (OWASP, "CSV Injection").
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gatekeeper.model.action import Action, ActionKind
from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording.verdict_cases import CaseVerdict, VerdictCase, VerdictSuite, suites

COLUMNS = (
    "milestone", "service", "owner", "gate", "level", "criterion", "status", "reason_code", "binding",
    "basis", "reason", "remedy", "action", "file", "line",
)  # fmt: skip
UNSIGNED = ("sign-offs-missing", "unsigned-upgrade")
"""The reasons that a signature of the level answers."""
_FORMULA = frozenset("=+-@")


def render(report: Report, screen: Screen) -> str:
    """Return the criteria that are asked, met ones too, and what blocks besides; one row each."""
    return "".join(pieces(report, screen))


def pieces(report: Report, screen: Screen) -> Iterator[str]:  # noqa: ARG001 - every format takes both
    """Yield the head, then the rows of one service after another."""
    yield _text([{column: column for column in COLUMNS}])
    actions = _ids(report.result.actions)
    for suite in suites(report):
        yield _text(_rows(suite, report.result.milestone, actions))


def _text(rows: Iterable[Mapping[str, str]]) -> str:
    text = io.StringIO(newline="")
    csv.DictWriter(text, COLUMNS, restval="").writerows(rows)
    return text.getvalue()


def _ids(actions: Sequence[Action]) -> Mapping[tuple[str, str], str]:
    """Return the first action that helps to answer a criterion of a service, or that signs its level."""
    found: dict[tuple[str, str], str] = {}
    for action in actions:
        signs = UNSIGNED if action.kind is ActionKind.SIGN else ()
        for share in action.shares:
            for answered in share.criteria or signs:
                found.setdefault((share.service, answered), action.id)
    return found


def _rows(
    suite: VerdictSuite, milestone: str, actions: Mapping[tuple[str, str], str]
) -> Iterator[dict[str, str]]:
    service = suite.service.service if suite.service else None
    of = {"milestone": milestone}
    if service:
        of |= {"service": service.service, "owner": service.owner}
    for case in suite.cases:
        # A change that blocks nothing has no row; neither has a criterion that does not apply.
        if case.status != Status.NOT_APPLICABLE and (case.criterion or case.verdict is CaseVerdict.FAILED):
            row = {**of, **_of_case(case), "action": actions.get((suite.name, case.name), "")}
            yield {column: _cell(value) for column, value in row.items()}


def _of_case(case: VerdictCase) -> dict[str, str]:
    where = {"file": case.where.file, "line": str(case.where.line)} if case.where else {}
    row = {"criterion": case.name, "status": case.status, "remedy": case.remedy or "", **where}
    if case.criterion is None:
        return {**row, "binding": "true", "reason": "; ".join(case.reasons)}
    rule = case.criterion.rule
    return {
        **row,
        "gate": rule.gate or "",
        "level": rule.level.id,
        "reason_code": case.reason_code or "",
        "binding": "true" if case.criterion.binding else "false",
        "basis": case.criterion.basis or "",
        "reason": "; ".join(case.reasons[1:]),
    }


def _cell(text: str) -> str:
    """Return text for a cell that no spreadsheet reads as a formula, also not in full width."""
    shown = visible(text)
    first = unicodedata.normalize("NFKC", shown.lstrip()[:1])
    return f"'{shown}" if first in _FORMULA else shown
