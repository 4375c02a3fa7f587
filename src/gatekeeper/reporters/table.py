"""`--format table`, the default: the verdict, the grid of services, and what to do first."""

from collections.abc import Sequence

from gatekeeper.model.action import Action
from gatekeeper.model.report import Report, Screen
from gatekeeper.model.status import FailOn, ServiceVerdict
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.reporters.text.screen import Parts, draw, item, shown, sign
from gatekeeper.reporters.views import diff
from gatekeeper.reporters.views.first_actions import first_actions
from gatekeeper.reporters.views.service_grid import ordered, service_grid
from gatekeeper.reporters.views.status import header
from gatekeeper.reporters.wording.counts import counted, first_few
from gatekeeper.reporters.wording.reasons import is_reported
from gatekeeper.reporters.wording.terminal_service import details

MOST_ROWS = 40
"""With more services than this, only the worst are listed, unless all are asked for."""
_ROOMY = 12
"""With more services than this, the screen saves lines: nobody scrolls for what to do first."""
_MOST_ACTIONS, _FEW_ACTIONS = 5, 3
_MOST_REASONS = 6
_MOST_NAMES = 3


def render(report: Report, screen: Screen) -> str:
    """Return the verdict for a terminal or a pipe; colour only repeats what the signs say."""
    return draw(_parts(report, screen), screen)


def _parts(report: Report, screen: Screen) -> Parts:
    services = _listed(report, screen)
    rows = services if screen.listing.everything else services[:MOST_ROWS]
    is_roomy = len(rows) <= _ROOMY
    decide = report.fail_on is not FailOn.CHANGE  # otherwise services are a line of the grid each
    if report.comparison:
        yield from diff.parts(report.comparison, screen)
        yield ""
    yield from header(report, screen)
    if rows and not (report.details and len(report.result.services) == 1):
        if is_roomy:
            yield ""
        yield from service_grid(report, rows, screen)
    yield from _left_out(report, rows, services)
    if report.details:
        for service in rows:
            yield ""
            yield from details(service, report, screen)
    elif decide:
        yield from _reasons(rows, screen)
        yield from _do_first(_asked_for(report), screen, is_roomy=is_roomy)


def _listed(report: Report, screen: Screen) -> list[ServiceResult]:
    """Return the services to list, in order."""
    services = ordered(report.result.services, screen.listing.sort)
    if not screen.listing.changed or report.comparison is None:
        return services
    touched = {change.service for change in report.comparison.changes}
    return [service for service in services if service.service.service in touched]


def _left_out(report: Report, rows: Sequence[ServiceResult], services: Sequence[ServiceResult]) -> Parts:
    """Yield how many services are not listed, and how to list them."""
    if more := services[len(rows) :]:
        blocked = sum(service.verdict is ServiceVerdict.BLOCKED for service in more)
        which = f"{counted(len(more), 'more service')}, {blocked:,} of them blocked"
        yield item("-", f"{which}: narrow with --owner or --service, or list --all", 0)
    if untouched := len(report.result.services) - len(services):
        yield item("-", f"{counted(untouched, 'service')} not touched by the change", 0)


def _reasons(rows: Sequence[ServiceResult], screen: Screen) -> Parts:
    """Yield the reasons and exceptions that the counts of the grid do not show, each sentence once."""
    found: dict[tuple[str, str], list[str]] = {}
    for service in rows:
        told = [
            f"[bold]{reason.code}[/]: {shown(reason.message)}"
            for reason in service.reasons
            if is_reported(reason) and reason.code != "sign-offs-missing"
        ]
        told += [
            f"exception {shown(exception.id)} {shown(exception.message)}"
            for exception in service.exceptions
            if exception.state == "in_force"
        ]
        for sentence in told:
            found.setdefault((service.standing, sentence), []).append(service.service.service)
    if found:
        yield ""
    for (standing, sentence), names in list(found.items())[:_MOST_REASONS]:
        yield item(sign(standing, screen), f"{shown(first_few(names, _MOST_NAMES))}  {sentence}", 0)
    if more := len(found) - _MOST_REASONS > 0:
        yield item("-", f"and {counted(more, 'more reason')}: --details", 0)


def _asked_for(report: Report) -> Sequence[Action]:
    """Return the actions that help the gates which are shown."""
    if not (selected := report.filter.gates):
        return report.result.actions
    ids = {
        result.rule.id
        for service in report.result.services
        for gate in service.gates
        if gate.gate in selected
        for result in gate.criteria
    }
    return [action for action in report.result.actions if not ids.isdisjoint(action.criteria)]


def _do_first(actions: Sequence[Action], screen: Screen, *, is_roomy: bool) -> Parts:
    if actions:
        yield "\n[bold]Do first[/]" if is_roomy else "[bold]Do first[/]"
        best = actions[: _MOST_ACTIONS if is_roomy else _FEW_ACTIONS]
        yield from first_actions(best, screen, is_short=not is_roomy)
