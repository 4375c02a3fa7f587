"""The levels of an imported page: its names and meanings, with the criteria of the reference rulebook."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.documents._import_criteria import beyond
from gatekeeper.model.document import DocumentLevel, DocumentProblem, ReadinessDocument


class Known(NamedTuple):
    """The gates and criteria that level criteria may refer to."""

    gates: Container[str]
    copied: Container[str]
    """The gates that were copied from the reference rulebook, with their slots."""
    criteria: Container[str]


def levels_fit(document: ReadinessDocument, reference: Any) -> bool:
    """Return whether the page has the levels of the reference rulebook, without further criteria."""
    names = {level["level"]: level["name"] for level in reference["levels"]}
    asked = {level["level"]: level.get("criteria", ()) for level in reference["levels"]}
    return all(
        row.meaning.casefold().startswith(names[level].casefold()) for level, row in document.levels.items()
    ) and not any(list(beyond(level, document, of)) for level, of in asked.items())


def new_levels(
    document: ReadinessDocument,
    reference: Any,
    gates: Mapping[str, Any],
    known: Known,
    remarks: list[DocumentProblem],
) -> dict[str, Any]:
    """Return the levels as the page names them, with the slots of the `gates` of the reference rulebook."""
    slots = dict(reference["slots"])
    for gate, data in gates.items():
        if gate not in known.copied:
            slots |= data.get("slots", {})
    levels = []
    for level in reference["levels"]:
        row = document.levels.get(level["level"])
        asked = list(_askable(level.get("criteria", ()), known, remarks, row.line if row else 1))
        asked += beyond(level["level"], document, level.get("criteria", ()))
        fields = {**level, **_named(row, level), "criteria": asked}
        levels.append({key: value for key, value in fields.items() if value not in ([], None)})
    return {"slots": slots, "levels": levels}


def _named(row: DocumentLevel | None, level: Mapping[str, Any]) -> dict[str, Any]:
    """Return a level's name, meaning and audience from the page, if it has them."""
    if row is None or not row.meaning:
        return {}
    name = level["name"]
    if not row.meaning.casefold().startswith(name.casefold()):
        name = re.split(r"[:;]", row.meaning, maxsplit=1)[0].strip() or row.meaning
    meaning = row.meaning[len(name) :].lstrip(":; ") or row.meaning
    return {"name": name, "meaning": meaning, "audience": row.audience or level["audience"]}


def _askable(
    criteria: Sequence[Mapping[str, Any]], known: Known, remarks: list[DocumentProblem], line: int
) -> Iterator[dict[str, Any]]:
    """Yield the criteria that refer only to gates and criteria of the page."""
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
            remarks.append(DocumentProblem(line, message))
            continue
        if "any_gate" in when:
            when["any_gate"] = here
        yield {**criterion, **({"applies_when": when} if when else {})}
