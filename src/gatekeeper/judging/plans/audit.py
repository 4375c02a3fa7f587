"""Find contradictions in a plan: with its published summary, and between its own cells."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from gatekeeper.judging.plans.matrix import matrix, summary
from gatekeeper.model.audit import AuditFinding, AuditSeverity
from gatekeeper.model.level import Level, Scale
from gatekeeper.model.milestone import Milestone, Published
from gatekeeper.model.plan import Cell
from gatekeeper.model.rulebook import Expectation
from gatekeeper.model.service import Scope
from gatekeeper.model.workspace import Manifests


def audit(workspace: Manifests) -> tuple[AuditFinding, ...]:
    """Return every contradiction, in the order of the milestones and then of the services."""
    findings = [*_published(workspace), *_exits(workspace), *_plans(workspace)]
    order = {milestone: i for i, milestone in enumerate(workspace.milestones)}
    return tuple(sorted(findings, key=lambda finding: order.get(finding.milestone or "", len(order))))


# The published must-be-green list against the matrix


def _published(workspace: Manifests) -> Iterator[AuditFinding]:
    if not any(milestone.must_be_green for milestone in workspace.milestones.values()):
        return  # nothing is published
    planned = summary(workspace.services.values(), workspace.levels.scale, workspace.milestones)
    cumulative: dict[str, Level] = {}
    for name, milestone in workspace.milestones.items():
        yield from _unknown(milestone, workspace)
        yield from _notes(milestone)
        cumulative |= _levels(milestone, workspace)
        yield from _differences(name, cumulative, planned[name])


def _levels(milestone: Milestone, workspace: Manifests) -> dict[str, Level]:
    """Return the levels that a milestone adds to the published list, labels resolved to services."""
    return {
        service: workspace.levels.scale[entry.level]
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


# The records of exits


def _exits(workspace: Manifests) -> Iterator[AuditFinding]:
    """Yield exits that nobody on the roster recorded, or whose record does not name what was judged."""
    for name, milestone in workspace.milestones.items():
        for on, record in sorted(milestone.exits.items()):
            if record.by.casefold() not in workspace.governance.people:
                message = f"recorded on {on} by {record.by}, who is not on the roster"
                yield AuditFinding("exit-by-unknown-person", message, name)
            if record.withdrawn is None and not (record.verdict and record.rulebook and record.evidence):
                message = (
                    f"recorded on {on} by {record.by} without verdict and digests: use `gatekeeper exit`"
                )
                yield AuditFinding("exit-without-digests", message, name, severity=AuditSeverity.INFO)


# The cells of each service


def _plans(workspace: Manifests) -> Iterator[AuditFinding]:
    scale = workspace.levels.scale
    rows = matrix(workspace.services.values(), scale)
    for name in workspace.services:
        cells = list(rows[name].values())
        yield from _steps(name, cells)
        yield from _judged_whole(name, cells)
        for gate in workspace.gates.values():
            without = [cell for cell in cells if gate.gate not in cell.gates]
            for what, expected in gate.expected_of.items():
                for cell, reason in _unmet(what, expected, without, scale):
                    message = f"{reason}, but {gate.gate} does not apply"
                    yield AuditFinding(f"{what}-without-{gate.gate.lower()}", message, cell.milestone, name)


def _steps(service: str, cells: Sequence[Cell]) -> Iterator[AuditFinding]:
    for before, cell in pairwise(cells):
        if cell.level < before.level:
            message = f"the target falls from {before.level} ({before.milestone}) to {cell.level}"
            yield AuditFinding("level-falls", message, cell.milestone, service)
        elif cell.level.rank > before.level.rank + 1:
            message = f"the target jumps from {before.level} ({before.milestone}) to {cell.level}"
            yield AuditFinding("level-skipped", message, cell.milestone, service)


def _judged_whole(service: str, cells: Sequence[Cell]) -> Iterator[AuditFinding]:
    """Yield the notes that narrow a gate in words only, where the plan says them first."""
    seen: set[tuple[str, Scope]] = set()
    for cell in cells:
        for gate, scope in cell.narrowing.items():
            if scope.only is None and not scope.narrows_reading and (gate, scope) not in seen:
                seen.add((gate, scope))
                lacks = "has no `only`, `paths`, `subjects` or `aggregates`"
                message = f"{gate} is judged whole: `{scope.scope}` {lacks}"
                yield AuditFinding("judged-whole", message, cell.milestone, service, AuditSeverity.INFO)


def _unmet(
    what: str, expected: Expectation, without: Sequence[Cell], scale: Scale
) -> Iterator[tuple[Cell, str]]:
    """Yield the cells that should list a gate and do not, with the reason.

    For a level it is the first such cell, because later cells carry the same gates.
    """
    if expected.level is not None:
        reached = [cell for cell in without if cell.level >= scale[expected.level]]
        yield from ((cell, f"{cell.level} is {what}") for cell in reached[:1])
    words = expected.capabilities or ()
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, words))})\b")
    for cell in without if words else ():
        if mentioned := [added.capability for added in cell.adds if pattern.search(added.capability)]:
            yield cell, f"{', '.join(mentioned)}: mentions {' or '.join(words)}"
