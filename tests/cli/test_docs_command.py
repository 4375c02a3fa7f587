"""`docs`: the readiness document is written, held against the workspace, and turned into one."""

import json
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

import gatekeeper
from builders.program import Kept
from builders.workspaces import PARTS, QUARTERS, ROOT, Run, copy_of_quarters, edit, write

SPEC_LIKE = """\
shop-service

MilestoneLevelGates
M0L1G1, G8 (PCI-scoped)
M1L2+ refunds; stars optional
M1L3

till

MilestoneLevelGates
M1L9G1

5. Summary

MilestoneMust-green services (level target)
M0shop L1
M1+ cats L2
"""


def drifted(workspace: Path) -> None:
    """Change a workspace in a few ways behind its document's back."""
    edit(workspace / "services/identity-service.yaml", "level: L3", "level: L2")
    edit(workspace / "services/identity-service.yaml", "device binding, ", "")
    edit(workspace / "services/billing-service.yaml", "scope: PCI-scoped", "scope: PCI")
    edit(
        workspace / "services/content-service.yaml",
        "signing + encryption + tamper, effect: demands",
        "signing + encryption + tamper",
    )
    edit(workspace / "gates/G1.yaml", "name: Domain", "name: Core")
    edit(workspace / "milestones/M1.yaml", "catalog-service, level: L2", "catalog-service, level: L3")
    (workspace / "services/media-service.yaml").unlink()


# Writing


def test_the_document_goes_to_the_screen_or_to_a_file(run: Run, workspace: Path, tmp_path: Path) -> None:
    shown = run("-C", workspace, "docs")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("# Service Readiness Gates\n")
    wrote = run("-C", workspace, "docs", "--out", "site/readiness.md")
    assert wrote == (0, "wrote site/readiness.md\n", "")
    assert (workspace / "site/readiness.md").read_text(encoding="utf-8") == shown.out


def test_a_written_document_agrees_until_something_changes(run: Run, workspace: Path) -> None:
    for flavour in ("plain", "docusaurus"):
        run("-C", workspace, "docs", "--flavour", flavour, "--out", f"{flavour}.md")
        checked = run("-C", workspace, "docs", "--check", f"{flavour}.md")
        assert (checked.code, checked.err) == (0, "")
        assert "agrees with the workspace: 19 services, 98 cells, 8 gates." in " ".join(checked.out.split())
    edit(workspace / "services/identity-service.yaml", "device binding, ", "")
    assert run("-C", workspace, "docs", "--check", "plain.md").code == 1


# Checking


def test_disagreements_are_told_by_line(run: Run, workspace: Path, snapshot: SnapshotAssertion) -> None:
    run("-C", workspace, "docs", "--out", "page.md")
    drifted(workspace)
    checked = run("-C", workspace, "docs", "--check", "page.md")
    assert (checked.code, checked.err) == (1, "")
    assert max(map(len, checked.out.splitlines())) <= 80
    assert snapshot(extension_class=Kept) == checked.out


def test_disagreements_as_json_stand_in_the_lines_that_they_name(run: Run, workspace: Path) -> None:
    run("-C", workspace, "docs", "--out", "page.md")
    drifted(workspace)
    checked = run("-C", workspace, "docs", "--check", "page.md", "--format", "json")
    said = json.loads(checked.out)
    lines = (workspace / "page.md").read_text(encoding="utf-8").splitlines()
    assert (checked.code, said["exit_code"], said["schema_version"], said["file"]) == (1, 1, 2, "page.md")
    [level] = [one for one in said["disagreements"] if one["message"] == "L3 here, and L2 in the workspace"]
    assert lines[level["line"] - 1].startswith("| M1 | L3 | + device binding")
    assert (level["part"], level["service"], level["milestone"]) == ("matrix", "identity-service", "M1")
    assert all(1 <= one["line"] <= len(lines) for one in said["disagreements"])


def test_what_agrees_is_json_too(run: Run, workspace: Path) -> None:
    run("-C", workspace, "docs", "--out", "page.md")
    checked = run("-C", workspace, "docs", "--check", "page.md", "--format", "json")
    assert (checked.code, json.loads(checked.out)["disagreements"]) == (0, [])


def test_a_hostile_document_cannot_write_to_the_terminal(run: Run, workspace: Path, tmp_path: Path) -> None:
    page = write(
        tmp_path / "page.md",
        "### shop\n\n| Milestone | Level | Gates |\n|---|---|---|\n| M1 | L1 | G1; \x1b[31mred [bold]b[/] \u202e |\n",
    )
    checked = run("-C", workspace, "docs", "--check", page)
    assert checked.code == 1
    assert "\x1b" not in checked.out
    assert "\u202e" not in checked.out


# Importing


def test_an_import_is_valid_and_says_what_needs_an_eye(
    run: Run, tmp_path: Path, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "page.txt", SPEC_LIKE)
    made = run("docs", "import", "page.txt", "--out", "plan")
    assert (made.code, made.err) == (0, "")
    assert snapshot(extension_class=Kept) == made.out
    assert run("-C", "plan", "validate").code == 0
    assert run("-C", "plan", "check").code == 1
    files = sorted(str(file.relative_to("plan")) for file in Path("plan").rglob("*") if file.is_file())
    assert files == [
        "CODEOWNERS", "gatekeeper.yaml", "gates/G1.yaml", "gates/G8.yaml", "gates/governance.yaml",
        "gates/levels.yaml", "milestones/M0.yaml", "milestones/M1.yaml", "services/shop-service.yaml",
    ]  # fmt: skip
    assert gatekeeper.open("plan").loaded.rulebook.workspace


def test_an_import_overwrites_nothing(run: Run, tmp_path: Path, workspace: Path) -> None:
    page = write(tmp_path / "page.txt", SPEC_LIKE)
    before = {file: file.read_bytes() for file in workspace.rglob("*") if file.is_file()}
    refused = run("docs", "import", page, "--out", workspace)
    assert refused.code == 2
    assert "has gates, services, milestones already: name a new folder; nothing was written" in refused.err
    assert {file: file.read_bytes() for file in workspace.rglob("*") if file.is_file()} == before
    owners = write(tmp_path / "mine" / "CODEOWNERS", "mine")
    made = run("docs", "import", page, "--out", tmp_path / "mine")
    assert made.code == 0
    assert f"{owners} exists: add these lines to it\n" in made.out
    assert "\n/gates/ " in made.out
    assert owners.read_text(encoding="utf-8") == "mine"


def test_what_was_written_and_imported_is_the_same_plan(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    run("-C", ROOT, "docs", "--out", page)
    run("docs", "import", page, "--out", tmp_path / "again")
    plans = [
        json.loads(run("-C", folder, "matrix", "--as-of", "2026-11-20", "--format", "json").out)["services"]
        for folder in (ROOT, tmp_path / "again")
    ]
    assert plans[0] == plans[1]
    was, becomes = (gatekeeper.open(folder).loaded.manifests.gates for folder in (ROOT, tmp_path / "again"))
    assert {name: [one.requires for one in gate.criteria] for name, gate in becomes.items()} == {
        name: [one.requires for one in gate.criteria] for name, gate in was.items()
    }
    cited = {one.id: one.cites[0].text for one in becomes["G1"].criteria}
    assert cited["G1.no-any"].startswith("G1.no-any Is the domain free of the type `any`? Limits: ")
    assert {folder.name for folder in (tmp_path / "again").iterdir() if folder.is_dir()} == set(PARTS)


# Wrong use


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("docs --flavour mkdocs", "unknown flavour 'mkdocs'; known: plain, docusaurus"),
        ("docs --check page.md --flavour plain", "--flavour has no meaning for --check: leave it out"),
        ("docs --check page.md --out x --flavour plain", "--flavour, --out has no meaning for --check"),
        ("docs --format json", "--format has no meaning for a document that is written: leave it out"),
        ("docs --check page.md --format yaml", "unknown format 'yaml'; known: table, json"),
        (
            "docs --check page.md import page.md --out x",
            "--check has no meaning for docs import: leave it out",
        ),
        ("docs --check nowhere.md", "nowhere.md cannot be read: No such file or directory"),
        ("docs --check .", ". cannot be read: Is a directory"),
        ("docs --check empty.md", "empty.md:1: the file is empty"),
        ("docs --check README.md", "README.md:1: not a readiness document"),
        ("docs import README.md --out x", "README.md:1: not a readiness document"),
        (
            "docs import cells.md --out x",
            "cells.md:5: M1: 'L9' is not a level; write one of L0, L1, L2, L3, L4",
        ),
        (
            "docs import broken.md --out x",
            "broken.md:3: the heading above, 'a b', is not the name of a service",
        ),
    ],
)
def test_wrong_use_is_a_sentence_and_writes_nothing(
    arguments: str, expected: str, run: Run, workspace: Path
) -> None:
    write(workspace / "empty.md", "")
    write(workspace / "page.md", SPEC_LIKE)
    write(workspace / "README.md", "# Hello\n\nWorld\n")
    write(workspace / "cells.md", "### a\n\n| Milestone | Level | Gates |\n|---|---|---|\n| M1 | L9 | G1 |\n")
    write(
        workspace / "broken.md", "### a b\n\n| Milestone | Level | Gates |\n|---|---|---|\n| M1 | L1 | G1 |\n"
    )
    ran = run("-C", workspace, *arguments.split())
    assert (ran.code, ran.out) == (2, "")
    assert expected in ran.err
    assert "Traceback" not in ran.err
    assert not (workspace / "x").exists()


def test_a_page_whose_cells_make_no_valid_plan_is_refused_by_line(run: Run, tmp_path: Path) -> None:
    page = run("-C", QUARTERS, "docs").out.replace("build, run (a storm front);", "no gates;")
    line = next(n for n, row in enumerate(page.splitlines(), 1) if "no gates; gust" in row)
    write(tmp_path / "page.md", page)
    ran = run("-C", tmp_path, "docs", "import", "page.md", "--out", "new")
    assert (ran.code, (tmp_path / "new").exists()) == (2, False)
    assert ran.err.startswith(f"page.md:{line}: ")
    assert "wind-worker at 2026Q4 targets silver, and no gate is listed or carried over" in ran.err
    assert ran.err.endswith("no valid plan can be made of it; nothing was written\n")


def test_without_a_workspace_there_is_nothing_to_write_or_check(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "page.md", SPEC_LIKE)
    for arguments in (["docs"], ["docs", "--check", "page.md"]):
        ran = run("-C", tmp_path, *arguments)
        assert (ran.code, ran.out) == (2, "")
        assert "no workspace here or above" in ran.err


@pytest.mark.parametrize("arguments", ["docs --help", "docs import --help"])
def test_help(arguments: str, run: Run, snapshot: SnapshotAssertion) -> None:
    ran = run(*arguments.split())
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    assert snapshot(extension_class=Kept) == ran.out


# Own ids


def test_the_page_of_the_second_example_agrees_and_becomes_a_workspace(run: Run, tmp_path: Path) -> None:
    workspace = copy_of_quarters(tmp_path / "quarters")
    page = tmp_path / "page.md"
    run("-C", workspace, "docs", "--out", page)
    checked = run("-C", workspace, "docs", "--check", page)
    assert (checked.code, checked.err) == (0, "")
    made = run("docs", "import", page, "--out", tmp_path / "again")
    assert (made.code, made.err) == (0, "")
    assert run("-C", tmp_path / "again", "validate").code == 0
    plans = [
        json.loads(run("-C", folder, "matrix", "--as-of", "2026-11-20", "--format", "json").out)["services"]
        for folder in (workspace, tmp_path / "again")
    ]
    assert plans[0] == plans[1]
    edit(workspace / "services/wind-worker.yaml", "level: bronze", "level: silver")
    changed = run("-C", workspace, "docs", "--check", page, "--format", "json")
    assert changed.code == 1
    messages = {one["message"] for one in json.loads(changed.out)["disagreements"]}
    assert "bronze here, and silver in the workspace" in messages
