"""`gatekeeper wire`: what it shows, asks and writes, and which file a mapping with an odd name is read from."""

import json
from pathlib import Path

import pytest

from builders.program import on_terminal
from builders.workspaces import PILOT, QUARTERS, Run, copy_of_pilot, edit, unmap, write
from gatekeeper.evidence.artefacts import Bounds, files_at
from gatekeeper.workspace.loading import open_workspace

USE_CASES = (PILOT / "services/payments-service/reports/use-cases.xml").read_bytes()
MANIFEST = "services/orders-service.yaml"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """Return the pilot, in which the manifest of orders-service maps nothing."""
    root = copy_of_pilot(tmp_path / "repository")
    unmap(root / MANIFEST)
    edit(root / MANIFEST, "service:", "# ours\nservice:")
    return root


def test_it_shows_each_proposal_with_its_reason_and_writes_nothing(pilot: Path, run: Run) -> None:
    before = (pilot / MANIFEST).read_bytes()
    ran = run("-C", pilot, "wire", "orders-service", "--dry-run")
    assert ran.code == 0
    assert ran.out.startswith("orders-service  4 proposals, 0 ties, ")
    assert "\n  - searched" in ran.out
    assert (
        "  ✓ use_case_tests: reports/use-cases.xml (sure)\n"
        "    its tests carry L2.use-cases; for 1 criterion: L2.use-cases\n"
    ) in ran.out
    assert "\n  ? document: nothing for dr_drill (1)\n" in ran.out
    assert "\nnothing was written\nnext: gatekeeper -C " in ran.out
    assert all(len(line) <= 80 for line in ran.out.splitlines() if not line.startswith("next:"))
    assert (pilot / MANIFEST).read_bytes() == before


def test_it_adds_keys_and_changes_nothing_else(pilot: Path, run: Run) -> None:
    before = (pilot / MANIFEST).read_text("utf-8")
    ran = run("-C", pilot, "wire", "orders-service", "--yes")
    assert ran.out.endswith(
        f"✓ wrote 4 mappings to {MANIFEST}:21\nnext: gatekeeper -C {pilot} check --service orders-service\n"
    )
    added = (
        "evidence:\n  use_case_tests: reports/use-cases.xml\n  domain_coverage: reports/lcov.info\n"
        "  load_test: reports/k6-peak.json\n  capacity_plan: capacity-plan.md\n"
    )
    after = (pilot / MANIFEST).read_text("utf-8")
    assert after.replace(added, "") == before
    again = run("-C", pilot, "wire", "orders-service", "--yes")
    assert again.out.startswith("orders-service  0 proposals")
    assert (pilot / MANIFEST).read_text("utf-8") == after


def test_without_a_terminal_it_writes_only_if_told_to(pilot: Path, run: Run) -> None:
    ran = run("-C", pilot, "wire", "orders-service")
    assert (ran.code, ran.out) == (2, "")
    assert "add --yes to write the mappings, or --dry-run to see them" in ran.err


@pytest.mark.long
def test_on_a_terminal_it_asks_which_of_two_is_meant(pilot: Path) -> None:
    again = USE_CASES.replace(b"refunds", b"other refunds")
    write(pilot / "services/orders-service/reports/use-cases-2.xml", again)
    code, shown = on_terminal("-C", pilot, "wire", "orders-service", typed="3\n2\ny\n")
    assert code == 0
    assert "  1. reports/use-cases-2.xml\n  2. reports/use-cases.xml\n" in shown
    assert "write a number from 1 to 2, or nothing" in shown
    assert "use_case_tests: reports/use-cases.xml\n" in (pilot / MANIFEST).read_text("utf-8")
    code, shown = on_terminal("-C", pilot, "wire", "orders-service", typed="n\n")
    assert "nothing was written" in shown


@pytest.mark.parametrize(
    "name",
    ["a b.xml", "é.xml", "#1.xml", "k: v.xml", "-f.xml", "[id].test.xml", "'\".xml", "{a,b}.xml", "*.xml", "&x.xml"],
)  # fmt: skip
def test_a_mapping_names_exactly_the_file(name: str, pilot: Path, run: Run) -> None:
    for file in (pilot / "services/orders-service/reports").iterdir():
        file.unlink()
    file = write(pilot / "services/orders-service/reports" / name, USE_CASES)
    write(pilot / "services/orders-service/reports/notes.xml", "<notes/>")
    assert run("-C", pilot, "wire", "orders-service", "--yes").code == 0
    loaded = open_workspace(pilot)
    path = loaded.manifests.services["orders-service"].evidence["use_case_tests"].path
    assert files_at(str(pilot / "services/orders-service"), path, Bounds(loaded.tree)) == [str(file)]


def test_names_of_strangers_reach_the_screen_as_text(pilot: Path, run: Run) -> None:
    (pilot / "services/orders-service/reports/use-cases.xml").unlink()
    write(pilot / "services/orders-service/reports/[red]x[/red]\x1b[2J.xml", USE_CASES)
    write(pilot / "services/orders-service/reports/[red]y[/red].xml", USE_CASES)
    out = run("-C", pilot, "wire", "orders-service", "--dry-run").out
    assert "\x1b" not in out
    assert "reports/[red]y[/red].xml" in out


def test_the_artefacts_of_another_repository_are_collected_there(
    pilot: Path, tmp_path: Path, run: Run
) -> None:
    write(tmp_path / "clone of it/target/junit.xml", USE_CASES)
    ran = run("-C", pilot, "wire", "orders-service", "--from", tmp_path / "clone of it", "--yes")
    assert ran.err == ""
    assert "use_case_tests: target/junit.xml" in (pilot / MANIFEST).read_text("utf-8")
    assert f"collect orders-service --from '{tmp_path}/clone of it'\n" in ran.out


def test_json_has_everything(pilot: Path, run: Run) -> None:
    shown = json.loads(run("-C", pilot, "wire", "orders-service", "--format", "json").out)
    assert shown.keys() == {
        "schema_version", "service", "written_to", "proposals", "ties", "empty", "unused", "notes"
    }  # fmt: skip
    assert shown["written_to"] is None
    assert shown["proposals"][0] == {
        "slot": "use_case_tests",
        "kind": "tests",
        "path": "reports/use-cases.xml",
        "format": "junit",
        "confidence": "sure",
        "reason": "its tests carry L2.use-cases",
        "unlocks": ["L2.use-cases"],
        "whole": False,
        "alternatives": [],
    }
    assert {one["path"] for one in shown["unused"]} == {"reports/domain.xml"}
    written = json.loads(run("-C", pilot, "wire", "orders-service", "--format", "json", "--yes").out)
    assert written["written_to"] == f"{MANIFEST}:21"


def test_without_a_service_it_lists_what_services_lack(run: Run) -> None:
    ran = run("-C", QUARTERS, "wire")
    assert ran.out.startswith("8 slots that criteria read and services do not map\n")
    assert "  ? 4 services lack restore_drill (document): 1 criterion each\n" in ran.out
    listed = json.loads(run("-C", QUARTERS, "wire", "--format", "json").out)["slots"]
    assert [sum(map(len, one["services"].values())) for one in listed] == sorted(
        (sum(map(len, one["services"].values())) for one in listed), reverse=True
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("wire nobody --dry-run", "unknown service 'nobody'"),
        ("wire orders-service --from nowhere --dry-run", "--from nowhere: there is no such folder"),
        ("wire --yes", "without SERVICE, no file is looked at: leave --yes out"),
    ],
)
def test_what_is_wrong_with_the_arguments_is_said(arguments: str, told: str, run: Run) -> None:
    ran = run("-C", PILOT, *arguments.split())
    assert ran.code == 2
    assert told in ran.err


def test_a_folder_without_artefacts_is_named_with_what_to_do(pilot: Path, tmp_path: Path, run: Run) -> None:
    write(tmp_path / "bare/README.md", "# Bare\n")
    said = " ".join(
        run("-C", pilot, "wire", "orders-service", "--from", tmp_path / "bare", "--dry-run").out.split()
    )
    assert f"searched{tmp_path}/bare:1file" in said.replace(" ", "")
    assert "run the build and the tests with reports first, or name another folder with --from" in said


def test_a_folder_that_has_none_of_the_mapped_files_is_doubted(pilot: Path, tmp_path: Path, run: Run) -> None:
    assert run("-C", pilot, "wire", "orders-service", "--yes").code == 0
    write(tmp_path / "clone/README.md", "# Bare\n")
    ran = run("-C", pilot, "wire", "orders-service", "--from", tmp_path / "clone", "--dry-run")
    assert "none of the mapped files is here" in ran.out


def test_the_first_mappings_get_a_line_each(tmp_path: Path, run: Run) -> None:
    assert run("init", tmp_path / "plan", "--minimal", "--service", "basket").code == 0
    manifest = tmp_path / "plan/services/basket.yaml"
    manifest.write_text(manifest.read_text("utf-8").partition("# evidence")[0], "utf-8")
    write(tmp_path / "basket/junit.xml", USE_CASES)
    assert run("-C", tmp_path / "plan", "wire", "basket", "--from", tmp_path / "basket", "--yes").code == 0
    assert manifest.read_text("utf-8").endswith("\nevidence:\n  tests: junit.xml\n")


def test_a_manifest_cannot_have_it_search_outside_of_the_repository(pilot: Path, run: Run) -> None:
    edit(pilot / MANIFEST, "# ours\n", "# ours\nfolder: ../../../..\n")
    ran = run("-C", pilot, "wire", "orders-service", "--dry-run")
    assert (ran.code, ran.out) == (2, "")
    assert "is outside the repository once links are followed" in ran.err
