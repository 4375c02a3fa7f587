"""`--format table`, the default: the verdict, the grid of services, and what to do first."""

from collections.abc import Sequence

from gatekeeper.model.action import Action
from gatekeeper.model.report import Brief, Report
from gatekeeper.model.row import ServiceRow
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import FailOn, ServiceVerdict
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
    return draw(_parts(report.brief(), screen, report if report.details else None), screen)


def render_brief(brief: Brief, screen: Screen) -> str:
    """Return the verdict without details."""
    return draw(_parts(brief, screen), screen)


def _parts(brief: Brief, screen: Screen, in_full: Report | None = None) -> Parts:
    services = _listed(brief, screen)
    rows = services if screen.listing.everything else services[:MOST_ROWS]
    is_roomy = len(rows) <= _ROOMY
    if brief.comparison:
        yield from diff.parts(brief.comparison, screen)
        yield ""
    yield from header(brief, screen, None if in_full else "--details")
    if rows and not (in_full and len(brief.result.services) == 1):
        if is_roomy:
            yield ""
        yield from service_grid(brief, rows, screen)
    yield from _left_out(brief, rows, services)
    if in_full:
        results = {of.name: of for of in in_full.result.services}
        for row in rows:
            yield ""
            yield from details(results[row.name], in_full, screen)
    elif brief.fail_on is not FailOn.CHANGE:  # otherwise services are a line of the grid each
        yield from _reasons(rows, screen)
        yield from _do_first(brief.result.actions, screen, is_roomy=is_roomy)


def _listed(brief: Brief, screen: Screen) -> list[ServiceRow]:
    """Return the services to list, in order."""
    services = ordered(brief.result.services, screen.listing.sort)
    if not screen.listing.changed or brief.comparison is None:
        return services
    touched = {change.service for change in brief.comparison.changes}
    return [service for service in services if service.name in touched]


def _left_out(brief: Brief, rows: Sequence[ServiceRow], services: Sequence[ServiceRow]) -> Parts:
    """Yield how many services are not listed, and how to list them."""
    if more := services[len(rows) :]:
        blocked = sum(service.verdict is ServiceVerdict.BLOCKED for service in more)
        which = f"{counted(len(more), 'more service')}, {blocked:,} of them blocked"
        yield item("-", f"{which}: narrow with --owner or --service, or list --all", 0)
    if untouched := len(brief.result.services) - len(services):
        yield item("-", f"{counted(untouched, 'service')} not touched by the change", 0)


def _reasons(rows: Sequence[ServiceRow], screen: Screen) -> Parts:
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
            found.setdefault((service.standing, sentence), []).append(service.name)
    if found:
        yield ""
    for (standing, sentence), names in list(found.items())[:_MOST_REASONS]:
        yield item(sign(standing, screen), f"{shown(first_few(names, _MOST_NAMES))}  {sentence}", 0)
    if more := len(found) - _MOST_REASONS > 0:
        yield item("-", f"and {counted(more, 'more reason')}: --details", 0)


def _do_first(actions: Sequence[Action], screen: Screen, *, is_roomy: bool) -> Parts:
    if actions:
        yield "\n[bold]Do first[/]" if is_roomy else "[bold]Do first[/]"
        best = actions[: _MOST_ACTIONS if is_roomy else _FEW_ACTIONS]
        yield from first_actions(best, screen, is_short=not is_roomy)
