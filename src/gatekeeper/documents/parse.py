"""Parse a readiness page, as Markdown or as the text of a web page, with line numbers."""

import re
from collections.abc import Iterable, Mapping, Sequence

from gatekeeper.documents import _blocks
from gatekeeper.documents._flattened import flattened_blocks, is_flattened
from gatekeeper.documents._known_ids import known_ids, reference_ids
from gatekeeper.documents._markdown import markdown_blocks
from gatekeeper.documents._rows import RowReader
from gatekeeper.documents._short_names import whole_names
from gatekeeper.documents.notation.quoting import Unclear, unquoted
from gatekeeper.documents.notation.scope_notes import read_note
from gatekeeper.errors import UsageError
from gatekeeper.model.document import (
    DocumentCriteria,
    DocumentCriterion,
    DocumentPolicy,
    DocumentProblem,
    DocumentRoles,
    DocumentService,
    DocumentTargets,
    DocumentUnit,
    PageIds,
    ReadinessDocument,
)
from gatekeeper.model.manifest import ID, NAME
from gatekeeper.model.service import Scope, slug
from gatekeeper.syntax import SyntaxProblem, decode

MAX_BYTES = 5_000_000
MAX_LINE = 100_000

_GROUP = re.compile(rf"({ID})\s+(.+?)\s+[\u2014\u2013-]\s+(acceptance|level) criteria", re.IGNORECASE)
_SERVICE = re.compile(r"(\S+)(?:\s+\((.+)\))?")
_CRITERION = re.compile(rf"(({ID})\.[a-z0-9][a-z0-9-]*)\s+(.+)")
_POLICY = re.compile(r"([^:]{1,60}):\s+(.+)")
_NUMBER = re.compile(r"\d+\.\s+")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+(?=[^a-z\s])")
_SIGNS = re.compile(rf"({_blocks.SIGNED}|{_blocks.APPROVED}) (.+)\.")


def read_document(data: bytes, file: str, usual: PageIds | None = None) -> ReadinessDocument:
    """Return the content of a readiness page.

    `usual` are ids that the page need not define: those of the workspace that it is compared with, by default
    those of the reference rulebook.

    Raises:
        UsageError: The file is not a readiness page, or exceeds a limit.
    """
    text = _text(data, file).replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    long = next((number for number, line in enumerate(lines, 1) if len(line) > MAX_LINE), None)
    if long:
        raise UsageError(
            f"{file}:{long}: this line has {len(lines[long - 1]):,} characters; at most {MAX_LINE:,}"
        )
    if not text.strip():
        raise UsageError(f"{file}:1: the file is empty")
    usual = usual or reference_ids()
    reader = _Reader(usual)
    reader.read(list(flattened_blocks(lines, usual) if is_flattened(lines) else markdown_blocks(text)))
    if not (reader.services or reader.remarks):
        raise UsageError(
            f"{file}:1: not a readiness document: no heading is followed by a table with the columns "
            f"{', '.join(_blocks.MATRIX)}"
        )
    return reader.document()


def _text(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise UsageError(f"{file}:1: the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        return decode(data)
    except SyntaxProblem as problem:
        raise UsageError(f"{file}:{problem.line}: {problem.message}; {problem.hint}") from None


class _Reader:
    """Reads the blocks of a page from top to bottom, and keeps the current heading."""

    def __init__(self, usual: PageIds) -> None:
        self.remarks: list[DocumentProblem] = []
        self.rows = RowReader(self.remarks)
        self.criteria: dict[str, DocumentCriteria] = {}
        self.services: dict[str, DocumentService] = {}
        self.published: dict[str, DocumentTargets] = {}
        self.derived: dict[str, DocumentTargets] = {}
        self.policy: dict[str, DocumentPolicy] = {}
        self.units: list[DocumentUnit] = []
        self.states_effects = False
        self.roles: DocumentRoles | None = None
        self._usual = usual
        self._heading = _blocks.Heading(1, "")
        self._group: str | None = None
        self._service: str | None = None

    def read(self, parts: Sequence[_blocks.Block]) -> None:
        self._definitions(parts)
        for part in parts:
            match part:
                case _blocks.Heading():
                    self._under(part)
                case _blocks.DocumentTable():
                    self._table(part)
                case _blocks.ListItem():
                    self._item(part)
                case _blocks.Paragraph():
                    self._sentence(part.text)
                    self._sentences(part.line, part.text)
                case _blocks.Broken():
                    self._remark(part.line, part.message)

    def _definitions(self, parts: Iterable[_blocks.Block]) -> None:
        """Read the tables that define levels and gates; the others refer to them, in any order."""
        listed = []
        for part in parts:
            if isinstance(part, _blocks.DocumentTable):
                if _defines(part, "level", "meaning"):
                    self.rows.read_levels(part)
                elif _defines(part, "gate", "definition"):
                    self.rows.read_gates(part)
            elif isinstance(part, _blocks.Heading) and (found := _GROUP.fullmatch(part.text)):
                listed += [found[1]] if found[3].casefold() == "acceptance" else []
        self.rows.use(known_ids(self.rows.levels, self.rows.gates or listed, self._usual))

    def document(self) -> ReadinessDocument:
        return ReadinessDocument(
            levels=self.rows.levels,
            gates=self.rows.gates,
            criteria=self.criteria,
            services=self.services,
            published=self._with_services(self.published),
            derived=self._with_services(self.derived),
            policy=self.policy,
            states_effects=self.states_effects,
            remarks=tuple(sorted(self.remarks)),
            roles=self.roles,
            units=tuple(sorted(self.units, key=lambda unit: unit.line)),
        )

    def _sentences(self, line: int, text: str) -> None:
        for sentence in _SENTENCE_ENDS.split(text):
            self._unit(line, sentence)

    def _unit(self, line: int, text: str, group: str | None = None) -> None:
        if text not in ("", ":::"):
            here = self._group or self._service or ""
            self.units.append(DocumentUnit(line, here if group is None else group, text))

    def _remark(self, line: int, message: str) -> None:
        self.remarks.append(DocumentProblem(line, message))

    def _under(self, heading: _blocks.Heading) -> None:
        self._heading, self._group, self._service = heading, None, None
        if found := _GROUP.fullmatch(heading.text):
            group = found[1]
            if not self._is_known(group):
                message = f"{group} is neither a gate nor a level of this page: its criteria are left out"
                self._remark(heading.line, message)
                return
            if group in self.criteria:
                self._remark(
                    heading.line, f"criteria of {group} are already listed above; these are left out"
                )
                return
            self.criteria[group] = DocumentCriteria(heading.line, group, found[2], ())
            self._group = group
        else:
            self._unit(heading.line, _NUMBER.sub("", heading.text, count=1))

    def _table(self, table: _blocks.DocumentTable) -> None:
        titles = [title.casefold() for title in table.columns]
        first, others, lines = titles[0], titles[1:], {row.line for row in table.rows}
        if first == "milestone" and any(re.match("must.green", title) for title in others):
            self.rows.read_targets(table, self.published)
        elif first == "milestone" and any("in scope" in title for title in others):
            self.rows.read_targets(table, self.derived)
        elif first == "role" and "who that is" in others:
            if roles := self.rows.read_roles(table):
                self.roles = DocumentRoles(table.line, roles)
            self._prose(table)
        elif "milestone" in titles:
            self._matrix(table)
        elif _defines(table, "level", "meaning"):
            for level in (one for one in self.rows.levels.values() if one.line in lines):
                self._unit(level.line, level.meaning, level.level)
                self._unit(level.line, level.audience or "", level.level)
        elif _defines(table, "gate", "definition"):
            for gate in (one for one in self.rows.gates.values() if one.line in lines):
                self._unit(gate.line, gate.definition, gate.gate)
                self._unit(gate.line, gate.artefact, gate.gate)
        else:
            self._prose(table)

    def _prose(self, table: _blocks.DocumentTable) -> None:
        """Keep each row of a table that is compared as text."""
        for line, cells in ((table.line, table.columns), *table.rows):
            self._sentences(line, " ".join(filter(None, cells)))

    def _matrix(self, table: _blocks.DocumentTable) -> None:
        found = _SERVICE.fullmatch(self._heading.text)
        if found is None or not re.fullmatch(NAME, found[1]):
            heading = self._heading.text[:60]
            self._remark(
                table.line,
                f"the heading above, {heading!r}, is not the name of a service: the table is left out",
            )
            return
        service, about = found[1], self._about(found[2])
        if service in self.services:
            first = self.services[service].line
            self._remark(self._heading.line, f"{service} is already in line {first}; this one is left out")
            return
        self.units = [unit for unit in self.units if unit.line != self._heading.line]
        cells = self.rows.read_cells(table, service)
        self.services[service] = DocumentService(self._heading.line, service, about, cells)
        self._service = service

    def _about(self, written: str | None) -> str | None:
        try:
            return None if written is None else unquoted(written)
        except Unclear as problem:
            self._remark(self._heading.line, str(problem))
            return None

    def _item(self, item: _blocks.ListItem) -> None:
        if self._service and self._note(item, self.services[self._service]):
            return
        self._unit(item.line, item.text)
        if self._group:
            of = self.criteria[self._group]
            criterion = self._criterion(item)
            self.criteria[self._group] = of._replace(criteria=(*of.criteria, criterion))
        elif "governance" in self._heading.text.casefold() and (found := _POLICY.fullmatch(item.text)):
            self.policy.setdefault(slug(found[1]), DocumentPolicy(item.line, found[2], item.text))

    def _is_known(self, group: str) -> bool:
        return group in self.rows.known_gates or group in self.rows.known_levels

    def _sentence(self, text: str) -> None:
        """Read who signs; these sentences are below the table of roles."""
        if self.roles and (found := _SIGNS.fullmatch(text)):
            named = tuple(found[2].split(", "))
            if unknown := [role for role in named if role not in self.roles.roles]:
                self._remark(self.roles.line, f"{', '.join(unknown)} signs, and is not a role of this table")
            elif found[1] == _blocks.SIGNED:
                self.roles = self.roles._replace(upgrade_sign_offs=named)
            else:
                self.roles = self.roles._replace(weakening_sign_off=named[0])

    def _criterion(self, item: _blocks.ListItem) -> DocumentCriterion:
        found = _CRITERION.fullmatch(item.text)
        if found and self._is_known(found[2]):
            return DocumentCriterion(item.line, found[3], found[1])
        return DocumentCriterion(item.line, item.text)

    def _note(self, item: _blocks.ListItem, service: DocumentService) -> bool:
        """Read what a scope note means; return whether the item is one."""
        try:
            note = read_note(item.text, self.rows.known_gates)
        except Unclear as problem:
            self._remark(item.line, str(problem))
            return True
        if note is None:
            return False
        cell = service.cells.get(note.milestone)
        scope = (cell.gates or {}).get(note.gate) if cell else None
        if cell is None or cell.gates is None or scope is None:
            self._remark(item.line, f"{service.service} has no scope note of {note.gate} at {note.milestone}")
            return True
        self.states_effects = True
        meant = Scope.model_validate(
            {"scope": scope.scope, "effect": "demands" if note.demands else "narrows", **note.narrowings}
        )
        changed = cell._replace(gates={**cell.gates, note.gate: meant})
        cells = {**service.cells, note.milestone: changed}
        self.services[service.service] = service._replace(cells=cells)
        return True

    def _with_services(self, rows: Mapping[str, DocumentTargets]) -> dict[str, DocumentTargets]:
        """Replace short names of services (`identity`); runs last, because tables come in any order."""
        names = whole_names(self.services)
        return {
            milestone: row._replace(
                targets=tuple(
                    target.model_copy(update={"service": names.get(target.service or "", target.service)})
                    for target in row.targets
                )
            )
            for milestone, row in rows.items()
        }


def _defines(table: _blocks.DocumentTable, first: str, other: str) -> bool:
    """Return whether a table has these titles, the first one in its first column."""
    titles = [title.casefold() for title in table.columns]
    return titles[0] == first and other in titles
