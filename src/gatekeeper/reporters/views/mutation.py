"""`test --mutate`: the mutants of a rulebook that no case notices, and the score of each gate."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from gatekeeper.model.mutation import MutationReport, Score, Survivor
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.reporters.text.junit import JUnitCase, JUnitSuite, document
from gatekeeper.reporters.text.screen import Part, Parts, grid, indented, item, shown, sign, uncut
from gatekeeper.reporters.wording.counts import counted


def data(report: MutationReport) -> dict[str, Any]:
    """Return the report as plain data."""
    return {
        "cases": report.cases,
        "scores": {group: score._asdict() for group, score in report.scores.items()},
        "survivors": [
            {**one._asdict(), "proposal": one.proposal and one.proposal._asdict()} for one in report.survivors
        ],
        "wrong_equivalents": [str(problem) for problem in report.problems],
        "discarded": list(report.discarded),
    }


def junit(report: MutationReport) -> str:
    """Return JUnit XML: a suite for each group, whose survivors have failed."""
    suites = [_suite(group, score, report) for group, score in report.scores.items()]
    if report.problems:
        wrong = (
            JUnitCase(problem.message, "failure", "equivalent", str(problem)) for problem in report.problems
        )
        suites.append(JUnitSuite("equivalent", (), tuple(wrong)))
    return document(suites)


def _suite(group: str, score: Score, report: MutationReport) -> JUnitSuite:
    cases = [JUnitCase(f"{counted(score.killed, 'mutant')} noticed")]
    for one in report.survivors:
        if one.group == group:
            place, lines = f"{one.file}:{one.line}:{one.column}", one.proposal.lines if one.proposal else ()
            cases.append(JUnitCase(one.mutant, "failure", "survived", _advice(one), (place, *lines)))
    return JUnitSuite(group, (), tuple(cases))


def parts(report: MutationReport, screen: Screen) -> Parts:
    """Yield the survivors with a case that would notice them, the scores, and a summary."""
    for _, together in groupby(report.survivors, lambda one: (one.shows, one.proposal)):
        yield from _survivors(list(together), screen)
        yield ""
    for problem in report.problems:
        yield uncut(str(problem), 0)
        yield ""
    yield _scores(report, screen)
    yield ""
    killed, survived, equivalent = (sum(of) for of in zip(*report.scores.values(), strict=True))
    mark = sign(ServiceVerdict.READY if report.holds else ServiceVerdict.BLOCKED, screen)
    also = f", {equivalent:,} equivalent" if equivalent else ""
    total = counted(killed + survived, "mutant")
    yield indented(f"{mark} {counted(report.cases, 'case')} notice {killed:,} of {total}{also}.", 0)
    if survived:
        yield indented(
            "Add cases; list a mutant that none can notice under `equivalent`, with the reason.", 2
        )


def _survivors(together: Sequence[Survivor], screen: Screen) -> Parts:
    """Yield the survivors that the same case would notice, and that case once."""
    for survivor in together:
        yield uncut(f"{survivor.file}:{survivor.line}:{survivor.column}", 0)
        yield item(sign(ServiceVerdict.BLOCKED, screen), f"[bold]{shown(survivor.mutant)}[/]", 0)
    yield item("→", shown(_advice(together[0], len(together))), 2)
    for line in together[0].proposal.lines if together[0].proposal else ():
        yield uncut(line, 4)


def _advice(survivor: Survivor, count: int = 1) -> str:
    mutants = "it" if count == 1 else f"these {count:,}"
    if survivor.proposal:
        return f"No case notices {mutants}. Add to {survivor.proposal.file}:"
    return f"No case notices {mutants}. Write one that shows {survivor.shows}."


def _scores(report: MutationReport, screen: Screen) -> Part:
    table = grid(screen)
    table.add_column("mutants of")
    for title in ("noticed", "survive", "equivalent"):
        table.add_column(title, justify="right")
    for group, score in report.scores.items():
        total = score.killed + score.survived
        cells = (f"{score.killed:,} of {total:,}", score.survived or "-", score.equivalent or "-")
        table.add_row(shown(group), *map(str, cells))
    return table
