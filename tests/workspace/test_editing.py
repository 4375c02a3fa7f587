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
