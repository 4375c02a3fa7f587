"""Generate the JSON Schemas of the manifests from the models, for editors and other validators."""

from typing import Any

from gatekeeper.manifests.settings import Settings
from gatekeeper.model.cases import CaseFile
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.format import FormatDescription
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.service import Service

MODELS: dict[str, type[Manifest]] = {
    "service": Service,
    "milestone": Milestone,
    "exception": RegisteredException,
    "gate": Gate,
    "levels": Levels,
    "governance": Governance,
    "evidence": EvidenceRules,
    "cases": CaseFile,
    "format": FormatDescription,
    "gatekeeper": Settings,
}
"""The model of each manifest, by the name of its schema."""


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a manifest."""
    described = MODELS[name].model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
