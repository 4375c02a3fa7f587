"""What a person sees first: the grid, what blocks and what to do, and one line of verdict."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gatekeeper.model.report import Report, Screen
from gatekeeper.model.status import FailOn, ServiceVerdict, Verdict
from gatekeeper.model.verdict import NextStep, ServiceResult
from gatekeeper.reporters import _wording
from gatekeeper.reporters._details import details
from gatekeeper.reporters._screen import draw, item, shown, sign

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_ROWS = 200
"""More services than this nobody reads in a terminal, and drawing them would take longer than judging."""

_COUNTED = frozenset(
    {"gate-red", "level-criteria-open", "capabilities-open", "level-not-reached", "sign-offs-missing"}
)
"""Reasons that the counts of open criteria tell already."""


def render(report: Report, screen: Screen) -> str:
    """Return the verdict for a terminal; without colour and in a pipe it says the same."""
    return draw(_parts(report, screen), screen)


def _parts(report: Report, screen: Screen) -> Iterator["RenderableType"]:
    services = report.result.services
    rows = _worth_a_row(services)
    yield _headline(report)
    if rows:
        yield ""
        yield _grid(report, rows, screen)
        yield _legend(screen)
    if len(rows) < len(services):
        left_out = len(services) - len(rows)
        yield f"and {left_out:,} more services: narrow with --owner or --service, or take --format json"
    first_steps = _first_steps(report)
    for service in rows:
        if report.details or service.verdict is not ServiceVerdict.READY:
            yield ""
            step = first_steps.get(service.service.service)
            yield from (
                details(service, report, screen) if report.details else _in_short(service, step, screen)
            )
    yield ""
    yield _verdict(report, screen)


def _worth_a_row(services: Sequence[ServiceResult]) -> Sequence[ServiceResult]:
    """All services; of very many only those that are not ready, as far as a screen makes sense."""
    if len(services) <= MOST_ROWS:
        return services
    return [service for service in services if service.verdict is not ServiceVerdict.READY][:MOST_ROWS]


def _headline(report: Report) -> str:
    result = report.result
    count = len(result.services)
    narrowed = ", narrowed by a filter" if report.filter.services or report.filter.owners else ""
    return f"[bold]{result.milestone}[/]  as of {result.as_of}  {_wording.services(count)} in scope{narrowed}"


def _grid(report: Report, rows: Sequence[ServiceResult], screen: Screen) -> "RenderableType":
    from rich import box
    from rich.table import Table

    lines = box.SIMPLE_HEAD if screen.unicode else box.ASCII2
    grid = Table(box=lines, show_edge=False, padding=0)
    grid.add_column("", no_wrap=True)
    # On a narrow screen the owner gives way first: whose it is stands in the plan, what blocks only here.
    longest = max(len(service.service.service) for service in rows)
    grid.add_column("service", overflow="fold", min_width=min(longest, screen.width // 2))
    grid.add_column("owner", overflow="ellipsis", no_wrap=True)
    grid.add_column("level", no_wrap=True)
    gates = [gate for gate in report.rulebook.gates if not report.filter.gates or gate in report.filter.gates]
    for gate in gates:
        grid.add_column(gate, no_wrap=True)
    for service in rows:
        status = {gate.gate: gate.status for gate in service.gates}
        grid.add_row(
            sign(service.verdict, screen),
            shown(service.service.service),
            shown(service.service.owner),
            f"{service.effective_level}→{service.cell.level}",
            *(sign(status[gate], screen) for gate in gates),
        )
    return grid


def _legend(screen: Screen) -> str:
    words = {"green": "green", "amber": "green with exceptions", "red": "red", "not_applicable": "not asked"}
    told = "  ".join(f"{sign(status, screen)} {word}" for status, word in words.items())
    return f"{told}  level: effective→target"


def _first_steps(report: Report) -> dict[str, NextStep]:
    """Return for each blocked service the first of the ordered steps that is about it."""
    first: dict[str, NextStep] = {}
    for step in report.result.next_steps:
        for service in step.services:
            first.setdefault(service, step)
    return first


def _in_short(service: ServiceResult, step: NextStep | None, screen: Screen) -> Iterator["RenderableType"]:
    """A line with the open counts, the reasons that weigh more than a count, and the first step."""
    told = [f"[bold]{shown(service.service.service)}[/]", open_counts(service)]
    yield item(sign(service.verdict, screen), "  ".join(filter(None, told)), 0)
    for reason in service.reasons:
        if reason.code not in _COUNTED:
            yield item("-", f"[bold]{reason.code}[/]: {shown(reason.message)}", 2)
    for exception in service.exceptions:
        if exception.state == "in_force":
            yield item("-", f"exception {shown(exception.id)} {shown(exception.message)}", 2)
    if step:
        yield item("→", shown(step.step), 2)


def open_counts(service: ServiceResult) -> str:
    """Say how many criteria are open, and signatures missing: `open G1:3 G7:1 L2:1 sign-offs:2`."""
    counts = Counter(_group(result.rule.id) for result in service.open_criteria)
    if any(reason.code == "sign-offs-missing" for reason in service.reasons):
        counts["sign-offs"] = len(service.missing_sign_offs)
    return "open " + " ".join(f"{group}:{count}" for group, count in counts.items()) if counts else ""


def _group(criterion: str) -> str:
    return "capabilities" if criterion.startswith("capability:") else criterion.partition(".")[0]


def _verdict(report: Report, screen: Screen) -> str:
    result = report.result
    count = len(result.services)
    ready = sum(service.verdict is ServiceVerdict.READY for service in result.services)
    may_exit = "may exit"
    if report.filter.services or report.filter.owners:
        may_exit = "may exit as far as these are concerned"
    match result.verdict:
        case Verdict.READY:
            said = f"{may_exit}: {ready:,} of {count:,} ready."
        case Verdict.READY_WITH_EXCEPTIONS:
            said = (
                f"{may_exit}, with exceptions: {ready:,} of {count:,} ready, {count - ready:,} shipped at L3."
            )
        case Verdict.BLOCKED if not count:
            said = "is blocked: no service is in scope."
        case Verdict.BLOCKED:
            said = f"is blocked by {len(result.blocked_by):,} of {_wording.services(count)}."
    return f"[bold]{sign(result.verdict, screen)} {result.milestone} {said}[/]{_leniency(report)}"


def _leniency(report: Report) -> str:
    """Say where the exit code tells something else than the verdict."""
    blocked = report.result.verdict is Verdict.BLOCKED
    if report.fail_on is FailOn.REGRESSION and blocked:
        lost = "ground was lost" if report.exit_code else "nothing that was earned is lost"
        return f"\n--fail-on regression: {lost}, exit {int(report.exit_code)}."
    if report.strict and report.exit_code and not blocked:
        return f"\n--strict: exceptions are refused, exit {int(report.exit_code)}."
    return ""
