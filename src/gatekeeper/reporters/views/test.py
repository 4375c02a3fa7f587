"""`test`: the cases of a rulebook that differ from what they expect, and how to go on."""

from typing import Any

from gatekeeper.model.case_result import CaseReport, CaseResult, Difference
from gatekeeper.model.report import Screen
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign, uncut
from gatekeeper.reporters.wording.counts import counted, first_few

_FEW = 8


def data(report: CaseReport) -> dict[str, Any]:
    """Return every result as plain data."""
    return {
        "cases": [
            {
                **one._asdict(),
                "outcome": _outcome(one),
                "differences": [of._asdict() for of in one.differences],
            }
            for one in report.results
        ],
        "criteria_without_case": list(report.untested),
    }


def _outcome(result: CaseResult) -> str:
    if result.loophole:
        return "loophole" if result.holds else "closed_loophole"
    return "holds" if result.holds else "differs"


def parts(report: CaseReport, screen: Screen) -> Parts:
    """Yield the cases that differ, and a summary."""
    failed = [one for one in report.results if not one.holds]
    for one in failed:
        yield from _failed(one, screen)
        yield ""
    total = counted(len(report.results), "case")
    mark = sign(ServiceVerdict.BLOCKED if failed else ServiceVerdict.READY, screen)
    loopholes = sum(one.loophole and one.holds for one in report.results)
    known = f"; {counted(loopholes, 'known loophole')}" if loopholes else ""
    verdict = f"{len(failed):,} of {total} differ" if failed else f"{total}: all hold"
    yield indented(f"{mark} {verdict}{known}.", 0)
    if report.untested:
        few = shown(first_few(report.untested, _FEW))
        yield indented(f"no case yet: {counted(len(report.untested), 'criterion', 'criteria')}: {few}", 0)


def _failed(result: CaseResult, screen: Screen) -> Parts:
    yield uncut(f"{result.file}:{result.line}:{result.column}", 0)
    mark = sign(ServiceVerdict.BLOCKED, screen)
    yield item(mark, f"[bold]{shown(result.about)}[/]  {shown(result.case)}", 0)
    above: set[str | None] = {None}
    for difference in result.differences:
        yield from _difference(difference, above)
    if result.loophole:
        yield item("→", "The loophole is closed: remove `loophole`, and expect what is right:", 2)
    yield uncut(f"{'  ' if result.loophole else '→ '}{result.suggestion}", 2)


def _difference(difference: Difference, above: set[str | None]) -> Parts:
    """Yield what differs; `above` has the reasons that the screen shows already."""
    what, expected, actual = map(shown, (difference.what, difference.expected, difference.actual))
    yield indented(f"{what}: expected {expected}, is {actual}", 2)
    if difference.why not in above:
        yield indented(shown(difference.why or ""), 4)
    above |= {difference.why, difference.actual}
