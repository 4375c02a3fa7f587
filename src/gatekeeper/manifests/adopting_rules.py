"""The rulebook of a workspace made from a document: the reference's where it fits, else people's word."""

import re
import unicodedata
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.manifests.emitting import items, manifest
from gatekeeper.model.document import Document, DocumentCriterion, DocumentLevel, Remark
from gatekeeper.model.level import Level
from gatekeeper.model.likeness import pair
from gatekeeper.syntax.yaml import load

ROLE = "architecture"
"""Whose word decides what no artefact does: a document names nobody."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_GATE_FILE = re.compile(r"gates/(G\d+)\.yaml")
_ADOPTED = "Made from a readiness document: say what an artefact can decide, and attest the rest."


class Rules(NamedTuple):
    """The files of the rulebook, and the ids of all its criteria."""

    texts: Mapping[str, str]
    criteria: Container[str]


class _Book(NamedTuple):
    """The reference rulebook: as text, to be copied with its comments, and as data."""

    texts: Mapping[str, str]
    gates: Mapping[str, Any]
    levels: Any
    governance: Any


def adopt_rules(document: Document, reference: Mapping[str, str], remarks: list[Remark]) -> Rules:
    """Return the rulebook for a document; what it takes for granted is remarked."""
    book = _book(reference)
    texts: dict[str, str] = {}
    ids: set[str] = set()
    copied = set()
    for gate in _gates(document):
        if _is_of_reference(gate, document, book):
            extra = list(_beyond(gate, document, book.gates[gate]["criteria"]))
            texts[f"gates/{gate}.yaml"] = book.texts[f"gates/{gate}.yaml"] + items(extra, 2)
            ids |= {criterion["id"] for criterion in (*book.gates[gate]["criteria"], *extra)}
            copied.add(gate)
        else:
            fields = _new_gate(gate, document, remarks)
            texts[f"gates/{gate}.yaml"] = manifest(fields, _ADOPTED)
            ids |= {criterion["id"] for criterion in fields["criteria"]}
    gates = {name.removeprefix("gates/").removesuffix(".yaml") for name in texts}
    if copied == set(book.gates) and _levels_fit(document, book):
        texts["gates/levels.yaml"] = book.texts["gates/levels.yaml"]
    else:
        fields = _new_levels(document, book, _Known(gates, copied, ids), remarks)
        texts["gates/levels.yaml"] = manifest(fields, _ADOPTED)
    texts["gates/governance.yaml"] = _governance(document, book)
    return Rules(texts, ids)


class _Known(NamedTuple):
    """What level criteria may speak of."""

    gates: Container[str]
    copied: Container[str]
    """The gates that were taken from the reference, with their slots."""
    criteria: Container[str]


def _book(reference: Mapping[str, str]) -> _Book:
    def data(name: str) -> Any:
        return load(reference[name].encode()).value

    gates = {found[1]: data(name) for name in sorted(reference) if (found := _GATE_FILE.fullmatch(name))}
    return _Book(reference, gates, data("gates/levels.yaml"), data("gates/governance.yaml"))


def _gates(document: Document) -> list[str]:
    """Return every gate that the document defines or uses."""
    used = {
        gate
        for service in document.services.values()
        for cell in service.cells.values()
        for gate in cell.gates or ()
    }
    listed = {group for group in document.criteria if group.startswith("G")}
    return sorted({*document.gates, *listed, *used}, key=lambda gate: int(gate[1:]))


def _name_of(gate: str, document: Document) -> str | None:
    if gate in document.gates:
        return document.gates[gate].name
    return document.criteria[gate].name if gate in document.criteria else None


def _is_of_reference(gate: str, document: Document, book: _Book) -> bool:
    name = _name_of(gate, document)
    return gate in book.gates and (name is None or name.casefold() == book.gates[gate]["name"].casefold())


def _beyond(group: str, document: Document, asked: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield criteria for the lines of a list that the reference does not ask."""
    lines = document.criteria[group].criteria if group in document.criteria else ()
    ids = {criterion["id"] for criterion in asked}
    unnamed = [line for line in lines if line.id is None]
    told = [" ".join(str(one.get(key, "")) for key in ("id", "question", "why", "remedy")) for one in asked]
    pairs = pair([line.text for line in unnamed], told)
    known = [unnamed[here] for here in pairs]
    yield from _criteria(group, [line for line in lines if line not in known and line.id not in ids], ids)


def _new_gate(gate: str, document: Document, remarks: list[Remark]) -> dict[str, Any]:
    row, listed = document.gates.get(gate), document.criteria.get(gate)
    lines = listed.criteria if listed else ()
    if not lines:
        line = row.line if row else _first_use(gate, document)
        remarks.append(Remark(line, f"no criteria of {gate} are listed: one is made of its definition"))
        lines = (DocumentCriterion(line, row.definition if row and row.definition else f"{gate} is green"),)
    return {
        "gate": gate,
        "name": _name_of(gate, document) or gate,
        "definition": (row.definition if row else "") or "As the readiness document has it.",
        "artefact": (row.artefact if row else "") or "None is named.",
        "role": ROLE,
        "criteria": list(_criteria(gate, lines, set())),
    }


def _first_use(gate: str, document: Document) -> int:
    return min(
        cell.line
        for service in document.services.values()
        for cell in service.cells.values()
        if gate in (cell.gates or ())
    )


def _criteria(
    group: str, lines: Sequence[DocumentCriterion], taken: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Yield criteria that a person's word decides."""
    reserved = {*taken, *(line.id for line in lines if line.id)}
    used: set[str] = set()
    for line in lines:
        is_named = line.id is not None and line.id.startswith(f"{group}.") and line.id not in used
        id_ = line.id if is_named and line.id else _free_id(group, line.text, {*reserved, *used})
        used.add(id_)
        yield {
            "id": id_,
            "question": _question(line),
            "why": "The readiness document asks it.",
            "attested_by": ROLE,
            "remedy": f"Have {ROLE} attest it, or say in the rulebook which artefact decides it.",
            "effort": "medium",
        }


def _free_id(group: str, text: str, taken: Container[str]) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    stem = f"{group}.{'-'.join(words[:5])[:40].strip('-') or 'criterion'}"
    numbered = (stem, *(f"{stem}-{number}" for number in range(2, 10_000)))
    return next(id_ for id_ in numbered if id_ not in taken)


def _question(line: DocumentCriterion) -> str:
    """A document that names ids says behind the question when it is asked: that is not part of it."""
    asked, mark, _ = line.text.partition("?")
    if mark:
        return asked + mark if line.id else line.text
    return f"Does this hold: {line.text.rstrip('. ')}?"


# Levels


def _levels_fit(document: Document, book: _Book) -> bool:
    names = {Level[level["level"]]: level["name"] for level in book.levels["levels"]}
    asked = {level["level"]: level.get("criteria", ()) for level in book.levels["levels"]}
    return all(
        row.meaning.casefold().startswith(names[level].casefold()) for level, row in document.levels.items()
    ) and not any(list(_beyond(level, document, of)) for level, of in asked.items())


def _new_levels(document: Document, book: _Book, known: _Known, remarks: list[Remark]) -> dict[str, Any]:
    slots = dict(book.levels["slots"])
    for gate, data in book.gates.items():
        if gate not in known.copied:
            slots |= data.get("slots", {})
    levels = []
    for level in book.levels["levels"]:
        row = document.levels.get(Level[level["level"]])
        asked = list(_askable(level.get("criteria", ()), known, remarks, row.line if row else 1))
        asked += _beyond(level["level"], document, level.get("criteria", ()))
        fields = {**level, **_named(row, level), "criteria": asked}
        levels.append({key: value for key, value in fields.items() if value not in ([], None)})
    return {"slots": slots, "levels": levels}


def _named(row: DocumentLevel | None, level: Mapping[str, Any]) -> dict[str, Any]:
    """Return a level's name, meaning and audience in the words of the document, where it has any."""
    if row is None or not row.meaning:
        return {}
    name = level["name"]
    if not row.meaning.casefold().startswith(name.casefold()):
        name = re.split(r"[:;]", row.meaning, maxsplit=1)[0].strip() or row.meaning
    meaning = row.meaning[len(name) :].lstrip(":; ") or row.meaning
    return {"name": name, "meaning": meaning, "audience": row.audience or level["audience"]}


def _askable(
    criteria: Sequence[Mapping[str, Any]], known: _Known, remarks: list[Remark], line: int
) -> Iterator[dict[str, Any]]:
    """Yield the criteria that speak of nothing that the document does not have."""
    for criterion in criteria:
        when = dict(criterion.get("applies_when", {}))
        named = [*([when["gate"]] if "gate" in when else []), *when.get("any_gate", ())]
        here = [gate for gate in named if gate in known.gates]
        twin = criterion.get("same_as")
        lacks = [] if here else [" or ".join(named)] if named else []
        if twin is not None and twin not in known.criteria:
            lacks.append(twin)
        if lacks:
            lacking = ", no ".join(lacks)
            message = f"{criterion['id']} of the reference is left out: the document has no {lacking}"
            remarks.append(Remark(line, message))
            continue
        if "any_gate" in when:
            when["any_gate"] = here
        yield {**criterion, **({"applies_when": when} if when else {})}


def _governance(document: Document, book: _Book) -> str:
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
