"""Compare the matrix and the exit summaries of a readiness page with those of the workspace."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from gatekeeper.documents._order import in_order, milestones_of
from gatekeeper.documents._short_names import whole_names
from gatekeeper.documents.notation.scope_notes import NARROWINGS
from gatekeeper.judging.plans.matrix import summary
from gatekeeper.model.document import (
    Disagreement,
    DocumentCell,
    DocumentPart,
    DocumentService,
    DocumentTargets,
    ReadinessDocument,
)
from gatekeeper.model.milestone import Published
from gatekeeper.model.service import Effect, PlanCell, Scope, Service
from gatekeeper.model.workspace import Manifests

Entry = tuple[str, str | None]
"""An entry of a published list: the level, and the note in brackets."""


def plan_disagreements(document: ReadinessDocument, workspace: Manifests) -> Iterator[Disagreement]:
    """Yield the disagreements of the matrix and the exit summaries."""
    order = in_order(workspace.milestones, milestones_of(document))
    for name, row in document.services.items():
        if name in workspace.services:
            yield from _service(row, workspace.services[name], order, states_effects=document.states_effects)
        else:
            yield Disagreement(row.line, DocumentPart.MATRIX, "the workspace has no such service", name)
    last = max((row.line for row in document.services.values()), default=1)
    for name in workspace.services:
        if name not in document.services:
            yield Disagreement(last, DocumentPart.MATRIX, "it is missing from the matrix here", name)
    yield from _order(document, workspace)
    yield from _published(document, workspace, order)
    yield from _derived(document, workspace)


def _order(document: ReadinessDocument, workspace: Manifests) -> Iterator[Disagreement]:
    here = [name for name in milestones_of(document) if name in workspace.milestones]
    there = [name for name in workspace.milestones if name in here]
    if here != there:
        rows = document.derived or document.published or document.services
        orders = f"{', '.join(here)} here, and {', '.join(there)} in the workspace"
        line = min(row.line for row in rows.values())
        yield Disagreement(line, DocumentPart.MATRIX, f"the order of milestones is {orders}")


# The matrix


def _service(
    row: DocumentService, service: Service, order: Sequence[str], *, states_effects: bool
) -> Iterator[Disagreement]:
    name = service.service
    if row.about is not None and row.about != service.about:
        message = f"it is about {row.about!r} here, and {_said(service.about)} in the workspace"
        yield Disagreement(row.line, DocumentPart.MATRIX, message, name)
    for milestone in (name for name in order if name in row.cells or name in service.plan):
        cell, planned = row.cells.get(milestone), service.plan.get(milestone)
        if cell is None:
            message = f"not in scope here, and {service.plan[milestone].level} in the workspace"
            yield Disagreement(row.line, DocumentPart.MATRIX, message, name, milestone)
        elif planned is None:
            message = f"{cell.level} here, and not in scope in the workspace"
            yield Disagreement(cell.line, DocumentPart.MATRIX, message, name, milestone)
        else:
            for message in _cell(cell, planned, states_effects=states_effects):
                yield Disagreement(cell.line, DocumentPart.MATRIX, message, name, milestone)


def _cell(cell: DocumentCell, planned: PlanCell, *, states_effects: bool) -> Iterator[str]:
    if cell.level != planned.level:
        yield f"{cell.level} here, and {planned.level} in the workspace"
    if cell.gates is None and planned.gates is not None:
        yield f"no gates are listed here; the workspace lists {_listed(planned.gates)}"
    elif cell.gates is not None and planned.gates is None:
        yield f"{_listed(cell.gates)} is listed here; the workspace carries gates over"
    else:
        yield from _gates(cell.gates or {}, planned.gates or {}, states_effects=states_effects)
    yield from _capabilities(cell, planned)


def _listed(gates: Collection[str]) -> str:
    return ", ".join(gates) or "that no gate applies"


def _gates(
    here: Mapping[str, Scope | None], there: Mapping[str, Scope | None], *, states_effects: bool
) -> Iterator[str]:
    for gate in here:
        if gate not in there:
            yield f"{gate} applies here, and not in the workspace"
    for gate, planned in there.items():
        if gate not in here:
            yield f"{gate} applies in the workspace, and not here"
            continue
        written = here[gate]
        words, planned_words = (scope.scope if scope else None for scope in (written, planned))
        if words != planned_words:
            yield f"the scope of {gate} is {_said(words)} here, and {_said(planned_words)} in the workspace"
        elif states_effects and written and planned and written != planned:
            yield f"the scope of {gate} {_meant(written)} here, and {_meant(planned)} in the workspace"


def _meant(scope: Scope) -> str:
    if scope.effect is Effect.DEMANDS:
        return "demands more"
    given = [key for key in NARROWINGS if getattr(scope, key)]
    told = "; ".join(f"{key} {', '.join(getattr(scope, key))}" for key in given)
    return f"narrows to {told}" if told else "narrows in words alone"


def _capabilities(cell: DocumentCell, planned: PlanCell) -> Iterator[str]:
    here = {added.capability: added.optional for added in cell.adds}
    there = {added.capability: added.optional for added in planned.adds}
    for words, optional in here.items():
        if words not in there:
            yield f"{words!r} is added here, and not in the workspace"
        elif optional != there[words]:
            yield f"{words!r} is {_owed(optional)} here, and {_owed(there[words])} in the workspace"
    for words in there:
        if words not in here:
            yield f"{words!r} is added in the workspace, and not here"


def _owed(optional: bool) -> str:  # noqa: FBT001 - a word for either
    return "optional" if optional else "due"


def _said(words: str | None) -> str:
    return "not given" if words is None else repr(words)


# The published exit summary is cumulative: a difference is reported at the milestone where it starts


def _published(
    document: ReadinessDocument, workspace: Manifests, order: Sequence[str]
) -> Iterator[Disagreement]:
    if not document.published:
        return
    here: dict[str, Entry] = {}
    there: dict[str, Entry] = {}
    before: dict[str, tuple[Entry | None, Entry | None]] = {}
    last = max(row.line for row in document.published.values())
    names = whole_names(workspace.services)
    for milestone in (name for name in order if name in document.published or name in workspace.milestones):
        row = document.published.get(milestone)
        line = row.line if row else last
        if row:
            here = (here if row.is_cumulative else {}) | _entries(row.targets, names)
        known = workspace.milestones.get(milestone)
        there = there | (_entries(known.must_be_green, names) if known else {})
        differs = {
            whom: (here.get(whom), there.get(whom))
            for whom in (*here, *there)
            if here.get(whom) != there.get(whom)
        }
        for whom, (said, kept) in differs.items():
            if before.get(whom) != (said, kept):
                message = f"published {_entry(said)} here, and {_entry(kept)} by `must_be_green`"
                yield Disagreement(line, DocumentPart.PUBLISHED, message, whom, milestone)
        before = differs


def _entries(targets: Collection[Published], names: Mapping[str, str]) -> dict[str, Entry]:
    return {_whom(target, names): (target.level, target.note) for target in targets}


def _whom(target: Published, names: Mapping[str, str]) -> str:
    """Return the name in an entry; a list may shorten the name of a service."""
    if target.service is None:
        return f"label {target.label}"
    return names.get(target.service, target.service)


def _entry(entry: Entry | None) -> str:
    if entry is None:
        return "nowhere"
    level, note = entry
    return f"at {level} ({note})" if note else f"at {level}"


def _derived(document: ReadinessDocument, workspace: Manifests) -> Iterator[Disagreement]:
    planned = summary(workspace.services.values(), workspace.levels.scale, workspace.milestones)
    names = whole_names(workspace.services)
    for milestone, row in document.derived.items():
        if milestone not in planned:
            message = f"the workspace has no milestone {milestone}"
            yield Disagreement(row.line, DocumentPart.DERIVED, message, milestone=milestone)
        else:
            yield from _scope(row, planned[milestone], names)
    last = max((row.line for row in document.derived.values()), default=1)
    for milestone in planned if document.derived else ():
        if milestone not in document.derived:
            message = f"{milestone} is missing from the exit summary"
            yield Disagreement(last, DocumentPart.DERIVED, message, milestone=milestone)


def _scope(
    row: DocumentTargets, planned: Mapping[str, object], names: Mapping[str, str]
) -> Iterator[Disagreement]:
    here = {_whom(target, names): target.level for target in row.targets}
    there = {name: str(level) for name, level in planned.items()}
    for name in sorted({*here, *there}):
        said, meant = here.get(name), there.get(name)
        if said != meant:
            message = f"in scope {_level(said)} here, and {_level(meant)} by the workspace's matrix"
            yield Disagreement(row.line, DocumentPart.DERIVED, message, name, row.milestone)


def _level(level: str | None) -> str:
    return "nowhere" if level is None else f"at {level}"
