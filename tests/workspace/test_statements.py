"""The statements of a workspace: all of them, each with its place."""

import re
from collections import Counter
from pathlib import Path

import pytest

from builders.workspaces import copy_of_whole_pilot, edit
from gatekeeper.workspace.loading import LoadedWorkspace, open_workspace
from gatekeeper.workspace.statements import entries_of, lines_of

APPROVAL = "\nweakenings:\n  - {what: 'G1.coverage:sha256:0', by: dana, on: 2026-11-02, link: https://example.org/w}\n"


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> LoadedWorkspace:
    root = copy_of_whole_pilot(tmp_path_factory.mktemp("statements"))
    edit(root / "governance.yaml", "\nroster:", f"{APPROVAL}roster:")
    return open_workspace(root)


def test_every_entry_of_every_manifest_is_found(pilot: LoadedWorkspace) -> None:
    own = {name for name in pilot.manifests.files.values() if not name.startswith("..")}
    text = "".join(Path(pilot.root, name).read_text("utf-8") for name in own)
    people = len(re.findall(r"\b(approved_)?by: ", text))
    acts = Counter(entry.statement.act.value for entry in entries_of(pilot))
    assert acts.total() == people
    assert (acts["exception"], acts["exit"], acts["weakening"], acts["not-applicable"]) == (1, 1, 1, 1)


def test_each_entry_names_its_service_and_its_line(pilot: LoadedWorkspace) -> None:
    entries = list(entries_of(pilot))
    lines = lines_of(pilot, (entry.place for entry in entries))
    for entry in entries:
        of = entry.statement
        text = Path(pilot.root, entry.place.file).read_text("utf-8").splitlines()
        after = "".join(text[lines[entry.place] - 1 :])
        key = of.role if of.act == "sign-off" else of.about.get("criterion", of.about.get("on", ""))
        assert after.lstrip().startswith(key or "")
        assert f"by: {of.by}" in after
        if entry.service:
            assert of.about.get("service", entry.service.service) == entry.service.service
    about = {entry.statement.act.value for entry in entries if entry.service is None}
    assert about == {"exit", "weakening"}
