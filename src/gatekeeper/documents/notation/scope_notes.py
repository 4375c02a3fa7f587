"""The explanation of a scope note, `M0 G5: only G5.evals; paths "src/**"`: `read_note`, `write_note`."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.documents.notation.ids import GateIds
from gatekeeper.documents.notation.quoting import Unclear, quoted, split, unquoted
from gatekeeper.model.manifest import ID

DEMANDS = "demands"
NARROWINGS = ("only", "paths", "subjects", "aggregates")
_NOTE = re.compile(rf"({ID}) ({ID}): (.+)", re.DOTALL)
_SIMPLE = re.compile(r"[A-Za-z0-9._-]+")


class Note(NamedTuple):
    """The effect of the scope note of one gate at one milestone."""

    milestone: str
    gate: str
    demands: bool
    narrowings: Mapping[str, tuple[str, ...]]


def read_note(text: str, known: GateIds) -> Note | None:
    """Return the explanation of a scope note; None if the text is something else."""
    found = _NOTE.fullmatch(" ".join(text.split()))
    if found is None or found[2] not in known:
        return None
    demands, narrowings = False, {}
    for part in split(found[3], ";"):
        key, _, listed = part.partition(" ")
        if part == DEMANDS:
            demands = True
        elif key in NARROWINGS and listed:
            narrowings[key] = tuple(map(unquoted, split(listed, ",")))
        else:
            example = f"only {found[2]}.name"
            raise Unclear(f"{part[:60]!r} does not explain a scope note: write `demands` or `{example}`")
    return Note(found[1], found[2], demands, narrowings)


def write_note(note: Note) -> str:
    """Return the text that `read_note` reads as this note."""
    parts = [DEMANDS] if note.demands else []
    parts += [
        f"{key} {', '.join(word if _SIMPLE.fullmatch(word) else quoted(word) for word in words)}"
        for key in NARROWINGS
        if (words := note.narrowings.get(key))
    ]
    return f"{note.milestone} {note.gate}: {'; '.join(parts)}"
