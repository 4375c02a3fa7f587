"""`test`: the cases of a rulebook that differ from what they expect, and how to go on."""

from collections.abc import Sequence
from typing import Any

from gatekeeper.model.case_result import CaseReport, CaseResult, Difference
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.reporters.text.junit import JUnitCase, JUnitSuite, document
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign, uncut
from gatekeeper.reporters.wording.counts import counted, first_few

_FEW = 8
_CLOSED = "The loophole is closed: remove `loophole`, and expect what is right:"
_CHEAT = "If it cheats and the rule cannot see it yet, list a loophole:"


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


def junit(report: CaseReport) -> str:
    """Return JUnit XML: a suite for each file; the properties of a suite name its known loopholes."""
    by_file: dict[str, list[CaseResult]] = {}
    for one in report.results:
        by_file.setdefault(one.file, []).append(one)
    return document([_suite(file, results) for file, results in by_file.items()])


def _suite(file: str, results: Sequence[CaseResult]) -> JUnitSuite:
    loopholes = [("loophole", f"{one.about}: {one.case}") for one in results if one.loophole and one.holds]
    return JUnitSuite(file, tuple(loopholes), tuple(map(_junit_case, results)))


def _junit_case(result: CaseResult) -> JUnitCase:
    name = f"{result.about}: {result.case}"
    if result.holds:
        return JUnitCase(name)
    message = "; ".join(_words(difference) for difference in result.differences)
    why = (result.why,) if result.why else ()
    place = f"{result.file}:{result.line}:{result.column}"
    closed = (_CLOSED,) if result.loophole else ()
    return JUnitCase(
        name, "failure", _outcome(result), message, (place, *why, *closed, f"→ {result.suggestion}")
    )


def _words(difference: Difference) -> str:
    return f"{difference.what}: expected {difference.expected}, is {difference.actual}"


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
    differ = f"{len(failed):,} of {total} {'differs' if len(failed) == 1 else 'differ'}"
    verdict = differ if failed else f"{total}: all hold"
    yield indented(f"{mark} {verdict}{known}.", 0)
    if report.untested:
        few = shown(first_few(report.untested, _FEW))
        yield indented(f"no case yet: {counted(len(report.untested), 'criterion', 'criteria')}: {few}", 0)


def _failed(result: CaseResult, screen: Screen) -> Parts:
    yield uncut(f"{result.file}:{result.line}:{result.column}", 0)
    mark = sign(ServiceVerdict.BLOCKED, screen)
    yield item(mark, f"[bold]{shown(result.about)}[/]  {shown(result.case)}", 0)
    for difference in result.differences:
        yield indented(shown(_words(difference)), 2)
    if result.why and all(result.why != difference.actual for difference in result.differences):
        yield indented(shown(result.why), 4)
    if result.loophole:
        yield item("→", _CLOSED, 2)
    yield uncut(f"{'  ' if result.loophole else '→ '}{result.suggestion}", 2)
    if result.as_loophole:
        yield item("→", _CHEAT, 2)
        yield uncut(f"  {result.as_loophole}", 2)
