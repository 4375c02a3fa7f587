"""The rulebook of an imported page: gates of the reference rulebook if they match, else attested criteria."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from gatekeeper.documents._import_criteria import attested, attesting_role, beyond
from gatekeeper.documents._import_levels import UNSTATED, Known, left_out, levels_fit, levels_in, new_levels
from gatekeeper.documents._known_ids import reference_ids, scale_of
from gatekeeper.manifests.new_manifest import items, manifest
from gatekeeper.model.document import DocumentCriterion, DocumentProblem, ReadinessDocument
from gatekeeper.model.manifest import NAME
from gatekeeper.syntax.yaml import load

_COMMENT = "Made from a readiness document: say what an artefact can decide, and attest the rest."


class ImportedRules(NamedTuple):
    """The files of the rulebook, and the ids of all its criteria."""

    texts: Mapping[str, str]
    criteria: Container[str]
    scale: Sequence[str]
    """The levels; the lowest requires nothing."""
    gates: Sequence[str]


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
    usual = reference_ids().levels
    scale = scale_of(document, usual)
    role = attesting_role({**book.governance, **_roles(document)})
    texts: dict[str, str] = {}
    ids: set[str] = set()
    copied: set[str] = set()
    gates = _gates(document, scale)
    known = Known(scale, scale != usual, role, gates, copied, ids)
    for gate in gates:
        if _is_of_reference(gate, document, book) and (asked := _asked(gate, document, book, known, remarks)):
            extra = list(beyond(gate, document, asked, role))
            texts[f"gates/{gate}.yaml"] = _copy(gate, book, asked, known) + items(extra, 2)
            ids |= {criterion["id"] for criterion in (*asked, *extra)}
            copied.add(gate)
        else:
            fields = _new_gate(gate, document, role, remarks)
            texts[f"gates/{gate}.yaml"] = manifest(fields, _COMMENT)
            ids |= {criterion["id"] for criterion in fields["criteria"]}
    if copied == set(book.gates) and levels_fit(document, book.levels, known):
        texts["gates/levels.yaml"] = book.texts["gates/levels.yaml"]
    else:
        fields = new_levels(document, book.levels, book.gates, known, remarks)
        texts["gates/levels.yaml"] = manifest(fields, _COMMENT)
    texts["gates/governance.yaml"] = _governance(document, book, known, remarks)
    return ImportedRules(texts, ids, scale, gates)


def _book(reference: Mapping[str, str]) -> _Book:
    def data(name: str) -> Any:
        return load(reference[name].encode()).value

    gates = {gate: data(f"gates/{gate}.yaml") for gate in reference_ids().gates}
    return _Book(reference, gates, data("gates/levels.yaml"), data("gates/governance.yaml"))


def _gates(document: ReadinessDocument, scale: Container[str]) -> list[str]:
    """Return every gate that the page defines or uses."""
    used = [
        gate
        for service in document.services.values()
        for cell in service.cells.values()
        for gate in cell.gates or ()
    ]
    listed = [group for group in document.criteria if group not in scale]
    return list(dict.fromkeys([*document.gates, *listed, *used]))


def _name_of(gate: str, document: ReadinessDocument) -> str | None:
    if gate in document.gates:
        return document.gates[gate].name
    return document.criteria[gate].name if gate in document.criteria else None


def _is_of_reference(gate: str, document: ReadinessDocument, book: _Book) -> bool:
    name = _name_of(gate, document)
    return gate in book.gates and (name is None or name.casefold() == book.gates[gate]["name"].casefold())


def _asked(
    gate: str, document: ReadinessDocument, book: _Book, known: Known, remarks: list[DocumentProblem]
) -> list[dict[str, Any]]:
    """Return the criteria of a gate of the reference that refer only to levels of the page."""
    row, asked = document.gates.get(gate), []
    for criterion in book.gates[gate]["criteria"]:
        if unknown := [level for level in levels_in(criterion) if level not in known.scale]:
            remarks.append(left_out(criterion, unknown, row.line if row else 1))
        else:
            asked.append(criterion)
    return asked


def _copy(gate: str, book: _Book, asked: Sequence[Mapping[str, Any]], known: Known) -> str:
    """Return a gate of the reference, without what refers to levels that the page does not have."""
    if not known.is_own:
        return book.texts[f"gates/{gate}.yaml"]
    data = book.gates[gate]
    expected = {
        name: of
        for name, of in data.get("expected_of", {}).items()
        if of.get("level", known.scale[0]) in known.scale
    }
    fields = {**data, "expected_of": expected or None, "criteria": asked}
    return manifest({name: value for name, value in fields.items() if value is not None}, _COMMENT)


def _new_gate(
    gate: str, document: ReadinessDocument, role: str, remarks: list[DocumentProblem]
) -> dict[str, Any]:
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
        "artefact": (row.artefact if row else "") or UNSTATED,
        "role": role,
        "criteria": list(attested(gate, lines, set(), role)),
    }


def _first_use(gate: str, document: ReadinessDocument) -> int:
    return min(
        cell.line
        for service in document.services.values()
        for cell in service.cells.values()
        if gate in (cell.gates or ())
    )


def _roles(document: ReadinessDocument) -> dict[str, Any]:
    """Return the roles of the page and who signs, if it has a table of roles."""
    if document.roles is None:
        return {}
    _, roles, sign_offs, weakening_sign_off = document.roles
    return {
        "roles": {role: of.model_dump() if of.of_service else of.about for role, of in roles.items()},
        "upgrade_sign_offs": list(sign_offs),
        "weakening_sign_off": weakening_sign_off,
    }


def _governance(
    document: ReadinessDocument, book: _Book, known: Known, remarks: list[DocumentProblem]
) -> str:
    """Return the governance of the page; without a table of roles, with those of the reference."""
    policy = {name: text for name, text in document.policy.items() if re.fullmatch(NAME, name)}
    if not (policy or document.roles or known.is_own):
        return book.texts["gates/governance.yaml"]
    fields = {**book.governance, "policy": policy or None, **_roles(document)}
    if known.is_own:
        fields["exceptions"] = None  # They name levels of the reference.
    # Criteria of the reference that were copied name its roles.
    if known.copied or any(level["level"] in known.scale for level in book.levels["levels"]):
        fields["roles"] = {**book.governance["roles"], **fields["roles"]}
    if document.roles and not fields["upgrade_sign_offs"]:
        message = "no role signs levels off: the level that a service claims counts"
        remarks.append(DocumentProblem(document.roles.line, message))
    fields = {name: value for name, value in fields.items() if value is not None}
    return manifest(fields, "\n".join(_on_the_roster(fields["roles"])))


def _on_the_roster(roles: Mapping[str, Any]) -> Iterator[str]:
    """Yield a comment with an example of a roster."""
    yield "Nobody is on the roster yet, so no signature counts. Put your people here, and protect this"
    yield "file by review (see CODEOWNERS):"
    yield "  roster:"
    yield f"    dana: {{roles: [{list(roles)[-1]}]}}"
    of_service = (role for role, of in roles.items() if isinstance(of, Mapping) and of.get("of_service"))
    yield from (f"    ana: {{roles: [{role}], teams: [team-identity]}}" for role in islice(of_service, 1))
