"""What the commands show of services that depend on others."""

import json
from pathlib import Path

import pytest

from builders.in_memory import write_files
from builders.small_workspaces import AS_OF
from builders.workspaces import Run
from workspace.test_dependencies import FILES, LOW


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_files(tmp_path, {}, FILES)
    (tmp_path / ".git").mkdir()
    return tmp_path


def _said(run: Run, root: Path, *words: str) -> str:
    ran = run("-C", root, *words, "--as-of", AS_OF)
    assert ran.err == ""
    return " ".join(ran.out.split())


def test_explain_shows_each_dependency_and_its_level(run: Run, root: Path) -> None:
    said = _said(run, root, "explain", "silver.neighbours", "--service", "shop")
    assert "depends_on: each is signed off for the level that is asked" in said
    assert f"✗ {LOW}" in said
    assert "✓ shop (team-shop) is signed off for silver" in _said(
        run, root, "explain", "silver.neighbours", "--service", "ledger"
    )


def test_the_deploy_gate_and_the_next_steps_name_the_dependency(run: Run, root: Path) -> None:
    assert "Get ledger (team-ledger) signed off for silver" in _said(run, root, "next")
    assert LOW in _said(run, root, "can-ship", "shop", "--to", "production")


def test_the_json_has_the_levels(run: Run, root: Path) -> None:
    shop = json.loads(_said(run, root, "check", "--format", "json"))["services"][1]
    [row] = [one for one in shop["level_criteria"] if one["criterion"] == "silver.neighbours"]
    assert shop["depends_on"] == ["ledger"]
    assert row["dependencies"] == [
        {"service": "ledger", "owner": "team-ledger", "signed_level": "bronze", "required_level": "silver"}
    ]
    assert row["expected"] == "depends_on: each is signed off for the level that is asked"


def test_what_is_asked_of_dependencies_is_an_obligation(run: Run, root: Path) -> None:
    said = _said(run, root, "obligations", "shop", "--level", "silver")
    assert "ledger signed off for at least silver" in said


def test_the_report_says_what_a_service_depends_on(run: Run, root: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    run("-C", root, "report", "--out", page, "--as-of", AS_OF)
    assert "Depends on ledger." in page.read_text("utf-8")
