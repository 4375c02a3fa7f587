"""Schemas with the words of a workspace: they refuse no word that the program accepts."""

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from builders.in_memory import ROOT as MEMORY
from builders.in_memory import Files, MemoryTree, Op, changed
from builders.small_workspaces import workspace
from builders.workspaces import ROOT
from gatekeeper.manifests import workspace_schema as tables
from gatekeeper.manifests.discovery import files_of_cases, manifests
from gatekeeper.manifests.editor_settings import schema_of
from gatekeeper.manifests.schema import MODELS, models
from gatekeeper.manifests.words import open_words
from gatekeeper.manifests.workspace_schema import workspace_schema
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.loading import validate

UNHEARD = "unheard-of"


def plain(root: Path) -> dict[str, Any]:
    """The manifests of a workspace as plain data."""
    files = [
        file
        for file in (*manifests(root), *files_of_cases(root))
        if file.suffix == ".yaml" and file.is_file()
    ]
    return {os.path.relpath(file, root): load(file.read_bytes()).value for file in files}


def mistakes(files: Files, schemas: Mapping[str, Any], root: Path = Path(MEMORY)) -> Iterator[str]:
    """What the schemas say is wrong with manifests."""
    for file, content in files.items():
        name = None if isinstance(content, bytes) else schema_of(root, file)
        value = json.loads(json.dumps(content)) if name else None  # lists instead of tuples
        for error in Draft202012Validator(schemas[name]).iter_errors(value) if name else ():
            yield f"{file} {list(error.absolute_path)}: {error.message}"


def schemas_of(files: Files) -> dict[str, Any]:
    words = open_words(Path(MEMORY), MemoryTree(files))
    return {name: workspace_schema(name, words) for name in MODELS}


@pytest.mark.long
@pytest.mark.parametrize("name", ["", "examples/pilot", "examples/quarters"])
def test_the_manifests_of_a_workspace_follow_its_own_schemas(name: str) -> None:
    root = ROOT / name
    files = plain(root)
    words = open_words(root, validate(root).valid().tree)
    schemas = {kind: workspace_schema(kind, words) for kind in MODELS}
    assert len([file for file in files if schema_of(root, file)]) > 10
    assert list(mistakes(files, schemas, root)) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_a_workspace_that_is_valid_follows_its_own_schemas(seed: int) -> None:
    files = workspace(Random(seed))  # noqa: S311 - no secret depends on it
    assert validate(Path(MEMORY), MemoryTree(files)).problems == ()
    assert list(mistakes(files, schemas_of(files))) == []


@cache
def quarters() -> Files:
    """A valid workspace with a profile and with roles that sign."""
    return changed(
        plain(ROOT / "examples/quarters"),
        [
            Op("gatekeeper.yaml", ("profiles",), {"web": {"evidence": {"coverage": "lcov.info"}}}),
            Op("gates/governance.yaml", ("upgrade_sign_offs",), ["lead"]),
        ],
    )


SHOP, RUN, PEOPLE = "services/kite-shop.yaml", ("gates/run.yaml", "criteria", 0), "gates/governance.yaml"
ENTRY = {"by": "lead-tail", "role": "lead", "on": "2026-11-16", "link": "x"}
UNKNOWN: dict[str, tuple[str, tuple[str | int, ...], Any]] = {
    "AppliesWhen.any_gate": ("gates/levels.yaml", ("levels", 2, "criteria", 0, "applies_when"), {"any_gate": [UNHEARD]}),
    "AppliesWhen.gate": ("gates/levels.yaml", ("levels", 2, "criteria", 0, "applies_when"), {"gate": UNHEARD}),
    "Attestation.milestone": (SHOP, ("attestations", "run.runbook", "milestone"), UNHEARD),
    "Attestation.role": (SHOP, ("attestations", "run.runbook", "role"), UNHEARD),
    "Criterion.attested_by": ("gates/run.yaml", ("criteria", 0, "attested_by"), UNHEARD),
    "Criterion.from": ("gates/run.yaml", ("criteria", 0, "from"), UNHEARD),
    "Criterion.only_at": ("gates/run.yaml", ("criteria", 0, "only_at"), UNHEARD),
    "Criterion.or_attested_by": ("gates/run.yaml", ("criteria", 0, "or_attested_by"), UNHEARD),
    "Criterion.waivable_by": ("gates/run.yaml", ("criteria", 0, "waivable_by"), UNHEARD),
    "DecidableIn.else_attested_by": (
        "gates/run.yaml", ("criteria", 0, "decidable_in"), {"languages": ["go"], "else_attested_by": UNHEARD},
    ),
    "ExceptionLevels.excuse": (PEOPLE, ("exceptions", "excuse"), UNHEARD),
    "ExceptionLevels.ship_at": (PEOPLE, ("exceptions", "ship_at"), UNHEARD),
    "Expectation.level": ("gates/run.yaml", ("expected_of",), {"all": {"level": UNHEARD}}),
    "Gate.role": ("gates/run.yaml", ("role",), UNHEARD),
    "Governance.resign_on": (PEOPLE, ("resign_on",), {UNHEARD: ["evidence"]}),
    "LevelDefinition.role": ("gates/levels.yaml", ("levels", 2, "role"), UNHEARD),
    "NotApplicable.role": (SHOP, ("not_applicable", "gold.restore", "role"), UNHEARD),
    "PlanCell.gates": (SHOP, ("plan", "2026Q4", "gates", UNHEARD), None),
    "PlanCell.level": (SHOP, ("plan", "2026Q4", "level"), UNHEARD),
    "Profile.evidence": ("gatekeeper.yaml", ("profiles", "web", "evidence", UNHEARD), "x"),
    "Profile.targets": ("gatekeeper.yaml", ("profiles", "web", "targets"), {UNHEARD: 1}),
    "Published.level": ("milestones/2026Q4.yaml", ("must_be_green", 0, "level"), UNHEARD),
    "RegisteredException.opened_in": ("milestones/risk-register/KITE-1.yaml", ("opened_in",), UNHEARD),
    "Scope.only": (SHOP, ("plan", "2026Q4", "gates", "run", "only", 0), UNHEARD),
    "Service.attestations": (SHOP, ("attestations", UNHEARD), ENTRY),
    "Service.evidence": (SHOP, ("evidence", UNHEARD), "x"),
    "Service.level": (SHOP, ("level",), UNHEARD),
    "Service.not_applicable": (SHOP, ("not_applicable", "run.load"), {"reason": "x", "by": "x", "role": "lead", "on": "2026-11-16"}),
    "Service.plan": (SHOP, ("plan", UNHEARD), {"level": "gold"}),
    "Service.profile": (SHOP, ("profile",), UNHEARD),
    "Service.sign_offs": (SHOP, ("sign_offs",), {"silver": {"platform": {"by": "x", "on": "2026-11-16"}}}),
    "Service.targets": (SHOP, ("targets", UNHEARD), 1),
    "Settings.evidence": ("gatekeeper.yaml", ("evidence",), {UNHEARD: "x"}),
    "Subjects.up_to": ("gates/run.yaml", ("criteria", 0, "subjects"), {"fact": "alerts.alerts", "up_to": UNHEARD}),
}  # fmt: skip
"""For each field whose words are closed, an edit that the program refuses, too."""


@cache
def schemas_of_quarters() -> dict[str, Any]:
    return schemas_of(quarters())


def test_every_closed_field_is_tried() -> None:
    assert UNKNOWN.keys() == tables._CLOSED.keys()
    assert validate(Path(MEMORY), MemoryTree(quarters())).problems == ()
    assert list(mistakes(quarters(), schemas_of_quarters())) == []


@pytest.mark.long
@pytest.mark.parametrize("field", UNKNOWN)
def test_what_a_schema_refuses_the_program_refuses_too(field: str) -> None:
    file, path, value = UNKNOWN[field]
    edited = changed(quarters(), [Op(file, path, value)])
    assert [one.partition(" ")[0] for one in mistakes(edited, schemas_of_quarters())] == [file]
    assert validate(Path(MEMORY), MemoryTree(edited)).problems != ()


def test_every_field_with_words_exists() -> None:
    known = models()
    named = [key.partition(".") for key in (*tables._CLOSED, *tables._OFFERED)]
    unknown = [
        (model, field)
        for model, _, field in named
        if field not in {of.alias or name for name, of in known[model].model_fields.items()}
    ]
    assert unknown == []


@pytest.mark.long
def test_words_are_text_whatever_they_contain() -> None:
    hostile = '"}, {"$ref": "#/nowhere"\n*a: &b <script> ${x}'
    edits = [
        Op(SHOP, ("owner",), hostile),
        Op(SHOP, ("labels",), [hostile]),
        Op(PEOPLE, ("roles", "platform"), hostile),
    ]
    schemas = schemas_of(changed(quarters(), edits))
    service = schemas["service"]["properties"]
    for described in schemas.values():
        Draft202012Validator.check_schema(described)
    assert hostile in service["owner"]["anyOf"][0]["enum"]
    assert hostile in service["labels"]["items"]["anyOf"][0]["enum"]
    assert hostile in schemas["gate"]["properties"]["role"]["enumDescriptions"]
    assert list(mistakes(changed(quarters(), edits), schemas)) == []


def test_what_a_slot_takes_and_what_a_criterion_asks_is_said() -> None:
    service = schemas_of_quarters()["service"]
    coverage = service["properties"]["evidence"]["properties"]["coverage"]
    assert coverage["description"].startswith("Takes `coverage`")
    asked = service["properties"]["attestations"]["properties"]["run.runbook"]["description"]
    assert asked.startswith("Does the runbook say how to roll back, and who to call?")
    assert "May be attested by lead." in asked
    assert (
        service["properties"]["plan"]["properties"]["2026Q4"]["description"]
        == "Pilot customers. Exit on 2026-12-18"
    )
