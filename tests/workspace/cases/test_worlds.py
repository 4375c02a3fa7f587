"""A world that is given everything about a service is judged as the service itself."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import gatekeeper
from builders.workspaces import copy_of_quarters, copy_of_whole_pilot
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.cases.reporting import judge_cases
from gatekeeper.workspace.loading import disk_tree

AS_OF = date(2026, 11, 20)


def _yaml(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = load(file.read_bytes()).value
    return found


def _given(root: Path, cases: Path, manifest: Path, governance: Path) -> dict[str, Any]:
    """Return a service, its artefacts, the people, the exits and its exceptions as they are given to a case."""
    service = _yaml(manifest)
    name, mapped = service.pop("service"), service.pop("evidence", {})
    pointers = {slot: of if isinstance(of, dict) else {"path": of} for slot, of in mapped.items()}
    folder = manifest.with_suffix("")
    found = {slot: of for slot, of in pointers.items() if list(folder.glob(of["path"]))}
    entries = [_yaml(file) for file in root.glob("milestones/risk-register/*.yaml")]
    return {
        "as_of": str(AS_OF),
        "artefacts": {slot: os.path.relpath(folder / of["path"], cases) for slot, of in found.items()},
        "collected": {slot: _collected(of) for slot, of in found.items()},
        "service": service | {"identity": {"names": [name]}, "evidence": _whole(found)},
        "governance": {"roster": _yaml(governance)["roster"]},
        "milestones": {
            of["milestone"]: {"exited": of["exited"]}
            for of in map(_yaml, root.glob("milestones/*.yaml"))
            if "exited" in of
        },
        "exceptions": {of.pop("id"): of | {"service": "service"} for of in entries if of["service"] == name},
    }


def _whole(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {slot: {"path": slot, "whole": True} for slot, of in found.items() if of.get("whole")}


def _collected(pointer: dict[str, Any]) -> dict[str, Any]:
    dated = (
        {"age_days": (AS_OF - date.fromisoformat(pointer["collected_at"][:10])).days}
        if "collected_at" in pointer
        else {}
    )
    return {**dated, **({"commit": pointer["commit"]} if "commit" in pointer else {})}


def _expected(result: ServiceResult) -> dict[str, Any]:
    effective = result.effective_level
    return {
        "verdict": result.verdict.value,
        "verified": result.verified_level.id,
        "signed": result.signed_level.id,
        "effective": effective.id,
        "reasons": sorted({reason.code for reason in result.reasons}),
        "criteria": {of.rule.id: of.status.value for of in result.criteria},
        "gates": {
            of.gate: of.status.value if of.gate in result.cell.gates else "not_asked" for of in result.gates
        },
    }


@pytest.mark.long
@pytest.mark.parametrize("which", ["pilot", "quarters"])
def test_a_service_in_a_case_is_judged_as_in_its_workspace(which: str, tmp_path: Path) -> None:
    is_pilot = which == "pilot"
    root = copy_of_whole_pilot(tmp_path) if is_pilot else copy_of_quarters(tmp_path)
    workspace = gatekeeper.open(root)
    cases = tmp_path / "gates/tests"
    cases.mkdir(exist_ok=True)
    for file in cases.glob("*.yaml"):
        file.unlink()
    governance = root / ("governance.yaml" if is_pilot else "gates/governance.yaml")
    statuses = set()
    for milestone in workspace.milestones:
        for name, result in workspace.judge(milestone, as_of=AS_OF).services.items():
            given = _given(root, cases, root / f"services/{name}.yaml", governance)
            case = {"case": name, "given": given, "expect": {"services": {"service": _expected(result)}}}
            text = json.dumps({"milestones": {milestone: [case]}})
            (cases / f"{milestone}-{name}.yaml").write_text(text, encoding="utf-8")
            statuses |= {of.status.value for of in result.criteria}
    report = judge_cases(root, disk_tree(root))
    assert len(report.results) > 6
    assert {"pass", "fail", "missing", "stale"} <= statuses
    assert [(one.about, one.case, one.differences) for one in report.results if not one.holds] == []
