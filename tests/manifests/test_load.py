"""Loading for one service: nothing of the others, and of the register only what may concern it."""

from pathlib import Path

import pytest

from builders.workspaces import edit, write
from gatekeeper.errors import UsageError
from gatekeeper.manifests.load import Loaded, load_workspace
from gatekeeper.manifests.shards import load_services
from gatekeeper.trees.disk import DiskTree
from gatekeeper.workspace.loading import open_for_services, open_workspace, validate

ENTRY = """\
id: {id}
service: {service}
delta: [L4.chaos]
risk: r
owner: o
approved_by: a
link: l
opened_in: M3
opened_on: 2026-11-01
"""
SERVICE = "sync-service"


def loaded_with(workspace: Path, service: str) -> Loaded:
    return load_services(workspace, DiskTree(str(workspace)), [service])


def _register(workspace: Path) -> Path:
    register = workspace / "milestones/risk-register"
    write(register / "RR-1.yaml", ENTRY.format(id="RR-1", service=SERVICE))
    write(register / "RR-2.yaml", ENTRY.format(id="RR-2", service="tenant-service"))
    return register


def test_it_is_the_workspace_without_the_others(workspace: Path) -> None:
    _register(workspace)
    one, whole = loaded_with(workspace, SERVICE), load_workspace(workspace, DiskTree(str(workspace)))
    assert one.problems == whole.problems == ()
    assert one.workspace
    assert whole.workspace
    assert one.workspace.services == {SERVICE: whole.workspace.services[SERVICE]}
    assert one.workspace.exceptions == {"RR-1": whole.workspace.exceptions["RR-1"]}
    for part in ("levels", "governance", "gates", "milestones", "rulebook_digest"):
        assert getattr(one.workspace, part) == getattr(whole.workspace, part)


def test_an_entry_that_only_mentions_the_service_is_not_one_of_it(workspace: Path) -> None:
    entry = ENTRY.format(id="RR-3", service="tenant-service").replace("risk: r", f"risk: {SERVICE} waits")
    write(_register(workspace) / "RR-3.yaml", entry)
    opened = open_for_services(workspace, [SERVICE])
    assert set(opened.manifests.exceptions) == {"RR-1"}


def test_several_services_are_loaded_with_their_entries(workspace: Path) -> None:
    _register(workspace)
    both, whole = open_for_services(workspace, ["tenant-service", SERVICE]), open_workspace(workspace)
    assert list(both.manifests.services) == [SERVICE, "tenant-service"]
    assert both.manifests.exceptions == whole.manifests.exceptions
    assert {*both.manifests.services, *both.manifests.unread} == set(whole.manifests.services)


def test_an_entry_of_a_service_with_a_mistake_is_not_one_of_an_unknown_service(workspace: Path) -> None:
    _register(workspace)
    edit(workspace / f"services/{SERVICE}.yaml", "owner:", "onwer:")
    files = {problem.file for problem in validate(workspace).problems}
    assert files == {f"services/{SERVICE}.yaml"}


def test_it_reads_no_other_service(workspace: Path) -> None:
    register = _register(workspace)
    for file in (workspace / "services").glob("*.yaml"):
        if file.stem != SERVICE:
            write(file, "[")
    write(register / "RR-2.yaml", "service: tenant-service\n[")
    assert loaded_with(workspace, SERVICE).problems == ()


@pytest.mark.parametrize("name", ["sync-servic", "../services/sync-service", "", "sync-service.yaml", "a\0b"])
def test_a_name_that_is_no_service_is_told(workspace: Path, name: str) -> None:
    with pytest.raises(UsageError, match="unknown service"):
        loaded_with(workspace, name)


def _messages(loaded: Loaded) -> list[str]:
    return [str(problem) for problem in loaded.problems]


def test_mistakes_of_the_service_are_told(workspace: Path) -> None:
    edit(workspace / f"services/{SERVICE}.yaml", f"service: {SERVICE}", "service: other")
    [message] = _messages(loaded_with(workspace, SERVICE))
    assert message.startswith(f"services/{SERVICE}.yaml:1:10: the file is named {SERVICE}, and holds 'other'")


def test_mistakes_of_the_rulebook_are_told(workspace: Path) -> None:
    edit(workspace / "gates/G1.yaml", "gate: G1", "gate: 1")
    assert any(message.startswith("gates/G1.yaml:") for message in _messages(loaded_with(workspace, SERVICE)))


def test_a_broken_entry_that_names_the_service_is_told(workspace: Path) -> None:
    write(_register(workspace) / "RR-3.yaml", f"service: {SERVICE}\n")
    assert any("RR-3.yaml" in message for message in _messages(loaded_with(workspace, SERVICE)))


def test_an_entry_that_cannot_be_read_is_told(workspace: Path) -> None:
    register = _register(workspace)
    (register / "RR-3.yaml").mkdir()
    (register / "RR-4.yaml").symlink_to(workspace.parent / "RR-4.yaml")
    write(workspace.parent / "RR-4.yaml", "a")
    told = _messages(loaded_with(workspace, SERVICE))
    assert [message.partition(":")[0] for message in told] == [
        "milestones/risk-register/RR-3.yaml",
        "milestones/risk-register/RR-4.yaml",
    ]


def test_an_entry_cannot_hide_behind_escapes(workspace: Path) -> None:
    hidden = ENTRY.format(id="RR-3", service=r'"sync\x2dservice"')
    write(_register(workspace) / "RR-3.yaml", hidden)
    loaded = loaded_with(workspace, SERVICE)
    assert loaded.workspace
    assert set(loaded.workspace.exceptions) == {"RR-1", "RR-3"}


def test_other_folders_are_honoured(workspace: Path) -> None:
    _register(workspace)
    for part in ("services", "milestones"):
        (workspace / part).rename(workspace / f"my-{part}")
    write(workspace / "gatekeeper.yaml", "services: my-services\nmilestones: my-milestones\n")
    loaded = loaded_with(workspace, SERVICE)
    assert loaded.problems == ()
    assert loaded.workspace
    assert set(loaded.workspace.exceptions) == {"RR-1"}
    assert loaded.services_folder == workspace / "my-services"


def test_neither_the_roster_nor_an_approval_changes_the_digest_of_the_rulebook(workspace: Path) -> None:
    before = loaded_with(workspace, SERVICE).workspace
    governance = workspace / "gates/governance.yaml"
    text = governance.read_text("utf-8")
    assert "weakenings:" not in text
    approval = "{what: w, by: ada, on: 2026-11-19, link: l}"
    write(governance, f"{text}\nweakenings: [{approval}]\n")
    edit(governance, "\nroster: {}", "\nroster: {somebody: {roles: [owner]}}")
    after = loaded_with(workspace, SERVICE).workspace
    assert before
    assert after
    assert after.rulebook_digest == before.rulebook_digest
    edit(governance, "upgrade_sign_offs: [owner, ", "upgrade_sign_offs: [")
    changed = loaded_with(workspace, SERVICE).workspace
    assert changed
    assert changed.rulebook_digest != before.rulebook_digest
