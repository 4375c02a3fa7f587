"""`--format table`, the default: the grid, what blocks and what to do, and the verdict in one line."""

from collections.abc import Sequence
from typing import NamedTuple

from gatekeeper.model.report import Report, Screen
from gatekeeper.model.rule import GateRules
from gatekeeper.model.status import FailOn, GateStatus, ServiceVerdict, Status
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.reporters.text.screen import Part, Parts, draw, grid, indented, item, shown, sign
from gatekeeper.reporters.views import diff, status
from gatekeeper.reporters.wording import verdict
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.reporters.wording.levels import from_to
from gatekeeper.reporters.wording.terminal_service import details
from gatekeeper.reporters.wording.timing import not_binding_yet

_LEAST_OWNER = 5
MOST_ROWS = 200
"""The limit of rows: drawing more would take longer than judging them."""


def render(report: Report, screen: Screen) -> str:
    """Return the verdict for a terminal or a pipe; colour only repeats what the signs say."""
    return draw(_parts(report, screen), screen)


def _parts(report: Report, screen: Screen) -> Parts:
    services = report.result.services
    rows = _worth_a_row(services)
    yield from _head(report)
    if rows:
        layout = _Layout.of(report, rows, screen)
        yield ""
        yield _grid(layout, rows, screen)
        yield _legend(screen)
        yield from layout.legend()
    if len(rows) < len(services):
        left_out = counted(len(services) - len(rows), "more service")
        yield f"and {left_out}: narrow with --owner or --service, or use --format json"
    first_actions = verdict.first_actions(report.result)
    decide = report.fail_on is not FailOn.CHANGE  # otherwise services are a line of the grid each
    for service in rows:
        if report.details or (decide and service.verdict is not ServiceVerdict.READY):
            yield ""
            step = first_actions.get(service.service.service)
            yield from (
                details(service, report, screen) if report.details else _in_short(service, step, screen)
            )
    if report.comparison:
        yield ""
        yield "[bold]What the change does[/]"
        yield from diff.changes(report.comparison, screen)
    yield ""
    if not report.details and (not_binding := not_binding_yet(report.result)):
        yield from (item(sign(GateStatus.NOT_APPLICABLE, screen), shown(line), 0) for line in not_binding)
        yield ""
    yield status.verdict_line(report, screen)
    if wrong := verdict.signatures_note(report.result):
        yield item(sign(Status.FAIL, screen), wrong, 0)
    if note := verdict.exit_code_note(report):
        yield note
    if report.comparison:
        yield diff.conclusion(report.comparison, screen)


def _worth_a_row(services: Sequence[ServiceResult]) -> Sequence[ServiceResult]:
    """Return the services to show; of more than `MOST_ROWS` only those that are not ready."""
    if len(services) <= MOST_ROWS:
        return services
    return [service for service in services if service.verdict is not ServiceVerdict.READY][:MOST_ROWS]


def _head(report: Report) -> Parts:
    result = report.result
    count = len(result.services)
    narrowed = ", narrowed by a filter" if report.filter.narrows else ""
    scope = f"{counted(count, 'service')} in scope{narrowed}"
    yield f"[bold]{shown(result.title)}[/]  as of {result.as_of}  {scope}"
    if narrowed:
        yield indented(verdict.NOT_COMPARED, 2)
    if last := result.exit:
        yield indented(f"{last.state} on {last.on} by {shown(last.by)}", 2)


class _Layout(NamedTuple):
    """How the grid fits the screen: long ids of gates become numbers, then levels take two lines."""

    gates: tuple[GateRules, ...]
    is_numbered: bool
    is_split: bool
    owner: int
    """The width of the owner, which a narrow screen shortens first: the plan has it, too."""

    @classmethod
    def of(cls, report: Report, rows: Sequence[ServiceResult], screen: Screen) -> "_Layout":
        shown = report.filter.gates
        gates = tuple(gate for name, gate in report.rulebook.gates.items() if not shown or name in shown)
        longest = max(len(service.service.service) for service in rows)
        level = max(len("level"), *(len(from_to(service)) for service in rows))
        room = screen.width - len("✗   ") - longest - level - _LEAST_OWNER
        is_numbered = room < sum(len(gate.gate) + 1 for gate in gates)
        headings = sum(
            (len(str(n)) if is_numbered else len(gate.gate)) + 1 for n, gate in enumerate(gates, 1)
        )
        return cls(gates, is_numbered, room < headings, max(_LEAST_OWNER, room - headings + _LEAST_OWNER))

    def headings(self) -> list[str]:
        return [str(n) if self.is_numbered else gate.gate for n, gate in enumerate(self.gates, 1)]

    def legend(self) -> Parts:
        """Yield what the numbers of gates stand for."""
        if self.is_numbered:
            yield from (item(f"{n}", shown(gate.title), 2) for n, gate in enumerate(self.gates, 1))


def _grid(layout: _Layout, rows: Sequence[ServiceResult], screen: Screen) -> Part:
    table = grid(screen, padding=0)
    table.add_column("", no_wrap=True)
    table.add_column("service", overflow="fold")
    table.add_column("owner", overflow="ellipsis", no_wrap=True, max_width=layout.owner)
    table.add_column("level", overflow="fold", no_wrap=not layout.is_split)
    for heading in layout.headings():
        table.add_column(heading, no_wrap=True)
    for service in rows:
        statuses = {gate.gate: gate.status for gate in service.gates}
        levels = from_to(service)
        table.add_row(
            sign(service.verdict, screen),
            shown(service.service.service),
            shown(service.service.owner),
            levels.replace("→", "→\n") if layout.is_split else levels,
            *(sign(statuses[gate.gate], screen) for gate in layout.gates),
        )
    return table


def _legend(screen: Screen) -> str:
    words = {
        "green": "green",
        "amber": "green with exceptions",
        "red": "red",
        "not_applicable": "not required",
    }
    legend = "  ".join(f"{sign(of, screen)} {word}" for of, word in words.items())
    return f"{legend}  level: effective→target"


def _in_short(service: ServiceResult, step: str | None, screen: Screen) -> Parts:
    """Yield the open counts, the reasons that they do not cover, and the first step."""
    parts = [f"[bold]{shown(service.service.service)}[/]", verdict.open_counts(service)]
    yield item(sign(service.verdict, screen), "  ".join(filter(None, parts)), 0)
    for reason in service.reasons:
        if reason.code not in verdict.COUNTED:
            yield item("-", f"[bold]{reason.code}[/]: {shown(reason.message)}", 2)
    for exception in service.exceptions:
        if exception.state == "in_force":
            yield item("-", f"exception {shown(exception.id)} {shown(exception.message)}", 2)
    if step:
        yield item("→", shown(step), 2)
