"""The levels of an imported page: its names and meanings, with criteria of the reference rulebook."""

import re
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.documents._import_criteria import beyond
from gatekeeper.model.document import DocumentLevel, DocumentProblem, ReadinessDocument
from gatekeeper.model.rule import CAPABILITY_SLOT, SCOPE_SLOT

UNSTATED = "Not specified."


class Known(NamedTuple):
    """What criteria may refer to."""

    scale: Sequence[str]
    """The levels, lowest first."""
    is_own: bool
    """Whether they are not those of the reference rulebook."""
    role: str
    """The role that attests the criteria of the page."""

    gates: Container[str]
    copied: Collection[str]
    """The gates that were copied from the reference rulebook, with their slots."""
    criteria: Container[str]


def levels_fit(document: ReadinessDocument, reference: Any, known: Known) -> bool:
    """Return whether the page has the levels of the reference rulebook, without further criteria."""
    levels = {level["level"]: level for level in reference["levels"]}
    return (
        not known.is_own
        and all(
            row.meaning.casefold().startswith(levels[level]["name"].casefold())
            for level, row in document.levels.items()
        )
        and not any(
            list(beyond(level, document, of.get("criteria", ()), known.role)) for level, of in levels.items()
        )
    )


def new_levels(
    document: ReadinessDocument,
    reference: Any,
    gates: Mapping[str, Any],
    known: Known,
    remarks: list[DocumentProblem],
) -> dict[str, Any]:
    """Return the levels as the page names them, with the slots of the `gates` of the reference rulebook."""
    bases = {level["level"]: level for level in reference["levels"]}
    levels = []
    for level in known.scale:
        row, base = document.levels.get(level), bases.get(level, {"level": level})
        fields = {**base, **_named(row, base), "criteria": _criteria(level, document, base, known, remarks)}
        levels.append({key: value for key, value in fields.items() if value not in ([], None)})
    new = [level for level in known.scale[1:] if level not in bases]
    if new:
        message = f"where a service may be deployed at {', '.join(new)} is unknown: write `ships_to: [...]`"
        remarks.append(DocumentProblem(document.levels[new[0]].line, message))
    is_own = len(new) == len(known.scale) - 1
    return {"slots": _slots(reference, gates, known, is_own=is_own), "levels": levels}


def _slots(reference: Any, gates: Mapping[str, Any], known: Known, *, is_own: bool) -> dict[str, Any]:
    slots = dict(reference["slots"])
    if is_own:
        return {name: slots[name] for name in (CAPABILITY_SLOT, SCOPE_SLOT)}
    for gate, data in gates.items():
        if gate not in known.copied:
            slots |= data.get("slots", {})
    return slots


def _criteria(
    level: str,
    document: ReadinessDocument,
    base: Mapping[str, Any],
    known: Known,
    remarks: list[DocumentProblem],
) -> list[dict[str, Any]]:
    asked, row, listed = base.get("criteria", ()), document.levels.get(level), document.criteria.get(level)
    if level == known.scale[0]:
        if listed and listed.criteria:
            message = f"{level} is the lowest level, which requires nothing: its criteria are left out"
            remarks.append(DocumentProblem(listed.line, message))
        return []
    return [
        *_askable(asked, known, remarks, row.line if row else 1),
        *beyond(level, document, asked, known.role),
    ]


def _named(row: DocumentLevel | None, base: Mapping[str, Any]) -> dict[str, Any]:
    """Return a level's name, meaning and audience from the page, if it has them."""
    if row is None or not (row.meaning or "name" not in base):
        return {}
    name = base.get("name", "")
    if not (name and row.meaning.casefold().startswith(name.casefold())):
        name = re.split(r"[:;]", row.meaning, maxsplit=1)[0].strip() or row.meaning or row.level
    meaning = row.meaning[len(name) :].lstrip(":; ") or row.meaning or UNSTATED
    return {"name": name, "meaning": meaning, "audience": row.audience or base.get("audience", UNSTATED)}


def _askable(
    criteria: Sequence[Mapping[str, Any]], known: Known, remarks: list[DocumentProblem], line: int
) -> Iterator[dict[str, Any]]:
    """Yield the criteria that refer only to levels, gates and criteria of the page."""
    for criterion in criteria:
        when = dict(criterion.get("applies_when", {}))
        named = [*([when["gate"]] if "gate" in when else []), *when.get("any_gate", ())]
        here = [gate for gate in named if gate in known.gates]
        twin = criterion.get("same_as")
        lacks = [] if here else [" or ".join(named)] if named else []
        if twin is not None and twin not in known.criteria:
            lacks.append(twin)
        lacks += [level for level in levels_in(criterion) if level not in known.scale]
        if lacks:
            remarks.append(left_out(criterion, lacks, line))
            continue
        if "any_gate" in when:
            when["any_gate"] = here
        yield {**criterion, **({"applies_when": when} if when else {})}


def left_out(criterion: Mapping[str, Any], lacks: Sequence[str], line: int) -> DocumentProblem:
    """Return the remark on a criterion of the reference that refers to something unknown."""
    lacking = ", no ".join(lacks)
    message = f"{criterion['id']} of the reference is left out: the document has no {lacking}"
    return DocumentProblem(line, message)


def levels_in(criterion: Mapping[str, Any]) -> Iterator[str]:
    """Yield the levels that a criterion refers to."""
    subjects = criterion.get("subjects")
    up_to = subjects.get("up_to") if isinstance(subjects, Mapping) else None
    yield from filter(None, (criterion.get("from"), criterion.get("only_at"), up_to))
