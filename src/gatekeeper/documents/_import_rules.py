"""The rulebook of an imported page: gates of the reference rulebook if they match, else attested criteria."""

import re
from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from gatekeeper.documents._import_criteria import ROLE, attested, beyond
from gatekeeper.documents._import_levels import Known, levels_fit, new_levels
from gatekeeper.manifests.new_manifest import items, manifest
from gatekeeper.model.document import DocumentCriterion, DocumentProblem, ReadinessDocument
from gatekeeper.syntax.yaml import load

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_GATE_FILE = re.compile(r"gates/(G\d+)\.yaml")
_COMMENT = "Made from a readiness document: say what an artefact can decide, and attest the rest."


class ImportedRules(NamedTuple):
    """The files of the rulebook, and the ids of all its criteria."""

    texts: Mapping[str, str]
    criteria: Container[str]


class _Book(NamedTuple):
    """The reference rulebook: as text, to copy it with its comments, and as data."""

    texts: Mapping[str, str]
    gates: Mapping[str, Any]
    levels: Any
    governance: Any


def import_rules(
    document: ReadinessDocument, reference: Mapping[str, str], remarks: list[DocumentProblem]
) -> ImportedRules:
    """Return the rulebook for a page; assumptions are added to the remarks."""
    book = _book(reference)
    texts: dict[str, str] = {}
    ids: set[str] = set()
    copied = set()
    for gate in _gates(document):
        if _is_of_reference(gate, document, book):
            extra = list(beyond(gate, document, book.gates[gate]["criteria"]))
            texts[f"gates/{gate}.yaml"] = book.texts[f"gates/{gate}.yaml"] + items(extra, 2)
            ids |= {criterion["id"] for criterion in (*book.gates[gate]["criteria"], *extra)}
            copied.add(gate)
        else:
            fields = _new_gate(gate, document, remarks)
            texts[f"gates/{gate}.yaml"] = manifest(fields, _COMMENT)
            ids |= {criterion["id"] for criterion in fields["criteria"]}
    gates = {name.removeprefix("gates/").removesuffix(".yaml") for name in texts}
    if copied == set(book.gates) and levels_fit(document, book.levels):
        texts["gates/levels.yaml"] = book.texts["gates/levels.yaml"]
    else:
        fields = new_levels(document, book.levels, book.gates, Known(gates, copied, ids), remarks)
        texts["gates/levels.yaml"] = manifest(fields, _COMMENT)
    texts["gates/governance.yaml"] = _governance(document, book)
    return ImportedRules(texts, ids)


def _book(reference: Mapping[str, str]) -> _Book:
    def data(name: str) -> Any:
        return load(reference[name].encode()).value

    gates = {found[1]: data(name) for name in sorted(reference) if (found := _GATE_FILE.fullmatch(name))}
    return _Book(reference, gates, data("gates/levels.yaml"), data("gates/governance.yaml"))


def _gates(document: ReadinessDocument) -> list[str]:
    """Return every gate that the page defines or uses."""
    used = {
        gate
        for service in document.services.values()
        for cell in service.cells.values()
        for gate in cell.gates or ()
    }
    listed = {group for group in document.criteria if group.startswith("G")}
    return sorted({*document.gates, *listed, *used}, key=lambda gate: int(gate[1:]))


def _name_of(gate: str, document: ReadinessDocument) -> str | None:
    if gate in document.gates:
        return document.gates[gate].name
    return document.criteria[gate].name if gate in document.criteria else None


def _is_of_reference(gate: str, document: ReadinessDocument, book: _Book) -> bool:
    name = _name_of(gate, document)
    return gate in book.gates and (name is None or name.casefold() == book.gates[gate]["name"].casefold())


def _new_gate(gate: str, document: ReadinessDocument, remarks: list[DocumentProblem]) -> dict[str, Any]:
    row, listed = document.gates.get(gate), document.criteria.get(gate)
    lines = listed.criteria if listed else ()
    if not lines:
        line = row.line if row else _first_use(gate, document)
        remarks.append(
            DocumentProblem(line, f"no criteria of {gate} are listed: one is made from its definition")
        )
        lines = (DocumentCriterion(line, row.definition if row and row.definition else f"{gate} is green"),)
    return {
        "gate": gate,
        "name": _name_of(gate, document) or gate,
        "definition": (row.definition if row else "") or "As in the readiness document.",
        "artefact": (row.artefact if row else "") or "Not specified.",
        "role": ROLE,
        "criteria": list(attested(gate, lines, set())),
    }


def _first_use(gate: str, document: ReadinessDocument) -> int:
    return min(
        cell.line
        for service in document.services.values()
        for cell in service.cells.values()
        if gate in (cell.gates or ())
    )


def _governance(document: ReadinessDocument, book: _Book) -> str:
    policy = {name: text for name, text in document.policy.items() if _NAME.fullmatch(name)}
    if not policy:
        return book.texts["gates/governance.yaml"]
    comment = (
        "Nobody is on the roster yet, so no signature counts. Put your people here, and protect this\n"
        "file by review (see CODEOWNERS):\n"
        "  roster:\n"
        "    dana: {roles: [security]}\n"
        "    ana: {roles: [owner], teams: [team-identity]}"
    )
    return manifest({**book.governance, "policy": policy}, comment)
