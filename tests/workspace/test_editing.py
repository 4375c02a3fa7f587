"""An edited manifest is part of the workspace as if it had been loaded."""

from pathlib import Path

from builders.workspaces import copy_of_pilot
from gatekeeper.manifests.text_edit import Step
from gatekeeper.workspace.editing import Edit, changed
from gatekeeper.workspace.loading import open_workspace

ORDERS = "services/orders-service.yaml"


def test_the_plan_of_an_edited_service_is_in_the_order_of_the_roadmap(tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    text = (pilot / ORDERS).read_text("utf-8")
    start, middle, end = (text.index(mark) for mark in ("  M0:\n", "  M1:\n", "targets:"))
    reordered = text[:start] + text[middle:end] + text[start:middle] + text[end:]
    (pilot / ORDERS).write_text(reordered, "utf-8")
    edit = Edit(ORDERS, (Step("about"),), "Changed.")
    edited = changed(open_workspace(pilot), edit)
    service = edited.loaded.manifests.services["orders-service"]
    assert (service.about, list(service.plan)) == ("Changed.", ["M0", "M1"])


def test_a_manifest_with_defaults_is_edited_and_gets_none_of_them_written(tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    profiles = "profiles: {go: {evidence: {runbook: by-default.md}, targets: {p95_ms: 1}, labels: [go]}}\n"
    with (pilot / "gatekeeper.yaml").open("a", encoding="utf-8") as settings:
        settings.write(profiles)
    written = f"profile: go\n{(pilot / ORDERS).read_text('utf-8')}"
    (pilot / ORDERS).write_text(written, "utf-8")
    edited = changed(open_workspace(pilot), Edit(ORDERS, (Step("about"),), "Changed."))
    manifests = edited.loaded.manifests
    assert "go" in manifests.services["orders-service"].labels
    [replacement] = edited.replacements
    assert b"by-default" not in replacement.after
    assert [line for line in replacement.after.decode().splitlines() if line not in written.splitlines()] == [
        "about: Changed."
    ]
