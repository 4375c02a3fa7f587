"""The rulebook of an imported page: gates and levels of the reference rulebook where they match."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from gatekeeper.documents._import_citations import PageCitations
from gatekeeper.documents._import_criteria import attested, attesting_role
from gatekeeper.documents._known_ids import reference_ids, scale_of
from gatekeeper.manifests.new_manifest import items, manifest
from gatekeeper.model.document import DocumentCriterion, DocumentLevel, DocumentProblem, ReadinessDocument
from gatekeeper.model.rule import CAPABILITY_SLOT, SCOPE_SLOT
from gatekeeper.syntax.yaml import load

_COMMENT = "Made from a readiness document: say what an artefact can decide, and attest the rest."
_UNSTATED = "Not specified."


class ImportedRules:
    """The rulebook for a page: the text of each file, and the ids of all its criteria.

    Assumptions are added to the remarks.
    """

    def __init__(
        self,
        document: ReadinessDocument,
        reference: Mapping[str, str],
        remarks: list[DocumentProblem],
        asides: Mapping[str, Sequence[str]],
    ) -> None:
        def data(name: str) -> Any:
            return load(reference[name].encode()).value

        usual = reference_ids()
        self._document, self._remarks, self._reference = document, remarks, reference
        self._known_gates = {gate: data(f"gates/{gate}.yaml") for gate in usual.gates}
        self._known_levels, self._people = data("gates/levels.yaml"), data("gates/governance.yaml")
        self.scale = scale_of(document, usual.levels)
        """The levels; the lowest requires nothing."""
        self._is_own = self.scale != usual.levels
        """Whether the levels are not those of the reference rulebook."""
        self._role = attesting_role({**self._people, **self._roles()})
        self.gates = self._used_gates()
        levels = {level["level"]: level for level in self._known_levels["levels"]}
        known = [*self._known_gates.items(), *levels.items()]
        groups = {name: data for name, data in known if name in (*self.gates, *self.scale)}
        self._citations = PageCitations(document, groups, [*self.scale, *self.gates], asides)
        self._copied: set[str] = set()
        self.criteria: set[str] = set()
        self.texts = {f"gates/{gate}.yaml": self._gate(gate) for gate in self.gates}
        self.texts["gates/levels.yaml"] = self._levels()
        self.texts["gates/governance.yaml"] = self._governance()

    def _remark(self, line: int, message: str) -> None:
        self._remarks.append(DocumentProblem(line, message))

    # Gates

    def _used_gates(self) -> list[str]:
        """Return every gate that the page defines or uses."""
        document = self._document
        cells = [cell for service in document.services.values() for cell in service.cells.values()]
        used = [gate for cell in cells for gate in cell.gates or ()]
        listed = [group for group in document.criteria if group not in self.scale]
        return list(dict.fromkeys([*document.gates, *listed, *used]))

    def _gate(self, gate: str) -> str:
        name = self._name_of(gate)
        known = self._known_gates.get(gate)
        is_same = known and (name is None or name.casefold() == known["name"].casefold())
        asked = self._asked(gate) if is_same else []
        if asked:
            self._copied.add(gate)
            return self._copy(gate, asked)
        fields = self._new_gate(gate)
        self.criteria |= {criterion["id"] for criterion in fields["criteria"]}
        return manifest(fields, _COMMENT)

    def _name_of(self, gate: str) -> str | None:
        named = self._document.gates.get(gate) or self._document.criteria.get(gate)
        return named.name if named else None

    def _asked(self, gate: str) -> list[dict[str, Any]]:
        """Return the criteria of a gate of the reference that the page asks and has the levels of."""
        row, asked, unasked = self._document.gates.get(gate), [], []
        for criterion in self._known_gates[gate]["criteria"]:
            if not self._citations.asks(gate, criterion):
                unasked.append(criterion["id"])
            elif unknown := [level for level in _levels_in(criterion) if level not in self.scale]:
                self._leave_out(criterion, unknown, row.line if row else 1)
            else:
                asked.append(criterion)
        if unasked:
            message = f"the list of {gate} does not ask {', '.join(unasked)} of the reference: left out"
            self._remark(self._document.criteria[gate].line, message)
        return asked

    def _leave_out(self, criterion: Mapping[str, Any], lacks: Sequence[str], line: int) -> None:
        lacking = ", no ".join(lacks)
        message = f"{criterion['id']} of the reference is left out: the document has no {lacking}"
        self._remark(line, message)

    def _copy(self, gate: str, asked: Sequence[Mapping[str, Any]]) -> str:
        """Return a gate of the reference with the criteria that the page asks, and with those it adds."""
        data = self._known_gates[gate]
        cited = [self._citations.cited(gate, criterion) for criterion in asked]
        cites, lines = self._citations.rest_of(gate, data, cited)
        extra = self._attested(gate, lines, {criterion["id"] for criterion in cited})
        self.criteria |= {criterion["id"] for criterion in (*cited, *extra)}
        if not self._is_own and cited == data["criteria"] and cites == data.get("cites"):
            return self._reference[f"gates/{gate}.yaml"] + items(extra, 2)
        expected = {
            name: of
            for name, of in data.get("expected_of", {}).items()
            if of.get("level", self.scale[0]) in self.scale
        }
        fields = {**data, "cites": cites, "expected_of": expected or None, "criteria": [*cited, *extra]}
        return manifest({name: value for name, value in fields.items() if value is not None}, _COMMENT)

    def _attested(
        self, group: str, lines: Sequence[DocumentCriterion], taken: Collection[str]
    ) -> list[dict[str, Any]]:
        return list(attested(group, lines, taken, self._role, self._citations.of_line))

    def _new_gate(self, gate: str) -> dict[str, Any]:
        row = self._document.gates.get(gate)
        cites, lines = self._citations.rest_of(gate, {}, ())
        if not lines:
            line = row.line if row else self._first_use(gate)
            self._remark(line, f"no criteria of {gate} are listed: one is made from its definition")
            text = row.definition if row and row.definition else f"{gate} is green"
            lines = [DocumentCriterion(line, text)]
        return {
            "gate": gate,
            "name": self._name_of(gate) or gate,
            "definition": (row.definition if row else "") or "As in the readiness document.",
            "artefact": (row.artefact if row else "") or _UNSTATED,
            **({"cites": cites} if cites else {}),
            "role": self._role,
            "criteria": self._attested(gate, lines, set()),
        }

    def _first_use(self, gate: str) -> int:
        return min(
            cell.line
            for service in self._document.services.values()
            for cell in service.cells.values()
            if gate in (cell.gates or ())
        )

    # Levels

    def _levels(self) -> str:
        """Return the levels of the reference if they are those of the page, else as the page names them."""
        bases = {level["level"]: level for level in self._known_levels["levels"]}
        levels = [self._level(level, bases.get(level, {"level": level})) for level in self.scale]
        if not self._is_own and self._copied == set(self._known_gates) and levels == [*bases.values()]:
            return self._reference["gates/levels.yaml"]
        new = [level for level in self.scale[1:] if level not in bases]
        if new:
            message = (
                f"where a service may be deployed at {', '.join(new)} is unknown: write `ships_to: [...]`"
            )
            self._remark(self._document.levels[new[0]].line, message)
        slots = self._slots(are_new=len(new) == len(self.scale) - 1)
        return manifest({"slots": slots, "levels": levels}, _COMMENT)

    def _level(self, level: str, base: Mapping[str, Any]) -> dict[str, Any]:
        row = self._document.levels.get(level)
        criteria = [self._citations.cited(level, one) for one in self._criteria(level, base)]
        cites, lines = self._citations.rest_of(level, base, criteria)
        criteria += self._attested(level, lines, {criterion["id"] for criterion in criteria})
        is_same = (cites, criteria) == (base.get("cites"), base.get("criteria", []))
        named = {} if is_same else _named(row, base)
        fields = {**base, **named, "cites": cites, "criteria": criteria}
        return {key: value for key, value in fields.items() if value not in ([], None)}

    def _slots(self, *, are_new: bool) -> dict[str, Any]:
        slots = dict(self._known_levels["slots"])
        if are_new:
            return {name: slots[name] for name in (CAPABILITY_SLOT, SCOPE_SLOT)}
        for gate, data in self._known_gates.items():
            if gate not in self._copied:
                slots |= data.get("slots", {})
        return slots

    def _criteria(self, level: str, base: Mapping[str, Any]) -> list[dict[str, Any]]:
        row, listed = self._document.levels.get(level), self._document.criteria.get(level)
        if level == self.scale[0]:
            if listed and listed.criteria:
                message = f"{level} is the lowest level, which requires nothing: its criteria are left out"
                self._remark(listed.line, message)
            return []
        asked = [one for one in base.get("criteria", ()) if self._citations.asks(level, one)]
        return list(self._askable(asked, row.line if row else 1))

    def _askable(self, criteria: Sequence[Mapping[str, Any]], line: int) -> Iterator[dict[str, Any]]:
        """Yield the criteria that refer only to levels, gates and criteria of the page."""
        for criterion in criteria:
            when = dict(criterion.get("applies_when", {}))
            named = [*([when["gate"]] if "gate" in when else []), *when.get("any_gate", ())]
            here = [gate for gate in named if gate in self.gates]
            twin = criterion.get("same_as")
            lacks = [] if here else [" or ".join(named)] if named else []
            if twin is not None and twin not in self.criteria:
                lacks.append(twin)
            lacks += [level for level in _levels_in(criterion) if level not in self.scale]
            if lacks:
                self._leave_out(criterion, lacks, line)
                continue
            if "any_gate" in when:
                when["any_gate"] = here
            yield {**criterion, **({"applies_when": when} if when else {})}

    # Governance

    def _roles(self) -> dict[str, Any]:
        """Return the roles of the page and who signs, if it has a table of roles."""
        if self._document.roles is None:
            return {}
        _, roles, sign_offs, weakening_sign_off = self._document.roles
        return {
            "roles": {role: of.model_dump() if of.of_service else of.about for role, of in roles.items()},
            "upgrade_sign_offs": list(sign_offs),
            "weakening_sign_off": weakening_sign_off,
        }

    def _governance(self) -> str:
        """Return the governance of the page; without a table of roles, with those of the reference."""
        document, people = self._document, self._people
        cited = self._citations.of_governance(people)
        if not (self._is_own or document.roles) and cited == {name: people[name] for name in cited}:
            return self._reference["gates/governance.yaml"]
        fields = {**people, **cited, **self._roles()}
        if self._is_own:
            fields["exceptions"] = None  # They name levels of the reference.
        # Criteria of the reference that were copied name its roles.
        if self._copied or any(level["level"] in self.scale for level in self._known_levels["levels"]):
            fields["roles"] = {**people["roles"], **fields["roles"]}
        if document.roles and not fields["upgrade_sign_offs"]:
            message = "no role signs levels off: the level that a service claims counts"
            self._remark(document.roles.line, message)
        fields = {name: value for name, value in fields.items() if value is not None}
        return manifest(fields, "\n".join(_on_the_roster(fields["roles"])))


def _named(row: DocumentLevel | None, base: Mapping[str, Any]) -> dict[str, Any]:
    """Return a level's name, meaning and audience from the page, if it has them."""
    if row is None or not (row.meaning or "name" not in base):
        return {}
    name = base.get("name", "")
    if not (name and row.meaning.casefold().startswith(name.casefold())):
        name = re.split(r"[:;]", row.meaning, maxsplit=1)[0].strip() or row.meaning or row.level
    meaning = row.meaning[len(name) :].lstrip(":; ") or row.meaning or _UNSTATED
    return {"name": name, "meaning": meaning, "audience": row.audience or base.get("audience", _UNSTATED)}


def _levels_in(criterion: Mapping[str, Any]) -> Iterator[str]:
    """Yield the levels that a criterion refers to."""
    subjects = criterion.get("subjects")
    up_to = subjects.get("up_to") if isinstance(subjects, Mapping) else None
    yield from filter(None, (criterion.get("from"), criterion.get("only_at"), up_to))


def _on_the_roster(roles: Mapping[str, Any]) -> Iterator[str]:
    """Yield a comment with an example of a roster."""
    yield "Nobody is on the roster yet, so no signature counts. Put your people here, and protect this"
    yield "file by review (see CODEOWNERS):"
    yield "  roster:"
    yield f"    dana: {{roles: [{list(roles)[-1]}]}}"
    of_service = (role for role, of in roles.items() if isinstance(of, Mapping) and of.get("of_service"))
    yield from (f"    ana: {{roles: [{role}], teams: [team-identity]}}" for role in islice(of_service, 1))
