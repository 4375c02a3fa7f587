"""Profiles and folders at work: what is read, what is said about it, and what is recorded where."""

import json
import shutil
from pathlib import Path

import pytest

from builders.program import AS_OF
from builders.workspaces import Run, copy_of_quarters, edit

KITES = "services/kite-catalogue.yaml"
PROFILE = """\
profiles:
  python:
    evidence: {unit_tests: reports/pytest.xml, runbook: docs/runbook.md}
evidence: {objectives: "{service}/slo.yaml"}
"""


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    """Return the quarters, of which one service has a profile."""
    folder = copy_of_quarters(tmp_path)
    with (folder / "gatekeeper.yaml").open("a", encoding="utf-8") as settings:
        settings.write(PROFILE)
    for line in (
        "  unit_tests: reports/pytest.xml\n",
        "  objectives: sloth.yaml\n",
        "  runbook: runbook.md\n",
    ):
        edit(folder / KITES, line, "")
    edit(folder / KITES, "owner:", "profile: python\nowner:")
    return folder


def _explained(run: Run, folder: Path, criterion: str) -> str:
    return " ".join(run("-C", folder, "explain", criterion, "-s", "kite-catalogue", *AS_OF).out.split())


def test_explain_says_where_a_mapping_comes_from(run: Run, quarters: Path) -> None:
    assert " (profile python) " in _explained(run, quarters, "build.tests")
    missing = "there is no file at services/kite-catalogue/{}; mapped by {}"
    assert missing.format("docs/runbook.md", "profile python") in _explained(run, quarters, "run.runbook")
    objectives = missing.format("kite-catalogue/slo.yaml", "gatekeeper.yaml")
    assert objectives in _explained(run, quarters, "run.objectives")
    assert "mapped by" not in _explained(run, quarters, "build.coverage")
    ran = run("-C", quarters, "explain", "build.tests", *AS_OF, "--format", "json")
    by_service = {one["service"]: one["mapped_by"] for one in json.loads(ran.out)["services"]}
    assert by_service["kite-catalogue"] == {"unit_tests": "profile python"}
    assert by_service["kite-shop"] == {"unit_tests": "manifest"}


def test_an_open_criterion_points_to_the_default_that_maps_its_slot(run: Run, quarters: Path) -> None:
    ran = run("-C", quarters, "check", "-m", "2026Q4", *AS_OF, "--format", "sarif")
    found = {
        (one["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"])
        for one in json.loads(ran.out)["runs"][0]["results"]
        for place in (one["locations"][0]["physicalLocation"],)
        if "kite-catalogue" in one["message"]["text"]
    }
    lines = (quarters / "gatekeeper.yaml").read_text("utf-8").splitlines()
    assert ("run.runbook", "gatekeeper.yaml", lines.index("  python:") + 2) in found
    assert ("run.objectives", "gatekeeper.yaml", len(lines)) in found


def test_artefacts_in_a_folder_of_their_own_are_read_and_records_stay_beside_the_manifest(
    run: Run, quarters: Path
) -> None:
    before = run("-C", quarters, "check", "-m", "2026Q4", *AS_OF, "-s", "kite-catalogue", "--details")
    shutil.move(quarters / "services/kite-catalogue", quarters / "packages/kites")
    edit(quarters / KITES, "owner:", "folder: packages/kites\nowner:")
    after = run("-C", quarters, "check", "-m", "2026Q4", *AS_OF, "-s", "kite-catalogue", "--details")
    moved, stayed = ("".join(ran.out.split()) for ran in (after, before))
    assert "packages/kites" in moved
    assert moved.replace("packages/kites", "services/kite-catalogue") == stayed
    ran = run(
        "-C", quarters, "collect", "kite-catalogue", "--commit", "c7b60e2", "--at", "2026-11-18T09:00:00Z"
    )
    assert ran.code == 0, ran.err
    assert "? profile python maps 1 slot without a file here: runbook" in ran.out
    assert [file.name for file in (quarters / "services/kite-catalogue").iterdir()] == ["evidence.json"]
    recorded = json.loads((quarters / "services/kite-catalogue/evidence.json").read_text("utf-8"))
    slots = {one["slot"] for of in recorded["runs"] for one in of["evidence"]}
    assert {"unit_tests", "coverage"} <= slots


def test_diff_shows_services_that_change_alike_together(run: Run, tmp_path: Path) -> None:
    base, head = (copy_of_quarters(tmp_path / name) for name in ("base", "head"))
    for folder in (base, head):
        for name in ("kite-catalogue", "kite-shop"):
            edit(folder / f"services/{name}.yaml", "owner:", "profile: kites\nowner:")
        with (folder / "gatekeeper.yaml").open("a", encoding="utf-8") as settings:
            settings.write(
                "profiles: {kites: {evidence: {restore_drill: drill.md}}}\n"
                if folder == base
                else "profiles: {kites: {}}\n"
            )
    ran = run("-C", head, "diff", base, "./", *AS_OF)
    assert "  ~ kite-catalogue, kite-shop  " in ran.out
    assert " ".join(ran.out.split()).count("`restore_drill` is no longer mapped") == 1
    markdown = run("-C", head, "diff", base, "./", *AS_OF, "--format", "markdown").out
    assert "| review | kite-catalogue, kite-shop |" in markdown


def test_what_blocks_is_shown_also_below_many_changes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, head = (copy_of_quarters(tmp_path / name) for name in ("base", "head"))
    edit(head / KITES, "api_changes: api/openapi-*.yaml", "api_changes: none")
    edit(head / "services/wind-worker.yaml", "  unit_tests: reports/gotestsum.xml\n", "")
    monkeypatch.setattr("gatekeeper.reporters.views.diff.MOST_CHANGES", 1)
    ran = run("-C", head, "diff", base, "./", *AS_OF)
    told = json.loads(run("-C", head, "diff", base, "./", *AS_OF, "--format", "json").out)["changes"]
    assert {change["service"] for change in told if change["blocks"]} == {"wind-worker", "kite-catalogue"}
    assert "Weakened without approval\n  ✗ kite-catalogue" in ran.out
    assert "wind-worker" not in ran.out
    assert f"and {len(told) - 1} more changes: use --format json" in ran.out
