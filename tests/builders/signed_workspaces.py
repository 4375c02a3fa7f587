"""A workspace in which people have keys, and entries that they signed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from builders.signing import key_pair
from gatekeeper.manifests.files import changed
from gatekeeper.manifests.text_edit import Step
from gatekeeper.model.statement import Statement
from gatekeeper.workspace.loading import open_workspace
from gatekeeper.workspace.statements import entries_of

WORKSPACE_ID = "0d3b4b4e-6c0f-4a55-9d3f-4f3f6b1f0a11"


def with_keys(root: Path, *without: str) -> Path:
    """Give a workspace an id, and everybody on its roster but some a key."""
    settings = root / "gatekeeper.yaml"
    others = [line for line in settings.read_text("utf-8").splitlines() if not line.startswith("workspace:")]
    settings.write_text("\n".join([*others, f"workspace: {WORKSPACE_ID}", ""]), encoding="utf-8")
    for name in open_workspace(root).manifests.governance.roster:
        if name not in without:
            splice(root / "governance.yaml", ["roster", name, "keys"], [key_pair(name).public])
    return root


def sign(root: Path, which: Callable[[Statement], bool] = lambda _: True) -> None:
    """Sign entries of a workspace, each with the key of whom it names."""
    for statement, _, place in entries_of(open_workspace(root)):
        if which(statement):
            signature = key_pair(statement.by).sign(statement.message(WORKSPACE_ID))
            splice(root / place.file, [*map(str, place.path), "signature"], signature)


def require(root: Path, *roles: str) -> None:
    """Make the signatures of roles required."""
    splice(root / "governance.yaml", ["signatures"], dict.fromkeys(roles, "required"))


def splice(file: Path, path: list[str], value: Any) -> None:
    """Write one value into a YAML file."""
    file.write_bytes(changed(file.read_bytes(), [Step(key) for key in path], value))
