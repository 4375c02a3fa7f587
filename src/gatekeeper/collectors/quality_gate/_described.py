"""What a described format of this kind has: conditions of a gate or checks of a scorecard, one a row."""

from gatekeeper.collectors.quality_gate._report import Condition, GateReport, Verdict
from gatekeeper.collectors.quality_gate.facts import PLACES
from gatekeeper.collectors.reading.described import Described, Field, Row
from gatekeeper.collectors.reading.figures import amount, shown
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.model.evidence import Finding, Unreadable

FIELDS = {
    "name": Field.TEXT,
    "status": Field.WORD,
    "score": Field.ANY,
    "actual": Field.ANY,
    "threshold": Field.ANY,
    "reason": Field.TEXT,
}
"""A row has a status (`passed`, `warned` or `failed`; any other word is undecided) or a score, 0 to 10; a
score below 0 is undecided. What is `actual` is shown beside the `threshold`."""
REQUIRED = frozenset({"name"})
FIGURES = {"status": Field.WORD, "score": Field.ANY}
"""Of the whole, in the same words."""
DOUBTS = PLACES["list"]


def part(described: Described) -> GateReport:
    """Return the report of one file."""
    ledger = Ledger(PLACES)
    conditions = tuple(_condition(row, ledger) for row in described.rows)
    figures = described.figures
    is_gate = "status" in described.description.figures
    if is_gate and "status" not in figures:
        word = described.unmapped_figures.get("status", "missing")
        ledger.note("condition", f"the status of the gate is {word}", file=described.file)
    score = _score(figures["score"], "score") if "score" in figures else None
    if not is_gate and score is None:
        ledger.note("score", "the score of the whole is not decided", file=described.file, touches=("score",))
    return GateReport(
        ledger.told_by(described.origin(items=len(conditions))),
        conditions,
        is_gate,
        Verdict(figures["status"]) if "status" in figures else None,
        score,
    )


def _condition(row: Row, ledger: Ledger) -> Condition:
    name = row.get("name")
    if name is None:
        raise Unreadable("a condition has no name")
    verdict = row.get("status")
    if verdict is None and "status" not in row.unmapped and row.get("score") is None:
        raise Unreadable(f"{name} has neither a status nor a score")
    score = None if row.get("score") is None else _score(row.get("score"), name)
    condition = Condition(name, _finding(row, name), Verdict(verdict) if verdict else None, score)
    if verdict is None and score is None:
        is_score = "status" not in row.unmapped
        ledger.add("score" if is_score else "condition", condition.place, ("scores",) if is_score else None)
    return condition


def _score(value: object, name: str) -> float | None:
    """Return a score; None if it is negative, which means that the tool did not decide."""
    if not isinstance(value, bool) and isinstance(value, int | float) and value < 0:
        return None
    score = amount(value, name)
    if score > 10:
        raise Unreadable(f"{name} is {shown(value)}, more than 10")
    return score


def _finding(row: Row, name: str) -> Finding:
    actual, threshold, reason = (row.get(field) for field in ("actual", "threshold", "reason"))
    said = [f"{actual}"] if actual is not None else []
    said += [f"the threshold is {threshold}"] if threshold is not None else []
    said += [f"the status is {row.unmapped['status']}"] if "status" in row.unmapped else []
    said += [reason] if reason else []
    return row.finding(one_line(f"{name}: {', '.join(said)}" if said else name))
