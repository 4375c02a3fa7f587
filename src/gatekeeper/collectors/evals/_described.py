"""What a described format of this kind has: cases, one a row, with a verdict or with scores."""

from collections.abc import Collection, Mapping

from gatekeeper.collectors.evals._graded import CaseScore, graded
from gatekeeper.collectors.evals._report import EvalCase, EvalReport, Item, brief, prompt_named
from gatekeeper.collectors.reading.described import Described, Field, Row
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.model.evidence import Finding

FIELDS = {
    "name": Field.TEXT,
    "status": Field.WORD,
    "scores": Field.ANY,
    "message": Field.TEXT,
    "prompt": Field.TEXT,
}
"""`status`: `passed`, `failed` or `error`; any other word is a failure. `scores`: an object of numbers, words
or truth values by metric; without a status, a case passes if each of them is full."""
REQUIRED = frozenset({"name"})
FIGURES = {"total": Field.COUNT, "failed": Field.COUNT}
"""What the file counts itself: if it lists fewer cases it is partial, and other failures count, too."""
DOUBTS = frozenset[str]()
WORDS: Mapping[str, Collection[str]] = {"status": ["passed", "failed", "error"]}


def part(described: Described) -> EvalReport:
    """Return the results of one file."""
    cases = [_case(row) for row in described.rows]
    origin, figures = described.origin(items=len(cases)), described.figures
    failed, total = figures.get("failed", 0), figures.get("total", 0)
    shown = sum(case.failure is not None for case in cases)
    unlisted: tuple[Finding, ...] = ()
    if failed > shown:
        message = f"the counters report {failed} failed, the listed cases show {shown}"
        unlisted = (Finding(message, described.file),)
    if total > len(cases):
        origin = origin._replace(partial=(*origin.partial, f"{len(cases)} of {total} cases are listed"))
    return EvalReport(origin, cases, unlisted)


def _case(row: Row) -> EvalCase:
    document, path = row.place
    item = Item(brief(row.get("name") or "a case without a name"), Node(document, path, None))
    case = _judged(row, item)
    return case._replace(prompt=prompt_named(row.get("prompt")))


def _judged(row: Row, item: Item) -> EvalCase:
    status, message = row.get("status"), one_line(row.get("message") or "")
    scores = row.get("scores")
    by_metric = (
        {name: CaseScore(value) for name, value in scores.items()} if isinstance(scores, Mapping) else {}
    )
    case = graded(item, by_metric)
    if status is None and "status" not in row.unmapped:
        return case
    if status == "passed":
        return EvalCase(checks=case.checks)
    why = message or (
        f"the status is {row.unmapped['status']}" if "status" in row.unmapped else f"it {status}"
    )
    return EvalCase(item.finding(why), checks=case.checks, errored=status == "error")
