"""Find contradictions in a plan: with its published summary, and between its own cells."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from gatekeeper.judging.plans.matrix import matrix, summary
from gatekeeper.model.audit import AuditFinding, AuditSeverity
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Milestone, Published
from gatekeeper.model.plan import Cell
from gatekeeper.model.rulebook import Destination
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import Manifests

AI_GATE, PERFORMANCE_GATE, SECURITY_GATE = "G5", "G7", "G8"
_MENTIONS_AI = re.compile(r"\bAI\b")


def audit(workspace: Manifests) -> tuple[AuditFinding, ...]:
    """Return every contradiction, in the order of the milestones and then of the services."""
    findings = [*_published(workspace), *_plans(workspace)]
    order = {milestone: i for i, milestone in enumerate(workspace.milestones)}
    return tuple(sorted(findings, key=lambda finding: order.get(finding.milestone or "", len(order))))


# The published must-be-green list against the matrix


def _published(workspace: Manifests) -> Iterator[AuditFinding]:
    if not any(milestone.must_be_green for milestone in workspace.milestones.values()):
        return  # nothing is published
    planned = summary(workspace.services.values(), workspace.milestones)
    cumulative: dict[str, Level] = {}
    for name, milestone in workspace.milestones.items():
        yield from _unknown(milestone, workspace)
        yield from _notes(milestone)
        cumulative |= _levels(milestone, workspace)
        yield from _differences(name, cumulative, planned[name])


def _levels(milestone: Milestone, workspace: Manifests) -> dict[str, Level]:
    """Return the levels that a milestone adds to the published list, labels resolved to services."""
    return {
        service: entry.level
        for entry in milestone.must_be_green
        for service in _named(entry, workspace)
        if service in workspace.services
    }


def _named(entry: Published, workspace: Manifests) -> list[str]:
    if entry.service:
        return [entry.service]
    return [name for name, service in workspace.services.items() if entry.label in service.labels]


def _unknown(milestone: Milestone, workspace: Manifests) -> Iterator[AuditFinding]:
    for entry in milestone.must_be_green:
        if entry.service and entry.service not in workspace.services:
            message = f"{entry.service} is published for {milestone.milestone}, and no service has this name"
            yield AuditFinding("published-service-unknown", message, milestone.milestone, entry.service)
        elif not _named(entry, workspace):
            message = f"no service has the label {entry.label}, published for {milestone.milestone}"
            yield AuditFinding("published-service-unknown", message, milestone.milestone)


def _notes(milestone: Milestone) -> Iterator[AuditFinding]:
    for entry in milestone.must_be_green:
        if entry.note and entry.service:
            message = f"the published list says {entry.level} ({entry.note}); the matrix has no such note"
            yield AuditFinding(
                "published-note-differs", message, milestone.milestone, entry.service, AuditSeverity.INFO
            )


def _differences(
    milestone: str, published: dict[str, Level], planned: dict[str, Level]
) -> Iterator[AuditFinding]:
    for service in sorted({*published, *planned}):
        said, meant = published.get(service), planned.get(service)
        if said == meant:
            continue
        if said is None:
            message = f"the matrix asks for {meant}; the published list does not name it"
        elif meant is None:
            message = f"the published list asks for {said}; the matrix has no target"
        else:
            message = f"the published list asks for {said}, the matrix for {meant}"
        yield AuditFinding("published-summary-differs", message, milestone, service)


# The cells of each service


def _plans(workspace: Manifests) -> Iterator[AuditFinding]:
    customer_facing = min(
        (level.level for level in workspace.levels.levels if Destination.PRODUCTION in level.ships_to),
        default=None,
    )
    rows = matrix(workspace.services.values())
    for name, service in workspace.services.items():
        cells = list(rows[name].values())
        yield from _steps(service, cells)
        yield from _missing_ai_gate(service, cells, workspace.gates)
        if customer_facing is not None:
            facing = [cell for cell in cells if cell.level >= customer_facing]
            for gate in (PERFORMANCE_GATE, SECURITY_GATE):
                yield from _facing_without(gate, service, facing, workspace.gates)


def _steps(service: Service, cells: Sequence[Cell]) -> Iterator[AuditFinding]:
    for before, cell in pairwise(cells):
        if cell.level < before.level:
            message = f"the target falls from {before.level} ({before.milestone}) to {cell.level}"
            yield AuditFinding("level-falls", message, cell.milestone, service.service)
        elif cell.level > before.level + 1:
            message = f"the target jumps from {before.level} ({before.milestone}) to {cell.level}"
            yield AuditFinding("level-skipped", message, cell.milestone, service.service)


def _missing_ai_gate(service: Service, cells: Sequence[Cell], gates: Iterable[str]) -> Iterator[AuditFinding]:
    if AI_GATE not in gates:
        return
    for cell in cells:
        mentioned = [added.capability for added in cell.adds if _MENTIONS_AI.search(added.capability)]
        if mentioned and AI_GATE not in cell.gates:
            message = f"{', '.join(mentioned)}: an AI capability, but {AI_GATE} does not apply"
            yield AuditFinding("ai-capability-without-g5", message, cell.milestone, service.service)


def _facing_without(
    gate: str, service: Service, facing: Sequence[Cell], gates: Iterable[str]
) -> Iterator[AuditFinding]:
    """Yield one finding per service at its first milestone; later cells carry the same gates."""
    lacking = next((cell for cell in facing if gate in gates and gate not in cell.gates), None)
    if lacking:
        message = f"{lacking.level} is customer-facing, but {gate} does not apply"
        yield AuditFinding(
            f"customer-facing-without-{gate.lower()}", message, lacking.milestone, service.service
        )
