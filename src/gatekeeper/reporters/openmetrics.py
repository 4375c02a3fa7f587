"""`--format openmetrics`: gauges for Prometheus' textfile collector, and for readers of OpenMetrics 1.0.

Every sample names the milestone, so that the files of several milestones can lie in one folder. A date is
Unix time at the start of the day in UTC, so that the time left goes on to shrink while no new file is
written. A level is its rank; `gatekeeper_service_info` has its id.

Sources: OpenMetrics 1.0.0 (prometheus.io/docs/specs/om/open_metrics_spec); Prometheus, "Exposition formats"
and "Metric and label naming"; node_exporter, `collector/textfile.go`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time

from gatekeeper.model.action import ActionKind
from gatekeeper.model.forecast import Rests
from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import MilestoneVerdict, ServiceVerdict
from gatekeeper.model.verdict import (
    GROUP_CAPABILITIES,
    GROUP_LEVELS,
    GROUP_SIGN_OFFS,
    ServiceResult,
    Standing,
)
from gatekeeper.reporters.text.openmetrics import Sample, document

SHOWS_FORECAST = True
GAUGES: Mapping[str, str] = {
    "gatekeeper_report_info": "What was judged, and by which version; always 1.",
    "gatekeeper_report_as_of_timestamp_seconds": "The day for which the verdict was reached.",
    "gatekeeper_milestone_verdict": "1 for the verdict that was reached, 0 for the others.",
    "gatekeeper_milestone_exit_timestamp_seconds": "The exit date.",
    "gatekeeper_milestone_services": "Services in scope, by standing.",
    "gatekeeper_milestone_actions": "Actions left to do, by kind; one may be for several services.",
    "gatekeeper_milestone_exceptions": "Exceptions in force, and those that are overdue.",
    "gatekeeper_exception_end_timestamp_seconds": "The exit date by which an exception must be closed.",
    "gatekeeper_service_info": "Owner, levels and standing of a service; always 1.",
    "gatekeeper_service_effective_level": "Rank of the verified and signed level; the lowest is 0.",
    "gatekeeper_service_target_level": "Rank of the level that the plan asks for.",
    "gatekeeper_service_blocked": "1 if the service blocks the exit, else 0.",
    "gatekeeper_service_regressed": "1 if something was earned or claimed and does not hold, else 0.",
    "gatekeeper_service_criteria_met": "Criteria that are met; what an exception covers is not.",
    "gatekeeper_service_criteria_due": "Criteria that the milestone asks for.",
    "gatekeeper_service_open_criteria": "Open criteria by gate, and of levels, capabilities and sign-offs.",
    "gatekeeper_service_lapse_timestamp_seconds": "The first day on which something no longer holds.",
}
"""What each gauge means, by name."""


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the verdict as gauges."""
    samples = (*_of_milestone(report), *_of_services(report), *_of_forecast(report))
    named = (each._replace(labels={"milestone": report.result.milestone, **each.labels}) for each in samples)
    return document(GAUGES, named)


def _of_milestone(report: Report) -> Iterator[Sample]:
    result = report.result
    about = {"name": result.name or "", "commit": report.commit or "", "version": report.tool_version}
    yield Sample("gatekeeper_report_info", 1, about)
    yield Sample("gatekeeper_report_as_of_timestamp_seconds", _seconds(result.as_of), {})
    judged = report.roadmap.get(result.milestone)
    if judged and judged.exit_date:
        yield Sample("gatekeeper_milestone_exit_timestamp_seconds", _seconds(judged.exit_date), {})
    for verdict in MilestoneVerdict:
        yield Sample("gatekeeper_milestone_verdict", int(verdict is result.verdict), {"verdict": verdict})
    for standing in Standing:
        yield Sample("gatekeeper_milestone_services", result.standings[standing], {"standing": standing})
    kinds = Counter(action.kind for action in report.result.actions)
    for kind in ActionKind:
        yield Sample("gatekeeper_milestone_actions", kinds[kind], {"kind": kind})
    states = Counter(seen.state for service in result.services for seen in service.exceptions)
    for state in ("in_force", "overdue"):
        yield Sample("gatekeeper_milestone_exceptions", states[state], {"state": state})


def _of_services(report: Report) -> Iterator[Sample]:
    for result in report.result.services:
        service = {"service": result.service.service}
        levels = {"effective": str(result.effective_level), "target": str(result.cell.level)}
        about = {"owner": result.service.owner, **levels, "standing": result.standing}
        yield Sample("gatekeeper_service_info", 1, service | about)
        yield Sample("gatekeeper_service_effective_level", result.effective_level.rank, service)
        yield Sample("gatekeeper_service_target_level", result.cell.level.rank, service)
        yield Sample("gatekeeper_service_blocked", int(result.verdict is ServiceVerdict.BLOCKED), service)
        yield Sample("gatekeeper_service_regressed", int(result.has_regressed), service)
        yield Sample("gatekeeper_service_criteria_met", result.met, service)
        yield Sample("gatekeeper_service_criteria_due", result.due, service)
        for group, count in _open_by_group(result).items():
            yield Sample("gatekeeper_service_open_criteria", count, {**service, "group": group})


def _open_by_group(result: ServiceResult) -> Mapping[str, int]:
    """Return the number of open criteria, also where it is 0, so that no series comes and goes."""
    groups = (*(gate.gate for gate in result.gates), GROUP_LEVELS, GROUP_CAPABILITIES, GROUP_SIGN_OFFS)
    return {**dict.fromkeys(groups, 0), **result.open_by_group}


def _of_forecast(report: Report) -> Iterator[Sample]:
    """Yield when each exception in force ends, and when something of each service lapses next."""
    first: dict[str, date] = {}
    for lapse in report.forecast:
        if lapse.rests_on is Rests.EXCEPTION and lapse.holds_until:
            labels = {"service": lapse.service, "exception": lapse.id, "due": lapse.due or ""}
            yield Sample("gatekeeper_exception_end_timestamp_seconds", _seconds(lapse.holds_until), labels)
        elif lapse.lapses_on:
            first[lapse.service] = min(lapse.lapses_on, first.get(lapse.service, date.max))
    for service, day in first.items():
        yield Sample("gatekeeper_service_lapse_timestamp_seconds", _seconds(day), {"service": service})


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
