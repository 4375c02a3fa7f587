"""The text of a plan cell in a readiness document, and of its published list: read and written in one place.

`G1, G2 (auth endpoints), G8; two-tenant isolation green` lists gates, scope notes and capabilities;
`+ device binding; bot signals + rate limits` adds capabilities; a dash or nothing adds nothing. What would be
read otherwise than it is meant stands in double quotes, escaped as in JSON. Both ways live here because
reading must give back exactly what writing was given.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

NOTHING = "\u2014"
_NO_GATES = "no gates"
_DASHES = frozenset({"", NOTHING, "\u2013", "-", "+"})
_GATE = re.compile(r"(G[1-9]\d?)(?:\s+(\S.*))?", re.DOTALL)
_RANGE = re.compile(r"G([1-9]\d?)\s*[\u2013\u2014-]\s*G([1-9]\d?)(?:\s+full)?")
_OTHER = "G99"
_LIKE_A_GATE = re.compile(r"G\d")
_OPTIONAL = re.compile(r"\boptional\b", re.IGNORECASE)
_MARKED = "[optional]"
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_OPENS_QUOTE = re.compile(r'(?:^|[ (])"')
_TARGET = re.compile(r"(.+?)\s+(L\d)(?:\s*\((.*)\))?", re.DOTALL)


class CellProblem(ValueError):  # noqa: N818 - one mistake in a text, as `SyntaxProblem` is
    """The text is no cell; the message says why."""


class Added(NamedTuple):
    """A capability in its own words."""

    words: str
    optional: bool = False


class CellText(NamedTuple):
    """What the text of a cell says."""

    gates: Mapping[str, str | None] | None
    """The scope note of each gate that is listed; None where the cell lists none."""
    adds: tuple[Added, ...] = ()


class Target(NamedTuple):
    """An entry of a published list: whom it names, the level, and the note in brackets."""

    whom: str
    level: str
    note: str | None = None


def read_cell(text: str) -> CellText:
    """Return what the text of a cell says; raise `CellProblem` where it cannot be told."""
    text = " ".join(text.split())
    if text in _DASHES:
        return CellText(None)
    first, *rest = _atoms(text.removeprefix("+ ")) or [""]
    if text.startswith("+ ") or not (_LIKE_A_GATE.match(first) or first == _NO_GATES):
        return CellText(None, tuple(map(_added, filter(None, [first, *rest]))))
    return CellText(dict(_gates(first)), tuple(map(_added, rest)))


def write_cell(cell: CellText) -> str:
    """Return the text that `read_cell` reads as this cell."""
    adds = "; ".join(map(_added_text, cell.adds))
    if cell.gates is None:
        return f"+ {adds}" if adds else ""
    listed = ", ".join(_gate_text(gate, scope) for gate, scope in cell.gates.items()) or _NO_GATES
    return f"{listed}; {adds}" if adds else listed


def read_targets(text: str) -> tuple[Target, ...]:
    """Return the entries of a published list; raise `CellProblem` at the first that is none."""
    text = " ".join(text.split())
    if text in _DASHES:
        return ()
    return tuple(map(_target, split(text, ",")))


def write_targets(targets: Sequence[Target]) -> str:
    """Return the text that `read_targets` reads as these entries."""
    return ", ".join(map(_target_text, targets)) or NOTHING


def split(text: str, separator: str) -> list[str]:
    """Split at a character, or at ` + `, outside brackets and quotes; what is empty is left out."""
    return [part for part in map(str.strip, _parts(text, separator)) if part]


def unquoted(text: str) -> str:
    """Return the words that a text means, its quotes taken off."""
    words = text
    if _QUOTED.fullmatch(text):
        try:
            words = str(json.loads(text))
        except ValueError:
            raise CellProblem(f"{_short(text)} is quoted, and not as JSON quotes") from None
    if not words.strip():
        raise CellProblem(f"{_short(text)} has no words in it")
    return words


def quoted(words: str) -> str:
    """Return words in quotes, with everything escaped that a reader would not see or a page would change."""
    text = re.sub(r"^ | (?= )| $", r"\\u0020", json.dumps(words, ensure_ascii=False)[1:-1])
    return '"' + "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text) + '"'


def kept(words: str) -> str:
    """Return words as they are where a page keeps them, else in quotes."""
    return words if _is_plain(words) else quoted(words)


def _atoms(text: str) -> list[str]:
    return [atom for part in split(text, ";") for atom in split(part, " + ")]


def _parts(text: str, separator: str) -> Iterator[str]:
    start = 0
    for here in _outside(text):
        if here >= start and text.startswith(separator, here):
            yield text[start:here]
            start = here + len(separator)
    yield text[start:]


def _outside(text: str) -> Iterator[int]:
    """Yield the places outside brackets and quotes; a bracket that closes counts as outside again."""
    here, depth = 0, 0
    while here < len(text):
        character = text[here]
        may_quote = character == '"' and (here == 0 or text[here - 1] in " (")
        if may_quote and (found := _QUOTED.match(text, here)):
            here = found.end()
            continue
        depth = max(depth + (character == "(") - (character == ")"), 0)
        if depth == 0:
            yield here
        here += 1


def _gates(listed: str) -> Iterator[tuple[str, str | None]]:
    seen: set[str] = set()
    for gate, scope in _each_gate(listed):
        if gate in seen:
            raise CellProblem(f"{gate} is listed twice")
        seen.add(gate)
        yield gate, scope


def _each_gate(listed: str) -> Iterator[tuple[str, str | None]]:
    if listed == _NO_GATES:
        return
    for entry in split(listed, ","):
        if span := _RANGE.fullmatch(entry):
            yield from ((f"G{number}", None) for number in range(int(span[1]), int(span[2]) + 1))
        elif found := _GATE.fullmatch(entry):
            yield found[1], _scope(found[2])
        else:
            raise CellProblem(f"{_short(entry)} is no gate")


def _scope(written: str | None) -> str | None:
    if written is None:
        return None
    return unquoted(written[1:-1].strip() if _is_in_brackets(written) else written)


def _is_in_brackets(text: str) -> bool:
    """Whether the first bracket closes at the very end."""
    return text.startswith("(") and next(_outside(text), None) == len(text) - 1


def _added(atom: str) -> Added:
    words = atom.removesuffix(_MARKED).rstrip()
    is_quoted = _QUOTED.fullmatch(words) is not None
    is_optional = atom.endswith(_MARKED) or (not is_quoted and bool(_OPTIONAL.search(words)))
    return Added(unquoted(words), is_optional)


def _added_text(added: Added) -> str:
    word = Added("z")
    for written in (added.words, f"{added.words} {_MARKED}", quoted(added.words)):
        probes = ((f"+ {written}; z", (added, word)), (f"+ z; {written}", (word, added)))
        if _is_plain(added.words) and all(_reads(text, CellText(None, adds)) for text, adds in probes):
            return written
    return quoted(added.words) + (f" {_MARKED}" if added.optional else "")


def _gate_text(gate: str, scope: str | None) -> str:
    if scope is None:
        return gate
    text = f"{gate} ({scope})"
    meant = CellText({gate: scope, _OTHER: None}, (Added("z"),))
    is_kept = _is_plain(scope) and _reads(f"{text}, {_OTHER}; z", meant)
    return text if is_kept else f"{gate} ({quoted(scope)})"


def _is_plain(words: str) -> bool:
    """Whether a page keeps words as they are, and nothing in them opens a quote."""
    return words.isprintable() and words == " ".join(words.split()) and not _OPENS_QUOTE.search(words)


def _reads(text: str, meant: CellText) -> bool:
    try:
        return read_cell(text) == meant
    except CellProblem:
        return False


def _target(entry: str) -> Target:
    found = _TARGET.fullmatch(entry)
    if found is None:
        raise CellProblem(f"{_short(entry)} names no service with a level")
    return Target(unquoted(found[1]), found[2], None if found[3] is None else unquoted(found[3].strip()))


def _target_text(target: Target) -> str:
    whom = target.whom
    if not (_is_plain(whom) and _is_read(f"{whom} {target.level}", Target(whom, target.level))):
        whom = quoted(whom)
    text = f"{whom} {target.level}"
    if target.note is None:
        return text
    plain = f"{text} ({target.note})"
    is_kept = _is_plain(target.note) and _is_read(plain, target)
    return plain if is_kept else f"{text} ({quoted(target.note)})"


def _is_read(text: str, meant: Target) -> bool:
    try:
        return read_targets(f"{text}, z L1") == (meant, Target("z", "L1"))
    except CellProblem:
        return False


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")
