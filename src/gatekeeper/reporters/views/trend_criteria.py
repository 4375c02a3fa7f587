"""`trend --criteria`: the criteria that deserve a review, because of their answers over time."""

from collections.abc import Iterator
from typing import Any

from gatekeeper.model.status import Status
from gatekeeper.model.trend import CriterionHistory, Pattern, Point, Review, Trend
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, uncut
from gatekeeper.reporters.views.trend import heading, more, notes
from gatekeeper.reporters.wording.counts import counted, first_few

MOST = 8
_FEW = 5

_DOUBTS = {
    Pattern.NEVER_FAILED: "perhaps they ask nothing",
    Pattern.NEVER_PASSED: "perhaps nobody can meet them, or nobody maps their evidence",
    Pattern.FLAPS: "perhaps their evidence is unreliable",
}
"""What may be wrong with such rules."""


def data(found: Review) -> dict[str, Any]:
    """Return the history of every criterion as plain data."""
    return {"criteria": [_criterion(of) for of in found.criteria], "not_asked": found.not_asked}


def _criterion(of: CriterionHistory) -> dict[str, Any]:
    changes = [change._asdict() | {"last": _place(change.last)} for change in of.changes]
    facts = of._asdict() | {"since": _place(of.since), "changes": changes, "pattern": of.pattern}
    return of.version._asdict() | {key: value for key, value in facts.items() if key != "version"}


def _place(point: Point) -> dict[str, Any]:
    return {"commit": point.commit, "as_of": point.as_of.isoformat()}


def parts(trend: Trend, found: Review, every: str, program: str) -> Parts:
    """Yield what deserves a review, and a command for each; `program` is how the commands begin."""
    yield heading("Criteria over time", trend, every)
    for pattern, doubt in _DOUBTS.items():
        of_kind = [of for of in found.criteria if of.pattern is pattern]
        if of_kind:
            count = counted(len(of_kind), "criterion", "criteria")
            yield ""
            yield indented(f"[bold]{pattern.replace('_', ' ').capitalize()}[/]  {count}: {doubt}", 0)
            silent = [of for of in of_kind if set(of.answers) == {Status.MISSING}]
            if len(silent) > 1:
                few = shown(first_few([of.version.criterion for of in silent], _FEW))
                count = counted(len(silent), "criterion", "criteria")
                yield item("-", f"[bold]no evidence at any commit[/]  {count}: {few}", 2)
                yield uncut(f"see what to map: {program} next --milestone {silent[0].milestone}", 4)
                of_kind = [of for of in of_kind if of not in silent]
            for of in sorted(of_kind, key=lambda of: -sum(of.answers.values()))[:MOST]:
                yield item("-", "  ".join(_facts(of, trend)), 2)
                yield uncut(_next(of, program), 4)
            yield from more(len(of_kind) - MOST)
    if rest := list(_rest(found)):
        yield ""
        yield from (indented(sentence, 0) for sentence in rest)
    yield from notes(trend)


def _rest(found: Review) -> Iterator[str]:
    """Yield how many criteria need no review, and which are asked of no service."""
    if not found.criteria:
        yield "No criterion is asked at the newest commit that could be judged."
    elif rest := sum(of.pattern is None for of in found.criteria):
        asked = counted(len(found.criteria), "criterion", "criteria")
        yield f"The other {rest:,} of {asked} sometimes pass and sometimes do not: no review."
    if found.not_asked:
        yield f"Asked of no service: {shown(first_few(found.not_asked, 3))}"


def _facts(of: CriterionHistory, trend: Trend) -> Iterator[str]:
    """Yield the criterion, what happened, and the date of its rule if that has changed."""
    yield f"[bold]{of.version.criterion}[/]{' (tightened)' if of.version.is_tightened else ''}"
    if of.pattern is Pattern.FLAPS:
        worst, *others = (change for change in of.changes if change.flaps)
        more = f", and {counted(len(others), 'other service')}" if others else ""
        last = f"last change {worst.last.as_of} ({worst.last.commit[:7]})"
        yield f"{shown(worst.service)} fell and passed again {worst.returns} times, {last}{more}"
    else:
        statuses = sorted(of.answers, key=lambda status: -of.answers[status])
        words = ", ".join(status.replace("_", " ") for status in statuses)
        commits = counted(of.commits, "commit")
        yield f"asked of {counted(len(of.services), 'service')} at {commits}: {words}"
    if of.since.commit != next(point.commit for point in trend.points if not point.gap):
        yield f"with the rule of {of.since.as_of}"


def _next(of: CriterionHistory, program: str) -> str:
    """Return what to do next: test a rule that never failed, look at what was found by another."""
    criterion, milestone, service = of.version.criterion, of.milestone, ""
    if of.pattern is Pattern.NEVER_FAILED:
        return f"test it: {program} test {criterion}"
    if of.pattern is Pattern.FLAPS:
        service, milestone = f" --service {of.changes[0].service}", of.changes[0].milestone
    return f"look at it: {program} explain {criterion}{service} --milestone {milestone}"
