"""Compare a readiness page with the workspace: list every disagreement."""

from collections.abc import Iterator

from gatekeeper.documents._compare_plan import plan_disagreements
from gatekeeper.documents._compare_prose import prose_disagreements
from gatekeeper.model.document import Disagreement, DocumentPart, ReadinessDocument
from gatekeeper.model.workspace import Manifests


def compare_document(document: ReadinessDocument, workspace: Manifests) -> tuple[Disagreement, ...]:
    """Return every disagreement, in the order of the document's lines."""
    found = [
        *(Disagreement(remark.line, DocumentPart.UNCLEAR, remark.message) for remark in document.remarks),
        *_levels(document, workspace),
        *_gates(document, workspace),
        *_criteria(document, workspace),
        *prose_disagreements(document, workspace),
        *plan_disagreements(document, workspace),
    ]
    return tuple(sorted(found, key=lambda one: one.line))


def _levels(document: ReadinessDocument, workspace: Manifests) -> Iterator[Disagreement]:
    if not document.levels:
        return
    last = max(row.line for row in document.levels.values())
    defined_here = [defined.level for defined in workspace.levels.levels]
    for level, own in document.levels.items():
        if level not in defined_here:
            yield Disagreement(own.line, DocumentPart.LEVELS, f"{level} is not a level of the workspace")
    here = [level for level in document.levels if level in defined_here]
    there = [level for level in defined_here if level in document.levels]
    if here != there:
        message = f"the order of levels is {', '.join(here)} here, and {', '.join(there)} in the workspace"
        yield Disagreement(document.levels[here[0]].line, DocumentPart.LEVELS, message)
    for defined in workspace.levels.levels:
        row = document.levels.get(defined.level)
        if row is None:
            yield Disagreement(
                last, DocumentPart.LEVELS, f"{defined.level} {defined.name} is missing from the levels"
            )
            continue
        if not row.meaning.casefold().startswith(defined.name.casefold()):
            said = row.meaning.partition(":")[0]
            message = f"{defined.level} is called {said!r} here, and {defined.name!r} in the workspace"
            yield Disagreement(row.line, DocumentPart.LEVELS, message)
        if row.audience is not None and row.audience.casefold() != defined.audience.casefold():
            audiences = f"{row.audience!r} here, and by {defined.audience!r} in the workspace"
            message = f"{defined.level} may be used by {audiences}"
            yield Disagreement(row.line, DocumentPart.LEVELS, message)


def _gates(document: ReadinessDocument, workspace: Manifests) -> Iterator[Disagreement]:
    if not document.gates:
        return
    for gate, row in document.gates.items():
        defined = workspace.gates.get(gate)
        if defined is None:
            yield Disagreement(
                row.line, DocumentPart.GATES, f"{gate} {row.name} is not a gate of the workspace"
            )
        elif row.name.casefold() != defined.name.casefold():
            message = f"{gate} is called {row.name!r} here, and {defined.name!r} in the workspace"
            yield Disagreement(row.line, DocumentPart.GATES, message)
    last = max(row.line for row in document.gates.values())
    for gate, defined in workspace.gates.items():
        if gate not in document.gates:
            yield Disagreement(last, DocumentPart.GATES, f"{gate} {defined.name} is missing from the gates")


def _criteria(document: ReadinessDocument, workspace: Manifests) -> Iterator[Disagreement]:
    levels = {level.level: level for level in workspace.levels.levels}
    for group, listed in document.criteria.items():
        defined = workspace.gates.get(group) or levels.get(group)
        if defined is None:
            message = f"criteria of {group} {listed.name} are listed; the workspace has no {group}"
            yield Disagreement(listed.line, DocumentPart.CRITERIA, message)
        elif listed.name.casefold() not in (_name_in_table(group, document), defined.name.casefold()):
            message = f"{group} is called {listed.name!r} here, and {defined.name!r} in the workspace"
            yield Disagreement(listed.line, DocumentPart.CRITERIA, message)


def _name_in_table(gate: str, document: ReadinessDocument) -> str | None:
    """Return the name of a gate in the table of gates, which is compared itself; None if it is not there."""
    return document.gates[gate].name.casefold() if gate in document.gates else None
