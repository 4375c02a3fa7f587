"""Make mutants of a rulebook: the smallest changes, each of which some case should notice."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from gatekeeper.judging.places import Place
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.rules.editing import REMOVED, RuleEdit, Step, edited, manifest_of
from gatekeeper.judging.rules.mutation_operators import (
    CRITERION,
    GATE,
    LEVEL,
    OF_EVIDENCE,
    OF_GOVERNANCE,
    OPTION,
    SLOT,
    MutationOperator,
    Vocabulary,
)
from gatekeeper.judging.rules.slot_binding import FindKind, bind_slots
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.rulebook import Gate, Governance, Levels, Slot
from gatekeeper.model.workspace import ManifestKey, Manifests

EVIDENCE = "evidence"
"""The group and subject of mutants of the rules on evidence."""
GOVERNANCE = "governance"
"""The group and subject of mutants of the governance."""
_LEVELS: ManifestKey = (Levels, "")
_GOVERNANCE: ManifestKey = (Governance, "")
_EVIDENCE: ManifestKey = (EvidenceRules, "")


class Mutant(NamedTuple):
    """One small change of a rulebook."""

    id: str
    """Its subject and what changes: `G1.coverage domain_coverage.lines_pct at_least 95 -> 96`."""
    group: str
    """What its score counts for: a gate, a level, `levels` or `governance`."""
    subject: str
    """The criterion, slot, gate or level that is changed, or `governance`."""
    edit: RuleEdit

    def place(self, workspace: Manifests) -> Place:
        """Return the place of what is changed."""
        return Place(workspace.files[self.edit.manifest], self.edit.path)


def mutants(workspace: Manifests, find_kind: FindKind) -> Iterator[Mutant]:
    """Yield every mutant of the rulebook, in the order of its manifests; some may not bind."""
    known = _vocabulary(workspace, find_kind)
    for node in _nodes(workspace):
        if node.may_be_dropped:
            edit = RuleEdit(node.manifest, node.path, REMOVED)
            yield Mutant(f"{node.name} dropped", node.group, node.name, edit)
        for field, operator in node.table.items():
            if node.written.get(field) is None:
                continue
            for path, value, words in operator(node.written[field], known):
                edit = RuleEdit(node.manifest, (*node.path, field, *path), value)
                what = words if field in _UNSAID else f"{field} {words}"
                yield Mutant(f"{node.name} {what}", node.group, node.name, edit)


_UNSAID = frozenset({"requires"})
"""Fields that the ids of mutants leave out."""


def mutated(workspace: Manifests, mutant: Mutant, find_kind: FindKind) -> Manifests | None:
    """Return the workspace with a mutant; None if that is not valid or does not bind."""
    try:
        changed = edited(workspace, mutant.edit)
    except ValidationError:
        return None
    return None if bind(changed, find_kind).mistakes else changed


class _Node(NamedTuple):
    """A part of a manifest, the fields that are mutated, and where it is."""

    manifest: ManifestKey
    path: tuple[Step, ...]
    group: str
    name: str
    table: Mapping[str, MutationOperator]
    written: Mapping[str, Any]
    may_be_dropped: bool = False


def _nodes(workspace: Manifests) -> Iterator[_Node]:
    for name in workspace.gates:
        written = _written(workspace, (Gate, name))
        yield _Node((Gate, name), (), name, name, GATE, written)
        yield from _slots((Gate, name), name, written)
        yield from _criteria((Gate, name), (), name, written)
    levels = _written(workspace, _LEVELS)
    yield from _slots(_LEVELS, "levels", levels)
    for i, level in enumerate(levels["levels"]):
        name = level["level"]
        yield _Node(_LEVELS, ("levels", i), name, name, LEVEL, level)
        yield from _criteria(_LEVELS, ("levels", i), name, level)
    written = _written(workspace, _EVIDENCE)
    yield _Node(_EVIDENCE, (), EVIDENCE, EVIDENCE, OF_EVIDENCE, written)
    written = _written(workspace, _GOVERNANCE)
    yield _Node(_GOVERNANCE, (), GOVERNANCE, GOVERNANCE, OF_GOVERNANCE, written)


def _slots(manifest: ManifestKey, group: str, written: Mapping[str, Any]) -> Iterator[_Node]:
    for name, slot in written.get("slots", {}).items():
        options = dict.fromkeys((key for key in slot if key not in Slot.model_fields), OPTION)
        yield _Node(manifest, ("slots", name), group, name, {**SLOT, **options}, slot)


def _criteria(
    manifest: ManifestKey, path: tuple[Step, ...], group: str, written: Mapping[str, Any]
) -> Iterator[_Node]:
    for i, stanza in enumerate(written.get("criteria", ())):
        where = (*path, "criteria", i)
        yield _Node(manifest, where, group, stanza["id"], CRITERION, stanza, may_be_dropped=True)


def _written(workspace: Manifests, key: ManifestKey) -> Mapping[str, Any]:
    written: Mapping[str, Any] = manifest_of(workspace, key).model_dump(by_alias=True, exclude_unset=True)
    return written


def _vocabulary(workspace: Manifests, find_kind: FindKind) -> Vocabulary:
    stanzas = [node.written for node in _nodes(workspace) if node.table is CRITERION]
    operands = [
        operand
        for stanza in stanzas
        for requirement in stanza.get("requires", {}).values()
        for operand in requirement.values()
        if isinstance(operand, Mapping)
    ]
    return Vocabulary(
        levels=tuple(workspace.levels.scale),
        roles=tuple(workspace.governance.roles),
        gates=tuple(workspace.gates),
        milestones=tuple(workspace.milestones),
        criteria=tuple(stanza["id"] for stanza in stanzas if "same_as" not in stanza),
        targets=tuple(dict.fromkeys(operand["target"] for operand in operands if "target" in operand)),
        facts=bind_slots(workspace, find_kind, []).fields,
    )
