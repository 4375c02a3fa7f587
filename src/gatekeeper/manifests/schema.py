"""Generate the JSON Schemas of the manifests from the models, for editors and other validators."""

import ast
import inspect
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import pairwise
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
    """Return the JSON Schema (draft 2020-12) of a manifest, with the meaning of each field."""
    described = MODELS[name].model_json_schema(by_alias=True, mode="validation")
    for title, part in {described["title"]: described, **described.get("$defs", {})}.items():
        for field, meaning in meanings(models()[title]).items() if title in models() else ():
            part["properties"][field]["description"] = meaning
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


def schema_text(described: Mapping[str, Any]) -> str:
    """Return a JSON Schema as the text of a file."""
    return json.dumps(described, indent=2) + "\n"


@cache
def models() -> Mapping[str, type[Manifest]]:
    """Return the models of all parts of manifests by name."""
    return {model.__name__: model for model in _subclasses(Manifest)}


def meanings(model: type[Manifest]) -> dict[str, str]:
    """Return the docstrings below the fields of a model by the keys of YAML, those of its bases included."""
    told: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, Manifest):
            told |= documented(base)
    aliases = {name: field.alias or name for name, field in model.model_fields.items()}
    return {aliases[name]: meaning for name, meaning in told.items() if name in aliases}


def _subclasses(model: type[Manifest]) -> Iterator[type[Manifest]]:
    for one in model.__subclasses__():
        yield one
        yield from _subclasses(one)


def documented(of: Callable[..., object]) -> Mapping[str, str]:
    """Return the docstrings below the own fields of a class; none if its source is not at hand."""
    return _documented(of.__module__).get(of.__name__, {})


@cache
def _documented(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the docstrings below the fields of the classes of a module, by class and field."""
    try:
        body = ast.parse(inspect.getsource(sys.modules[module])).body
    except OSError:
        return {}
    return {one.name: dict(_below_fields(one)) for one in body if isinstance(one, ast.ClassDef)}


def _below_fields(of: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(of.body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, " ".join(text.split())
            case _:
                pass
