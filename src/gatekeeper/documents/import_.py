"""Import a readiness page: its plan as it is written, and a rulebook for it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.documents._import_rules import ImportedRules
from gatekeeper.documents._order import by_number, milestones_of
from gatekeeper.documents._short_names import short_names
from gatekeeper.documents.notation.ids import series
from gatekeeper.documents.notation.scope_notes import NARROWINGS
from gatekeeper.manifests import scaffold
from gatekeeper.manifests.new_manifest import Braces, manifest
from gatekeeper.model.document import (
    DocumentCell,
    DocumentProblem,
    DocumentService,
    DocumentTargets,
    ReadinessDocument,
)
from gatekeeper.model.milestone import Published
from gatekeeper.model.service import Effect, Scope, Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.syntax.yaml import load

Meanings = Mapping[tuple[str, str], Scope]
"""The scopes of the reference plan, by gate and scope note."""


_NO_ASIDES: Mapping[str, Sequence[str]] = {}


class ImportedPage(NamedTuple):
    """The files of a new workspace, and remarks on what differs from the page."""

    texts: Mapping[str, str]
    remarks: tuple[DocumentProblem, ...]
    refused: tuple[DocumentProblem, ...]
    """Cells that make no valid plan."""


def import_page(
    document: ReadinessDocument, asides: Mapping[str, Sequence[str]] = _NO_ASIDES
) -> ImportedPage:
    """Return the files of a workspace for a readiness page.

    What the page asks in the words, or by the ids, of the reference rulebook is copied from it; the rest is
    decided by attestations. Every rule cites the page; `asides` are the names in cited texts that are not
    operands. Owners are placeholders and the roster is empty, so that nothing is ready by accident.
    """
    reference = scaffold.reference()
    remarks, refused = list(document.remarks), list[DocumentProblem]()
    rules = ImportedRules(document, reference, remarks, asides)
    meanings = {} if document.states_effects else _meanings(reference)
    texts = dict(rules.texts)
    short, order = short_names(document.services), milestones_of(document)
    for service in document.services.values():
        if not service.cells:
            message = f"{service.service} has no readable cell: it is left out"
            remarks.append(DocumentProblem(service.line, message))
            continue
        fields = {
            "service": service.service,
            "owner": f"team-{short.get(service.service, service.service)}",
            "about": service.about,
            "level": rules.scale[0],
            "plan": _plan(service, order, rules, meanings, remarks),
        }
        refused += _without_gates(service, order, rules)
        fields = {name: value for name, value in fields.items() if value is not None}
        texts[f"services/{service.service}.yaml"] = manifest(fields)
    for name, fields in _milestones(document, order, remarks):
        texts[f"milestones/{name}.yaml"] = manifest(fields)
    if series(order) is None or order != by_number(order):
        texts["gatekeeper.yaml"] = manifest({"roadmap": order})
    return ImportedPage(texts, tuple(sorted(remarks)), tuple(sorted(refused)))


class KnownRules(NamedTuple):
    """What a plan of a page may refer to in a workspace that exists."""

    scale: Sequence[str]
    criteria: Collection[str]


def plan_for(
    service: DocumentService, document: ReadinessDocument, workspace: Manifests, rules: KnownRules
) -> tuple[dict[str, Any], tuple[DocumentProblem, ...]]:
    """Return the plan of a service of a page in the words of a workspace, and remarks.

    Cells of milestones that the workspace does not have are left out.
    """
    meanings = {} if document.states_effects else _meanings_in(workspace.services.values())
    order = [milestone for milestone in workspace.milestones if milestone in service.cells]
    remarks = [
        DocumentProblem(cell.line, f"{service.service}: the workspace has no milestone {milestone}")
        for milestone, cell in service.cells.items()
        if milestone not in workspace.milestones
    ]
    plan = _plan(service, order, rules, meanings, remarks)
    return plan, tuple(remarks)


def _meanings(reference: Mapping[str, str]) -> Meanings:
    texts = [text for name, text in reference.items() if name.startswith("services/")]
    return _meanings_in(Service.model_validate(load(text.encode()).value) for text in texts)


def _meanings_in(services: Iterable[Service]) -> Meanings:
    return {
        (gate, scope.scope): scope
        for service in services
        for cell in service.plan.values()
        for gate, scope in (cell.gates or {}).items()
        if scope
    }


# Services


def _plan(
    service: DocumentService,
    order: Sequence[str],
    rules: ImportedRules | KnownRules,
    meanings: Meanings,
    remarks: list[DocumentProblem],
) -> dict[str, Any]:
    plan: dict[str, Any] = {}
    has_gates = False
    for milestone in (name for name in order if name in service.cells):
        cell = service.cells[milestone]
        if cell.gates is None and not has_gates and cell.level != rules.scale[0]:
            remarks.append(
                DocumentProblem(
                    cell.line,
                    f"{service.service} lists no gates up to {milestone}: no gate applies until then",
                )
            )
            cell = cell._replace(gates={})
        has_gates = has_gates or cell.gates is not None
        plan[milestone] = _cell(cell, rules, meanings, remarks)
    return plan


def _without_gates(
    service: DocumentService, order: Sequence[str], rules: ImportedRules
) -> Iterator[DocumentProblem]:
    """Yield the cells above the first level that requires anything to which no gate applies."""
    gates: Collection[str] = ()
    for milestone in (name for name in order if name in service.cells):
        cell = service.cells[milestone]
        gates = gates if cell.gates is None else cell.gates
        if rules.gates and not gates and cell.level not in rules.scale[:2]:
            message = (
                f"{service.service} at {milestone} targets {cell.level}, and no gate is listed or carried "
                f"over: list its gates; only {rules.scale[1]} can be reached without one"
            )
            yield DocumentProblem(cell.line, message)


def _cell(
    cell: DocumentCell, rules: ImportedRules | KnownRules, meanings: Meanings, remarks: list[DocumentProblem]
) -> dict[str, Any]:
    fields: dict[str, Any] = {"level": cell.level}
    if cell.gates is not None:
        fields["gates"] = {
            gate: _scope(meanings.get((gate, scope.scope), scope), gate, cell.line, rules, remarks)
            if scope
            else None
            for gate, scope in cell.gates.items()
        }
    if cell.adds:
        fields["adds"] = [
            Braces(capability=added.capability, optional=True) if added.optional else added.capability
            for added in cell.adds
        ]
    return fields


def _scope(
    scope: Scope, gate: str, line: int, rules: ImportedRules | KnownRules, remarks: list[DocumentProblem]
) -> str | Braces:
    only = [criterion for criterion in scope.only or () if criterion in rules.criteria]
    if lost := [criterion for criterion in scope.only or () if criterion not in only]:
        message = f"the scope of {gate} names {', '.join(lost)}, which are not criteria of it"
        remarks.append(DocumentProblem(line, message))
    fields: dict[str, Any] = {"scope": scope.scope}
    if scope.effect is Effect.DEMANDS:
        fields["effect"] = str(scope.effect)
    given = {key: only if key == "only" else getattr(scope, key) for key in NARROWINGS}
    fields |= {key: list(words) for key, words in given.items() if words}
    return Braces(fields) if len(fields) > 1 else scope.scope


# Milestones


def _milestones(
    document: ReadinessDocument, order: Sequence[str], remarks: list[DocumentProblem]
) -> Iterator[tuple[str, dict[str, Any]]]:
    listed: dict[str, Published] = {}
    for name in order:
        fields: dict[str, Any] = {"milestone": name}
        if row := document.published.get(name):
            remarks += _doubts(row, document.services, listed)
            listed |= {_whom(target): target for target in row.targets}
            if row.targets:
                fields["must_be_green"] = [_published(target) for target in row.targets]
        yield name, fields


def _doubts(
    row: DocumentTargets, services: Collection[str], listed: Mapping[str, Published]
) -> Iterator[DocumentProblem]:
    if not row.is_cumulative and (gone := [whom for whom in listed if whom not in map(_whom, row.targets)]):
        message = f"{row.milestone} no longer names {', '.join(gone)}: a published list only grows"
        yield DocumentProblem(row.line, message)
    for target in row.targets:
        if target.label:
            message = f"which services have the label {target.label}? write `labels: [...]` for each"
            yield DocumentProblem(row.line, message)
        elif target.service and target.service not in services:
            yield DocumentProblem(
                row.line, f"{target.service} is published, and the matrix has no such service"
            )


def _whom(target: Published) -> str:
    return target.service or f"label {target.label}"


def _published(target: Published) -> Braces:
    fields = {
        "service": target.service,
        "label": target.label,
        "level": str(target.level),
        "note": target.note,
    }
    return Braces({name: value for name, value in fields.items() if value is not None})
