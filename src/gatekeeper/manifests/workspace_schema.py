"""The JSON Schemas of the manifests with the words of one workspace, which editors complete and explain.

A schema refuses no word that `validate` accepts: what validation checks is closed, everything else is only
offered. `enumDescriptions` and `errorMessage` are keywords of editors (VS Code, and the language server of
YAML, https://github.com/redhat-developer/yaml-language-server); other validators ignore them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gatekeeper.manifests.schema import models, schema
from gatekeeper.manifests.words import Names, WorkspaceWords
from gatekeeper.model.service import CAPABILITY_PREFIX

Shape = dict[str, Any]
"""A JSON Schema of one value."""

RENEW = "gatekeeper schema --workspace --out schemas"
"""The command that writes the schemas of a workspace again."""

_MOST_SHOWN = 12
"""If there are more words, the message of a mistake does not list them."""

_IN_WORDS = {"waivable": "criteria that may be declared not applicable", "signers": "roles that sign levels"}
"""Nouns that are not names of fields."""

_CLOSED: Mapping[str, tuple[str, ...]] = {
    "AppliesWhen.any_gate": ("gates",),
    "AppliesWhen.gate": ("gates",),
    "Attestation.milestone": ("milestones",),
    "Attestation.role": ("roles",),
    "Criterion.attested_by": ("roles",),
    "Criterion.from": ("levels",),
    "Criterion.only_at": ("levels",),
    "Criterion.or_attested_by": ("roles",),
    "Criterion.waivable_by": ("roles",),
    "DecidableIn.else_attested_by": ("roles",),
    "ExceptionLevels.excuse": ("levels",),
    "ExceptionLevels.ship_at": ("levels",),
    "Expectation.level": ("levels",),
    "Gate.role": ("roles",),
    "Governance.resign_on": ("levels",),
    "LevelDefinition.role": ("roles",),
    "NotApplicable.role": ("roles",),
    "PlanCell.gates": ("gates",),
    "PlanCell.level": ("levels",),
    "Profile.evidence": ("slots",),
    "Profile.targets": ("targets",),
    "Published.level": ("levels",),
    "RegisteredException.opened_in": ("milestones",),
    "Scope.only": ("criteria",),
    "Service.attestations": ("criteria",),
    "Service.evidence": ("slots",),
    "Service.level": ("levels",),
    "Service.not_applicable": ("waivable",),
    "Service.plan": ("milestones",),
    "Service.profile": ("profiles",),
    "Service.sign_offs": ("levels", "signers"),
    "Service.targets": ("targets",),
    "Settings.evidence": ("slots",),
    "Subjects.up_to": ("levels",),
}
"""The fields whose words `validate` checks, by model and key; of nested mappings, the words of each depth."""

_OFFERED: Mapping[str, tuple[str, ...]] = {
    "AppliesWhen.except_services": ("services",),
    "AppliesWhen.label": ("labels",),
    "Attestation.by": ("people",),
    "CaseFile.criteria": ("criteria",),
    "CaseFile.gates": ("gates",),
    "CaseFile.levels": ("levels",),
    "CaseFile.milestones": ("milestones",),
    "Criterion.effective": ("milestones",),
    "Criterion.requires": ("facts",),
    "Criterion.same_as": ("criteria",),
    "Criterion.subjects": ("facts",),
    "DistinctSlots.slots": ("slots",),
    "EvidenceRules.floors": ("kinds",),
    "EvidenceRules.freshness": ("kinds",),
    "ExitRecord.by": ("people",),
    "FormatDescription.kind": ("kinds",),
    "Given.artefacts": ("slots",),
    "Given.facts": ("slots",),
    "Given.gates": ("gates",),
    "Given.level": ("levels",),
    "Given.milestone": ("milestones",),
    "Governance.exit_role": ("roles",),
    "Governance.signatures": ("roles",),
    "Governance.upgrade_sign_offs": ("roles",),
    "Governance.weakening_sign_off": ("roles",),
    "LevelDefinition.ships_to": ("destinations",),
    "NotApplicable.by": ("people",),
    "Person.roles": ("roles",),
    "Person.teams": ("owners",),
    "Profile.labels": ("labels",),
    "Published.label": ("labels",),
    "Published.service": ("services",),
    "Recorder.services": ("services",),
    "RegisteredException.approved_by": ("people",),
    "RegisteredException.delta": ("criteria",),
    "RegisteredException.owner": ("owners",),
    "RegisteredException.service": ("services",),
    "Service.depends_on": ("services",),
    "Service.labels": ("labels",),
    "Service.owner": ("owners",),
    "Settings.roadmap": ("milestones",),
    "SignOff.by": ("people",),
    "Slot.kind": ("kinds",),
    "Subjects.fact": ("facts",),
    "Timed.effective": ("milestones",),
    "Upcoming.effective": ("milestones",),
    "Upcoming.requires": ("facts",),
    "WeakeningSignOff.by": ("people",),
    "Withdrawn.by": ("people",),
}
"""The fields in which other words are valid, too, such as names of services that have no manifest yet."""

_DEFINES: Mapping[str, frozenset[str]] = {
    "gate": frozenset({"gates"}),
    "levels": frozenset({"levels"}),
}
"""The words that a manifest itself defines, which may be new in it."""

_OF_PLAN = rf"^{CAPABILITY_PREFIX}|\.scope$"
"""The criteria that the plan of a service adds, and that its attestations may name."""


def workspace_schema(name: str, words: WorkspaceWords) -> Shape:
    """Return the JSON Schema of a manifest with the words of a workspace."""
    described = schema(name)
    own = _DEFINES.get(name, frozenset())
    for title, part in {described["title"]: described, **described.get("$defs", {})}.items():
        fields = part.get("properties", {})
        for field, nouns, is_closed in _named(title):
            closed = is_closed and own.isdisjoint(nouns)
            fields[field] = _with_words(fields[field], nouns, words, closed=closed)
    if name == "service":
        of_plan = {_OF_PLAN: {"$ref": "#/$defs/Attestation"}}
        described["properties"]["attestations"]["patternProperties"] = of_plan
    return described


def _named(title: str) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Yield the fields of a model that have words, their nouns, and whether other words are refused."""
    bases = {base.__name__ for base in getattr(models().get(title), "__mro__", ())}
    for table, is_closed in ((_CLOSED, True), (_OFFERED, False)):
        for key, nouns in table.items():
            model, _, field = key.partition(".")
            if model in bases:
                yield field, nouns, is_closed


def _with_words(shape: Shape, nouns: tuple[str, ...], words: WorkspaceWords, *, closed: bool) -> Shape:
    """Return a schema with the words of the first noun, and with those of the others inside it."""
    if not nouns:
        return shape
    noun, *inner = nouns
    names: Names = getattr(words, noun)
    message = _message(noun, names)
    match shape:
        case {"anyOf": [*ways]}:
            return {**shape, "anyOf": [_with_words(way, nouns, words, closed=closed) for way in ways]}
        case {"type": "array", "items": items}:
            return {**shape, "items": _with_words(items, nouns, words, closed=closed)}
        case {"type": "object"} if names:
            values = _with_words(_values(shape), tuple(inner), words, closed=closed)
            keys = {"properties": {name: _titled(name, meaning) | values for name, meaning in names.items()}}
            if not closed:
                return shape | keys
            rest = {key: value for key, value in shape.items() if key not in _FREE_KEYS}
            return rest | keys | {"additionalProperties": False, "errorMessage": message}
        case {"type": "string"} if names:
            rest = {key: value for key, value in shape.items() if key not in _FREE_TEXT}
            if closed:
                return rest | _one_of(names) | {"errorMessage": message}
            return rest | {"anyOf": [_one_of(names), {key: shape[key] for key in _FREE_TEXT if key in shape}]}
        case _:
            return shape


_FREE_KEYS = ("additionalProperties", "patternProperties", "propertyNames")
_FREE_TEXT = ("type", "pattern", "minLength")


def _values(shape: Shape) -> Shape:
    """Return the schema of the values of a mapping."""
    for schema_of in (shape.get("additionalProperties"), *shape.get("patternProperties", {}).values()):
        if isinstance(schema_of, dict):
            return schema_of
    return {}


def _titled(name: str, meaning: str) -> Shape:
    return {"title": name, "description": meaning} if meaning else {"title": name}


def _one_of(names: Names) -> Shape:
    shape: Shape = {"type": "string", "enum": list(names)}
    return shape | {"enumDescriptions": list(names.values())} if any(names.values()) else shape


def _message(noun: str, names: Names) -> str:
    shown = f" ({', '.join(names)})" if len(names) <= _MOST_SHOWN else ""
    return f"Expected: {_IN_WORDS.get(noun, noun)} of this workspace{shown}. If one is new: {RENEW}"
