"""What a described format of this kind has: conditions of a gate or checks of a scorecard, one a row."""

from collections.abc import Collection, Mapping

from gatekeeper.collectors.quality_gate._report import GateCondition, GateReport, GateVerdict, worst
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
WORDS: Mapping[str, Collection[str]] = {"status": [verdict.value for verdict in GateVerdict]}


def part(described: Described) -> GateReport:
    """Return the report of one file."""
    ledger = Ledger(PLACES)
    conditions = tuple(_condition(row, ledger) for row in described.rows)
    description, figures = described.description, described.figures
    verdict = _verdict(figures.get("status"))
    if "status" in description.figures and verdict is None:
        word = described.unmapped_figures.get("status") or shown(figures.get("status"))
        ledger.note("condition", f"the status of the gate is {word}", file=described.file)
    return GateReport(
        ledger.told_by(described.origin(items=len(conditions))),
        conditions,
        "status" in {**description.figures, **description.fields},
        verdict if "status" in description.figures else worst([one.verdict for one in conditions]),
        _score(figures["score"], "score") if "score" in figures else None,
    )


def _condition(row: Row, ledger: Ledger) -> GateCondition:
    name = row.get("name")
    verdict, score = _verdict(row.get("status")), row.get("score")
    is_undecided = "status" in row.unmapped or (verdict is None and row.get("status") is not None)
    if verdict is None and score is None and not is_undecided:
        raise Unreadable(f"{name} has neither a status nor a score")
    score = None if score is None else _score(score, name)
    condition = GateCondition(name, _finding(row, name), verdict, score)
    if is_undecided:
        ledger.add("condition", condition.place)
    return condition


def _verdict(word: str | None) -> GateVerdict | None:
    return GateVerdict(word) if word in list(GateVerdict) else None


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
