"""One service in full for a terminal: its reasons, and every criterion that is not met."""

from collections.abc import Callable, Sequence
from functools import partial

from gatekeeper.model.evidence import Finding
from gatekeeper.model.report import Places, Report
from gatekeeper.model.screen import Screen
from gatekeeper.model.verdict import ChangedSinceSigned, CriterionResult, ServiceResult, to_show
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign
from gatekeeper.reporters.wording import outcomes
from gatekeeper.reporters.wording.forecast import lapse_sentence, together
from gatekeeper.reporters.wording.levels import from_to, levels_of
from gatekeeper.reporters.wording.reasons import is_reported
from gatekeeper.reporters.wording.statements import wrong_signature

Link = Callable[[Finding], str | None]
"""Returns the URL of a finding's file; None if the file is not at hand."""


def links(service: str, places: Places, screen: Screen) -> Link | None:
    """Return how to link a service's findings; None if the screen does not support links."""
    if not screen.links:
        return None
    return lambda finding: places.link(service, finding.file) if finding.file else None


def details(service: ServiceResult, report: Report, screen: Screen) -> Parts:
    """Yield a service's levels, reasons, and criteria by gate."""
    yield (
        f"{sign(service.standing, screen)} [bold]{shown(service.service.service)}[/]  "
        f"{shown(service.service.owner)}  {from_to(service)}  [bold]{service.verdict}[/]"
    )
    yield indented(shown(levels_of(service, report.rulebook.governance)), 2)
    for reason in service.reasons:
        if is_reported(reason):  # the others say no more than the open criteria below them
            yield indented(f"[bold]{reason.code}[/]: {shown(reason.message)}", 2)
    yield from _changed(service)
    of_exceptions = "\n".join(exception.message for exception in service.exceptions)
    for one in service.wrong_signatures:
        if (one.seen.why or "") not in of_exceptions:
            yield indented(f"[bold]signature[/]: {shown(wrong_signature(one))}", 2)
    for exception in service.exceptions:
        yield indented(f"exception {shown(exception.id)}, {exception.state}: {shown(exception.message)}", 2)
    ours = (lapse for lapse in report.forecast if lapse.service == service.service.service)
    for lapses in together(ours):
        yield indented(f"forecast: {shown(lapse_sentence(*lapses))}", 2)
    draw = partial(
        _criteria, link=links(service.service.service, report.places, screen), once=outcomes.Once()
    )
    for gate in service.gates:
        if report.filter.gates and gate.gate not in report.filter.gates:
            continue
        words = f"  ({shown(gate.scope)})" if gate.scope else ""
        yield from _group(f"{shown(gate.title)}{words}", gate.criteria, screen, draw)
    if not report.filter.gates:
        yield from _group("Levels", service.level_criteria, screen, draw)
        yield from _group("Capabilities", service.capabilities, screen, draw)
        yield from _group("Earlier cells of the plan", service.held_up_by, screen, draw)


def _changed(service: ServiceResult) -> Parts:
    """Yield the sign-offs and attestations that were made for something else."""
    for counts, what in ((True, "it still counts"), (False, "sign again")):
        if signed := [one for one in service.changed_since_signed if one.counts is counts]:
            yield indented(f"what was signed has changed: {_signed_before(signed)}; {what}", 2)
    if attested := outcomes.attested_before(service.criteria):
        yield indented(f"what was attested has changed: {shown(attested)}; it still counts", 2)


def _signed_before(signed: Sequence[ChangedSinceSigned]) -> str:
    return ", ".join(
        f"{one.level} {shown(one.role)} ({shown(one.by)}, {one.on}: {shown(one.what)})" for one in signed
    )


def _group(
    title: str, results: Sequence[CriterionResult], screen: Screen, draw: Callable[..., Parts]
) -> Parts:
    """Yield a heading with the number of met criteria, and each criterion that is not met."""
    if not results:
        return
    yield ""
    yield indented(f"[bold]{title}[/]  {outcomes.met_of(results)}", 2)
    for alike in outcomes.by_remedy(to_show(results)):
        yield from draw(alike, screen)


def _criteria(
    alike: Sequence[CriterionResult], screen: Screen, link: Link | None, once: outcomes.Once
) -> Parts:
    """Yield criteria that share a remedy: the question, what was seen and findings of each; the remedy."""
    for result in alike:
        status = outcomes.status_words(result)
        yield indented(f"{sign(result.status, screen)} {status}  [bold]{shown(result.rule.id)}[/]", 4)
        yield indented(shown(result.rule.question), 6)
        yield from seen_and_findings(result, 6, once, link)
    if remedy := once.remedy(alike[0]):
        which = "" if len(alike) == 1 else "both: " if len(alike) == 2 else f"all {len(alike)}: "
        yield item("→", f"{which}{shown(remedy)}", 6)


def seen_and_findings(
    result: CriterionResult, columns: int, once: outcomes.Once, link: Link | None = None
) -> Parts:
    """Yield what was seen and asked, and the first findings with their places."""
    yield from (indented(shown(line), columns) for line in once.seen(result))
    yield from listed(result.findings, columns, link)


def listed(findings: Sequence[Finding], columns: int, link: Link | None = None) -> Parts:
    """Yield the first findings with their places."""
    for finding in findings[: outcomes.MOST_FINDINGS]:
        where = shown(outcomes.location(finding) or "")
        address = link(finding) if link and where else None
        where = f"[link={address}]{where}[/link]" if address else where
        yield item("-", f"{shown(finding.message)}{f'  {where}' if where else ''}", columns)
    if len(findings) > outcomes.MOST_FINDINGS:
        yield item("-", f"and {len(findings) - outcomes.MOST_FINDINGS:,} more", columns)
