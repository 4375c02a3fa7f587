"""Read the rows of the tables of a readiness page; problems become remarks with their line."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from gatekeeper.documents._blocks import OF_SERVICE, DocumentTable, TableRow
from gatekeeper.documents.notation.cells import read_cell
from gatekeeper.documents.notation.ids import GateIds
from gatekeeper.documents.notation.published_lists import PublishedTarget, read_targets
from gatekeeper.documents.notation.quoting import Unclear, short
from gatekeeper.judging.rules.binding import RESERVED
from gatekeeper.manifests.discovery import NOT_GATES
from gatekeeper.model.document import (
    DocumentCell,
    DocumentGate,
    DocumentLevel,
    DocumentProblem,
    DocumentTargets,
    PageIds,
)
from gatekeeper.model.manifest import ID, NAME
from gatekeeper.model.milestone import Published
from gatekeeper.model.rulebook import RoleDefinition
from gatekeeper.model.service import Capability, Scope

_ID = re.compile(ID)
_GATE = re.compile(rf"({ID})\s+(\S.*)")
_LABELLED = re.compile(r"(\S+)-capable services")
_LABEL = "label "
_MOST_NAMED = 12
"""How many levels a message names."""
_DASHES = ("", "\u2014", "\u2013", "-")


class RowReader:
    """Reads tables row by row, and keeps the levels and gates that they define."""

    def __init__(self, remarks: list[DocumentProblem]) -> None:
        self.levels: dict[str, DocumentLevel] = {}
        self.gates: dict[str, DocumentGate] = {}
        self._written: dict[tuple[str, str], str] = {}
        self.use(PageIds((), ()))
        self._remarks = remarks

    def use(self, known: PageIds) -> None:
        """Set the ids that the matrix and the summaries may use."""
        self.known_levels, self.known_gates = dict.fromkeys(known.levels), GateIds(known.gates)

    def read_levels(self, table: DocumentTable) -> None:
        """Read the table of levels."""
        for row, (level, meaning, audience) in self._cells(table, "level", "meaning", "who may use"):
            if self._is_free(row.line, level):
                self.levels[level] = DocumentLevel(row.line, level, meaning, audience or None)

    def read_gates(self, table: DocumentTable) -> None:
        """Read the table of gates."""
        for row, (gate, definition, artefact) in self._cells(table, "gate", "definition", "test artefact"):
            found = _GATE.fullmatch(gate)
            if found is None:
                self._remark(row.line, f"{short(gate)} is not a gate: write its id and its name, `G1 Domain`")
            elif self._is_free(row.line, found[1]):
                self.gates[found[1]] = DocumentGate(row.line, found[1], found[2], definition, artefact)

    def read_roles(self, table: DocumentTable) -> dict[str, RoleDefinition]:
        """Read the table of roles."""
        roles: dict[str, RoleDefinition] = {}
        for row, (role, about) in self._cells(table, "role", "who that is"):
            if not (re.fullmatch(NAME, role) and about):
                self._remark(row.line, f"{short(role)} is not a role with a description")
            elif self._is_new(row.line, role, role in roles):
                of_service = about.endswith(OF_SERVICE.strip())
                text = about.removesuffix(OF_SERVICE.strip()).strip() or about
                roles[role] = RoleDefinition(about=text, of_service=of_service)
        return roles

    def read_cells(self, table: DocumentTable, service: str) -> dict[str, DocumentCell]:
        """Read the matrix of one service."""
        cells: dict[str, DocumentCell] = {}
        added: set[str] = set()
        for row, (milestone, level, gates) in self._cells(table, "milestone", "level", "gates"):
            if not self._is_milestone(row.line, milestone):
                continue
            if not self._is_new(row.line, f"{service} at {milestone}", milestone in cells):
                continue
            if cell := self._cell(row.line, milestone, level, gates):
                cells[milestone] = cell._replace(adds=tuple(self._once(cell, added)))
        return cells

    def read_targets(self, table: DocumentTable, into: dict[str, DocumentTargets]) -> None:
        """Read an exit summary."""
        for row in table.rows:
            milestone, written = (*row.cells, "", "")[:2]
            if not self._is_milestone(row.line, milestone):
                continue
            if not self._is_new(row.line, milestone, milestone in into):
                continue
            adds = written.startswith("+ ")
            try:
                targets = tuple(map(self._published, read_targets(written.removeprefix("+ "))))
            except Unclear as problem:
                self._remark(row.line, f"{milestone}: {problem}")
                continue
            into[milestone] = DocumentTargets(row.line, milestone, adds, targets)

    def _cells(self, table: DocumentTable, *titles: str) -> Iterator[tuple[TableRow, Sequence[str]]]:
        """Yield the cells of each row in the columns whose titles start with these, in this order."""
        places = []
        for title in titles:
            of = [here for here, column in enumerate(table.columns) if column.casefold().startswith(title)]
            if not of:
                named = ", ".join(table.columns)
                self._remark(table.line, f"the table has no column {title!r}; it has {short(named)}")
                return
            places.append(of[0])
        for row in table.rows:
            yield row, [row.cells[place].strip() if place < len(row.cells) else "" for place in places]

    def _cell(self, line: int, milestone: str, written: str, text: str) -> DocumentCell | None:
        if written in _DASHES and text.strip() in _DASHES:
            return None  # not in scope
        level = self._level(line, written, f"{milestone}: ")
        if level is None:
            return None
        try:
            cell = read_cell(text, self.known_gates)
        except Unclear as problem:
            self._remark(line, f"{milestone}: {problem}")
            return None
        gates = None
        if cell.gates is not None:
            gates = {
                gate: words if words is None else Scope(scope=words) for gate, words in cell.gates.items()
            }
        adds = tuple(Capability(capability=words, optional=optional) for words, optional in cell.adds)
        return DocumentCell(line, milestone, level, gates, adds)

    def _once(self, cell: DocumentCell, added: set[str]) -> Iterator[Capability]:
        for capability in cell.adds:
            if capability.id in added:
                self._remark(
                    cell.line, f"{short(capability.capability)} is already added above; it is left out"
                )
            else:
                added.add(capability.id)
                yield capability

    def _level(self, line: int, written: str, where: str = "") -> str | None:
        if written in self.known_levels:
            return written
        self._remark(line, where + self._no_level(written))
        return None

    def _no_level(self, written: str) -> str:
        named = ", ".join(islice(self.known_levels, _MOST_NAMED))
        more = " ..." if len(self.known_levels) > _MOST_NAMED else ""
        return f"{short(written)} is not a level; write one of {named}{more}"

    def _published(self, target: PublishedTarget) -> Published:
        if target.level not in self.known_levels:
            raise Unclear(self._no_level(target.level))
        return _published(target)

    def _is_milestone(self, line: int, written: str) -> bool:
        return self._is_id(line, written, "a milestone") and self._is_one_case(line, written, "milestone")

    def _is_free(self, line: int, written: str) -> bool:
        """Return whether a level or gate can have this id."""
        if not self._is_id(line, written, "an id"):
            return False
        if written.casefold() in RESERVED | NOT_GATES:
            self._remark(line, f"{written} has another meaning, so it cannot be an id; this row is left out")
            return False
        return self._is_one_case(line, written, "level or gate") and self._is_new(
            line, written, written in self.levels or written in self.gates
        )

    def _is_id(self, line: int, written: str, what: str) -> bool:
        if _ID.fullmatch(written):
            return True
        rule = "an id has 1 to 32 letters, digits, `-` and `_`, and begins with a letter or digit"
        self._remark(line, f"{short(written)} is not {what}: {rule}")
        return False

    def _is_one_case(self, line: int, written: str, kind: str) -> bool:
        first = self._written.setdefault((kind, written.casefold()), written)
        if first != written:
            message = f"{written} differs from {first} only in upper and lower case; this row is left out"
            self._remark(line, message)
        return first == written

    def _is_new(self, line: int, what: str, is_there: bool) -> bool:  # noqa: FBT001 - reads well where it is used
        if is_there:
            self._remark(line, f"{what} is already above; this row is left out")
        return not is_there

    def _remark(self, line: int, message: str) -> None:
        self._remarks.append(DocumentProblem(line, message))


def _published(target: PublishedTarget) -> Published:
    fields: dict[str, object] = {"level": target.level, "note": target.note}
    if labelled := _LABELLED.fullmatch(target.whom):
        fields |= {"label": labelled[1], "note": target.note or target.whom}
    elif target.whom.startswith(_LABEL):
        fields["label"] = target.whom.removeprefix(_LABEL)
    elif re.fullmatch(NAME, target.whom):
        fields["service"] = target.whom
    else:
        raise Unclear(f"{short(target.whom)} is not the name of a service")
    return Published.model_validate(fields)
