"""Nothing of a workspace is passed over in silence: an error for a manifest that would be ignored, else a warning."""

import json
import shutil
from pathlib import Path

import pytest

from builders.program import AS_OF
from builders.workspaces import Ran, Run, copy_of_pilot, edit, write

SERVICE = "service: orders\nowner: t\nplan: {M0: {level: L1, gates: {}}}\n"
GATE = "gate: G9\nname: n\ncriteria: []\n"
EXCEPTION = "id: RR-1\ndelta: [L4.chaos]\n"
MOVED = "are read directly in"

ERRORS = [
    ("services/orders.json", '{"service": "orders", "plan": {}}', "manifests are YAML; write it as YAML in services/orders.yaml"),
    ("services/orders.toml", 'service = "orders"\n[plan.M0]\nlevel = "L1"\n', "manifests are YAML"),
    ("services/orders.Yaml", SERVICE, "would be ignored; rename it to end in .yaml"),
    ("services/orders.yml", SERVICE, "would be ignored; rename it to end in .yaml"),
    ("services/team-a/orders.yaml", SERVICE, f"manifests of services {MOVED} services/ only; move it to services/orders.yaml"),
    ("services/eu/team-a/orders.yml", SERVICE, "move it to services/orders.yaml"),
    ("services/team-a/orders.yaml", f"{SERVICE}owner: twice\n[", "move it to services/orders.yaml"),
    ("gates/extra/G9.yaml", GATE, f"manifests of gates {MOVED} gates/ only; move it to gates/G9.yaml"),
    ("gates/G9.json", '{"gate": "G9", "criteria": []}', "write it as YAML in gates/G9.yaml"),
    ("milestones/2026/M9.yaml", "milestone: M9\n", f"manifests of milestones {MOVED} milestones/ only; move it to milestones/M9.yaml"),
    ("milestones/M9.json", '{"milestone": "M9"}', "write it as YAML in milestones/M9.yaml"),
    ("milestones/risks/RR-1.yaml", EXCEPTION, "move it to milestones/risk-register/RR-1.yaml"),
    ("milestones/risk-register/2026/RR-1.yaml", EXCEPTION, "move it to milestones/risk-register/RR-1.yaml"),
    ("gatekeeper.yml", "roadmap: [M0]\n", "the settings are in gatekeeper.yaml; rename it to gatekeeper.yaml"),
    ("Gatekeeper.yaml", "roadmap: [M0]\n", "rename it to gatekeeper.yaml"),
    (".gatekeeper.yaml", "roadmap: [M0]\n", "rename it to gatekeeper.yaml"),
    ("gatekeeper.toml", "roadmap = []\n", "rename it to gatekeeper.yaml"),
]  # fmt: skip

WARNINGS = [
    ("services/notes.json", "{}", "services/notes.json:1:1: is not read: manifests are YAML"),
    ("milestones/report.json", '{"schema_version": 1, "milestone": "M1"}', "milestones/report.json:1:1: is not read"),
    ("services/orders.yaml.bak", SERVICE, "services/orders.yaml.bak:1:1: is not read: the name of a manifest ends in .yaml"),
    ("services/orders/junit.xml", "<a/>", "services/orders:1:1: is not read: there is no service manifest services/orders.yaml; add it"),
    ("services/orders/k8s.yaml", "kind: Service\nspec: {plan: a}\n", "services/orders:1:1: is not read"),
    ("services/orders/evidence.json", "{}", "services/orders:1:1: is not read"),
    ("gates/extra/notes.yaml", "a: b\n", "gates/extra:1:1: its YAML files are not read"),
    ("milestones/2026/notes.yml", "a: b\n", "milestones/2026:1:1: its YAML files are not read"),
]  # fmt: skip

FOLDER_WARNINGS = [
    (
        "Services/orders.yaml",
        "Services:1:1: is not read: manifests are read from gates, services, milestones; move",
    ),
    ("GATES/G9.yaml", "GATES:1:1: is not read"),
]

SILENT = [
    ("services/README.md", "```yaml\nservice: a\nplan: {}\n```\n"),
    ("services/identity-service/plan.yaml", "service: a\nplan: {}\n"),
    ("services/identity-service/reports/k8s.yaml", "service: a\nplan: {}\n"),
    ("services/.cache/orders.yaml", SERVICE),
    ("services/.orders.yaml.swp", "a"),
    ("services/orders.yaml~", SERVICE),
    ("gates/extra/README.md", "a"),
    ("milestones/risk-register/README.md", "a"),
    ("gatekeeper.json", '{"schema_version": 1}'),
    ("CODEOWNERS", "* @a\n"),
]


def warned(ran: Ran) -> list[str]:
    return [line for line in ran.err.splitlines() if line.startswith("warning: ")]


@pytest.mark.long
@pytest.mark.parametrize(("file", "text", "told"), ERRORS)
@pytest.mark.parametrize("command", ["validate", "check"])
def test_a_manifest_that_would_be_ignored_is_an_error(
    run: Run, workspace: Path, command: str, file: str, text: str, told: str
) -> None:
    write(workspace / file, text)
    ran = run("-C", workspace, command)
    assert ran.code == 3
    [line] = [line for line in ran.err.splitlines() if line.startswith(f"{file}:1:1: ")]
    assert told in line


@pytest.mark.long
@pytest.mark.parametrize(("file", "text", "told"), WARNINGS)
def test_what_has_no_effect_is_a_warning(run: Run, workspace: Path, file: str, text: str, told: str) -> None:
    before = run("-C", workspace, "check", *AS_OF)
    write(workspace / file, text)
    ran = run("-C", workspace, "validate")
    assert ran.code == 0
    [line] = warned(ran)
    assert told in line
    checked = run("-C", workspace, "check", *AS_OF)
    assert warned(checked) == [line]
    assert (checked.code, checked.out) == (before.code, before.out)


@pytest.mark.parametrize(("file", "told"), FOLDER_WARNINGS)
def test_a_folder_with_nearly_the_right_name_is_a_warning(
    run: Run, workspace: Path, file: str, told: str
) -> None:
    write(workspace / file, SERVICE)
    [line] = warned(run("-C", workspace, "validate"))
    assert told in line


def test_a_folder_that_the_settings_replace_is_a_warning(run: Run, workspace: Path) -> None:
    shutil.copytree(workspace / "services", workspace / "plan")
    write(workspace / "gatekeeper.yaml", "services: plan\n")
    [line] = warned(run("-C", workspace, "validate"))
    assert line.startswith(
        "warning: services:1:1: is not read: manifests are read from gates, plan, milestones; "
    )


def test_a_gates_folder_with_a_roster_of_its_own_is_read(run: Run, workspace: Path) -> None:
    shutil.copytree(workspace / "gates", workspace / "rules")
    for file in (workspace / "gates").glob("[!g]*.yaml"):
        file.unlink()
    write(workspace / "gatekeeper.yaml", "gates: rules\ngovernance: gates/governance.yaml\n")
    assert warned(run("-C", workspace, "validate")) == []


@pytest.mark.parametrize("name", ["gatekeeper.yaml", "milestones/risk-register"])
def test_a_link_that_leads_nowhere_is_an_error(run: Run, workspace: Path, name: str) -> None:
    shutil.rmtree(workspace / name, ignore_errors=True)
    (workspace / name).symlink_to("nowhere")
    ran = run("-C", workspace, "validate")
    assert ran.code == 3
    assert f"{name}:1:1: cannot be " in ran.err


@pytest.mark.parametrize("names", [["a.json"], ["a.json", "b.json"], []])
def test_a_folder_in_place_of_a_record_is_a_warning(run: Run, tmp_path: Path, names: list[str]) -> None:
    pilot = copy_of_pilot(tmp_path)
    folder = pilot / "services/payments-service/evidence.json"
    folder.mkdir()
    for name in names:
        write(folder / name, "{}")
    edit(pilot / "services/payments-service.yaml", "reports/", "gone/")
    for command in ("validate", "check"):
        ran = run("-C", pilot, command)
        assert ran.code in (0, 1)
        [line] = warned(ran)
        assert "evidence.json:1:1: cannot be used as a record: " in line


@pytest.mark.long
@pytest.mark.parametrize(("file", "text"), SILENT)
def test_what_belongs_there_is_not_reported(run: Run, workspace: Path, file: str, text: str) -> None:
    write(workspace / file, text)
    ran = run("-C", workspace, "validate")
    assert (ran.code, warned(ran)) == (0, [])


@pytest.mark.long
@pytest.mark.parametrize(
    "content", ["{}", "[", '{"schema_version": 99}', '{"schema_version": 1, "service": "another"}']
)
def test_a_record_that_cannot_be_read_is_a_warning(run: Run, tmp_path: Path, content: str) -> None:
    pilot = copy_of_pilot(tmp_path)
    record = write(pilot / "services/payments-service/evidence.json", content)
    for command in ("validate", "check"):
        [line] = warned(run("-C", pilot, command))
        assert line.startswith(f"warning: services/payments-service/{record.name}:1:")
        assert "collect it again (`gatekeeper collect payments-service`)" in line


def test_an_entry_of_a_record_that_cannot_be_used_is_a_warning(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    assert run("-C", pilot, "collect", "payments-service").code == 0
    assert warned(run("-C", pilot, "validate")) == warned(run("-C", pilot, "check")) == []
    record = pilot / "services/payments-service/evidence.json"
    edit(record, '"kind": "tests"', '"kind": "coverage"')
    [line] = warned(run("-C", pilot, "validate"))
    assert "was recorded with another definition of the slot" in line


def test_a_record_that_gave_evidence_is_not_read_again(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    run("-C", pilot, "collect", "payments-service")
    edit(pilot / "services/payments-service.yaml", "reports/", "gone/")
    assert warned(run("-C", pilot, "check")) == []


def test_warnings_are_in_json(run: Run, workspace: Path) -> None:
    write(workspace / "services/notes.json", "{}")
    expected = {
        "file": "services/notes.json",
        "line": 1,
        "column": 1,
        "message": "is not read: manifests are YAML",
        "hint": "write it as YAML in services/notes.yaml, or move it elsewhere",
    }
    for command in ("validate", "check"):
        ran = run("-C", workspace, command, "--format", "json")
        assert json.loads(ran.out)["warnings"] == [expected]
    edit(workspace / "services/identity-service.yaml", "owner:", "ovner:")
    ran = run("-C", workspace, "validate", "--format", "json")
    assert json.loads(ran.out)["warnings"] == [expected]
    assert ran.code == 3


def test_warnings_are_shown_beside_errors(run: Run, workspace: Path) -> None:
    write(workspace / "services/notes.json", "{}")
    edit(workspace / "services/identity-service.yaml", "owner:", "ovner:")
    ran = run("-C", workspace, "validate")
    assert (ran.code, len(warned(ran))) == (3, 1)
    assert "unknown field 'ovner'" in ran.err


def test_check_shows_the_first_warnings(run: Run, workspace: Path) -> None:
    for number in range(7):
        write(workspace / f"services/notes-{number}.json", "{}")
    assert warned(run("-C", workspace, "check"))[5:] == ["warning: 2 more: run `gatekeeper validate`"]
    assert len(warned(run("-C", workspace, "validate"))) == 7


def test_folders_that_the_settings_name_are_read(run: Run, workspace: Path) -> None:
    (workspace / "milestones").rename(workspace / "services/milestones")
    (workspace / "gates").rename(workspace / "services/gates")
    write(workspace / "gatekeeper.yaml", "gates: services/gates\nmilestones: services/milestones\n")
    ran = run("-C", workspace, "validate")
    assert (ran.code, warned(ran)) == (0, [])


def test_folders_beside_services_in_the_root_are_not_reported(run: Run, workspace: Path) -> None:
    for file in (workspace / "services").iterdir():
        file.rename(workspace / file.name)
    (workspace / "services").rmdir()
    write(workspace / "gatekeeper.yaml", "services: .\n")
    write(workspace / "src/a.yaml", "a: b\n")
    assert warned(run("-C", workspace, "validate")) == []


def test_a_deploy_gate_reads_no_folder_of_another_service(run: Run, workspace: Path) -> None:
    write(workspace / "services/team-a/orders.yaml", SERVICE)
    assert run("-C", workspace, "can-ship", "sync-service", "--to", "staging").code in (0, 1)
    write(workspace / "gates/extra/G9.yaml", GATE)
    assert run("-C", workspace, "can-ship", "sync-service", "--to", "staging").code == 3


def test_a_link_out_of_the_repository_is_not_followed(run: Run, workspace: Path) -> None:
    write(workspace.parent / "elsewhere/orders.yaml", SERVICE)
    (workspace / "services/team-a").symlink_to(workspace.parent / "elsewhere")
    ran = run("-C", workspace, "validate")
    assert ran.code == 0
    [line] = warned(ran)
    assert "services/team-a:1:1: is a link out of the repository, and is not read" in line


def test_a_workspace_found_by_no_name_says_what_to_rename(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "gatekeeper.yml", "gates: rules\n")
    ran = run("-C", tmp_path, "validate")
    assert ran.code == 2
    assert f"rename {tmp_path / 'gatekeeper.yml'} to gatekeeper.yaml" in ran.err
