"""The text of a plan cell in a readiness page: `read_cell` and `write_cell`.

`G1, G2 (auth endpoints), G8; two-tenant isolation green` lists gates, scope notes and capabilities;
`+ device binding; bot signals + rate limits` adds capabilities; a dash or an empty cell adds nothing. Text
that would be misread is in double quotes, escaped as in JSON. Reading must return exactly what was written.
Gates are recognised by the ids that the page knows.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gatekeeper.documents.notation.ids import GateIds
from gatekeeper.documents.notation.quoting import (
    DASHES,
    Unclear,
    is_in_brackets,
    is_plain,
    is_quoted,
    quoted,
    short,
    split,
    unquoted,
)
from gatekeeper.model.manifest import ID

_NO_GATES = "no gates"
_GATE = re.compile(rf"({ID})(?:\s+(\S.*))?", re.DOTALL)
_OPTIONAL = re.compile(r"\boptional\b", re.IGNORECASE)
_MARKED = "[optional]"


class Added(NamedTuple):
    """A capability, as the page words it."""

    words: str
    optional: bool = False


class CellText(NamedTuple):
    """The content of a cell."""

    gates: Mapping[str, str | None] | None
    """The scope note of each listed gate; None if the cell lists no gates."""
    adds: tuple[Added, ...] = ()


def read_cell(text: str, known: GateIds) -> CellText:
    """Return the content of a cell; raise `Unclear` if it is ambiguous or malformed."""
    text = " ".join(text.split())
    if text in DASHES:
        return CellText(None)
    first, *rest = _atoms(text.removeprefix("+ ")) or [""]
    if text.startswith("+ ") or not lists_gates(text, known):
        return CellText(None, tuple(map(_added, filter(None, [first, *rest]))))
    return CellText(dict(_gates(first, known)), tuple(map(_added, rest)))


def lists_gates(text: str, known: GateIds) -> bool:
    """Return whether the text of a cell begins with a list of gates."""
    first, *_ = _atoms(text) or [""]
    return first == _NO_GATES or any(map(known.are_listed, split(first, ",")))


def write_cell(cell: CellText) -> str:
    """Return the text of a cell: the inverse of `read_cell`."""
    adds = "; ".join(map(_added_text, cell.adds))
    if cell.gates is None:
        return f"+ {adds}" if adds else ""
    listed = ", ".join(_gate_text(gate, scope) for gate, scope in cell.gates.items()) or _NO_GATES
    return f"{listed}; {adds}" if adds else listed


def _atoms(text: str) -> list[str]:
    return [atom for part in split(text, ";") for atom in split(part, " + ")]


def _gates(listed: str, known: GateIds) -> Iterator[tuple[str, str | None]]:
    seen: set[str] = set()
    for gate, scope in _each_gate(listed, known):
        if gate in seen:
            raise Unclear(f"{gate} is listed twice")
        seen.add(gate)
        yield gate, scope


def _each_gate(listed: str, known: GateIds) -> Iterator[tuple[str, str | None]]:
    if listed == _NO_GATES:
        return
    for entry in split(listed, ","):
        found = _GATE.fullmatch(entry)
        if entry not in known and (span := known.span(entry)) is not None:
            yield from ((gate, None) for gate in span)
        elif found and found[1] in known:
            scope = found[2]
            if scope is not None:
                scope = unquoted(scope[1:-1].strip() if is_in_brackets(scope) else scope)
            yield found[1], scope
        else:
            raise Unclear(f"{short(entry)} is not a gate")


def _added(atom: str) -> Added:
    words = atom.removesuffix(_MARKED).rstrip()
    is_literal = is_quoted(words)
    is_optional = atom.endswith(_MARKED) or (not is_literal and bool(_OPTIONAL.search(words)))
    return Added(unquoted(words), is_optional)


def _added_text(added: Added) -> str:
    word, known = Added("z"), GateIds(())
    for written in (added.words, f"{added.words} {_MARKED}", quoted(added.words)):
        probes = ((f"+ {written}; z", (added, word)), (f"+ z; {written}", (word, added)))
        if is_plain(added.words) and all(_reads(text, CellText(None, adds), known) for text, adds in probes):
            return written
    return quoted(added.words) + (f" {_MARKED}" if added.optional else "")


def _gate_text(gate: str, scope: str | None) -> str:
    if scope is None:
        return gate
    text, other = f"{gate} ({scope})", "y" if gate == "x" else "x"
    meant = CellText({gate: scope, other: None}, (Added("z"),))
    is_kept = is_plain(scope) and _reads(f"{text}, {other}; z", meant, GateIds((gate, other)))
    return text if is_kept else f"{gate} ({quoted(scope)})"


def _reads(text: str, meant: CellText, known: GateIds) -> bool:
    try:
        return read_cell(text, known) == meant
    except Unclear:
        return False
