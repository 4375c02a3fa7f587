"""Compare a readiness page with the workspace: list every disagreement.

Prose is not compared: definitions, meanings of levels, governance. A missing section is not a disagreement.
"""

from collections.abc import Iterator, Sequence

from gatekeeper.documents._compare_plan import plan_disagreements
from gatekeeper.documents.similarity import match_sentences
from gatekeeper.model.document import Disagreement, DocumentCriteria, Part, ReadinessDocument
from gatekeeper.model.rulebook import Criterion, LevelDefinition
from gatekeeper.model.workspace import Manifests
from gatekeeper.reporters.wording.counts import counted


def compare_document(document: ReadinessDocument, workspace: Manifests) -> tuple[Disagreement, ...]:
    """Return every disagreement, in the order of the document's lines."""
    found = [
        *(Disagreement(remark.line, Part.UNCLEAR, remark.message) for remark in document.remarks),
        *_levels(document, workspace),
        *_gates(document, workspace),
        *_criteria(document, workspace),
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
            yield Disagreement(own.line, Part.LEVELS, f"{level} is not a level of the workspace")
    here = [level for level in document.levels if level in defined_here]
    there = [level for level in defined_here if level in document.levels]
    if here != there:
        message = f"the order of levels is {', '.join(here)} here, and {', '.join(there)} in the workspace"
        yield Disagreement(document.levels[here[0]].line, Part.LEVELS, message)
    for defined in workspace.levels.levels:
        row = document.levels.get(defined.level)
        if row is None:
            yield Disagreement(
                last, Part.LEVELS, f"{defined.level} {defined.name} is missing from the levels"
            )
            continue
        if not row.meaning.casefold().startswith(defined.name.casefold()):
            said = row.meaning.partition(":")[0]
            message = f"{defined.level} is called {said!r} here, and {defined.name!r} in the workspace"
            yield Disagreement(row.line, Part.LEVELS, message)
        if row.audience is not None and row.audience.casefold() != defined.audience.casefold():
            audiences = f"{row.audience!r} here, and by {defined.audience!r} in the workspace"
            message = f"{defined.level} may be used by {audiences}"
            yield Disagreement(row.line, Part.LEVELS, message)


def _gates(document: ReadinessDocument, workspace: Manifests) -> Iterator[Disagreement]:
    if not document.gates:
        return
    for gate, row in document.gates.items():
        defined = workspace.gates.get(gate)
        if defined is None:
            yield Disagreement(row.line, Part.GATES, f"{gate} {row.name} is not a gate of the workspace")
        elif row.name.casefold() != defined.name.casefold():
            message = f"{gate} is called {row.name!r} here, and {defined.name!r} in the workspace"
            yield Disagreement(row.line, Part.GATES, message)
    last = max(row.line for row in document.gates.values())
    for gate, defined in workspace.gates.items():
        if gate not in document.gates:
            yield Disagreement(last, Part.GATES, f"{gate} {defined.name} is missing from the gates")


def _criteria(document: ReadinessDocument, workspace: Manifests) -> Iterator[Disagreement]:
    levels = {level.level: level for level in workspace.levels.levels}
    for group, listed in document.criteria.items():
        defined = workspace.gates.get(group) or levels.get(group)
        if defined is None:
            message = f"criteria of {group} {listed.name} are listed; the workspace has no {group}"
            yield Disagreement(listed.line, Part.CRITERIA, message)
        elif listed.criteria and all(criterion.id for criterion in listed.criteria):
            yield from _ids(listed, defined.criteria)
        elif len(listed.criteria) != len(defined.criteria):
            yield from _counts(listed, defined.criteria)
    last = max((listed.line for listed in document.criteria.values()), default=1)
    for group in _owed(document, workspace, list(levels.values())):
        yield Disagreement(last, Part.CRITERIA, f"the criteria of {group} are missing")


def _owed(
    document: ReadinessDocument, workspace: Manifests, levels: Sequence[LevelDefinition]
) -> Iterator[str]:
    """Yield the gates without a list of criteria if other gates have one, and likewise the levels."""
    if any(group in workspace.gates for group in document.criteria):
        yield from (gate for gate in workspace.gates if gate not in document.criteria)
    asking = [level.level for level in levels if level.criteria]
    if any(group in asking for group in document.criteria):
        yield from (level for level in asking if level not in document.criteria)


def _ids(listed: DocumentCriteria, asked: Sequence[Criterion]) -> Iterator[Disagreement]:
    known = {criterion.id: criterion for criterion in asked}
    for criterion in listed.criteria:
        if criterion.id not in known:
            message = f"{criterion.id} is not a criterion of {listed.group} in the workspace"
            yield Disagreement(criterion.line, Part.CRITERIA, message)
    named = {criterion.id for criterion in listed.criteria}
    for id_, criterion_of in known.items():
        if id_ not in named:
            message = f"{id_} is missing here: {criterion_of.question}"
            yield Disagreement(listed.line, Part.CRITERIA, message)


def _counts(listed: DocumentCriteria, asked: Sequence[Criterion]) -> Iterator[Disagreement]:
    """Without ids, criteria are matched by number; similarity identifies the unmatched ones."""
    pairs = match_sentences(
        [line.text for line in listed.criteria],
        [f"{criterion.id} {criterion.question} {criterion.why} {criterion.remedy}" for criterion in asked],
    )
    here_are = counted(len(listed.criteria), "criterion", "criteria")
    counts = f"{listed.group} lists {here_are} here, and the workspace asks {len(asked)}"
    for here, line in enumerate(listed.criteria):
        if here not in pairs:
            message = f"{counts}: none of those is similar to {line.text!r}"
            yield Disagreement(line.line, Part.CRITERIA, message)
    for there, criterion in enumerate(asked):
        if there not in pairs.values():
            message = f"{counts}: none of these is similar to {criterion.id} ({criterion.question})"
            yield Disagreement(listed.line, Part.CRITERIA, message)
